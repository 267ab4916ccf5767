"""What is written about limits and alerts, in the reader's language; the page, the mail, the command and the API say the same."""

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from contact_center.catalogue import Figure, Parameters
from contact_center.figures.definitions import BY_KEY
from contact_center.figures.query import current_parameters, without_group
from contact_center.models import Contact
from foundation.dates import with_weekday
from insights.figures_page import Numbers
from insights.models import WatchAlert
from insights.models.watching import NUMBERS, SECONDS

from .rules import FEWEST, FEWEST_MEASURED, Step, Verdict

RARE = Decimal("0.0001")
ALL_LINES = gettext_lazy("All lines")

VERDICTS: dict[str, Any] = {
    Verdict.WITHIN: gettext_lazy("within its limits"),
    Verdict.ABOVE: gettext_lazy("above its limits"),
    Verdict.BELOW: gettext_lazy("below its limits"),
    Verdict.FEW: gettext_lazy("not judged: too few calls"),
    Verdict.SHORT: gettext_lazy("not judged: too few periods before it"),
    Verdict.CLOSED: gettext_lazy("not judged: nothing to count"),
    Verdict.OPEN: gettext_lazy("not judged yet: customers may still come back"),
}
CUTS: dict[str, Any] = {
    "line": gettext_lazy("line"),
    "topic": gettext_lazy("topic"),
    "channel": gettext_lazy("channel"),
}
WHYS: dict[str, Any] = {
    "rate": gettext_lazy("it changed itself"),
    "mix": gettext_lazy("its share of all changed"),
    "number": gettext_lazy("calls"),
}


def figure_name(key: str, parameters: Parameters | None = None) -> str:
    """The figure's name, with the thresholds under which it is counted: those given, else they are read."""
    label = str(BY_KEY[key].label)
    return label % (parameters or current_parameters()).in_words if "%(" in label else label


def written(key: str, value: float | Decimal | None, *, signed: bool = False) -> str:
    """A value of the figure as it is read: 97,44 %, 31,2 s, 4:31 or 1.375; with its sign, points of percent for shares."""
    return _written(key, value, signed, get_language())


@lru_cache(maxsize=5_000)  # the same weeks are shown at each opening
def _written(key: str, value: float | Decimal | None, signed: bool, _language: str | None) -> str:
    numbers = Numbers()
    if value is None:
        return numbers.nothing
    figure: Figure = BY_KEY[key]
    if key in NUMBERS:
        return numbers.decimals(Decimal(repr(float(value))), 0, signed=signed)
    if key in SECONDS:
        return f"{numbers.decimals(Decimal(repr(float(value))), 1, signed=signed)} s"
    assert figure.is_share, "what is watched is a share, seconds or a number"
    text = numbers.decimals(Decimal(repr(float(value))) * 100, 2, signed=signed)
    unit = _("points") if signed else "%"
    return f"{text} {unit}"


def target_written(key: str, value: Decimal | None) -> str:
    """A target as it is read: 95 %, 20 s; "" where there is none."""
    if value is None:
        return ""
    numbers = Numbers()
    whole = value == value.to_integral_value()
    return f"{numbers.decimals(value, 0 if whole else 2)} {'s' if key in SECONDS else '%'}"


def period_written(step: str, start: date) -> str:
    """12 May 2026, or the first and last day of a week."""
    return _period_written(step, start, get_language())


@lru_cache(maxsize=1_000)  # Django takes a while over each day
def _period_written(step: str, start: date, _language: str | None) -> str:
    if step == Step.DAY:
        return with_weekday(start, "D j M Y")
    return f"{with_weekday(start, 'j M')} – {with_weekday(start + timedelta(days=6), 'j M Y')}"


def chance_written(chance: float) -> str:
    """How likely chance alone goes so far: 0,12 %, or less than 0,01 %."""
    numbers, value = Numbers(), Decimal(repr(chance))
    if value < RARE:
        return _("less than %(share)s %%") % {"share": numbers.decimals(RARE * 100)}
    return f"{numbers.decimals(value * 100)} %"


def alert_title(alert: WatchAlert, parameters: Parameters | None = None) -> str:
    """“Average speed of answer, Claims line: above its limits”."""
    verdict = VERDICTS[Verdict.ABOVE if alert.is_above else Verdict.BELOW]
    where = alert.line.shown_name if alert.line else str(ALL_LINES)
    return f"{figure_name(alert.figure, parameters)}, {where}: {verdict}"


def alert_facts(alert: WatchAlert) -> str:
    """When, how much, what was expected and how likely chance is."""
    first = period_written(alert.step, alert.began_on)
    if alert.step == Step.DAY:
        since = ngettext("%(n)d day outside, from %(first)s.", "%(n)d days outside, from %(first)s.", alert.periods)
    else:
        since = ngettext("%(n)d week outside, from %(first)s.", "%(n)d weeks outside, from %(first)s.", alert.periods)
    last = _(
        "Last: %(value)s, where %(centre)s was expected and %(low)s to %(high)s is chance; so far by chance alone: %(chance)s."
    )
    return (
        since % {"n": alert.periods, "first": first}
        + " "
        + last
        % {
            "value": written(alert.figure, alert.value),
            "centre": written(alert.figure, alert.centre),
            "low": written(alert.figure, alert.low),
            "high": written(alert.figure, alert.high),
            "chance": chance_written(alert.chance),
        }
    )


def part_written(alert: WatchAlert, part: dict[str, Any]) -> str:
    """“line Claims: +1,20 points (it changed itself)”."""
    amount = written(alert.figure, part["part"], signed=True)
    name = part["name"] or "–"
    if part["cut"] == "channel" and part["code"] in Contact.Channel.values:
        name = str(Contact.Channel(part["code"]).label)
    elif not part["code"] and part["cut"] in ("line", "topic"):
        name = without_group(part["cut"])
    return f"{CUTS[part['cut']]} {name}: {amount} ({WHYS[part['why']]})"


def alert_line(alert: WatchAlert) -> str:
    """The alert as a paragraph of plain text."""
    lines = [alert_title(alert), alert_facts(alert), *(f"- {part_written(alert, part)}" for part in alert.parts)]
    return "\n".join(lines)


def rules_written() -> list[str]:
    """How limits are made and when there is an alert, in sentences."""
    return [
        _(
            "A week is judged by the 26 weeks before it, a day by the 91 days before it; never by itself. Of these, what was outside"
            " itself is left out, as far as that is at most a tenth."
        ),
        _(
            "What returns is taken out first: for days the weekday, and the month of the year where two whole years of counts are there."
        ),
        _(
            "Shares: Laney's p′ limits, three standard deviations widened by how much more the periods vary than chance."
            " Numbers of calls: Laney's u′ limits by the hours of service. Means of seconds: individual values and moving range, on the"
            " logarithm, weighed by how many were measured. All are a little wider, as the centre is an estimate too."
        ),
        _(
            "Not judged: a share with fewer than %(few)d cases expected of the rarer kind, a mean of fewer than %(measured)d calls, and"
            " what has fewer than 12 weeks or 40 days before it. Weeks in which customers may still come back wait until they cannot."
        )
        % {"few": FEWEST, "measured": FEWEST_MEASURED},
        _(
            "An alert needs more than a value outside: as many figures are looked at together, it must be more than chance"
            " among all of them (Benjamini and Hochberg, 3 %). Of simulated rounds in which nothing happened, fewer than one in twenty raised an alert; for days, and for real"
            " calls, that was not measured."
        ),
        _("Eight periods in a row on one side of the centre are marked; they raise no alert."),
    ]
