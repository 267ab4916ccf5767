"""Forms: what is asked of an intermediary, its position with documents, the table of intermediaries and its rules."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from complaints.models import Intermediary, IntermediaryRule
from complaints.models.intermediary import CopiedLetter
from contact_center.requests.forms import WithFiles
from foundation.form_fields import DayField
from foundation.form_guard import GuardedForm
from foundation.office.base import VersionedForm
from foundation.text import clean_line

LONGEST_TEXT = 20_000


class AskForm(forms.Form):
    """What is asked of the intermediary."""

    reason = forms.CharField(
        label=gettext_lazy("What is asked of the intermediary"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("It goes to the intermediary as written here, with the text of the complaint."),
    )


class PassOnForm(forms.Form):
    """A word that goes with the copy."""

    note = forms.CharField(
        label=gettext_lazy("A word to the intermediary"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class CloseForm(forms.Form):
    """Why nobody waits for the intermediary any more."""

    reason = forms.CharField(
        label=gettext_lazy("Why its position is not waited for any longer"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("It remains in the history. The intermediary is informed that it need not answer."),
    )


class PositionFields(WithFiles):
    """A position and its documents."""

    field_order: tuple[str, ...] = ("position", "files")

    position = forms.CharField(
        label=gettext_lazy("Position on the complaint"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("What happened, with its dates, and your answer to what is asked."),
    )


class PositionForm(PositionFields):
    """The position of an agency, given by sign-in."""


class DraftForm(forms.Form):
    """A position that is not finished yet."""

    position = forms.CharField(
        label=gettext_lazy("Position on the complaint"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("It is kept and not sent: your colleagues of the agency can go on with it."),
    )


class EnteredPositionForm(PositionFields):
    """The position of an intermediary as an officer enters it from a letter."""

    field_order = ("answered_on", "position", "files")

    answered_on = DayField(
        label=gettext_lazy("Received on"),
        help_text=gettext_lazy("A suspended term goes on from this day."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["position"].help_text = _("In the words of the intermediary.")

    def clean_answered_on(self) -> date:
        if (day := self.cleaned_data["answered_on"]) > timezone.localdate():
            raise ValidationError(_("That day is still to come."), code="in_the_future")
        return day


class SecretPositionForm(PositionFields, GuardedForm):
    """The position of an intermediary on its own page."""


# --- The table ------------------------------------------------------------------------------------------------------
class IntermediaryForm(VersionedForm):
    """An intermediary that is no agency of ours."""

    instance: Intermediary

    class Meta:
        model = Intermediary
        fields = "__all__"  # narrowed by the admin to what is editable

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "name" in self.fields and not self.instance.agency_id and not clean_line(cleaned.get("name", "")):
            self.add_error("name", ValidationError(_("Give the name."), code="no_name"))
        if not any(cleaned.get(each) for each in ("pec", "email", "address")) and not self.instance.agency_id:
            self.add_error(
                "pec",
                ValidationError(_("Give one address at least: without one it cannot be asked."), code="no_address"),
            )
        return cleaned


class RuleForm(VersionedForm):
    """A rule for a type of intermediary."""

    instance: IntermediaryRule

    copies = forms.MultipleChoiceField(
        label=gettext_lazy("In copy of"),
        choices=CopiedLetter.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy("The letters to the complainant that go to the intermediary as well."),
    )

    class Meta:
        model = IntermediaryRule
        fields = "__all__"  # narrowed by the admin to what is editable

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind = cleaned.get("kind", self.instance.kind)
        others = IntermediaryRule.objects.filter(kind=kind).exclude(pk=self.instance.pk)
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        for other in others:
            if (last and other.valid_from and last < other.valid_from) or (
                first and other.valid_to and first > other.valid_to
            ):
                continue
            until = date_format(other.valid_to, "SHORT_DATE_FORMAT") if other.valid_to else _("further notice")
            self.add_error(
                "valid_from",
                ValidationError(
                    _("Another rule for this type holds until %(day)s: end it on the day before this one begins."),
                    code="overlap",
                    params={"day": until},
                ),
            )
            break
        return cleaned
