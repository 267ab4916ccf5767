"""Asked again just before notices are sent: what a person switched off since they were planned, and quiet hours."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.dates import written_day
from notifications.kinds import KINDS, NoticeKind
from notifications.ladder import has_reached
from notifications.models import Notice, NoticeHold, PreferenceChange
from notifications.preferences.groups import key_of
from notifications.preferences.queries import NOTHING_CHOSEN, Chosen, chosen_by_each
from notifications.preferences.rules import held_on, is_off, quiet_until

State = Notice.State
ON_ITS_WAY = (State.QUEUED, State.SENDING, State.IN_DOUBT)


def choices_about(notices: list[Notice]) -> dict[int, Chosen]:
    """What the customers of the notices chose, by their ids; one query for both questions."""
    return chosen_by_each({notice.customer_id for notice in notices if notice.customer_id is not None})


def reasons_to_withhold(notices: list[Notice], chosen: Mapping[int, Chosen], now: datetime) -> dict[int, str]:
    """Why some of the notices do not go where the person switched the channel off, by the id of the notice.

    What the law or the contract asks for goes all the same, unless another way of the same matter reaches the person.
    """
    asked = [(notice, kind) for notice in notices if (kind := KINDS.get(notice.kind)) is not None and kind.is_chosen]
    reasons: dict[int, str] = {}
    for notice, kind in asked:
        if notice.customer_id is None or notice.customer_id not in chosen:
            continue
        off = chosen[notice.customer_id].off
        if is_off(kind, notice.channel, off) and not (
            kind.required_by and not _goes_otherwise(notice, kind, off, now)
        ):
            reasons[notice.pk] = switched_off_words(notice.customer_id, key_of(kind.group, notice.channel))
    return reasons


def _goes_otherwise(notice: Notice, kind: NoticeKind, off: frozenset[str], now: datetime) -> bool:
    """Whether a way of the same matter that was not switched off waits to go, or reached the person."""
    ways = Notice.objects.about(notice.matter).filter(kind=notice.kind, customer=notice.customer_id)
    others = [way for way in ways if way.pk != notice.pk and not is_off(kind, way.channel, off)]
    return any(way.state in ON_ITS_WAY or has_reached(way, kind, now) for way in others)


def switched_off_words(customer_id: int, key: str) -> str:
    """Since when the channel is switched off, as the reason of a notice that does not go."""
    since = switched_off_on(customer_id, key)
    if since is None:
        return _("The customer does not want it on this channel.")
    day = written_day(timezone.localdate(since), "il")
    return _("Switched off by the customer on %(day)s.") % {"day": day}


def switched_off_on(customer_id: int, key: str) -> datetime | None:
    """When the channel was last switched off for the group; None where it was not."""
    changes = PreferenceChange.objects.filter(customer=customer_id, after__off__contains=[key])
    found = changes.exclude(before__off__contains=[key]).order_by("-at", "-pk").values_list("at", flat=True)
    return found.first()


def hold_for_quiet_hours(notices: list[Notice], chosen: Mapping[int, Chosen], now: datetime) -> set[int]:
    """Put off to the end of quiet hours what they hold, and return the ids: a text that rings, an e-mail of who said so.

    A code or a warning about a sign-in is never held, nor what would be of no use when they end. Each wait is kept
    (`NoticeHold`).
    """
    asked = [notice for notice in notices if notice.customer_id is not None and _may_wait(notice)]
    ends: dict[datetime, list[Notice]] = defaultdict(list)
    holds = []
    for notice in asked:
        theirs: Chosen = chosen.get(notice.customer_id or 0, NOTHING_CHOSEN)
        if not held_on(notice.channel, quiet_email=theirs.quiet_email):
            continue
        until = quiet_until(now, theirs.spans)
        if until is None or not notice.is_of_use(until):
            continue
        ends[until].append(notice)
        own = theirs.own_span
        is_own = own is not None and quiet_until(now, [own]) is not None
        holds.append(NoticeHold(notice=notice, until=until, is_own=is_own, at=now))
    for until, those in ends.items():
        Notice.objects.filter(pk__in=[each.pk for each in those], state=State.QUEUED).update(send_after=until)
    if holds:
        NoticeHold.objects.bulk_create(holds, ignore_conflicts=True)
    return {notice.pk for those in ends.values() for notice in those}


def _may_wait(notice: Notice) -> bool:
    kind = KINDS.get(notice.kind)
    return kind is None or kind.may_wait
