"""What a manager may choose on the page of half hours."""

from typing import Any

from django import forms

from insights.forms import FiguresForm

from .shown import MEASURES


class HoursForm(FiguresForm):
    """Period, line and channel, and which figure the table of the week shows: half hours are counted by nothing else."""

    by = forms.ChoiceField(choices=[(one, one) for one in MEASURES], required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        for name in ("topic", "agent", "team", "events"):
            del self.fields[name]
