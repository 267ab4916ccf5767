"""Query: complaints like this one, and how they ended."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from complaints.models import Complaint
from complaints.models.code import CodeList, label_of
from customers.models import User

MONTHS_BACK_DAYS = 730  # two years: what was decided before is seldom a guide
MOST = 5


@dataclass(frozen=True)
class Similar:
    """Complaints with the same main reason (and line of business, where known), received in the two years before.

    `outcomes`: the answered ones by outcome, as (name, number), the most frequent first. `latest`: a few of them.
    """

    outcomes: list[tuple[str, int]]
    latest: list[Complaint]
    open_ones: int

    @property
    def answered(self) -> int:
        """How many were answered."""
        return sum(number for _name, number in self.outcomes)


def similar_to(complaint: Complaint, *, user: User, today: date) -> Similar | None:
    """The complaints like it that the user may see; None while it has no reason."""
    if not complaint.reason_codes:
        return None
    like = (
        Complaint.objects.visible_to(user)
        .counted()
        .filter(reason_codes__0=complaint.reason_codes[0], received_on__gte=today - timedelta(days=MONTHS_BACK_DAYS))
        .exclude(pk=complaint.pk)
    )
    if complaint.ramo:
        like = like.filter(ramo=complaint.ramo)
    counted = list(like.order_by().values_list("outcome", "state").annotate(complaints=Count("pk")))
    still = sum(number for _outcome, state, number in counted if state in Complaint.OPEN_STATES)
    outcomes = sorted(
        ((label_of(CodeList.OUTCOME, outcome), number) for outcome, _state, number in counted if outcome),
        key=lambda each: -each[1],
    )
    latest = like.filter(state=Complaint.State.ANSWERED).defer("text", "answer", "reasons").order_by("-answered_at")
    return Similar(outcomes, list(latest[:MOST]), still)
