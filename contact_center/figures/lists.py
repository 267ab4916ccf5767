"""The calls and contacts behind each number: for every count a filter, and pages of 50 by key, newest first.

A list has exactly the rows its number counts. Its filters follow `raw.py`; a test holds the two together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from contact_center.models import Agent, Call, Contact
from foundation.dates import ROME

from .definitions import FORMULAS, OF_ALL_CALLS, Parameters
from .period import Period
from .query import WITHOUT, Chosen

PAGE = 50
ENDED = ~Q(disposition=Call.Disposition.OPEN)


@dataclass(frozen=True, slots=True)
class Kind:
    """One list: what its rows are, what they are called, and which they are."""

    model: type[Call] | type[Contact]
    label: Any

    @property
    def moment(self) -> str:
        """The column that says when a row arrived."""
        return "queued_at" if self.model is Call else "started_at"


KINDS = {
    "offered": Kind(Call, _("offered")),
    "answered": Kind(Call, _("answered")),
    "wait_known": Kind(Call, _("answered, with a wait that is known")),
    "talk_known": Kind(Call, _("answered, with a talk that is known")),
    "abandoned": Kind(Call, _("abandoned")),
    "short_abandoned": Kind(Call, _("short abandons")),
    "abandoned_later": Kind(Call, _("abandoned, without the short ones")),
    "offered_less_short": Kind(Call, _("offered, without short abandons")),
    "exited": Kind(Call, _("left the queue otherwise")),
    "turned_away": Kind(Call, _("turned away")),
    "service_level": Kind(Call, _("served in time")),
    "service_level_base": Kind(Call, _("base of the service level")),
    "handled": Kind(Contact, _("handled")),
    "first_level": Kind(Contact, _("resolved at first level")),
    "not_first_level": Kind(Contact, _("not resolved at first level")),
    "first_level_held": Kind(Contact, _("resolved at first level, not repeated")),
    "first_level_repeated": Kind(Contact, _("resolved at first level, but repeated")),
    "repeated": Kind(Contact, _("repeated")),
    "not_coded": Kind(Contact, _("not coded")),
    "confirmed_asked": Kind(Contact, _("the customer was asked and answered")),
    "confirmed": Kind(Contact, _("confirmed by the customer")),
    "provisional": Kind(Contact, _("provisional")),
}


def call_condition(kind: str, parameters: Parameters) -> Q:
    """Which ended calls are counted under the word."""
    disposition = Call.Disposition
    conditions = {
        "offered": ~Q(disposition=disposition.TURNED_AWAY),
        "answered": Q(disposition=disposition.ANSWERED),
        "wait_known": Q(disposition=disposition.ANSWERED, wait_seconds__isnull=False),
        "talk_known": Q(disposition=disposition.ANSWERED, talk_seconds__isnull=False),
        "abandoned": Q(disposition=disposition.ABANDONED),
        "exited": Q(disposition__in=[disposition.TIMED_OUT, disposition.KEY_EXIT, disposition.NO_AGENTS]),
        "turned_away": Q(disposition=disposition.TURNED_AWAY),
        "short_abandoned": Q(disposition=disposition.ABANDONED, wait_seconds__lte=parameters.short_abandon_seconds),
        "answered_in_time": Q(disposition=disposition.ANSWERED, wait_seconds__lte=parameters.service_level_seconds),
        "abandoned_in_time": Q(disposition=disposition.ABANDONED, wait_seconds__lte=parameters.service_level_seconds),
    }
    conditions["abandoned_later"] = conditions["abandoned"] & ~conditions["short_abandoned"]
    conditions["offered_less_short"] = conditions["offered"] & ~conditions["short_abandoned"]
    formula = FORMULAS[parameters.formula]
    served = Q()
    for name in formula.counted:
        served |= conditions[name]
    conditions["service_level"] = served
    conditions["service_level_base"] = conditions[formula.base]
    if formula.left_out:
        conditions["service_level_base"] &= ~conditions[formula.left_out]
    return conditions[kind]


def contact_condition(kind: str, parameters: Parameters, today: date) -> Q:
    """Which contacts of the base are counted under the word."""
    within = RawSQL("contact_center_contact.day + %s", [parameters.repeat_contact_days])
    repeated = Q(repeated_on__isnull=False, repeated_on__lte=within)
    first_level = Q(first_level=True)
    return {
        "handled": Q(),
        "first_level": first_level,
        "not_first_level": Q(first_level=False),
        "first_level_held": first_level & (Q(repeated_on__isnull=True) | Q(repeated_on__gt=within)),
        "first_level_repeated": first_level & repeated,
        "repeated": repeated,
        "not_coded": Q(outcome=Contact.Outcome.NOT_CODED, level=1),
        "confirmed_asked": Q(confirmed__isnull=False),
        "confirmed": Q(confirmed=True),
        "provisional": Q(started_at__gte=_midnight(today - timedelta(days=parameters.repeat_contact_days))),
    }[kind]


def is_known(kind: str, chosen: Chosen, parameters: Parameters) -> bool:
    """Whether the number is known: a call that nobody answered has no topic, agent or team."""
    if not chosen.is_of_answered_calls or KINDS[kind].model is Contact:
        return True
    formula = FORMULAS[parameters.formula]
    if kind in ("service_level", "service_level_base"):
        return not {*formula.counted, formula.base, formula.left_out} & {*OF_ALL_CALLS}
    return kind in ("answered", "wait_known", "talk_known")


def rows_behind(
    kind: str, period: Period, chosen: Chosen, parameters: Parameters, *, user: Any | None, today: date
) -> QuerySet[Any]:
    """The calls or contacts that the number counts, as far as the user may see them (None: to be counted), newest first.

    None where the number is not known (`is_known`). The days are asked for as moments, because that is how the indexes are ordered.
    """
    model, moment = KINDS[kind].model, KINDS[kind].moment
    rows = model._default_manager.all() if user is None else model._default_manager.visible_to(user)
    rows = rows.filter(
        **{f"{moment}__gte": _midnight(period.start), f"{moment}__lt": _midnight(period.end + timedelta(days=1))}
    )
    if not is_known(kind, chosen, parameters):
        return rows.none()
    if model is Call:
        rows = rows.filter(ENDED, call_condition(kind, parameters))
        if chosen.channel not in (None, Contact.Channel.PHONE):
            rows = rows.none()
    else:
        in_progress = Call.objects.filter(contact=OuterRef("pk"), disposition=Call.Disposition.OPEN)
        rows = rows.filter(~Exists(in_progress), contact_condition(kind, parameters, today), handled=True)
        if chosen.channel:
            rows = rows.filter(channel=chosen.channel)
    columns = {"line": "line", "topic": "contact__topic" if model is Call else "topic", "agent": "agent"}
    for name, column in columns.items():
        if (value := getattr(chosen, name)) is WITHOUT:
            rows = rows.filter(**{f"{column}__isnull": True})
        elif value is not None:
            rows = rows.filter(**{f"{column}_id": value.pk})
    if chosen.team is WITHOUT:
        rows = rows.filter(agent__team__isnull=True)
    elif chosen.team is not None:
        rows = rows.filter(agent__in=list(Agent.objects.filter(team=chosen.team.pk).values_list("pk", flat=True)))
    return rows.order_by(F(moment).desc(), F("pk").desc())


@dataclass(frozen=True, slots=True)
class Place:
    """A place between two rows, to go on from: the moment and id of a row, and whether towards the newer ones."""

    moment: datetime
    pk: int
    newer: bool = False

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """The place written in an address; None if there is none, or none that can be read."""
        try:
            way, micros, pk = text.split(".")
            moment = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC")) + timedelta(microseconds=int(micros))
            return cls(moment, int(pk), newer=way == "n")
        except (ValueError, OverflowError):
            return None

    def __str__(self) -> str:
        micros = (self.moment - datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))) // timedelta(microseconds=1)
        return f"{'n' if self.newer else 'o'}.{micros}.{self.pk}"


@dataclass(frozen=True, slots=True)
class Page:
    """Up to PAGE rows, and the places before and after them, if there is more."""

    rows: list[Any]
    newer: Place | None
    older: Place | None


def page_of(rows: QuerySet[Any], moment: str, place: Place | None) -> Page:
    """The rows next to the place, newest first. One query, whatever the page: nothing is counted or skipped."""
    newer = bool(place and place.newer)
    if place:
        way = "gt" if newer else "lt"
        # The first condition alone is what the index starts from; the second settles rows of the same moment.
        rows = rows.filter(**{f"{moment}__{way}e": place.moment}).filter(
            Q(**{f"{moment}__{way}": place.moment}) | Q(**{moment: place.moment, f"pk__{way}": place.pk})
        )
    if newer:
        rows = rows.order_by(F(moment).asc(), F("pk").asc())
    found = list(rows[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    if newer:
        found.reverse()
    if not found:
        return Page([], None, None)
    first, last = found[0], found[-1]
    has_newer, has_older = (more, True) if newer else (place is not None, more)
    return Page(
        found,
        Place(getattr(first, moment), first.pk, newer=True) if has_newer else None,
        Place(getattr(last, moment), last.pk) if has_older else None,
    )


def all_rows(rows: QuerySet[Any]) -> Iterator[Any]:
    """Every row of the list through a server-side cursor, so that memory stays flat."""
    return rows.iterator(chunk_size=2000)


def _midnight(day: date) -> datetime:
    """The first moment of the day in Italy; clocks never change at midnight there (since 1980)."""
    return datetime(day.year, day.month, day.day, tzinfo=ROME)
