"""The commands on requests of IVASS in the back office: buttons, drawn from the table of states, and their small pages."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import RegulatorRequest
from complaints.procedures.forms import DraftForm, GiveForm, ReasonForm
from complaints.procedures.office import AddDocuments, RecordHanding, given_up
from complaints.procedures.sending import is_on_its_way, letter_of, send_again
from complaints.regulator import commands, forms
from foundation.dates import written_day
from foundation.office.commands import Command, Done, ListCommand
from foundation.requests import StaffRequest

MAY_ADD, MAY_CHANGE = "complaints.add_regulatorrequest", "complaints.change_regulatorrequest"
State = RegulatorRequest.State


class RegisterRequest(ListCommand):
    """Enter a request that came from IVASS."""

    name = "registra"
    label = gettext_lazy("Enter a request of IVASS")
    icon = "post_add"
    tone = "primary"
    permission = MAY_ADD
    form_class = forms.RegisterRequestForm
    question = gettext_lazy(
        "The answer is due 30 days after the day of receipt, 15 where the term is halved (not verified: see the numbers of the law)."
    )

    def form_arguments(self, request: StaffRequest, row: None) -> dict[str, Any]:
        return {**given_up(request), "initial": {"complaint": request.GET.get("complaint", "")[:80]}}

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        names = ("protocol", "received_on", "channel", "is_halved", "asked", "complaint", "files")
        made = commands.register_request(
            **{name: data[name] for name in names}, statement=forms.statement_of(data), by=request.user
        )
        return Done(
            _("Entered: the answer is due by %(day)s.") % {"day": written_day(made.due_on, "il")},
            reverse("admin:complaints_regulatorrequest_change", args=[made.pk]),
        )


class _OnRequest(Command[RegulatorRequest]):
    """A command of an officer on a request."""

    permission = MAY_CHANGE

    def offered(self, request: StaffRequest, row: RegulatorRequest) -> bool:
        return row.state in (State.RECEIVED, State.IN_PROGRESS)


class AssignRequest(_OnRequest):
    """Give it to an officer."""

    name = "assegna"
    label = gettext_lazy("Assign")
    icon = "person_add"
    form_class = GiveForm
    question = gettext_lazy("A request just received is in progress from then on.")

    def form_arguments(self, request: StaffRequest, row: RegulatorRequest) -> dict[str, Any]:
        return {"initial": {"handler": row.handler_id or request.user.pk}}

    def run(self, request: StaffRequest, row: RegulatorRequest, data: dict[str, Any]) -> str:
        commands.assign_request(row, handler=data["handler"], by=request.user)
        return _("Assigned to %(name)s.") % {"name": data["handler"]}


class DraftAnswer(_OnRequest):
    """Keep the answer as far as it is written."""

    name = "bozza"
    label = gettext_lazy("Write the draft")
    icon = "edit_note"
    form_class = DraftForm
    question = gettext_lazy("It is kept here until the answer is sent; the page shows it as a letter.")

    def form_arguments(self, request: StaffRequest, row: RegulatorRequest) -> dict[str, Any]:
        return {"initial": {"draft": row.draft}}

    def run(self, request: StaffRequest, row: RegulatorRequest, data: dict[str, Any]) -> str:
        commands.save_draft(row, draft=data["draft"], by=request.user)
        return _("The draft is kept.")


class AnswerRequest(_OnRequest):
    """Make the letter and send it to IVASS."""

    name = "rispondi"
    label = gettext_lazy("Answer IVASS")
    icon = "outgoing_mail"
    tone = "primary"
    form_class = forms.AnswerRequestForm
    question = gettext_lazy(
        "The letter is made, and the documents that are kept as “sent” go with it. By post, print it and enter the day of posting: "
        "until then the answer has not gone."
    )

    def offered(self, request: StaffRequest, row: RegulatorRequest) -> bool:
        return row.can_become(State.ANSWERED)

    def form_arguments(self, request: StaffRequest, row: RegulatorRequest) -> dict[str, Any]:
        return {"initial": {"answer": row.draft}}

    def run(self, request: StaffRequest, row: RegulatorRequest, data: dict[str, Any]) -> str:
        commands.answer_request(row, **data, by=request.user)
        return _("Answered.")


class SendAgain(_OnRequest):
    """Send the kept letter by another way or to another address."""

    name = "rispedisci"
    label = gettext_lazy("Send the letter again")
    icon = "forward_to_inbox"
    form_class = forms.SendAgainForm

    def offered(self, request: StaffRequest, row: RegulatorRequest) -> bool:
        letter = letter_of(row) if row.state == State.ANSWERED and row.sent_on is None else None
        return letter is not None and not is_on_its_way(letter)

    def run(self, request: StaffRequest, row: RegulatorRequest, data: dict[str, Any]) -> str:
        send_again(row, **data, by=request.user)
        return _("The letter goes out again.")


class CorrectRequest(_OnRequest):
    """Correct the day of receipt, or whether the term is halved."""

    name = "correggi"
    label = gettext_lazy("Correct the term")
    icon = "edit_calendar"
    form_class = forms.CorrectRequestForm
    question = gettext_lazy("The term is calculated again. The earlier day and the reason remain in the history.")

    def form_arguments(self, request: StaffRequest, row: RegulatorRequest) -> dict[str, Any]:
        return {"initial": {"received_on": row.received_on, "is_halved": row.is_halved}}

    def run(self, request: StaffRequest, row: RegulatorRequest, data: dict[str, Any]) -> str:
        made = commands.correct_request(row, **data, by=request.user)
        return _("Corrected: the term is %(day)s.") % {"day": written_day(made.due_on, "il")}


class CloseRequest(_OnRequest):
    """Enter the outcome at IVASS."""

    name = "esito"
    label = gettext_lazy("Enter the outcome at IVASS")
    icon = "task_alt"
    form_class = forms.CloseRequestForm

    def offered(self, request: StaffRequest, row: RegulatorRequest) -> bool:
        return row.can_become(State.CLOSED) and not (row.state == State.ANSWERED and row.sent_on is None)

    def asks(self, request: StaffRequest, row: RegulatorRequest) -> str:
        if row.state == State.ANSWERED:
            return _("It closes the request.")
        return _("It closes the request, though it has no answer: only if IVASS does not wait for one any more.")

    def form_arguments(self, request: StaffRequest, row: RegulatorRequest) -> dict[str, Any]:
        return {"initial": {"closed_on": timezone.localdate()}}

    def run(self, request: StaffRequest, row: RegulatorRequest, data: dict[str, Any]) -> str:
        commands.close_request(row, **data, by=request.user)
        return _("Closed.")


class CancelRequest(_OnRequest):
    """It was entered by mistake."""

    name = "annulla"
    label = gettext_lazy("Entered by mistake: cancel it")
    icon = "block"
    tone = "danger"
    form_class = ReasonForm
    question = gettext_lazy("It remains, with the reason and your name, and does not count. It cannot be undone.")

    def run(self, request: StaffRequest, row: RegulatorRequest, data: dict[str, Any]) -> str:
        commands.cancel_request(row, reason=data["reason"], by=request.user)
        return _("Cancelled.")


class AddRequestDocuments(AddDocuments[RegulatorRequest]):
    """Keep documents with the request."""

    permission = MAY_CHANGE


class RecordAnswerHanding(RecordHanding[RegulatorRequest]):
    """Enter when the answer was posted."""

    permission = MAY_CHANGE


REQUEST_COMMANDS = [
    AnswerRequest(),
    RecordAnswerHanding(),
    SendAgain(),
    AssignRequest(),
    DraftAnswer(),
    AddRequestDocuments(),
    CloseRequest(),
    CorrectRequest(),
    CancelRequest(),
]
LIST_COMMANDS = [RegisterRequest()]
