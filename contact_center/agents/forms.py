"""Forms of agents' states."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact_center.models import PauseReason
from foundation.numbers import whole_number


class StateForm(forms.Form):
    """What an agent reports: `state`, or `pause:NUMBER` of a reason. Whether it may be reported is for the command to say."""

    state = forms.CharField(max_length=40)

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        word, _mark, number = cleaned.get("state", "").partition(":")
        pk = whole_number(number) if word == "pause" else None
        pause = PauseReason.objects.filter(pk=pk).first() if pk is not None else None
        return {"state": word, "pause": pause}


class DayForm(forms.Form):
    """A day that is not to come."""

    day = forms.DateField(
        label=_("day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_day(self) -> date:
        today = timezone.localdate()
        day: date = self.cleaned_data["day"] or today
        if day > today:
            raise ValidationError(_("Choose today or a day before it."), code="day_to_come")
        return day
