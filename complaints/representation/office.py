"""Commands of the back office about who is represented, and the mandate."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.documents.queries import documents_of
from complaints.models import Complaint, Representation
from complaints.representation.commands import accept_mandate, ask_for_mandate, represent
from complaints.representation.entering import Represented
from complaints.representation.forms import AcceptMandateForm, RepresentedForm
from foundation.dates import written_day
from foundation.office.commands import Command
from foundation.requests import StaffRequest


class _OnRepresented(Command[Complaint]):
    permission = "complaints.change_complaint"

    def _known(self, row: Complaint) -> Representation | None:
        return Representation.objects.filter(complaint=row).first()


class Represent(_OnRepresented):
    """Enter or correct for whom the complaint is made."""

    name = "rappresentato"
    label = gettext_lazy("Enter the represented person")
    icon = "supervisor_account"
    form_class = RepresentedForm
    question = gettext_lazy(
        "For whom the complaint is made, where a lawyer, an association or somebody else writes. Our letters go to the one "
        "who writes."
    )

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return row.proposer_kind != Complaint.Proposer.INTERESTED or self._known(row) is not None

    def form_arguments(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        if (known := self._known(row)) is None:
            return {}
        return {"initial": {"name": known.name, "tax_code": known.tax_code, "relation": known.relation}}

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        represent(row, represented=Represented(**data), by=request.user)
        return _("Entered.")


class AskForMandate(_OnRepresented):
    """Write that the mandate is missing."""

    name = "chiedi-mandato"
    label = gettext_lazy("Ask for the mandate")
    icon = "assignment_late"

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        known = self._known(row)
        return row.is_open and known is not None and not known.has_mandate

    def asks(self, request: StaffRequest, row: Complaint) -> str:
        known = self._known(row)
        words = {"name": row.complainant_name, "person": known.name if known else ""}
        if row.email:
            question = _("%(name)s is asked by e-mail for the mandate of %(person)s. The term keeps running.") % words
        else:
            question = (
                _("%(name)s is to be asked for the mandate of %(person)s by post: print the letter. The day is kept.")
                % words
            )
        if known and known.asked_on:
            question += " " + _("It was asked for on %(day)s already.") % {"day": written_day(known.asked_on, "il")}
        return question

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        ask_for_mandate(row, by=request.user)
        return _("Asked for.")


class AcceptMandate(_OnRepresented):
    """Say which of the documents is the mandate."""

    name = "mandato"
    label = gettext_lazy("Enter the mandate")
    icon = "verified_user"
    form_class = AcceptMandateForm
    question = gettext_lazy("Choose the document by which the represented person lets the writer act.")

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return self._known(row) is not None and bool(documents_of(row))

    def form_arguments(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        return {
            "choices": [
                (str(each.key), f"{each.name} · {each.giver} · {written_day(each.given_on)}")
                for each in documents_of(row)
            ]
        }

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        accept_mandate(row, key=UUID(data["document"]), on=data["on"], by=request.user)
        return _("Entered.")
