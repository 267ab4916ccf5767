"""What a manager may choose on the page of time on duty."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from insights.forms import FiguresForm

BY = [("team", _("Teams")), ("day", _("Days")), ("agent", _("Agents"))]


class DutyForm(FiguresForm):
    """A period, and by what it is counted; by agents only where an agreement allows it."""

    by = forms.ChoiceField(choices=BY, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, by_person: bool, **options: Any) -> None:
        super().__init__(data, **options)
        for name in ("line", "topic", "agent", "team", "channel", "events"):
            del self.fields[name]
        if not by_person:
            self.fields["by"].choices = BY[:-1]  # type: ignore[attr-defined]  # a field of choices
