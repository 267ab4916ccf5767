"""Approvals in the back office: the buttons on a complaint's page, the panel of submitted answers, and the pages of the rules."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.approvals.commands import (
    MAY_APPROVE,
    RULE_FACTS,
    add_rule,
    approve_answer,
    change_rule,
    send_answer_back,
    take_answer_back,
    waiting_of,
)
from complaints.codes.forms import CodeChoice
from complaints.models import AnswerApproval, ApprovalRule, Complaint
from complaints.models.code import CodeList
from foundation.form_fields import DayField
from foundation.masking import names_hidden, seen_text
from foundation.office.base import OfficeAdmin, Panel, badge
from foundation.office.commands import Command, Done, ListCommand
from foundation.requests import StaffRequest

TONES = {
    AnswerApproval.State.WAITING: "warning",
    AnswerApproval.State.APPROVED: "success",
    AnswerApproval.State.SENT_BACK: "danger",
}


class _OnWaiting(Command[Complaint]):
    """A command about the answer that waits for a second person."""

    permission = MAY_APPROVE
    template = "office/complaint_approve.html"

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        waiting = waiting_of(row)
        return waiting is not None and self.by_whom(request, waiting)

    def by_whom(self, request: StaffRequest, waiting: AnswerApproval) -> bool:
        """Whether the person is the one for it: anybody but the writer."""
        return waiting.submitted_by_id != request.user.pk

    def context(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        """The answer and the complaint as the reader may see them: who only approves reads no numbers of a person."""
        waiting, names = waiting_of(row), names_hidden(request.user, row)
        if waiting is None:  # decided meanwhile: the page says so
            return {}
        texts = {"subject": row.subject, "text": row.text, "answer": waiting.answer, "reasons": waiting.reasons}
        return {
            "waiting": waiting,
            **{name: seen_text(request.user, text, names=names) for name, text in texts.items()},
        }

    def waiting(self, row: Complaint) -> AnswerApproval:
        """The answer; it is there, since the command is offered."""
        waiting = waiting_of(row)
        assert waiting is not None, "offered asked for it"
        return waiting


class ApproveAnswer(_OnWaiting):
    """It may go out."""

    name = "approva"
    label = gettext_lazy("Approve the answer and send it")
    icon = "verified"
    tone = "primary"
    question = gettext_lazy("The letter is made and goes out at once, signed by the person who wrote it.")

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        approve_answer(self.waiting(row), by=request.user)
        return _("Approved: the answer goes out.")


class SendAnswerBack(_OnWaiting):
    """It may not go out as it is."""

    class form_class(forms.Form):
        remark = forms.CharField(
            label=gettext_lazy("What is to be written otherwise"),
            max_length=4_000,
            widget=forms.Textarea(attrs={"rows": 4}),
        )

    name = "rimanda"
    label = gettext_lazy("Send the answer back")
    icon = "reply"
    question = gettext_lazy("Its writer is informed, and writes another. Nothing goes to the complainant.")

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        send_answer_back(self.waiting(row), remark=data["remark"], by=request.user)
        return _("Sent back.")


class TakeAnswerBack(_OnWaiting):
    """The writer wants to write it otherwise."""

    name = "ritira-risposta"
    label = gettext_lazy("Take your answer back")
    icon = "undo"
    permission = "complaints.change_complaint"
    question = gettext_lazy("It is not approved any more; you may write it otherwise and submit it again.")

    def by_whom(self, request: StaffRequest, waiting: AnswerApproval) -> bool:
        return waiting.submitted_by_id == request.user.pk

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        take_answer_back(self.waiting(row), by=request.user)
        return _("Taken back.")


class ApprovalPanel(Panel):
    """The answers that were submitted, and what a second person decided."""

    model = AnswerApproval
    fields = ("submitted_at", "submitted_by", "outcome_shown", "state_shown", "decided_by", "decided_at", "remark")
    ordering = ("-submitted_at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("submitted_by", "decided_by").defer("answer", "reasons")

    @admin.display(description=gettext_lazy("outcome"))
    def outcome_shown(self, approval: AnswerApproval) -> str:
        return approval.outcome_name

    @badge(description=gettext_lazy("state"), tones=TONES)
    def state_shown(self, approval: AnswerApproval) -> tuple[str, str]:
        return approval.state, approval.get_state_display()


# --- The rules ------------------------------------------------------------------------------------------------------
class RuleForm(forms.Form):
    """What a rule says."""

    outcome = CodeChoice(CodeList.OUTCOME, label=gettext_lazy("Outcome"))
    area = CodeChoice(
        CodeList.AREA, empty=True, label=gettext_lazy("Business area"), help_text=gettext_lazy("None: all of them.")
    )
    from_euro = forms.DecimalField(
        label=gettext_lazy("From a value of (euro)"),
        min_value=0,
        max_digits=14,
        decimal_places=2,
        initial=0,
        localize=True,
        help_text=gettext_lazy("0: also where the value is not known."),
    )
    valid_from = DayField(label=gettext_lazy("Valid from"), required=False)
    valid_to = DayField(label=gettext_lazy("Valid to"), required=False)


class AddRule(ListCommand):
    """A further rule."""

    name = "aggiungi"
    label = gettext_lazy("Add a rule")
    icon = "add"
    tone = "primary"
    permission = "complaints.add_approvalrule"
    form_class = RuleForm
    question = gettext_lazy("Answers that it concerns go out once somebody else than their writer approved them.")

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        rule = add_rule(by=request.user, **data)
        return Done(_("The rule is kept."), reverse("admin:complaints_approvalrule_change", args=[rule.pk]))


class ChangeRule(Command[ApprovalRule]):
    """Another value, another end."""

    name = "modifica"
    label = gettext_lazy("Change the rule")
    icon = "edit"
    tone = "primary"
    permission = "complaints.change_approvalrule"
    form_class = RuleForm
    question = gettext_lazy("It holds for answers from now on. To end it, give it a last day.")

    def form_arguments(self, request: StaffRequest, row: ApprovalRule) -> dict[str, Any]:
        return {"initial": {name: getattr(row, name) for name in RULE_FACTS}}

    def run(self, request: StaffRequest, row: ApprovalRule, data: dict[str, Any]) -> str:
        change_rule(row, by=request.user, changes=data)
        return _("Changed.")


@admin.register(ApprovalRule)
class ApprovalRuleAdmin(OfficeAdmin[ApprovalRule]):
    """Which answers a second person approves before they go out."""

    list_display = ("__str__", "from_euro", "valid_from", "valid_to")
    ordering = ("outcome", "area", "from_euro", "pk")
    search_fields = ()
    own_commands = [ChangeRule()]
    list_commands = [AddRule()]
    fieldsets = ((None, {"fields": [("outcome", "area"), "from_euro", ("valid_from", "valid_to")]}),)
