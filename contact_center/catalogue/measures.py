"""What an entry of the catalogue is made of: counts of rows, what is added up of them, and the figure with its words.

Words are in the reader's language. They may name thresholds, which are filled in where they are shown: `%(seconds)s` of
the service level, `%(short)s` seconds of a short abandon, `%(days)s` of coming back, `%(formula)s` of the service level.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum, IntEnum, StrEnum
from typing import Any

from django.db.models import Q


@dataclass(frozen=True, slots=True)
class Parameters:
    """The thresholds a set of figures was counted under. Seconds, and calendar days in Italy."""

    service_level_seconds: int
    formula: str
    short_abandon_seconds: int
    repeat_contact_days: int
    timezone: str = "Europe/Rome"

    @property
    def in_words(self) -> dict[str, Any]:
        """The thresholds by the names under which the catalogue's words mention them."""
        return {
            "seconds": self.service_level_seconds,
            "short": self.short_abandon_seconds,
            "days": self.repeat_contact_days,
            "formula": self.formula,
        }


# Which rows count, for the ORM: at once, or under thresholds and on a day.
Condition = Q | Callable[[Parameters, date], Q]

EVERY_ROW = Q()


class Rows(Enum):
    """What a count counts: calls that have ended, or contacts that somebody dealt with."""

    CALLS = "calls"
    CONTACTS = "contacts"


class Unit(StrEnum):
    """What a figure is measured in."""

    SHARE = "share"
    SECONDS = "seconds"
    CALLS = "calls"
    CONTACTS = "contacts"


class Group(IntEnum):
    """What a figure is about: the order in which the definitions are read."""

    FIRST_LEVEL = 1
    WAITING = 2
    AMOUNTS = 3
    WORK = 4


class Quantity:
    """Counts added up, less others that are among them. It has a list unless `listed`, what the list is called, is None."""

    key: str  # its list, in addresses
    rows: Rows
    adds: "tuple[Count, ...]"
    less: "tuple[Count, ...]"  # of rows that the others have
    listed: Any
    words: Any  # as a formula names it
    of_all_calls: bool  # only all calls together can say it: one that nobody answered has no topic, agent or team

    def condition(self, parameters: Parameters, today: date) -> Q:
        """Which rows are counted."""
        raise NotImplementedError

    @property
    def counts(self) -> "tuple[Count, ...]":
        """All counts it is made of."""
        return (*self.adds, *self.less)

    def of(self, counts: Any) -> int | None:
        """Its value, from an object that has every count by name; None where one is not known."""
        added = [getattr(counts, count.name) for count in self.adds]
        taken = [getattr(counts, count.name) for count in self.less]
        return None if None in added or None in taken else sum(added) - sum(taken)

    def in_words(self, thresholds: Mapping[str, Any]) -> str:
        """As a formula names it."""
        return str(self.listed if self.words is None else self.words) % thresholds


@dataclass(frozen=True, kw_only=True, eq=False)
class Count(Quantity):
    """Rows that are counted, or seconds of theirs that are summed; kept per day in the column `name` of `DailyFigures`.

    Which rows is spelled twice, on purpose: `sql` makes the stored counts; `which` makes the list behind the number,
    and `figures --check` counts by it. Without either, all are counted.
    """

    name: str
    rows: Rows
    sql: str = ""
    which: Condition = EVERY_ROW
    sums: str = ""  # the column of seconds
    of_all_calls: bool = False
    is_stored: bool = True
    listed: Any = None
    words: Any = None
    key: str = ""  # where the list has another name than the count
    adds: "tuple[Count, ...]" = field(init=False, repr=False)
    less: "tuple[Count, ...]" = field(init=False, default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.key or self.name)
        object.__setattr__(self, "adds", (self,))

    def of(self, counts: Any) -> int | None:
        return getattr(counts, self.name)

    def condition(self, parameters: Parameters, today: date) -> Q:
        return self.which if isinstance(self.which, Q) else self.which(parameters, today)

    @property
    def expression(self) -> str:
        """The aggregate that makes the stored count."""
        chosen = f" FILTER (WHERE {self.sql})" if self.sql else ""
        return f"COALESCE(sum({self.sums}){chosen}, 0)" if self.sums else f"count(*){chosen}"

    @property
    def columns(self) -> set[str]:
        """The columns that decide it: a row where one of them changes is counted again."""
        condition = self.condition(Parameters(0, "", 0, 0), date(2000, 1, 1))
        return {*_columns_of(condition), *([self.sums] if self.sums else [])}


def _columns_of(condition: Q) -> Iterator[str]:
    for child in condition.children:
        if isinstance(child, Q):
            yield from _columns_of(child)
        else:
            assert isinstance(child, tuple), "a condition of the catalogue names columns, and has no expressions"
            yield child[0].split("__")[0]


