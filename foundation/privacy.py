"""What may be known of a person, why, for how long, and what becomes of it: the words in which each app says so.

Each app lists the rules of its own models in `<app>/privacy.py`; `vittoria_care/privacy/rules.py` puts them together. From them
follow the copy that a person gets (export), what goes when they ask for it (erasure), what goes by itself (retention), the
privacy page and the record of processing. A test refuses a model with a way to a person, or a text column of one, that no
rule speaks of.

A table `…History` belongs to the rule of its model: its rows go when the row goes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Any  # a sentence for people, translated when it is read

YEAR = 365
NOBODY = "–"  # stands where a name is obligatory and nobody is named any more


class Basis(models.TextChoices):
    """Why the law allows it (art. 6(1) GDPR)."""

    LAW = "law", _("obligation by law (art. 6(1)(c))")
    CONTRACT = "contract", _("contract (art. 6(1)(b))")
    CONSENT = "consent", _("consent (art. 6(1)(a))")
    INTEREST = "interest", _("legitimate interest (art. 6(1)(f))")


class Action(Enum):
    """What happens to a row when its time has come."""

    DELETE = "delete"
    BLANK = "blank"  # the row remains, and says nothing about anybody


@dataclass(frozen=True)
class Period:
    """For how many days rows are kept, and why so long. `least` is the least that the law allows, 0 where it asks nothing.

    `days` is what holds as long as nobody lengthened it (`RetentionPeriod`). `since` says from when the days count.
    """

    key: str
    days: int
    name: Words
    since: Words
    reason: Words
    source: str = ""  # the article
    least: int = 0


@dataclass(frozen=True)
class Person:
    """Somebody whose data are looked for: their file, the sign-ins that are theirs alone, and how they are reached.

    `user_ids` has no sign-in that is anybody else's too: of somebody who also works here, it has none at erasure.
    `addresses` has telephone numbers and e-mail addresses that are no other customer's. `joined_ids` are the files of the same
    person that were joined to it.
    """

    customer_id: int
    user_ids: tuple[int, ...] = ()
    addresses: tuple[str, ...] = ()
    tax_code: str = ""
    joined_ids: tuple[int, ...] = ()

    @property
    def customer_ids(self) -> tuple[int, ...]:
        """All files of the person."""
        return (self.customer_id, *self.joined_ids)


@dataclass(frozen=True)
class Why:
    """Under which heading a person finds rows, for what they are kept, why the law allows it, and by which article.

    Said once for all tables that share it; `functools.partial` makes the rules that share more.
    """

    heading: Words
    purpose: Words
    basis: Basis
    source: str = ""

    def citing(self, source: str) -> "Why":
        """The same by another article; "" names none."""
        return replace(self, source=source)

    def under(self, heading: Words) -> "Why":
        """The same under another heading."""
        return replace(self, heading=heading)


@dataclass(frozen=True)
class Rule:
    """What holds for rows of one model, or for those of them that `only` names.

    Where several rules speak of one model, the first that fits a row is the row's: rules of higher apps stand first.

    - `called`, `labels`: the table (in the plural) and its columns as the person reads them, where the model has no words of its
      own, or words for those who work with it; "" for a column that is for programs alone.
    - `why`: under which heading the person finds the rows, for what they are kept and why the law allows it.
    - `customer`, `user`: the ways from a row to the `Customer` or `User` whom it is about ("pk" is the row itself);
      `found_by`: how else a person's rows are found. `actors`: the ways to users who only did something.
    - `personal`: columns of texts, facts and files that say something about a person; `plain`: those that do not, such as
      keys and versions; `secret`: what is shown to nobody, such as digests. Every text column is in one of these.
    - Export: all columns but the secret ones and those of `kept_back`, which says why; `not_exported` says why a whole
      model is left out.
    - Erasure and retention: `action`, when `period` is over since `since` (a column, perhaps of another row, or what a query finds; rows where it
      is empty are under way). `at_once`: a person who asks need not wait for the period. `running`: rows that are under way,
      perhaps as of a day, and are left alone. `follows`: the way to a row of another rule, with which these rows go.
    - `ended_by_grant`: why rows that are under way stay for their period all the same once a request for erasure is granted,
      which ends them; empty where it ends none.
    - `beside`: is kept only beside a contract, a claim or a complaint of the same person, and goes at once without one.
    - `needs_name`: while such rows remain, the name of the person remains too. `last`: goes only when no such row remains.
    - `blanked`: the rows that say nothing any more.
    - `matters`: the ways from a row to a claim or complaint that may be under a legal hold, by the model's name.
    """

    model: str
    why: Why
    called: Words = ""
    labels: Mapping[str, Words] = field(default_factory=dict)
    customer: tuple[str, ...] = ()
    user: tuple[str, ...] = ()
    found_by: Callable[[Person], Q] | None = None
    actors: tuple[str, ...] = ()
    only: Q = field(default_factory=Q)
    part: str = ""
    personal: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    kept_back: Mapping[str, Words] = field(default_factory=dict)
    not_exported: Words = ""
    action: Action = Action.DELETE
    blank_to: Mapping[str, Any] = field(default_factory=dict)
    period: Period | None = None
    since: str | Subquery = ""
    at_once: bool = False
    running: Q | Callable[[date], Q] | None = None
    running_why: Words = ""
    ended_by_grant: Words = ""
    follows: str = ""
    beside: bool = False
    needs_name: bool = True
    last: bool = False
    blanked: Q | None = None
    swept_elsewhere: Words = ""
    matters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def model_class(self) -> type[models.Model]:
        """The model itself."""
        return apps.get_model(self.model)

    @property
    def heading(self) -> Words:
        """Under which the person finds the rows."""
        return self.why.heading

    @property
    def name(self) -> str:
        """By which proofs, runs and lists call the rule: the model, and the part of its rows."""
        return f"{self.model}/{self.part}" if self.part else self.model

    @property
    def leader(self) -> type[models.Model] | None:
        """The model of the rows with which these go; None where they go by themselves."""
        return model_at(self.model_class, self.follows) if self.follows else None

    @property
    def ways(self) -> tuple[str, ...]:
        """All ways to a person whom the rows are about."""
        return self.customer + self.user

    def of_person(self, person: Person) -> Q:
        """The rows that are about the person."""
        found = [Q(**{f"{way}__in": person.customer_ids}) for way in self.customer]
        if person.user_ids:
            found += [Q(**{f"{way}__in": person.user_ids}) for way in self.user]
        if self.found_by is not None:
            found.append(self.found_by(person))
        return reduce(or_, found, Q(pk__in=[]))

    def under_way(self, today: date) -> Q | None:
        """The rows that are under way on the day; None where no row of the rule ever is."""
        return self.running(today) if callable(self.running) else self.running

    @property
    def plural(self) -> str:
        """What the person reads over the rows."""
        return str(self.called or self.model_class._meta.verbose_name_plural)

    def label_of(self, column: models.Field) -> str:
        """What the person reads before a column; "" for one that nobody named for people."""
        if column.name in self.labels:
            return str(self.labels[column.name])
        return str(column.verbose_name) if isinstance(column.verbose_name, Promise) else ""

    def exported_columns(self) -> list[str]:
        """Names of the columns that a person's copy has, in the order of the model."""
        left_out = {*self.secret, *self.kept_back}
        return [each.name for each in self.model_class._meta.fields if each.name not in left_out]

    def file_columns(self) -> list[str]:
        """Names of the columns that name a file in the folder of files."""
        return [each.name for each in self.model_class._meta.fields if isinstance(each, models.FileField)]

    def blank_values(self) -> dict[str, Any]:
        """What each personal column becomes where the row remains without them."""
        found = {name: _empty(self.model_class._meta.get_field(name)) for name in self.personal}
        return found | dict(self.blank_to)


