"""Why a contact was not resolved at first level, and how many there are for each reason."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from contact_center.catalogue import Parameters
from contact_center.catalogue.entries import first_moment
from contact_center.models import Contact
from foundation.written_once import WrittenOnce

from .definitions import parameters_in_settings
from .lists import rows_behind
from .period import Period
from .query import Chosen
from .unresolved.kinds import NOT_CODED, REOPENED, UNRESOLVED, reason_of

MISSES = "not_first_level"  # the list behind the number


def has_reason(reason: str) -> Q:
    """The handled contacts that `reason_of` gives this reason."""
    missed = Q(first_level=False)
    of_first_level = {
        NOT_CODED: Q(outcome=Contact.Outcome.NOT_CODED),
        REOPENED: Q(outcome=Contact.Outcome.RESOLVED),
        UNRESOLVED: ~Q(outcome__in=[Contact.Outcome.NOT_CODED, Contact.Outcome.RESOLVED]),
    }
    if reason in of_first_level:
        return missed & Q(level=1) & of_first_level[reason]
    return missed & Q(level=2, escalation=reason)


def misses_by_reason(period: Period, chosen: Chosen, parameters: Parameters, *, today: date) -> dict[str, int]:
    """How many contacts of the period were not resolved at first level, by reason, the most frequent first.

    They are counted from the contacts themselves, which are few: those that `rows_behind` lists, in one query.
    """
    rows: Iterable[tuple[int, str, str, int]]
    if chosen == Chosen():  # as the page opens
        rows = _OF_ALL.rows(*_moments(period))
    else:
        rows = _by_codes(rows_behind(MISSES, period, chosen, parameters, user=None, today=today))
    found: dict[str, int] = {}
    for level, escalation, outcome, count in rows:
        reason = reason_of(level=level, escalation=escalation, outcome=outcome)
        found[reason] = found.get(reason, 0) + count
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def _by_codes(rows: QuerySet) -> QuerySet:
    return rows.order_by().values_list("level", "escalation", "outcome").annotate(count=Count("pk"))


def _moments(period: Period) -> tuple[datetime, datetime]:
    """When the period begins and when it is over, as `rows_behind` asks for it."""
    return first_moment(period.start), first_moment(period.end + timedelta(days=1))


# Written for a period of no contacts. Which contacts were missed follows neither from the thresholds nor from the day.
_NO_PERIOD = Period(date(1000, 1, 1), date(1000, 1, 1))
_OF_ALL = WrittenOnce(
    lambda *_moments: _by_codes(
        rows_behind(MISSES, _NO_PERIOD, Chosen(), parameters_in_settings(), user=None, today=_NO_PERIOD.start)
    ),
    *_moments(_NO_PERIOD),
)
