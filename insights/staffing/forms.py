"""What the plan is asked by an address, with what it takes where nothing is asked."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from contact_center.figures.query import WITHOUT
from insights.forms import CodeSelect, read_choices

from .plan import Asked

DEFAULTS: dict[str, str] = {
    "target": "own",
    "share": "80",
    "within": "20",
    "shrinkage": "30",
    "breaks": "15",
    "cost": "25",
    "calls": "0",
    "formula": "a",
}


class Slider(forms.NumberInput):
    """A number with a slider beside it, which appears where a script can keep the two alike."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The number, which is what is sent, and the slider, which has no name."""
        attributes = self.build_attrs(self.attrs, {**(attrs or {}), "name": name, "type": "number"})
        limits: dict[str, Any] = {key: attributes[key] for key in ("min", "max", "step") if key in attributes}
        return format_html(
            '<span class="slider"><input{}{}><input type="range" hidden tabindex="-1" aria-hidden="true" data-slider="{}"{}></span>',
            flatatt(attributes),
            flatatt({"value": value}) if value not in (None, "") else "",
            attributes.get("id", ""),
            flatatt(limits),
        )


def _slider(label: Any, low: int, high: int, *, help_text: Any = "", step: int = 1) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=low, max_value=high, step_size=step, widget=Slider(), help_text=help_text
    )


class PlanForm(forms.Form):
    """The choices of the plan. Always bound: `asked_with_defaults` fills in what an address leaves out."""

    line = forms.ChoiceField(label=_("Line"), required=False, widget=CodeSelect)
    week = forms.ChoiceField(label=_("Week of"), required=False, widget=CodeSelect)
    target = forms.ChoiceField(
        label=_("Target"), choices=[("own", _("of each line")), ("one", _("the one beside"))], widget=CodeSelect
    )
    share = _slider(_("Calls in time (%)"), 1, 99)
    within = _slider(_("Answered within (seconds)"), 1, 600)
    shrinkage = _slider(
        _("Absences (%)"), 0, 90, help_text=_("Holidays, illness, training: what of the paid hours is lost")
    )
    breaks = _slider(
        _("Minutes of break every two hours"), 0, 60, help_text=_("15 at a screen: art. 175 of d.lgs. 81/2008")
    )
    cost = forms.DecimalField(
        label=_("Cost of an hour (€)"), min_value=Decimal(0), max_value=Decimal(500), max_digits=5, decimal_places=2
    )
    calls = _slider(_("Calls more or fewer (%)"), -90, 300)
    formula = forms.ChoiceField(
        label=_("Rota by"), choices=[("a", _("Erlang A")), ("c", _("Erlang C"))], widget=CodeSelect
    )
    agents = forms.IntegerField(label=_("Agents to try"), required=False, min_value=0, max_value=500)
    day = forms.DateField(required=False, widget=forms.HiddenInput, input_formats=["%Y-%m-%d"])

    def __init__(self, data: Mapping[str, Any], *, weeks: list[date], default: date | None) -> None:
        super().__init__(data)
        lines = [(one.code, one.name) for one in read_choices()["line"].values()]
        self.fields["line"].choices = [("", _("All as one queue")), *lines]  # type: ignore[attr-defined]
        self.fields["week"].choices = [  # type: ignore[attr-defined]
            (week.isoformat(), date_format(week, "SHORT_DATE_FORMAT")) for week in weeks
        ]
        self.fields["cost"].widget.attrs["step"] = "0.01"
        self.default = default

    def clean_day(self) -> date | None:
        """The day; ValidationError for one of another week."""
        day, week = self.cleaned_data.get("day"), self.cleaned_data.get("week") or ""
        if day and week and not 0 <= (day - date.fromisoformat(week)).days < 7:
            raise ValidationError(_("The day is none of this week."))
        return day

    @property
    def asked(self) -> Asked:
        """What a valid form asks. There is a run: without one there is no plan to ask."""
        given = self.cleaned_data
        week = date.fromisoformat(given["week"]) if given["week"] else self.default
        assert week is not None, "a plan is asked of a run"
        own = given["target"] == "own"
        return Asked(
            week,
            given["line"],
            None if own else given["share"] / 100,
            None if own else given["within"],
            given["shrinkage"] / 100,
            given["breaks"],
            given["cost"],
            1 + given["calls"] / 100,
            given["formula"],
        )


def asked_with_defaults(given: Mapping[str, str], default: date | None) -> dict[str, str]:
    """The parameters of an address, and the usual ones where it has none. “Without a line” is a choice of other pages: all lines."""
    found = DEFAULTS | {"week": default.isoformat() if default else ""}
    found |= {name: value for name, value in given.items() if name in PlanForm.base_fields and value != ""}
    if found.get("line") == WITHOUT.code:
        found["line"] = ""
    if found.get("day") and not given.get("week"):
        found.pop("day")
    return found