@dataclass(frozen=True, kw_only=True, eq=False)
class Part(Quantity):
    """A numerator or denominator made of several counts. `which` says the same rows so that an index serves them.

    `of_all_calls` says of it what it says of a count, for its own counts or for those of the figure's other part.
    """

    key: str = ""
    adds: tuple[Count, ...]
    less: tuple[Count, ...] = ()
    which: Q | None = None
    listed: Any = None
    words: Any = None
    of_all_calls: bool = False
    rows: Rows = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", self.adds[0].rows)

    def condition(self, parameters: Parameters, today: date) -> Q:
        if self.which is not None:
            return self.which
        found = Q()
        for count in self.adds:
            found |= count.condition(parameters, today)
        for count in self.less:
            found &= ~count.condition(parameters, today)
        return found

    def in_words(self, thresholds: Mapping[str, Any]) -> str:
        """As a formula names it: in words of its own, or in those of its counts."""
        if self.words is not None:
            return str(self.words) % thresholds
        added, taken = (" + ".join(one.in_words(thresholds) for one in some) for some in (self.adds, self.less))
        return f"({added} − {taken})" if taken else f"({added})" if len(self.adds) > 1 else added


@dataclass(frozen=True, kw_only=True)
class Formula:
    """One of several ways to make a figure."""

    numerator: Quantity
    denominator: Quantity


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the page's table of groups: its place from the left and its heading."""

    place: int
    heading: Any
    of_numerator: bool = False  # it shows the numerator alone


@dataclass(frozen=True, kw_only=True)
class Split:
    """What a figure's numerator falls into, by code: each is a share of it. `path` is its key in the JSON."""

    path: str
    title: Any
    heading: Any
    parts: Mapping[str, Quantity]


@dataclass(frozen=True, kw_only=True, eq=False)
class Figure:
    """A figure: its name, what it means, what is divided by what, and where it is shown. Without a denominator, a count.

    Exports and the API show the figures in the order of the catalogue, so a new one goes to the end; definitions are
    read by group. One without a label stands beside another: it is exported, and neither defined nor compared.
    """

    key: str
    label: Any = None
    meaning: Any = ""
    unit: Unit
    numerator: Quantity | None = None
    denominator: Quantity | None = None
    formulas: Mapping[str, Formula] | None = None  # instead of the two: the settings say which
    in_words: Any = None  # the formula, where the numerator's own words do not do
    needs: Count | None = None  # where calls were answered and none of these are known, neither is the figure
    left_out: tuple[Any, ...] = ()
    source: Any = ""
    group: Group = Group.AMOUNTS
    path: tuple[str, ...] = ()  # in the JSON; its key, if empty
    is_bare: bool = False  # a share exported without its numerator and denominator
    more_is_better: bool | None = None  # None: neither
    card: int | None = None  # its place among the page's cards; None: it has none
    columns: tuple[Column, ...] = ()
    in_minutes: bool = False  # seconds that the page writes as minutes
    others: Quantity | None = None  # those that the share leaves out
    is_provisional: bool = False  # it changes until the days for coming back are over
    coverage: str = ""  # the figure that says of how many contacts the share speaks
    split: Split | None = None

    @property
    def is_count(self) -> bool:
        """Whether it is shown as it was counted."""
        return self.unit in (Unit.CALLS, Unit.CONTACTS)

    @property
    def is_share(self) -> bool:
        """Whether it is a quotient that moves in points."""
        return self.unit == Unit.SHARE

    @property
    def json_path(self) -> tuple[str, ...]:
        """The keys that lead to it in the JSON."""
        return self.path or (self.key,)

    @property
    def csv_columns(self) -> tuple[str, ...]:
        """Its columns in the CSV and the spreadsheet."""
        whole = self.is_count or self.is_bare
        return (self.key,) if whole else (f"{self.key}_numerator", f"{self.key}_denominator", self.key)

    def parts(self, formula: str) -> tuple[Quantity, Quantity | None]:
        """Numerator and denominator; by the service-level formula, if it goes by one."""
        if self.formulas:
            return self.formulas[formula].numerator, self.formulas[formula].denominator
        assert self.numerator is not None, "a figure has a numerator, or formulas that have one"
        return self.numerator, self.denominator

    def listed(self, formula: str) -> str:
        """The key of its list: of the numerator, or of the rows whose seconds the numerator sums."""
        numerator, denominator = self.parts(formula)
        if numerator.listed is not None:
            return numerator.key
        assert denominator is not None, "seconds are summed of rows that have a list"
        return denominator.key

    @property
    def splits(self) -> "tuple[Figure, ...]":
        """The shares that its numerator falls into."""
        if self.split is None:
            return ()
        return tuple(
            replace(
                self,
                key=f"{self.key}_{code}",
                label=part.listed,
                numerator=part,
                denominator=self.numerator,
                path=(*self.json_path, self.split.path, code),
                card=None,
                columns=(),
                split=None,
            )
            for code, part in self.split.parts.items()
        )

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Every quantity that it names, under every formula."""
        formulas = (self.formulas or {}).values()
        named = [one for formula in formulas for one in (formula.numerator, formula.denominator)]
        split = self.split.parts.values() if self.split else ()
        return tuple(one for one in (*named, self.numerator, self.denominator, self.others, *split) if one is not None)
