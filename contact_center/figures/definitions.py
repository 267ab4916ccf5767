"""What each figure means, as data and as pure functions: the page, the API, the command and its help read from here.

Shares are exact quotients of counts, kept as numerator and denominator until the last moment. Shown shares are rounded
half up: to 6 decimals in JSON and CSV (0.982403 is 98.24 %), to 2 decimals of a percent on the page. Nothing divided by
nothing is nothing: a share without a base is None, "n/a" in words, never 0 or 100.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Parameters:
    """The thresholds a set of figures was counted under. Seconds, and calendar days in Italy."""

    service_level_seconds: int
    formula: str
    short_abandon_seconds: int
    repeat_contact_days: int
    timezone: str = "Europe/Rome"

    @classmethod
    def from_settings(cls) -> "Parameters":
        """The thresholds of the settings; ImproperlyConfigured if there is no such formula."""
        if settings.SERVICE_LEVEL_FORMULA not in FORMULAS:
            raise ImproperlyConfigured(
                f"SERVICE_LEVEL_FORMULA is {settings.SERVICE_LEVEL_FORMULA!r}; it can be {', '.join(FORMULAS)}."
            )
        return cls(
            service_level_seconds=settings.SERVICE_LEVEL_SECONDS,
            formula=settings.SERVICE_LEVEL_FORMULA,
            short_abandon_seconds=settings.SHORT_ABANDON_SECONDS,
            repeat_contact_days=settings.REPEAT_CONTACT_DAYS,
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of any set of days: calls by how they ended, seconds of the answered ones, contacts by what came of them.

    All but `provisional` are columns of `DailyFigures`; it alone depends on today. Of calls of a topic, agent or team those
    that nobody answered are not known: then OF_ALL_CALLS are None.
    """

    offered: int | None = 0
    answered: int = 0
    abandoned: int | None = 0
    short_abandoned: int | None = 0
    answered_in_time: int = 0
    abandoned_in_time: int | None = 0
    exited: int | None = 0
    turned_away: int | None = 0
    waits_known: int = 0
    talks_known: int = 0
    wait_seconds: int = 0
    talk_seconds: int = 0
    hold_seconds: int = 0
    wrap_seconds: int = 0
    handled: int = 0
    first_level: int = 0
    first_level_repeated: int = 0
    repeated: int = 0
    not_coded: int = 0
    confirmed_asked: int = 0
    confirmed: int = 0
    provisional: int = 0

    @classmethod
    def total(cls, several: Iterable["Counts"]) -> "Counts":
        """The sum of several counts. Ratios of a period come from this, never from a mean of ratios."""
        sums: dict[str, int | None] = dict.fromkeys(COUNTED, 0)
        for counts in several:
            for name in COUNTED:
                sums[name] = _plus(sums[name], getattr(counts, name))
        return cls(**sums)

    def of_answered_calls(self) -> "Counts":
        """The same without what only all calls together can say: unanswered ones have no topic, agent or team."""
        return replace(self, **dict.fromkeys(OF_ALL_CALLS))

    def __bool__(self) -> bool:
        """Whether anything at all was counted."""
        return any(getattr(self, name) for name in COUNTED)


