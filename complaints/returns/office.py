"""The commands of the half-year return in the back office: buttons and their small pages."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import HalfYearReturn
from complaints.returns.freezing import freeze_return, publish_statement, revise_return
from complaints.returns.halves import half_named
from complaints.returns.queries import halves_known, newest_of
from foundation.form_fields import LineField
from foundation.office.commands import Command, Done, ListCommand
from foundation.requests import StaffRequest
from foundation.text import CleanedForm

MAY_FREEZE, MAY_PUBLISH = "complaints.add_halfyearreturn", "complaints.add_publicstatement"


def page_of_return(frozen: HalfYearReturn) -> str:
    """The address of a frozen return's page."""
    return reverse("admin:complaints_halfyearreturn_change", args=[frozen.pk])


class HalfForm(forms.Form):
    """Which half."""

    half = forms.ChoiceField(label=gettext_lazy("Half year"))

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        """`choices`: the halves that have ended and are not frozen."""
        super().__init__(*args, **kwargs)
        self.fields["half"].choices = choices  # type: ignore[attr-defined]  # a field of choices


def halves_to_freeze() -> list[tuple[str, str]]:
    """The halves that have ended and are not frozen, the newest first."""
    today = timezone.localdate()
    halves = [each for each in halves_known(today) if each.ends_on < today]
    frozen = newest_of(halves)
    return [(each.name, each.name) for each in halves if each.name not in frozen]


class FreezeReturn(ListCommand):
    """Freeze the return of a half that has ended."""

    name = "fissa"
    label = gettext_lazy("Freeze a return")
    icon = "lock_clock"
    tone = "primary"
    permission = MAY_FREEZE
    form_class = HalfForm
    question = gettext_lazy(
        "Its rows, tables and files are kept as they are now, for good. What is corrected later is listed apart."
    )

    def offered(self, request: StaffRequest, row: None) -> bool:
        return bool(halves_to_freeze())

    def why_not(self, request: StaffRequest, row: None) -> Any:
        return _("Every half year that has ended is frozen.")

    def form_arguments(self, request: StaffRequest, row: None) -> dict[str, Any]:
        return {"choices": halves_to_freeze()}

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        frozen = freeze_return(half_named(data["half"]), by=request.user)
        return Done(_("The return of %(half)s is frozen.") % {"half": frozen.half}, page_of_return(frozen))


class ReasonForm(CleanedForm, forms.Form):
    """Why a return is revised."""

    reason = LineField(label=gettext_lazy("Why it is revised"), max_length=500)


class ReviseReturn(Command[HalfYearReturn]):
    """Freeze a further revision."""

    name = "rivedi"
    label = gettext_lazy("Freeze a revision")
    icon = "difference"
    permission = MAY_FREEZE
    form_class = ReasonForm
    question = gettext_lazy(
        "The register as it is now becomes a further revision, with the list of what differs. This one remains as it is."
    )

    def offered(self, request: StaffRequest, row: HalfYearReturn) -> bool:
        return not HalfYearReturn.objects.filter(half=row.half, revision__gt=row.revision).exists()

    def why_not(self, request: StaffRequest, row: HalfYearReturn) -> Any:
        return _("There is a newer revision of this return: revise that one.")

    def run(self, request: StaffRequest, row: HalfYearReturn, data: dict[str, Any]) -> Done:
        revised = revise_return(row, reason=data["reason"], by=request.user)
        return Done(_("Revision %(number)d is frozen.") % {"number": revised.revision}, page_of_return(revised))


class YearForm(forms.Form):
    """Which year."""

    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=2000, max_value=2099)


class PublishStatement(ListCommand):
    """Publish the statement of a year on the site."""

    name = "pubblica"
    label = gettext_lazy("Publish a yearly statement")
    icon = "public"
    tone = "primary"
    permission = MAY_PUBLISH
    form_class = YearForm
    question = gettext_lazy(
        "The site shows the year's complaints from the newest returns of both halves, to the digit. Whether the law asks "
        "for it is not verified: many companies do it."
    )

    def form_arguments(self, request: StaffRequest, row: None) -> dict[str, Any]:
        return {"initial": {"year": timezone.localdate().year - 1}}

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> str:
        publish_statement(data["year"], by=request.user)
        return _("The statement of %(year)d is on the site.") % {"year": data["year"]}
