"""Queries: how many people a promotion is meant for, how many may be written to, and why the others are not."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count

from notifications.channels import Channel
from promotions.audience.query import audience_of
from promotions.models import Exclusion, Promotion, Recipient


@dataclass(frozen=True)
class Share:
    """A part of an audience: its words, how many people, and how much of the whole, from 0 to 100."""

    code: str
    words: str
    number: int
    percent: float


@dataclass(frozen=True)
class AudienceCount:
    """An audience in numbers. `meant` = `eligible` + the sum of `reasons`; `held_out` of the eligible are not written to."""

    meant: int
    eligible: int
    held_out: int
    channels: tuple[Share, ...]
    reasons: tuple[Share, ...]

    @property
    def written_to(self) -> int:
        """How many get a message."""
        return self.eligible - self.held_out


def count_audience(promotion: Promotion, *, now: datetime) -> AudienceCount:
    """The audience as it is now: nothing is kept of it."""
    audience, values = audience_of(promotion, now=now)
    statement = f"SELECT reason, channel, count(*) FROM ({audience}) AS found GROUP BY reason, channel"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    reasons: dict[str, int] = {}
    channels: dict[str, int] = {}
    for reason, channel, number in rows:
        if reason:
            reasons[reason] = reasons.get(reason, 0) + number
        else:
            channels[channel] = channels.get(channel, 0) + number
    eligible = sum(channels.values())
    return _counted(reasons, channels, held_out_of(eligible, promotion.holdout_percent))


def count_drawn(promotion: Promotion) -> AudienceCount:
    """The audience as it was drawn, with what has kept people out since."""
    reasons: dict[str, int] = {}
    channels: dict[str, int] = {}
    held_out = 0
    rows = Recipient.objects.filter(promotion=promotion).order_by().values_list("state", "reason", "channel")
    for state, reason, channel, number in rows.annotate(number=Count("pk")):
        if state == Recipient.State.EXCLUDED:
            reasons[reason] = reasons.get(reason, 0) + number
            continue
        channels[channel] = channels.get(channel, 0) + number
        held_out += number if state == Recipient.State.HELD_OUT else 0
    return _counted(reasons, channels, held_out)


def held_out_of(eligible: int, percent: int) -> int:
    """Rule: how many of the eligible are held out. At least one where there are two and any share is asked for."""
    number = round(eligible * percent / 100)
    return max(number, 1) if percent and eligible >= 2 else number


def _counted(reasons: dict[str, int], channels: dict[str, int], held_out: int) -> AudienceCount:
    eligible = sum(channels.values())
    meant = eligible + sum(reasons.values())
    return AudienceCount(
        meant=meant,
        eligible=eligible,
        held_out=held_out,
        channels=tuple(
            Share(code, str(Channel(code).label), channels[code], _percent(channels[code], meant))
            for code in Channel
            if channels.get(code)
        ),
        reasons=tuple(
            Share(each.value, str(each.label), reasons[each], _percent(reasons[each], meant))
            for each in sorted(Exclusion, key=lambda each: -reasons.get(each, 0))
            if reasons.get(each)
        ),
    )


def _percent(number: int, of: int) -> float:
    return 100 * number / of if of else 0.0
