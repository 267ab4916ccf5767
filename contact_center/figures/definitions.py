"""The catalogue's figures worked out: counts, exact quotients, changes, and definitions in the reader's language.

Shares are exact quotients of counts, kept as numerator and denominator until the last moment. Shown shares are rounded
half up: to 6 decimals in JSON and CSV (0.982403 is 98.24 %), to 2 decimals of a percent on the page. Nothing divided by
nothing is nothing: a share without a base is None, "n/a" in words, never 0 or 100.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from contact_center.catalogue import FIGURES, FORMULAS, PROVISIONAL, STORED, Figure, Parameters
from contact_center.catalogue.entries import ANSWERED, ANSWERED_IN_TIME

COUNTED = (*STORED, PROVISIONAL)
OF_ALL_CALLS = tuple(count.name for count in COUNTED if count.of_all_calls)
# Every figure with the shares that it falls into, by key, in the order of the exports.
BY_KEY = {one.key: one for figure in FIGURES for one in (figure, *figure.splits)}
COMPARED = tuple(figure for figure in BY_KEY.values() if figure.label is not None)


def parameters_in_settings() -> Parameters:
    """The thresholds of the settings; ImproperlyConfigured if there is no such formula."""
    if settings.SERVICE_LEVEL_FORMULA not in FORMULAS:
        raise ImproperlyConfigured(
            f"SERVICE_LEVEL_FORMULA is {settings.SERVICE_LEVEL_FORMULA!r}; it can be {', '.join(FORMULAS)}."
        )
    return Parameters(
        service_level_seconds=settings.SERVICE_LEVEL_SECONDS,
        formula=settings.SERVICE_LEVEL_FORMULA,
        short_abandon_seconds=settings.SHORT_ABANDON_SECONDS,
        repeat_contact_days=settings.REPEAT_CONTACT_DAYS,
        timezone=settings.TIME_ZONE,
    )


class Counts:
    """The counts of any set of days: an attribute for each of COUNTED, zero where it is not given.

    Of calls of a topic, agent, team or mass event those that nobody answered are not known: then OF_ALL_CALLS are None.
    """

    __slots__ = tuple(count.name for count in COUNTED)

    if TYPE_CHECKING:  # the names are those of the catalogue

        def __getattr__(self, name: str) -> int | None: ...

    def __init__(self, *in_order: int | None, **by_name: int | None) -> None:
        if not by_name and len(in_order) == len(self.__slots__):  # as they are read: nothing to look for
            for name, count in zip(self.__slots__, in_order, strict=True):
                setattr(self, name, count)
            return
        given = dict(zip(self.__slots__, in_order, strict=False)) | by_name
        if unknown := given.keys() - set(self.__slots__):
            raise TypeError(f"The catalogue has no counts named {', '.join(sorted(unknown))}.")
        for name in self.__slots__:
            setattr(self, name, given.get(name, 0))

    @classmethod
    def total(cls, several: Iterable["Counts"]) -> "Counts":
        """The sum of several counts. Ratios of a period come from this, never from a mean of ratios."""
        columns = zip(*(counts.values() for counts in several), strict=True)
        return cls(*(_sum(column) for column in columns))

    def values(self) -> tuple[int | None, ...]:
        """The counts in the order of COUNTED."""
        return tuple(getattr(self, count.name) for count in COUNTED)

    def of_answered_calls(self) -> "Counts":
        """The same without what only all calls together can say: unanswered ones have no topic, agent or team."""
        return Counts(*(None if count.of_all_calls else getattr(self, count.name) for count in COUNTED))

    def __bool__(self) -> bool:
        """Whether anything at all was counted."""
        return any(self.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Counts) and self.values() == other.values()

    def __hash__(self) -> int:
        return hash(self.values())

    def __repr__(self) -> str:
        return f"Counts({', '.join(f'{name}={getattr(self, name)}' for name in self.__slots__)})"


def _sum(counts: Iterable[int | None]) -> int | None:
    """The sum, or None where one of them is not known."""
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


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


def value_of(figure: Figure, counts: Counts, formula: str) -> Ratio | int | None:
    """The figure of some counts: a ratio, or a plain count; None or a ratio of None where it is not known."""
    numerator, denominator = figure.parts(formula)
    if denominator is None:
        return numerator.of(counts)
    # Counters of another system may say how many were in time without saying how long anybody waited.
    if figure.needs and ANSWERED.of(counts) and not figure.needs.of(counts) and not ANSWERED_IN_TIME.of(counts):
        return Ratio(None, None)
    above, below = numerator.of(counts), denominator.of(counts)
    return Ratio(None, None) if above is None or below is None else Ratio(above, below)


def all_values(counts: Counts, formula: str) -> dict[str, Ratio | int | None]:
    """Every figure of the counts by its key, in the order of the exports."""
    return {key: value_of(figure, counts, formula) for key, figure in BY_KEY.items()}


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


def all_changes(before: Counts, after: Counts, formula: str) -> dict[str, Change]:
    """How every figure moved, by its key; shares in points, seconds and counts in their own unit."""
    return {
        figure.key: change(value_of(figure, before, formula), value_of(figure, after, formula), points=figure.is_share)
        for figure in COMPARED
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """What a figure means, in the reader's language. `numerator` and `denominator` are words; a plain count has no second."""

    key: str
    label: str
    text: str
    numerator: str
    denominator: str
    unit: str
    exclusions: str
    source: str

    @property
    def formula(self) -> str:
        """The figure as one line: what is divided by what."""
        return f"{self.numerator} / {self.denominator}" if self.denominator else self.numerator


def define(figure: Figure, formula: str, thresholds: Mapping[str, Any]) -> Definition:
    """The figure's definition, with the thresholds as they are to be written."""
    numerator, denominator = figure.parts(formula)
    return Definition(
        key=figure.key,
        label="" if figure.label is None else str(figure.label) % thresholds,
        text=str(figure.meaning) % thresholds,
        numerator=numerator.in_words(thresholds) if figure.in_words is None else str(figure.in_words),
        denominator=denominator.in_words(thresholds) if denominator else "",
        unit=figure.unit.value,
        exclusions=" ".join(str(one) for one in figure.left_out),
        source=str(figure.source),
    )


def definitions(parameters: Parameters) -> list[Definition]:
    """Every figure's definition under the parameters, in the order in which they are read."""
    defined = sorted((figure for figure in FIGURES if figure.label is not None), key=lambda figure: figure.group)
    return [define(figure, parameters.formula, parameters.in_words) for figure in defined]
