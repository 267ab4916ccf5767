"""Why a contact was not resolved at first level, and how many there are for each reason."""

from datetime import date

from django.db.models import Count

from contact_center.catalogue import Parameters
from contact_center.models import Contact

from .lists import rows_behind
from .period import Period
from .query import Chosen

# Besides the reasons of an escalation (`Contact.Escalation`).
NOT_CODED, UNRESOLVED, REOPENED = "not_coded", "unresolved", "reopened"


def reason_of(*, level: int, escalation: str, outcome: str) -> str:
    """Why a handled contact that does not count as first level does not, by its level and codes."""
    if level == 2:
        return escalation
    if outcome == Contact.Outcome.NOT_CODED:
        return NOT_CODED
    return REOPENED if outcome == Contact.Outcome.RESOLVED else UNRESOLVED


def misses_by_reason(period: Period, chosen: Chosen, parameters: Parameters, *, today: date) -> dict[str, int]:
    """How many contacts of the period were not resolved at first level, by reason, the most frequent first.

    They are counted from the contacts themselves, which are few: those that `rows_behind` lists, in one query.
    """
    rows = rows_behind("not_first_level", period, chosen, parameters, user=None, today=today)
    found: dict[str, int] = {}
    for level, escalation, outcome, count in (
        rows.order_by().values_list("level", "escalation", "outcome").annotate(count=Count("pk"))
    ):
        reason = reason_of(level=level, escalation=escalation, outcome=outcome)
        found[reason] = found.get(reason, 0) + count
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))
