"""What an erasure does to each row of a person: what goes, what remains, why and until when. It changes nothing.

The command line prints the plan, the data protection officer reads it before deciding, the person is told it in words, and the
worker does what it says: all from here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from foundation.privacy import Action, Person, Rule, Words, history_of

from .holds import Held, holds_in_force
from .people import person_of, sign_ins_of
from .periods import days_in_force
from .rules import RULES, followers_of, rows_of

HELD = _("a dispute needs it: a legal hold is in force")
NAMED_ELSEWHERE = _("something that remains refers to it")
LAST_OF_ALL = _("it says whose the rest is: it goes with the last of it")


@dataclass(frozen=True)
class Stay:
    """So many rows that remain, why, and until when; None where nobody knows the day yet."""

    why: Words
    until: date | None
    keys: tuple[Any, ...]


@dataclass
class Line:
    """What happens to the rows of one rule: the keys of those that go, and those that remain by reason."""

    rule: Rule
    goes: list[Any] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)

    @property
    def staying(self) -> int:
        return sum(len(stay.keys) for stay in self.stays)


@dataclass
class Plan:
    """The whole: lines in the order in which rows go. `works_here`: the sign-in as a colleague, or for somebody else, remains."""

    person: Person
    lines: list[Line]
    works_here: bool = False

    @property
    def something_goes(self) -> bool:
        return any(line.goes for line in self.lines)

    @property
    def something_remains(self) -> bool:
        """Whether anything that says whose it is waits for its day."""
        return any(line.stays for line in self.lines)


def plan_erasure(
    customer: Customer, *, now: datetime | None = None, using: str | None = None, granting: bool = False
) -> Plan:
    """Look at every row that is about the person. Some sixty queries, whatever the number of rows.

    With `granting` as it will be once the request is granted, which ends what the person had allowed.
    """
    person = person_of(customer, using=using)
    held, days = holds_in_force(using=using), days_in_force(using=using)
    planner = _Planner(person, held, days, now or timezone.now(), using, granting=granting)
    lines = planner.lines()
    every = sign_ins_of(customer, every=True, using=using).values_list("pk", flat=True)
    return Plan(person, lines, works_here=bool(set(every) - set(person.user_ids)))


class _Planner:
    def __init__(
        self, person: Person, held: Held, days: dict[str, int], now: datetime, using: str | None, *, granting: bool
    ) -> None:
        self.person, self.held, self.days, self.using, self.granting = person, held, days, using, granting
        self.today = timezone.localdate(now)
        self.whole_file = not held.customers.isdisjoint(person.customer_ids)
        self.gone: dict[type[models.Model], set[Any]] = {}

    def lines(self) -> list[Line]:
        """Those that nothing else decides first, then what is kept beside them, then the file itself."""
        roots = [rule for rule in RULES if not rule.follows and (rule.ways or rule.found_by)]
        found: dict[str, Line] = {}
        for rule in sorted(roots, key=lambda rule: (rule.last, rule.beside)):
            found[rule.name] = self._line(rule, found.values())
        return [line for rule in roots if (line := found[rule.name]).goes or line.stays]

    def _line(self, rule: Rule, before: Iterable[Line]) -> Line:
        rows = rows_of(rule, rule.of_person(self.person)).using(self.using)
        if rule.blanked is not None:
            rows = rows.exclude(rule.blanked)
        line = Line(rule)
        since = [rule.since] if rule.since else []
        moments = {pk: rest[0] if rest else None for pk, *rest in rows.values_list("pk", *since)}
        if not moments:
            return line
        self._keep(line, moments, HELD, self._held(rule, rows))
        if (running := rule.under_way(self.today)) is not None:
            under_way = rows.filter(running).values_list("pk", flat=True)
            if self.granting and rule.ended_by_grant:
                self._keep(line, moments, rule.ended_by_grant, under_way, self._last_day(rule, self.today))
            else:
                self._keep(line, moments, rule.running_why, under_way)
        anchors = [each for each in before if each.stays and each.rule.needs_name]
        if rule.last and anchors:
            days = [stay.until for each in anchors for stay in each.stays]
            until = None if None in days else max(day for day in days if day is not None)
            self._keep(line, moments, LAST_OF_ALL, list(moments), until)
        if not rule.at_once and not (rule.beside and not any(not each.rule.beside for each in anchors)):
            self._keep_for_its_period(line, moments)
        line.goes = list(moments)
        self._keep_what_is_named(line, moments)
        self._note(rule, line.goes)
        return line

    def _held(self, rule: Rule, rows: models.QuerySet) -> Iterable[Any]:
        if self.whole_file:
            return list(rows.values_list("pk", flat=True))
        held = self.held.rows(rule)
        return [] if held is None else rows.filter(held).values_list("pk", flat=True)

    def _keep(
        self, line: Line, moments: dict[Any, Any], why: Words, keys: Iterable[Any], until: date | None = None
    ) -> None:
        staying = [key for key in dict.fromkeys(keys) if key in moments]
        for key in staying:
            del moments[key]
        if staying:
            line.stays.append(Stay(why, until, tuple(staying)))

    def _keep_for_its_period(self, line: Line, moments: dict[Any, Any]) -> None:
        """Rows whose days are not over, by the day on which the last of a year's rows goes."""
        period = line.rule.period
        assert period is not None, "a rule that does not go at once has a period"
        by_year: dict[int | None, list[tuple[date | None, Any]]] = {}
        for key, moment in moments.items():
            until = self._last_day(line.rule, day_of(moment)) if moment is not None else None
            if until is None or until > self.today:
                by_year.setdefault(until.year if until else None, []).append((until, key))
        for rows in by_year.values():
            last = max((until for until, _key in rows if until), default=None)
            self._keep(line, moments, period.reason, [key for _until, key in rows], last)

    def _last_day(self, rule: Rule, since: date) -> date:
        """The day until which a row is kept whose period began on another."""
        assert rule.period is not None, "only what has a period is kept for it"
        return since + timedelta(days=self.days[rule.period.key])

    def _keep_what_is_named(self, line: Line, moments: dict[Any, Any]) -> None:
        """Rows that another row names, which remains: they wait for it."""
        if line.rule.action is not Action.DELETE or not line.goes:
            return
        for key in keys_to(line.rule.model_class):
            if _goes_along(key, line.rule):
                continue
            model = key.model
            left = model._base_manager.using(self.using).filter(**{f"{key.name}__in": line.goes})
            own = self.gone.get(model, set()) | (set(line.goes) if model is line.rule.model_class else set())
            named = {value for pk, value in left.values_list("pk", key.attname) if pk not in own}
            if named:
                self._keep(line, moments, NAMED_ELSEWHERE, named)
                line.goes = list(moments)

    def _note(self, rule: Rule, keys: list[Any]) -> None:
        """Remember what goes, or names nothing any more, for the rows that are looked at later."""
        self.gone.setdefault(rule.model_class, set()).update(keys)
        if keys:
            for follower in followers_of(rule):
                hanging = rows_of(follower, Q(**{f"{follower.follows}__in": keys})).using(self.using)
                self._note(follower, list(hanging.values_list("pk", flat=True)))


