"""What the page of a promotion shows: what happens next, the audience with each reason, the messages as people get them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers import rami
from foundation.dates import written_day
from notifications.channels import Channel
from notifications.channels.sms import MOST_SEGMENTS, Length
from notifications.queues import PROMOTIONS
from notifications.sendings.workers import deaf_queues
from promotions.audience.counting import AudienceCount, count_audience, count_drawn
from promotions.models import CheckedNumber, Promotion
from promotions.models.telephone import OVER
from promotions.offers.texts import preview_of
from promotions.results.query import Results, results_of
from promotions.telephone.rules import lasts_until

State = Promotion.State


@dataclass(frozen=True)
class Preview:
    """A message on a channel; of an SMS its `length`, and whether it is too long for a telephone."""

    channel: str
    channel_name: str
    subject: str
    text: str
    length: Length | None = None

    @property
    def is_too_long(self) -> bool:
        """Whether no telephone would join its parts."""
        return self.length is not None and self.length.segments > MOST_SEGMENTS


@dataclass(frozen=True)
class PromotionPage:
    """The parts of the page."""

    next: str
    tone: str
    audience: AudienceCount
    is_drawn: bool
    filters: list[tuple[str, str]]
    previews: list[Preview]
    results: Results | None = None
    telephone: "Telephone | None" = None
    is_without_worker: bool = False


@dataclass(frozen=True)
class CheckLine:
    """A check of numbers: how many were answered, and until when its last answer holds (None without one)."""

    pk: int
    made_at: datetime
    numbers: int
    answered: int
    lasts_until: date | None
    is_fresh: bool


@dataclass(frozen=True)
class ListLine:
    """A call list: how many people, how many of them are still to be rung, until when."""

    pk: int
    made_at: datetime
    people: int
    to_ring: int
    valid_until: date
    is_fresh: bool


@dataclass(frozen=True)
class Telephone:
    """The last checks and call lists of a promotion."""

    checks: list[CheckLine]
    lists: list[ListLine]


MOST_LINES = 5  # of each; the lists of the back office have all


def telephone_of(promotion: Promotion, *, today: date) -> Telephone | None:
    """What was done about ringing people; None while nothing was."""
    numbers = CheckedNumber.objects.filter(opposition_check=OuterRef("pk"), answer__isnull=False).order_by()
    answered = numbers.values("opposition_check").annotate(number=Count("phone", distinct=True)).values("number")
    checks = promotion.opposition_checks.annotate(
        _answered=Subquery(answered), _last=Max("answers__checked_on")
    ).order_by("-pk")[:MOST_LINES]
    lists = promotion.call_lists.annotate(_over=Count("people", filter=Q(people__result__in=OVER))).order_by("-pk")[
        :MOST_LINES
    ]
    found = Telephone(
        [
            CheckLine(
                each.pk,
                each.made_at,
                each.number_of_numbers,
                each._answered or 0,
                until := lasts_until(each._last) if each._last else None,
                until is not None and until >= today,
            )
            for each in checks
        ],
        [
            ListLine(
                each.pk,
                each.made_at,
                each.number_of_people,
                each.number_of_people - each._over,
                each.valid_until,
                each.valid_until >= today,
            )
            for each in lists
        ],
    )
    return found if found.checks else None


def is_without_worker(promotion: Promotion, *, now: datetime) -> bool:
    """Whether it ought to leave, and no worker takes anything from the queue of promotions."""
    is_due = promotion.state == State.SENDING or (
        promotion.state == State.APPROVED and promotion.send_from is not None and promotion.send_from <= now
    )
    return is_due and PROMOTIONS in deaf_queues(now)


def page_of(promotion: Promotion, *, now: datetime) -> PromotionPage:
    """The page as it is now: a draft's audience is counted live, that of one that has begun is the one that was drawn."""
    is_drawn = promotion.begun_at is not None
    words, tone = what_next(promotion)
    return PromotionPage(
        next=words,
        tone=tone,
        audience=count_drawn(promotion) if is_drawn else count_audience(promotion, now=now),
        is_drawn=is_drawn,
        filters=filters_in_words(promotion),
        previews=[_preview(promotion, channel) for channel in promotion.channels],
        results=results_of(promotion) if is_drawn else None,
        telephone=telephone_of(promotion, today=timezone.localdate(now)) if is_drawn else None,
        is_without_worker=is_without_worker(promotion, now=now),
    )


def _preview(promotion: Promotion, channel: str) -> Preview:
    wording, length = preview_of(promotion, channel)
    return Preview(channel, str(Channel(channel).label), wording.subject, wording.text.strip(), length)


def what_next(promotion: Promotion) -> tuple[str, str]:
    """What happens next, in a sentence, and how it is meant."""
    match promotion.state:
        case State.DRAFT:
            last = promotion.events.first()
            if last is not None and last.words:
                return _("Sent back by %(name)s: %(words)s") % {"name": last.by, "words": last.words}, "near"
            return _("A draft: nobody gets anything. Read the messages and the audience, then submit it."), "calm"
        case State.SUBMITTED:
            return _("It waits for somebody who did not write it to approve it, or to send it back."), "near"
        case State.APPROVED if promotion.send_from is None:
            return _("Approved. It leaves once it is scheduled."), "near"
        case State.APPROVED:
            return _("It begins on %(day)s, and nothing leaves after %(last)s.") % _days(promotion), "calm"
        case State.SENDING:
            return _("It is being sent, on working days until %(last)s.") % _days(promotion, "al"), "calm"
        case State.PAUSED:
            return _("Paused: nothing leaves until somebody resumes it."), "near"
        case State.STOPPED:
            return _("Stopped for good."), "late"
    return _("It is over: everybody whom it could reach was written to, or its last day has passed."), "calm"


def _days(promotion: Promotion, article: str = "il") -> dict[str, Any]:
    assert promotion.send_from is not None, "it is scheduled"
    assert promotion.not_after is not None, "it is scheduled"
    return {
        "day": written_day(promotion.send_from, "il"),
        "last": written_day(promotion.not_after, article),
    }


def filters_in_words(promotion: Promotion) -> list[tuple[str, str]]:
    """Whom it is meant for: a name and a value for each filter that was set, and what everybody needs."""
    found = [
        (_("Customers of"), str(promotion.agency or _("all agencies"))),
        (_("Holds one of"), _lines(promotion.holds_lines)),
        (_("Holds none of"), _lines(promotion.lacks_lines)),
        (_("Age"), _span(promotion.least_age, promotion.most_age)),
        (_("Provinces"), ", ".join(promotion.provinces)),
        (
            _("A policy expires"),
            _span(
                promotion.expires_from and date_format(promotion.expires_from, "SHORT_DATE_FORMAT"),
                promotion.expires_until and date_format(promotion.expires_until, "SHORT_DATE_FORMAT"),
            ),
        ),
        (_("Years as a customer, at least"), _number(promotion.least_years)),
        (_("Years without a claim, at least"), _number(promotion.claim_free_years)),
        (_("Chosen by profile"), _("yes") if promotion.by_profile else ""),
        (_("Also without a consent, to holders of similar products"), _("yes") if promotion.by_similarity else ""),
        (_("Days without another promotion"), str(promotion.cap_days)),
        (_("Held out (%)"), str(promotion.holdout_percent)),
    ]
    return [(name, value) for name, value in found if value]


def _lines(codes: list[str]) -> str:
    return ", ".join(f"{code} – {rami.ramo(code).label}" for code in codes)


def _span(low: Any, high: Any) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return _("from %(low)s") % {"low": low}
    return _("up to %(high)s") % {"high": high} if low is None else f"{low} – {high}"


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
