"""What is asked before a period is frozen or unfrozen."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact_center.models.frozen import LONGEST_NOTE
from insights.figures_page import period_label
from insights.frozen.ready_periods import closed_periods


class ChoosePeriodForm(forms.Form):
    """Which closed period is to be frozen."""

    period = forms.ChoiceField(label=_("Period"))

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # those of Form
        ready = closed_periods(timezone.localdate())
        self.fields["period"].choices = [  # type: ignore[attr-defined]  # of a ChoiceField
            (word, period_label(period)) for word, period in ready.items()
        ]


class FreezeForm(forms.Form):
    """The confirmation: a note and, while customers may still come back, the statement that it is meant."""

    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=_("For whom or what it is frozen, such as the report of the year"),
    )
    though_provisional = forms.BooleanField(
        label=_("Freeze it although customers of the last days may still come back"), required=False
    )


class UnfreezeForm(forms.Form):
    """Why a period is unfrozen."""

    why = forms.CharField(label=_("Why"), max_length=LONGEST_NOTE)