def keys_to(model: type[models.Model]) -> Iterator[models.ForeignKey]:
    """Every foreign key of the database that points at the model's rows."""
    for relation in model._meta.related_objects:
        key, owner = relation.field, relation.related_model._meta
        if not isinstance(key, models.ForeignKey) or not owner.managed or owner.proxy:
            continue
        if key.db_constraint:  # type: ignore[attr-defined]  # the stubs leave it out
            yield key


def _goes_along(key: models.ForeignKey, rule: Rule) -> bool:
    """Whether rows that name the rule's rows by this key go with them."""
    return any(each.follows == key.name and each.model_class is key.model for each in followers_of(rule))


def day_of(moment: datetime | date) -> date:
    """The day in Italy of a moment; a day is itself."""
    return timezone.localdate(moment) if isinstance(moment, datetime) else moment


@dataclass(frozen=True)
class Rows:
    """So many rows of one rule, and what goes with them: files of the folder of files, and earlier versions."""

    rule: Rule
    keys: tuple[Any, ...]
    files: int
    versions: int


def going_of(line: Line, using: str | None = None) -> list[Rows]:
    """The rows of a line that go, then those that go with them, table by table; empty where none goes."""
    found: list[Rows] = []
    _count_going(line.rule, line.goes, found, using)
    return found


def _count_going(rule: Rule, keys: list[Any], found: list[Rows], using: str | None) -> None:
    if not keys:
        return
    found.append(Rows(rule, tuple(keys), _files_of(rule, keys, using), _versions_of(rule, keys, using)))
    for follower in followers_of(rule):
        rows = rows_of(follower, Q(**{f"{follower.follows}__in": keys})).using(using)
        if follower.action is Action.BLANK:
            rows = rows.exclude(follower.blanked) if follower.blanked else rows.none()
        _count_going(follower, list(rows.values_list("pk", flat=True)), found, using)


def _files_of(rule: Rule, keys: list[Any], using: str | None) -> int:
    rows = rule.model_class._base_manager.using(using).filter(pk__in=keys)
    return sum(rows.exclude(**{column: ""}).exclude(**{column: None}).count() for column in rule.file_columns())


def _versions_of(rule: Rule, keys: list[Any], using: str | None) -> int:
    history = history_of(rule.model_class)
    return history._base_manager.using(using).filter(pgh_obj_id__in=keys).count() if history is not None else 0
