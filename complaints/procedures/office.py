"""Commands of the back office that requests of IVASS and appeals to the Arbiter share. Doors: they translate, and call one command."""

from typing import Any, Generic

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.procedures import forms
from complaints.procedures.files import add_documents
from complaints.procedures.sending import is_on_its_way, letter_of, record_handing
from complaints.procedures.steps import ProcedureT
from foundation.files.uploads import no_room, too_large
from foundation.office.commands import Command
from foundation.requests import StaffRequest


def given_up(request: StaffRequest) -> dict[str, Any]:
    """What a form with files is made with: the names of those that were given up while they were sent."""
    return {"given_up": too_large(request), "no_room": no_room(request)}


class AddDocuments(Command[ProcedureT], Generic[ProcedureT]):
    """Keep documents with it."""

    name = "documenti"
    label = gettext_lazy("Add documents")
    icon = "attach_file"
    form_class = forms.DocumentsForm

    def offered(self, request: StaffRequest, row: ProcedureT) -> bool:
        return row.state != row.State.CANCELLED

    def form_arguments(self, request: StaffRequest, row: ProcedureT) -> dict[str, Any]:
        return given_up(request)

    def run(self, request: StaffRequest, row: ProcedureT, data: dict[str, Any]) -> str:
        add_documents(row, files=data["files"], direction=data["direction"], by=request.user)
        return _("Kept.")


class RecordHanding(Command[ProcedureT], Generic[ProcedureT]):
    """Enter when the letter went by hand, and what proves it."""

    name = "spedita"
    label = gettext_lazy("Enter that the letter has gone")
    icon = "local_post_office"
    tone = "primary"
    form_class = forms.HandingForm
    question = gettext_lazy("The day and the number of the proof show that the letter left in time.")

    def offered(self, request: StaffRequest, row: ProcedureT) -> bool:
        letter = letter_of(row) if row.sent_on is None else None
        return letter is not None and not is_on_its_way(letter)

    def form_arguments(self, request: StaffRequest, row: ProcedureT) -> dict[str, Any]:
        return {"initial": {"sent_on": timezone.localdate()}}

    def run(self, request: StaffRequest, row: ProcedureT, data: dict[str, Any]) -> str:
        record_handing(row, **data, by=request.user)
        return _("Entered.")
