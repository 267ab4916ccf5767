"""The commands on appeals to the Arbiter in the back office: buttons, drawn from the table of states, and their small pages."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.arbitrator import commands, forms
from complaints.arbitrator.commands import CORRECTED
from complaints.models import ArbitratorAppeal
from complaints.models.arbitrator import TO_COMPLY
from complaints.procedures.forms import DraftForm, GiveForm, ReasonForm
from complaints.procedures.office import AddDocuments, RecordHanding, given_up
from foundation.dates import written_day
from foundation.office.commands import Command, Done, ListCommand
from foundation.requests import StaffRequest

MAY_ADD, MAY_CHANGE = "complaints.add_arbitratorappeal", "complaints.change_arbitratorappeal"
State = ArbitratorAppeal.State


class RegisterAppeal(ListCommand):
    """Enter an appeal that was notified to us."""

    name = "registra"
    label = gettext_lazy("Enter an appeal")
    icon = "post_add"
    tone = "primary"
    permission = MAY_ADD
    form_class = forms.RegisterAppealForm
    question = gettext_lazy(
        "Our counter-arguments are due 40 days after the complete file; 1–31 August and 23 December–6 January do not count (not "
        "verified: see the numbers of the law)."
    )

    def form_arguments(self, request: StaffRequest, row: None) -> dict[str, Any]:
        return {**given_up(request), "initial": {"complaint": request.GET.get("complaint", "")[:80]}}

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        complaint = data.pop("complaint")
        made = commands.register_appeal(complaint, **data, by=request.user)
        words = _("Entered.")
        if made.counter_due_on:
            words = _("Entered: the counter-arguments are due by %(day)s.") % {
                "day": written_day(made.counter_due_on, "il")
            }
        return Done(words, reverse("admin:complaints_arbitratorappeal_change", args=[made.pk]))


class _OnAppeal(Command[ArbitratorAppeal]):
    """A command of an officer on an appeal."""

    permission = MAY_CHANGE
    becomes: str = ""  # the state it leads to, asked of the table

    def offered(self, request: StaffRequest, row: ArbitratorAppeal) -> bool:
        return row.can_become(self.becomes)


class AssignAppeal(_OnAppeal):
    """Give it to an officer."""

    name = "assegna"
    label = gettext_lazy("Assign")
    icon = "person_add"
    form_class = GiveForm

    def offered(self, request: StaffRequest, row: ArbitratorAppeal) -> bool:
        return row.is_open or row.due_on is not None

    def form_arguments(self, request: StaffRequest, row: ArbitratorAppeal) -> dict[str, Any]:
        return {"initial": {"handler": row.handler_id or request.user.pk}}

    def run(self, request: StaffRequest, row: ArbitratorAppeal, data: dict[str, Any]) -> str:
        commands.assign_appeal(row, handler=data["handler"], by=request.user)
        return _("Assigned to %(name)s.") % {"name": data["handler"]}


class AskCompletion(_OnAppeal):
    """The secretariat asked the applicant to complete the file."""

    name = "integrazione"
    label = gettext_lazy("Enter that completion was asked")
    icon = "pending_actions"
    becomes = State.INCOMPLETE
    form_class = forms.CompletionForm
    question = gettext_lazy("The applicant has 10 days (not verified: see the numbers of the law).")

    def run(self, request: StaffRequest, row: ArbitratorAppeal, data: dict[str, Any]) -> str:
        made = commands.ask_completion(row, asked_on=data["asked_on"], by=request.user)
        assert made.completion_due_on is not None, "the command has set it"
        return _("Entered: the applicant has until %(day)s.") % {"day": written_day(made.completion_due_on, "il")}


class RecordCompleteFile(_OnAppeal):
    """The file is complete: our term runs."""

    name = "fascicolo"
    label = gettext_lazy("Enter that the file is complete")
    icon = "inventory"
    tone = "primary"
    becomes = State.PREPARING
    form_class = forms.CompleteFileForm
    question = gettext_lazy("The term of our counter-arguments runs from that day, without the days of the stops.")

    def run(self, request: StaffRequest, row: ArbitratorAppeal, data: dict[str, Any]) -> str:
        made = commands.record_complete_file(row, complete_on=data["complete_on"], by=request.user)
        assert made.counter_due_on is not None, "the command has set it"
        return _("Entered: the counter-arguments are due by %(day)s.") % {
            "day": written_day(made.counter_due_on, "il")
        }


class DraftCounterArguments(_OnAppeal):
    """Keep the counter-arguments as far as they are written."""

    name = "bozza"
    label = gettext_lazy("Write the draft")
    icon = "edit_note"
    form_class = DraftForm
    question = gettext_lazy("It is kept here until the counter-arguments are made; the page shows it as a letter.")

    def offered(self, request: StaffRequest, row: ArbitratorAppeal) -> bool:
        return row.is_open and not row.counter_arguments

    def form_arguments(self, request: StaffRequest, row: ArbitratorAppeal) -> dict[str, Any]:
        return {"initial": {"draft": row.draft}}

    def run(self, request: StaffRequest, row: ArbitratorAppeal, data: dict[str, Any]) -> str:
        commands.save_draft(row, draft=data["draft"], by=request.user)
        return _("The draft is kept.")


class MakeCounterArguments(_OnAppeal):
    """Make the letter that goes on the portal."""

    name = "controdeduzioni"
    label = gettext_lazy("Make the counter-arguments")
    icon = "gavel"
    tone = "primary"
    becomes = State.WAITING
    form_class = forms.CounterArgumentsForm
    question = gettext_lazy(
        "The letter is made and kept. Download it, put it on the Arbiter’s portal, and enter the day and the receipt: until then it has "
        "not gone, and the term runs on."
    )

    def form_arguments(self, request: StaffRequest, row: ArbitratorAppeal) -> dict[str, Any]:
        return {"initial": {"text": row.draft}}

    def run(self, request: StaffRequest, row: ArbitratorAppeal, data: dict[str, Any]) -> str:
        commands.make_counter_arguments(row, text=data["text"], by=request.user)
        return _("Made: put the letter on the portal, and enter its receipt.")


class ExtendDecision(_OnAppeal):
    """The Arbiter took more time."""

    name = "proroga"
    label = gettext_lazy("Enter the extension")
    icon = "more_time"
    form_class = forms.ExtensionForm
    question = gettext_lazy("The term of the decision is extended once, for complex cases.")

    def offered(self, request: StaffRequest, row: ArbitratorAppeal) -> bool:
        return row.is_open and row.extended_on is None and row.decision_due_on is not None

    def run(self, request: StaffRequest, row: ArbitratorAppeal, data: dict[str, Any]) -> str:
        made = commands.extend_decision(row, extended_on=data["extended_on"], by=request.user)
        assert made.decision_due_on is not None, "the command has set it"
        return _("Entered: the decision is due by %(day)s.") % {"day": written_day(made.decision_due_on, "il")}


class RecordDecision(_OnAppeal):
    """How the appeal ended."""

    name = "decisione"
    label = gettext_lazy("Enter the decision")
    icon = "task_alt"
    becomes = State.DECIDED
    form_class = forms.DecisionForm
    question = gettext_lazy("Also an appeal that was withdrawn or settled ends here. It cannot be undone.")

    def run(self, request: StaffRequest, row: ArbitratorAppeal, data: dict[str, Any]) -> str:
        commands.record_decision(row, **data, by=request.user)
        return _("Entered.")


class RecordCompliance(_OnAppeal):
    """What was done about the decision."""

    name = "adempimento"
    label = gettext_lazy("Enter the compliance")
    icon = "verified"
    form_class = forms.ComplianceForm
    question = gettext_lazy(
        "A decision that is not complied with in full is published for 5 years by the Arbiter and for 6 months on our site (not verified: "
        "see the numbers of the law)."
    )

    def offered(self, request: StaffRequest, row: ArbitratorAppeal) -> bool:
        return row.decision in TO_COMPLY and row.compliance != ArbitratorAppeal.Compliance.FULL

    def form_arguments(self, request: StaffRequest, row: ArbitratorAppeal) -> dict[str, Any]:
        return {"initial": {"compliance": row.compliance, "complied_on": row.complied_on}}

    def run(self, request: StaffRequest, row: ArbitratorAppeal, data: dict[str, Any]) -> str:
        commands.record_compliance(row, **data, by=request.user)
        return _("Entered.")


class CorrectAppeal(_OnAppeal):
    """Correct what an appeal is about, and its days."""

    name = "correggi"
    label = gettext_lazy("Correct the appeal")
    icon = "edit_calendar"
    form_class = forms.CorrectAppealForm
    question = gettext_lazy(
        "The terms are calculated again. What was there before and the reason remain in the history."
    )

    def offered(self, request: StaffRequest, row: ArbitratorAppeal) -> bool:
        return row.is_open

    def form_arguments(self, request: StaffRequest, row: ArbitratorAppeal) -> dict[str, Any]:
        return {"initial": {name: getattr(row, name) for name in CORRECTED}}

    def run(self, request: StaffRequest, row: ArbitratorAppeal, data: dict[str, Any]) -> str:
        changes = {name: data[name] for name in CORRECTED}
        commands.correct_appeal(row, changes=changes, reason=data["reason"], by=request.user)
        return _("Corrected.")


class CancelAppeal(_OnAppeal):
    """It was entered by mistake."""

    name = "annulla"
    label = gettext_lazy("Entered by mistake: cancel it")
    icon = "block"
    tone = "danger"
    becomes = State.CANCELLED
    form_class = ReasonForm
    question = gettext_lazy("It remains, with the reason and your name, and does not count. It cannot be undone.")

    def run(self, request: StaffRequest, row: ArbitratorAppeal, data: dict[str, Any]) -> str:
        commands.cancel_appeal(row, reason=data["reason"], by=request.user)
        return _("Cancelled.")


class AddAppealDocuments(AddDocuments[ArbitratorAppeal]):
    """Keep documents with the appeal."""

    permission = MAY_CHANGE


class RecordPortal(RecordHanding[ArbitratorAppeal]):
    """Enter when the counter-arguments were put on the portal."""

    permission = MAY_CHANGE
    question = gettext_lazy("The day and the number of the portal’s receipt show that they were there in time.")


APPEAL_COMMANDS = [
    RecordCompleteFile(),
    MakeCounterArguments(),
    RecordPortal(),
    RecordDecision(),
    RecordCompliance(),
    AskCompletion(),
    ExtendDecision(),
    AssignAppeal(),
    DraftCounterArguments(),
    AddAppealDocuments(),
    CorrectAppeal(),
    CancelAppeal(),
]
LIST_COMMANDS = [RegisterAppeal()]
