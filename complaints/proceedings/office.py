"""Proceedings in the back office: the panel of a complaint's page, and the two commands beside it."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import Complaint, Proceeding
from complaints.proceedings.commands import end_proceeding, enter_proceeding
from foundation.form_fields import DayField
from foundation.office.base import Panel
from foundation.office.commands import Command
from foundation.requests import StaffRequest


class EnterForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What began"), choices=Proceeding.Kind.choices)
    begun_on = DayField(
        label=gettext_lazy("Begun on"), help_text=gettext_lazy("The day on which we were served or invited.")
    )
    body = forms.CharField(
        label=gettext_lazy("Before whom"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("The court, or the mediation body, with its number."),
    )


class EndForm(forms.Form):
    proceeding = forms.ModelChoiceField(Proceeding.objects.none(), label=gettext_lazy("What ended"), empty_label=None)
    ended_on = DayField(label=gettext_lazy("Ended on"))
    result = forms.CharField(
        label=gettext_lazy("How it ended"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, open_ones: QuerySet[Proceeding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["proceeding"]
        assert isinstance(field, forms.ModelChoiceField), "declared above"
        field.queryset = open_ones
        field.label_from_instance = lambda obj: str(obj.get_kind_display())  # type: ignore[method-assign]


class EnterProceeding(Command[Complaint]):
    """A court case or a mediation began."""

    name = "procedimento"
    label = gettext_lazy("Enter a court case or mediation")
    icon = "account_balance"
    permission = "complaints.change_complaint"
    form_class = EnterForm
    question = gettext_lazy(
        "It is kept beside the complaint and in the register. The term for the answer goes on: no rule stops it."
    )

    def form_arguments(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        return {"initial": {"begun_on": timezone.localdate()}}

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        enter_proceeding(row, **data, by=request.user)
        return _("Entered.")


class EndProceeding(Command[Complaint]):
    """A court case or a mediation ended."""

    name = "procedimento-concluso"
    label = gettext_lazy("Enter the end of a court case or mediation")
    icon = "event_available"
    permission = "complaints.change_complaint"
    form_class = EndForm

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return _open_ones(row).exists()

    def form_arguments(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        return {"initial": {"ended_on": timezone.localdate()}, "open_ones": _open_ones(row)}

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        end_proceeding(data["proceeding"], ended_on=data["ended_on"], result=data["result"], by=request.user)
        return _("Entered.")


def _open_ones(complaint: Complaint) -> QuerySet[Proceeding]:
    return Proceeding.objects.filter(complaint=complaint, ended_on__isnull=True)


class ProceedingPanel(Panel):
    """What was begun elsewhere about the same matter."""

    model = Proceeding
    fields = ("kind", "begun_on", "ended_on", "body", "result", "by")
    ordering = ("-begun_on", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by")
