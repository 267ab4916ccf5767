"""Rules: which channels a preference leaves, and until when quiet hours hold a notice. Plain values in and out."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, time, timedelta

from foundation.dates import ROME
from notifications.channels import Channel
from notifications.kinds import NoticeKind
from notifications.preferences.groups import SWITCHED, key_of

Span = tuple[time, time]  # quiet from, and until; the next day where it ends before it begins
LEAST_FREE = timedelta(hours=4)  # of each day: whoever is never to be reached switches the channel off
DISTURBING = (Channel.SMS, Channel.PUSH)  # they ring
DAY = 24 * 60


def is_off(kind: NoticeKind, channel: str, off: Collection[str]) -> bool:
    """Whether the person switched the channel off for what the kind is about, as far as the kind lets them choose."""
    return kind.is_chosen and key_of(kind.group, channel) in off


def channels_left(kind: NoticeKind, off: Collection[str], reaching: Iterable[str]) -> list[str]:
    """Of the channels that reach the person, in order, those that their preference leaves.

    What the law or the contract asks for leaves nobody unreached: where all that reach them are switched off, all remain,
    and the preference has chosen nothing. Anything else may come down to none.
    """
    reaching = list(reaching)
    left = [channel for channel in reaching if not is_off(kind, channel, off)]
    return left if left or not kind.required_by else reaching


def may_follow(kind: NoticeKind, channel: str, off: Collection[str]) -> bool:
    """Whether a further rung of the ladder may be taken for the person.

    One that they switched off is not. What nothing asks for is not posted or sent as PEC in place of a channel that was
    switched off: a letter is more trouble than what the person did not want.
    """
    if is_off(kind, channel, off):
        return False
    return bool(kind.required_by) or channel in SWITCHED or not any(is_off(kind, each, off) for each in SWITCHED)


def held_on(channel: str, *, quiet_email: bool) -> bool:
    """Whether quiet hours hold the channel: what rings; an e-mail only for a person who said so."""
    return channel in DISTURBING or (channel == Channel.EMAIL and quiet_email)


def quiet_until(now: datetime, spans: Iterable[Span]) -> datetime | None:
    """The end of the quiet hours that hold at the moment, by the clock of Rome; None when none do.

    Where one span ends within another, the end of that. An end in the hour that the spring skips is that much later by the
    clock; one in the hour that the autumn has twice is the first of the two that is still to come.
    """
    spans = list(spans)
    until = now
    for _span in range(len(spans) + 1):
        ends = [end for each in spans if (end := _end_of(until, each)) is not None]
        if not ends:
            break
        until = max(ends)
    return until if until > now else None


def _end_of(now: datetime, span: Span) -> datetime | None:
    start, end = span
    local = now.astimezone(ROME)
    at, day = local.time(), local.date()
    if start < end:
        is_quiet = start <= at < end
    else:
        is_quiet = at >= start or at < end
        day += timedelta(days=1) if at >= start else timedelta()
    if not is_quiet:
        return None
    first = datetime.combine(day, end, ROME)
    found = first.astimezone(UTC)
    return found if found > now else first.replace(fold=1).astimezone(UTC)


def free_time(spans: Iterable[Span]) -> timedelta:
    """How much of a day no span takes."""
    quiet: set[int] = set()
    for start, end in spans:
        first, last = start.hour * 60 + start.minute, end.hour * 60 + end.minute
        quiet.update(minute % DAY for minute in range(first, last if first < last else last + DAY))
    return timedelta(minutes=DAY - len(quiet))
