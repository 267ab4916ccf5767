"""Query: what the rules say of an appeal as it stands in the database."""

from django.utils import timezone

from complaints.arbitrator.rules import Hint, Known, Limits, hints_of
from complaints.models import ArbitratorAppeal
from complaints.models.arbitrator import AppealKind
from complaints.models.procedure import FigureKind
from complaints.procedures.figures import open_book

CAPS = {
    AppealKind.DEATH_ONLY: FigureKind.CAP_DEATH_ONLY,
    AppealKind.LIFE: FigureKind.CAP_LIFE,
    AppealKind.NON_LIFE: FigureKind.CAP_NON_LIFE,
    AppealKind.INJURED: FigureKind.CAP_INJURED,
}


def hints_for(appeal: ArbitratorAppeal) -> list[Hint]:
    """The conditions of admissibility of an appeal, by the numbers in force when it was filed.

    Refused ("no_number_in_force") for an appeal filed before there were any.
    """
    book, on, complaint = open_book(), appeal.filed_on, appeal.complaint
    limits = Limits(
        answer_days=book.amount(FigureKind.COMPLAINT_ANSWER, on),
        complaint_months=book.amount(FigureKind.COMPLAINT_AGE, on),
        facts_months=book.amount(FigureKind.FACTS_AGE, on),
        cap=book.amount(CAPS[AppealKind(appeal.kind)], on),
    )
    known = Known(
        filed_on=on,
        complained_on=complaint.first_received_on,
        answered_on=timezone.localdate(complaint.answered_at) if complaint.answered_at else None,
        facts_on=appeal.facts_on,
        value=appeal.value,
    )
    return hints_of(known, limits)
