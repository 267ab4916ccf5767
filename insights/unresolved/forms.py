"""What a manager may choose on the page of why contacts are not resolved, and the question of what would be."""

from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contact_center.agents.board import by_person
from contact_center.figures.asking import no_single_agents
from contact_center.figures.query import CutsCombined
from contact_center.figures.unresolved.rules import LARGEST_PERCENT, MOST_REASONS
from insights.forms import FiguresForm

USUAL = {"most": "10", "percent": "60"}
BY = (
    ("reason", _("Reasons")),
    ("topic", _("Topics")),
    ("team", _("Teams")),
    ("reason-topic", _("Reasons by topic")),
    ("reason-team", _("Reasons by team")),
)


class UnresolvedForm(FiguresForm):
    """Period, filters, and by what the misses are grouped; single agents only where an agreement allows it."""

    by = forms.ChoiceField(choices=BY, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        del self.fields["events"]  # reasons are not counted apart for mass events
        if not by_person():
            del self.fields["agent"]

    def clean(self) -> dict[str, Any]:
        """Refuse a period that cannot be counted, single agents without an agreement, and topics together with teams."""
        self._clean_period()
        if self.data.get("agent") and "agent" not in self.fields:
            raise ValidationError(no_single_agents())
        try:
            self.chosen.cut_for(None)
        except CutsCombined as error:
            raise ValidationError(str(error)) from error
        return self.cleaned_data


class WhatIfForm(forms.Form):
    """How many of the commonest reasons, and which part of their contacts, would be resolved. Always bound."""

    most = forms.IntegerField(
        label=_("The commonest reasons"),
        min_value=1,
        max_value=MOST_REASONS,
        help_text=_("A reason of one topic counts as one: from 1 to 50"),
    )
    percent = forms.DecimalField(
        label=_("Settled (%)"), min_value=0, max_value=LARGEST_PERCENT, max_digits=5, decimal_places=2
    )

    def __init__(self, asked: Any) -> None:
        super().__init__({name: asked.get(name) or usual for name, usual in USUAL.items()})

    @property
    def arguments(self) -> dict[str, Any]:
        """What `what_if` takes, of a valid form."""
        return {"most": self.cleaned_data["most"], "percent": Fraction(self.cleaned_data["percent"])}
