"""The commands of actions in the back office."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.causes import commands
from complaints.codes.forms import CodeChoice
from complaints.models import CauseAction
from complaints.models.code import CodeList
from customers import rami
from customers.models import Agency, User
from foundation.form_fields import DateInput, LineField, TextField
from foundation.office.commands import Command, Done, ListCommand
from foundation.requests import StaffRequest
from foundation.sorting import Folded
from foundation.text import CleanedForm

MAY_OPEN, MAY_CHANGE = "complaints.add_causeaction", "complaints.change_causeaction"
State = CauseAction.State
CAUSE_FIELDS = ("area", "reason", "ramo", "product")


class ActionForm(CleanedForm, forms.Form):
    """An action: its cause, what is done, by whom and by when."""

    title = LineField(label=gettext_lazy("What is done"), max_length=200)
    plan = TextField(
        label=gettext_lazy("How"),
        most=4_000,
        help_text=gettext_lazy("Also what is done for those who were affected and did not complain"),
    )
    reason = CodeChoice(CodeList.REASON, empty=True, label=gettext_lazy("Reason"))
    area = CodeChoice(CodeList.AREA, empty=True, label=gettext_lazy("Business area"))
    ramo = forms.ChoiceField(
        label=gettext_lazy("Line of business (ramo)"),
        required=False,
        choices=[("", "–"), *((code, f"{code}") for code, _label in rami.CHOICES)],
    )
    product = CodeChoice(CodeList.PRODUCT, empty=True, label=gettext_lazy("Product"))
    agency = forms.ModelChoiceField(Agency.objects.order_by("code"), label=gettext_lazy("Agency"), required=False)
    owner = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Owner"))
    due_on = forms.DateField(label=gettext_lazy("To be done by"), widget=DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Owners are the people who follow complaints and the managers."""
        super().__init__(*args, **kwargs)
        owners = User.objects.filter(is_active=True, groups__name__in=commands.OWNERS).distinct()
        self.fields["owner"].queryset = owners.order_by(Folded("last_name"), "pk")  # type: ignore[attr-defined]


class OpenAction(ListCommand):
    """Open an action from a cause; the page of causes leads here with the cause filled in."""

    name = "apri"
    label = gettext_lazy("Open an action")
    icon = "add_task"
    tone = "primary"
    permission = MAY_OPEN
    form_class = ActionForm
    question = gettext_lazy(
        "Its effect is measured from four weeks after it is done. The cause cannot be changed later."
    )

    def form_arguments(self, request: StaffRequest, row: None) -> dict[str, Any]:
        given = {name: request.GET.get(name, "") for name in CAUSE_FIELDS}
        agency = Agency.objects.filter(code=request.GET.get("agency", "")).first()
        return {"initial": given | {"agency": agency, "owner": request.user.pk}}

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        action = commands.open_action(**data, by=request.user)
        return Done(_("The action is open."), reverse("admin:complaints_causeaction_change", args=[action.pk]))


class _OnAction(Command[CauseAction]):
    """A command of the people who follow actions."""

    permission = MAY_CHANGE
    becomes: str = ""

    def offered(self, request: StaffRequest, row: CauseAction) -> bool:
        return row.can_become(self.becomes)


class DoneForm(CleanedForm, forms.Form):
    """Since when, and what was done."""

    done_on = forms.DateField(label=gettext_lazy("Done on"), widget=DateInput)
    words = TextField(label=gettext_lazy("What was done"), most=4_000)


class FinishAction(_OnAction):
    """It is done."""

    name = "conclusa"
    label = gettext_lazy("Record that it is done")
    icon = "task_alt"
    tone = "primary"
    becomes = State.DONE
    form_class = DoneForm

    def form_arguments(self, request: StaffRequest, row: CauseAction) -> dict[str, Any]:
        return {"initial": {"done_on": timezone.localdate()}}

    def run(self, request: StaffRequest, row: CauseAction, data: dict[str, Any]) -> str:
        commands.finish_action(row, **data, by=request.user)
        return _("It is done: its effect can be measured after four weeks.")


class MeasureAction(_OnAction):
    """What came of it, once and for all."""

    name = "misura"
    label = gettext_lazy("Measure the effect")
    icon = "straighten"
    tone = "primary"
    becomes = State.MEASURED
    question = gettext_lazy(
        "Complaints of its cause since it was done are counted against as many days before it was opened, at most a year. "
        "The result is kept as it is; the longer you wait, the surer it is."
    )

    def run(self, request: StaffRequest, row: CauseAction, data: dict[str, Any]) -> str:
        commands.measure_action(row, by=request.user)
        return _("The effect is measured.")


class DropForm(CleanedForm, forms.Form):
    """Why."""

    words = TextField(label=gettext_lazy("Why it is given up"), most=4_000)


class DropAction(_OnAction):
    """It is given up."""

    name = "abbandona"
    label = gettext_lazy("Give it up")
    icon = "cancel"
    becomes = State.DROPPED
    form_class = DropForm

    def run(self, request: StaffRequest, row: CauseAction, data: dict[str, Any]) -> str:
        commands.drop_action(row, **data, by=request.user)
        return _("The action is given up.")
