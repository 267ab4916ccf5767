"""What is chosen on the page of control charts, what is noted of an alert, and a target."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact_center.catalogue import Parameters
from contact_center.models import TollFreeLine
from insights.forms import CodeSelect, DateInput
from insights.models.watching import WATCHED, WITH_TARGET

from .commands import LONGEST_NOTE
from .rules import Step
from .wording import ALL_LINES, figure_name

STEPS = [(Step.WEEK.value, _("Weeks")), (Step.DAY.value, _("Days"))]


class ChartForm(forms.Form):
    """Which figure's chart is drawn, of which line, by days or weeks. Always bound: what was not given is filled in before."""

    figure = forms.ChoiceField(label=_("Figure"), required=False, widget=CodeSelect)
    line = forms.ChoiceField(label=_("Line"), required=False, widget=CodeSelect)
    step = forms.ChoiceField(label=_("Periods"), choices=STEPS, required=False, widget=CodeSelect)

    def __init__(self, data: Any, *, lines: dict[str, TollFreeLine], parameters: Parameters) -> None:
        super().__init__(data)
        self.fields["figure"].choices = [(key, figure_name(key, parameters)) for key in WATCHED]  # type: ignore[attr-defined]
        self.fields["line"].choices = line_choices(lines)  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """What was found or done about an alert."""

    text = forms.CharField(label=_("What was found or done"), max_length=LONGEST_NOTE)


class TargetForm(forms.Form):
    """What is wanted of a figure from a day on."""

    figure = forms.ChoiceField(label=_("Figure"))
    line = forms.ChoiceField(label=_("Line"), required=False)
    value = forms.DecimalField(
        label=_("Target"),
        required=False,
        max_digits=6,
        decimal_places=2,
        localize=True,
        help_text=_("Percent, or seconds for the two times; empty: no target from that day on"),
        error_messages={
            "max_digits": _("A target has at most four digits and two decimals."),
            "max_whole_digits": _("A target is at most 100 percent, or 3600 seconds."),
        },
    )
    valid_from = forms.DateField(label=_("From"), input_formats=["%Y-%m-%d", "%d/%m/%Y"], widget=DateInput())

    def __init__(self, data: Any = None, *, lines: dict[str, TollFreeLine]) -> None:
        super().__init__(data, initial={"valid_from": timezone.localdate()})
        self.lines = lines
        self.fields["figure"].choices = [(key, figure_name(key)) for key in WITH_TARGET]  # type: ignore[attr-defined]
        self.fields["line"].choices = line_choices(lines)  # type: ignore[attr-defined]

    @property
    def chosen_line(self) -> TollFreeLine | None:
        """The line of a valid form; None: all together."""
        return self.lines.get(self.cleaned_data["line"])


def line_choices(lines: dict[str, TollFreeLine]) -> list[tuple[str, Any]]:
    """All lines together, then each of them."""
    return [("", ALL_LINES), *((code, line.shown_name) for code, line in lines.items())]
