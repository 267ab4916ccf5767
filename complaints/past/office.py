"""The commands of the back office on an entry of a past register."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.codes.forms import CodeChoice
from complaints.forms import AssignForm
from complaints.models import Complaint
from complaints.models.code import CodeList
from complaints.past.commands import complete_past, missing_of, take_over
from foundation.dates import written_day
from foundation.form_fields import DayField, LineField
from foundation.office.commands import Command
from foundation.requests import StaffRequest


class TakeOverPast(Command[Complaint]):
    """Answer here what was open in a past register."""

    name = "prendi-in-carico"
    label = gettext_lazy("Take over from the past register")
    icon = "assignment_turned_in"
    tone = "primary"
    permission = "complaints.change_complaint"
    form_class = AssignForm

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return row.state == Complaint.State.PAST_OPEN

    def asks(self, request: StaffRequest, row: Complaint) -> str:
        return _(
            "It keeps its old number and is answered here. Its term was %(day)s, counted from its receipt; its handler is "
            "warned of it from now on. Nobody is written to."
        ) % {"day": written_day(row.due_on, "il")}

    def form_arguments(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        return {"initial": {"handler": request.user.pk}}

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        complaint = take_over(row, handler=data["handler"], by=request.user)
        return _("Taken over: %(number)s is under review.") % {"number": complaint.number}


class CompleteForm(forms.Form):
    """What the file of the past register lacked, and where it is read."""

    closed_on = DayField(
        label=gettext_lazy("Closed on"),
        required=False,
        help_text=gettext_lazy("The day on which the answer went, or of the withdrawal"),
    )
    outcome = CodeChoice(CodeList.OUTCOME, empty=True, label=gettext_lazy("Outcome"))
    source = LineField(
        label=gettext_lazy("Where it is read"),
        max_length=200,
        help_text=gettext_lazy("Such as the letter in the archive; it remains in the history"),
    )

    def __init__(self, *args: Any, missing: tuple[str, ...], **kwargs: Any) -> None:
        """`missing`: the names of the fields that the entry lacks; the others are not asked."""
        super().__init__(*args, **kwargs)
        for name in ("closed_on", "outcome"):
            if name not in missing:
                del self.fields[name]


class CompletePast(Command[Complaint]):
    """Enter the day or the outcome that the file of the past register lacked."""

    name = "completa"
    label = gettext_lazy("Enter what the file lacked")
    icon = "edit"
    permission = "complaints.change_complaint"
    form_class = CompleteForm
    question = gettext_lazy(
        "The half-year return counts by the day and the outcome of a closed complaint. What the file had remains, and no later file "
        "changes this entry any more."
    )

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return bool(missing_of(row))

    def form_arguments(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        return {"missing": missing_of(row)}

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        complete_past(row, by=request.user, **data)
        return _("Entered.")