@dataclass(frozen=True)
class Carrier:
    """Somebody outside who carries what is written to people: what they get of it, and the country outside the European Union, if any.

    `is_used` says whether this installation is set up so. Privacy page and record of processing name those that are, and no others.
    """

    name: Words
    gets: Words
    outside: Words
    is_used: Callable[[], bool]


@dataclass(frozen=True)
class Obstacle:
    """Something under way that has to end before a person's file can be emptied; `rows` finds it for a customer."""

    code: str
    words: Words
    rows: Callable[[int], models.QuerySet]


def model_at(model: type[models.Model], way: str) -> type[models.Model]:
    """The model at the end of a way, such as `policy__holder`."""
    for step in way.split("__"):
        if step != "pk":
            model = model._meta.get_field(step).related_model  # type: ignore[assignment]  # a way leads through keys
    return model


def history_of(model: type[models.Model]) -> type[models.Model] | None:
    """The table of earlier versions of the model's rows; None where none are kept."""
    if not any(each.name == "history" for each in model._meta.related_objects):
        return None
    return model._meta.get_field("history").related_model


def is_text(column: models.Field) -> bool:
    """Whether a column may hold what somebody wrote or sent: free text, facts, bytes, a file; not one of a list of words."""
    if column.choices or column.is_relation or isinstance(column, models.GeneratedField):
        return False
    return isinstance(
        column, models.CharField | models.TextField | models.JSONField | models.BinaryField | models.FileField
    )


def text_columns(model: type[models.Model]) -> list[str]:
    """Names of the columns that must be classified."""
    return [each.name for each in model._meta.fields if is_text(each)]


def _empty(column: Any) -> Any:
    if column.null:
        return None
    if isinstance(column, models.JSONField):
        return [] if column.default is list else {}
    if isinstance(column, models.BinaryField):
        return b""
    return ""


def first_that_fits(rules: Sequence[Rule]) -> dict[str, list[Rule]]:
    """The rules of each model, in the order in which they are asked."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        found.setdefault(rule.model, []).append(rule)
    return found