COUNTED = tuple(field.name for field in fields(Counts))
STORED = COUNTED[:-1]
OF_ALL_CALLS = ("offered", "abandoned", "short_abandoned", "abandoned_in_time", "exited", "turned_away")


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _minus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one - other


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share of contacts or calls, or a mean of seconds: two sums, divided only when somebody looks; None if not known."""

    numerator: int | None
    denominator: int | None

    @property
    def value(self) -> Decimal | None:
        """The exact quotient (28 digits), or None where there is nothing to divide by, or nothing known."""
        if self.numerator is None or not self.denominator:
            return None
        return Decimal(self.numerator) / Decimal(self.denominator)

    def rounded(self, places: int = 6, *, times: int = 1) -> Decimal | None:
        """The quotient, `times` over (100 for percent), rounded half up to the places."""
        value = self.value
        return None if value is None else round_half_up(value * times, places)


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Round as people do: 0.125 to two places is 0.13."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Formula:
    """One of the rival service-level formulas: calls counted as served in time, over a base with some left out."""

    counted: tuple[str, ...]
    base: str
    left_out: str | None = None

    def of(self, counts: Counts) -> Ratio:
        """The service level of the counts; not known where a part of it is not, nor where no wait is."""
        if counts.answered and not counts.waits_known:
            return Ratio(None, None)
        in_time: int | None = 0
        for name in self.counted:
            in_time = _plus(in_time, getattr(counts, name))
        base = _minus(getattr(counts, self.base), getattr(counts, self.left_out) if self.left_out else 0)
        return Ratio(None, None) if in_time is None or base is None else Ratio(in_time, base)


# No norm sets the formula, so the one in force is printed beside the number. The base is every call offered: a call
# that left the queue otherwise (waited too long, pressed a key, found nobody) was not answered in time.
FORMULAS = {
    "F1": Formula(("answered_in_time", "abandoned_in_time"), "offered"),
    "F2": Formula(("answered_in_time",), "answered"),
    "F3": Formula(("answered_in_time",), "offered"),
    "F4": Formula(("answered_in_time",), "offered", left_out="abandoned_in_time"),
    "F5": Formula(("answered_in_time", "short_abandoned"), "offered"),
    "variant": Formula(("answered_in_time",), "offered", left_out="short_abandoned"),
}


def service_level(counts: Counts, formula: str) -> Ratio:
    """Share of calls answered within the threshold, by one of FORMULAS; KeyError if there is no such formula."""
    return FORMULAS[formula].of(counts)


def abandonment(counts: Counts) -> Ratio:
    """Abandoned calls, short abandons apart, over the calls offered less the short abandons."""
    return Ratio(_minus(counts.abandoned, counts.short_abandoned), _minus(counts.offered, counts.short_abandoned))


def average_speed_of_answer(counts: Counts) -> Ratio:
    """Seconds that answered calls waited in the queue, over those whose wait is known (ASA)."""
    return Ratio(counts.wait_seconds, counts.waits_known)


def average_handling_time(counts: Counts) -> Ratio:
    """Seconds of talk, hold and after-call work, over the answered calls whose talk is known (AHT)."""
    return Ratio(counts.talk_seconds + counts.hold_seconds + counts.wrap_seconds, counts.talks_known)


def first_level_coded(counts: Counts) -> Ratio:
    """Contacts resolved without escalation, as their agents coded them, over the contacts handled."""
    return Ratio(counts.first_level, counts.handled)


def first_level_corrected(counts: Counts) -> Ratio:
    """The same, without those whose person came back about the same area within the days."""
    return Ratio(counts.first_level - counts.first_level_repeated, counts.handled)


def first_level_confirmed(counts: Counts) -> Ratio:
    """Contacts that the customer, asked, called resolved, over those whose customer answered."""
    return Ratio(counts.confirmed, counts.confirmed_asked)


def repeat_rate(counts: Counts) -> Ratio:
    """Contacts after which the person came back about the same area within the days, over the contacts handled."""
    return Ratio(counts.repeated, counts.handled)


def not_coded_share(counts: Counts) -> Ratio:
    """Contacts handled at first level that nobody coded, over the contacts handled: they count as not resolved."""
    return Ratio(counts.not_coded, counts.handled)


def confirmed_coverage(counts: Counts) -> Ratio:
    """Contacts whose customer was asked and answered, over the contacts handled: how much the confirmed share speaks of."""
    return Ratio(counts.confirmed_asked, counts.handled)


def provisional_share(counts: Counts) -> Ratio:
    """Contacts whose days for coming back are not over yet, over the contacts handled."""
    return Ratio(counts.provisional, counts.handled)


def all_ratios(counts: Counts, formula: str) -> dict[str, Ratio]:
    """Every ratio by its key, in the order in which they are shown."""
    return {
        "service_level": service_level(counts, formula),
        "abandonment": abandonment(counts),
        "asa_seconds": average_speed_of_answer(counts),
        "aht_seconds": average_handling_time(counts),
        "first_level_coded": first_level_coded(counts),
        "first_level_corrected": first_level_corrected(counts),
        "first_level_confirmed": first_level_confirmed(counts),
        "repeat_contacts": repeat_rate(counts),
        "not_coded": not_coded_share(counts),
    }


@dataclass(frozen=True, slots=True)
class Change:
    """How a value moved: the plain difference, in its own unit (points for shares), and the relative change in percent.

    The two are not the same thing: from 96.34 % to 98.24 % is +1.90 points and +1.97 percent.
    """

    difference: Decimal | None
    percent: Decimal | None


def change(before: Ratio | int | None, after: Ratio | int | None, *, points: bool = False) -> Change:
    """The change between two exact values, rounded to 4 decimals; None where a value, or the one to divide by, is missing.

    With `points` the difference is in percentage points, else in the values' own unit (seconds, calls).
    """
    was, now = (value.value if isinstance(value, Ratio) else value for value in (before, after))
    if was is None or now is None:
        return Change(None, None)
    was, now = Decimal(was), Decimal(now)
    difference = now - was
    return Change(
        difference=round_half_up(difference * (100 if points else 1), 4),
        percent=round_half_up(difference * 100 / was, 4) if was else None,
    )


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure means, in the reader's language. `numerator` and `denominator` are words; a plain count has no second."""

    key: str
    label: str
    text: str
    numerator: str
    denominator: str
    unit: str  # "calls", "contacts", "share" or "seconds"
    exclusions: str
    source: str

    @property
    def formula(self) -> str:
        """The figure as one line: what is divided by what."""
        return f"{self.numerator} / {self.denominator}" if self.denominator else self.numerator


