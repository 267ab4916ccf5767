"""Forms of triage: why something is no complaint, and the words that speak for one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from complaints.models import HintPhrase
from foundation.dates import written_day


class NoComplaintForm(forms.Form):
    """Which day's writing is no complaint, and why."""

    written_on = forms.TypedChoiceField(
        label=gettext_lazy("The message"), coerce=date.fromisoformat, empty_value=None, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it is no complaint"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("A question, a report of a claim, a request for a payment, thanks …"),
    )

    def __init__(self, *args: Any, days: Mapping[date, str], **kwargs: Any) -> None:
        """`days` on which the person wrote, each with the words it began with."""
        super().__init__(*args, **kwargs)
        field = self.fields["written_on"]
        assert isinstance(field, forms.TypedChoiceField), "declared above"
        field.choices = [
            (day.isoformat(), f"{written_day(day)} – {words}" if words else written_day(day))
            for day, words in days.items()
        ]
        if len(days) == 1:
            field.required, field.widget = False, forms.HiddenInput()


class FeedbackNoComplaintForm(forms.Form):
    """Why a feedback is no complaint."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is no complaint"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4})
    )


class PhraseForm(forms.Form):
    """Words and their weight."""

    phrase = forms.CharField(
        label=gettext_lazy("Words"),
        max_length=80,
        help_text=gettext_lazy("Accents and capitals make no difference; “delus*” stands for every ending."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=HintPhrase.Language.choices)
    weight = forms.IntegerField(
        label=gettext_lazy("Weight"),
        min_value=-5,
        max_value=5,
        help_text=gettext_lazy("From -5 to 5; below zero the words speak against a complaint."),
    )
    is_active = forms.BooleanField(label=gettext_lazy("in use"), required=False, initial=True)
