"""What a manager may ask of a change."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from contact_center.agents.board import by_person
from contact_center.figures.asking import no_single_agents
from contact_center.figures.definitions import BY_KEY
from contact_center.figures.period import Period, UnusablePeriod, check_period
from contact_center.figures.query import CutsCombined
from insights.forms import CodeSelect, DateInput, FiguresForm

from .asking import ChangeAsked
from .explanation import GROUPINGS, MEASURES, is_unknown
from .periods import AGAINST, BEFORE, OTHER, YEAR, compared_with
from .queries import Grouping

AGAINST_WORDS = {BEFORE: _("the period before"), YEAR: _("a year before"), OTHER: _("the days below")}
GROUPING_WORDS = {
    "topic": _("Topics"),
    "line": _("Lines"),
    "channel": _("Channels"),
    "team": _("Teams"),
    "agent": _("Agents"),
}


def groupings(measure: str) -> list[Grouping]:
    """By what the measure can be explained here."""
    if measure in ("abandonment", "service_level"):
        return ["line", "channel"]
    return [one for one in GROUPINGS if one != "agent" or by_person()]


class ChangeForm(FiguresForm):
    """Two periods, the figure and the filters. Always bound."""

    by = forms.ChoiceField(choices=list(GROUPING_WORDS.items()), required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        formats = ["%Y-%m-%d", "%d/%m/%Y"]
        measures = [(key, BY_KEY[key].label) for key in MEASURES]
        asked: dict[str, forms.Field] = {
            "from": self.fields.pop("from"),
            "to": self.fields.pop("to"),
            "against": forms.ChoiceField(
                choices=[(key, AGAINST_WORDS[key]) for key in AGAINST],
                required=False,
                label=_("Compared with"),
                widget=CodeSelect,
            ),
            "against_from": forms.DateField(
                label=_("Compared from"), input_formats=formats, widget=DateInput(), required=False
            ),
            "against_to": forms.DateField(
                label=_("Compared to"), input_formats=formats, widget=DateInput(), required=False
            ),
            "measure": forms.ChoiceField(choices=measures, required=False, label=_("Figure"), widget=CodeSelect),
        }
        self.fields = {**asked, **self.fields}
        del self.fields["events"]  # a change is not explained apart from mass events
        if not by_person():
            del self.fields["agent"]

    def clean(self) -> dict[str, Any]:
        """Refuse periods that cannot be compared, and groups or filters by which the figure is not known."""
        self._clean_period()
        if not by_person() and (self.data.get("agent") or self.data.get("by") == "agent"):
            raise ValidationError(no_single_agents())
        if "by" in self.cleaned_data:
            self._refuse_unknown()
        if "period" in self.cleaned_data and "against" in self.cleaned_data:
            self._clean_against()
        return self.cleaned_data

    def _refuse_unknown(self) -> None:
        measure = self.measure
        wanted = self.cleaned_data.get("by") or ""
        if self.chosen.is_of_answered_calls and is_unknown(measure, "line", self.chosen):
            raise ValidationError(_("Take topic, agent and team away: a call that nobody answered has none of them."))
        possible = groupings(measure)
        if self.chosen.agent or self.chosen.team:
            possible = [one for one in possible if one != "topic"]
        self.cleaned_data["by"] = wanted if wanted in possible else possible[0]
        try:
            self.chosen.cut_for(self.grouping)
        except CutsCombined as error:
            raise ValidationError(str(error)) from error

    def _clean_against(self) -> None:
        against = self.cleaned_data["against"] or BEFORE
        if against != OTHER:
            self.cleaned_data["other"] = compared_with(self.period, against)
            return
        start, end = self.cleaned_data.get("against_from"), self.cleaned_data.get("against_to")
        for name, day in (("against_from", start), ("against_to", end)):
            if day is None and name not in self.errors:
                self.add_error(name, _("Give the first and the last day to compare with."))
        if start is None or end is None:
            return
        try:
            self.cleaned_data["other"] = check_period(start, end, today=timezone.localdate())
        except UnusablePeriod as error:
            self.add_error("against_to", error.with_days(lambda day: date_format(day, "SHORT_DATE_FORMAT")))

    @property
    def grouping(self) -> Grouping:
        """The groups of a valid form."""
        return self.cleaned_data["by"]

    @property
    def measure(self) -> str:
        """The figure that is explained."""
        return self.cleaned_data.get("measure") or next(iter(MEASURES))

    @property
    def against(self) -> Period:
        """The period compared with, of a valid form."""
        return self.cleaned_data["other"]

    @property
    def asked(self) -> ChangeAsked:
        """All of it, of a valid form."""
        return ChangeAsked(self.period, self.against, self.chosen, self.grouping, self.measure)