def formula_in_words(parameters: Parameters) -> tuple[str, str]:
    """Numerator and denominator of the service-level formula in force, in words."""
    in_time = _("answered within %(seconds)s s") % {"seconds": parameters.service_level_seconds}
    abandoned_in_time = _("abandoned within %(seconds)s s") % {"seconds": parameters.service_level_seconds}
    short = _("short abandons (within %(seconds)s s)") % {"seconds": parameters.short_abandon_seconds}
    offered, answered = _("offered"), _("answered")
    return {
        "F1": (f"({in_time} + {abandoned_in_time})", offered),
        "F2": (in_time, answered),
        "F3": (in_time, offered),
        "F4": (in_time, f"({offered} − {abandoned_in_time})"),
        "F5": (f"({in_time} + {short})", offered),
        "variant": (in_time, f"({offered} − {short})"),
    }[parameters.formula]


def definitions(parameters: Parameters) -> list[Definition]:
    """Every figure's definition under the parameters, in the order in which they are shown."""
    short, days = parameters.short_abandon_seconds, parameters.repeat_contact_days
    numerator, denominator = formula_in_words(parameters)
    usage = _("Common usage; no norm sets the formula (ISO 18295-1:2017 asks for measures, not for these).")
    own = _("The company's own measure.")
    not_counted = _("Calls in progress, and those turned away before the queue.")
    only_whole = _("Not known by topic, agent or team: a call that nobody answered has none.")
    out_of_base = _("Wrong numbers, dropped lines, calls in progress, contacts still in hand at first level.")
    return [
        Definition(
            "first_level_coded",
            _("First level, as coded"),
            _(
                "Contacts resolved without passing to the second level, as the agents coded them, and not reopened since. It"
                " says that nobody else had to act, not that the customer did not come back."
            ),
            _("resolved at first level"),
            _("handled"),
            "share",
            out_of_base,
            _("The company's sustainability report (“solved at first level”)."),
        ),
        Definition(
            "first_level_corrected",
            _("First level, corrected by repeats"),
            _(
                "Of the contacts resolved at first level, those whose person did not come back about the same area, on"
                " any channel, within %(days)s calendar days. Contacts whose days are not over yet are provisional:"
                " their share is printed."
            )
            % {"days": days},
            _("resolved at first level and not followed by another contact within %(days)s days") % {"days": days},
            _("handled"),
            "share",
            out_of_base,
            _("Usual window for coming back: 7 days (others use 5 to 30)."),
        ),
        Definition(
            "first_level_confirmed",
            _("Confirmed by the customer"),
            _(
                "Of the customers who were asked whether the matter was resolved and answered, those who said yes. Only who"
                " writes is asked, never who telephones: how many of the contacts it speaks of is printed beside it."
            ),
            _("said yes"),
            _("asked and answered"),
            "share",
            _("Who was not asked or did not answer; wrong numbers, dropped lines, calls in progress."),
            own,
        ),
        Definition(
            "repeat_contacts",
            _("Repeat contacts"),
            _(
                "Contacts after which the same person came back about the same area, on any channel, later and at most"
                " %(days)s calendar days after (dates in Italy). The person is the customer once known, else the number"
                " or address; a withheld number never repeats. Contacts without a topic are an area of their own, and"
                " are followed only by others without a topic. Who called again and hung up before an answer has no second"
                " contact, and does not count as having come back."
            )
            % {"days": days},
            _("followed by another contact within %(days)s days") % {"days": days},
            _("handled"),
            "share",
            out_of_base,
            _("Usual window for coming back: 7 days (others use 5 to 30)."),
        ),
        Definition(
            "service_level",
            _("Service level (%(formula)s, %(seconds)s s)")
            % {"formula": parameters.formula, "seconds": parameters.service_level_seconds},
            _(
                "Share of calls answered in time. Time runs from entering the queue, so the menu is not counted. A call"
                " that left the queue otherwise counts as not answered in time."
            ),
            numerator,
            denominator,
            "share",
            f"{not_counted} {only_whole}",
            usage,
        ),
        Definition(
            "abandonment",
            _("Abandonment"),
            _("Share of callers who hung up while waiting, without those who did so at once."),
            _("abandoned after more than %(seconds)s s") % {"seconds": short},
            _("(offered − short abandons)"),
            "share",
            _("Short abandons, calls in progress, calls turned away.") + f" {only_whole}",
            usage,
        ),
        Definition(
            "asa_seconds",
            _("Average speed of answer"),
            _("Mean wait in the queue of the calls that were answered."),
            _("seconds of wait of answered calls"),
            _("answered, with a wait that is known"),
            "seconds",
            not_counted,
            usage,
        ),
        Definition(
            "aht_seconds",
            _("Average handling time"),
            _("Mean time an answered call takes: talk, hold and after-call work."),
            _("seconds of talk, hold and after-call work"),
            _("answered, with a talk that is known"),
            "seconds",
            not_counted,
            usage,
        ),
        Definition(
            "offered",
            _("Offered"),
            _(
                "Calls that entered a queue and have ended, by the day in Italy on which they arrived: answered,"
                " abandoned, or left otherwise."
            ),
            _("answered + abandoned + left the queue otherwise"),
            "",
            "calls",
            f"{not_counted} {only_whole}",
            usage,
        ),
        Definition(
            "answered",
            _("Answered"),
            _("Calls that an agent answered."),
            _("answered"),
            "",
            "calls",
            not_counted,
            usage,
        ),
        Definition(
            "abandoned",
            _("Abandoned"),
            _("Calls whose caller hung up while waiting, the short ones included."),
            _("abandoned"),
            "",
            "calls",
            f"{not_counted} {only_whole}",
            usage,
        ),
        Definition(
            "short_abandons",
            _("Short abandons"),
            _("Abandoned calls whose wait was %(seconds)s seconds or less.") % {"seconds": short},
            _("short abandons (within %(seconds)s s)") % {"seconds": short},
            "",
            "calls",
            f"{not_counted} {only_whole}",
            usage,
        ),
        Definition(
            "exited",
            _("Left the queue otherwise"),
            _("Calls that waited too long, left by pressing a key, or found no agent on duty."),
            _("left the queue otherwise"),
            "",
            "calls",
            f"{not_counted} {only_whole}",
            usage,
        ),
        Definition(
            "turned_away",
            _("Turned away"),
            _("Calls that never entered a queue: line full or closed. They are not among the calls offered."),
            _("turned away"),
            "",
            "calls",
            _("Calls in progress.") + f" {only_whole}",
            usage,
        ),
        Definition(
            "handled",
            _("Handled"),
            _(
                "Contacts that somebody dealt with: those of answered calls, and written requests, by the day in Italy on"
                " which they arrived. A contact still in hand at first level is counted once it is closed, coded or"
                " escalated."
            ),
            _("handled"),
            "",
            "contacts",
            out_of_base,
            own,
        ),
        Definition(
            "not_coded",
            _("Not coded"),
            _("Contacts handled at first level without an outcome: they count as not resolved."),
            _("without an outcome, not escalated"),
            _("handled"),
            "share",
            out_of_base,
            own,
        ),
    ]
