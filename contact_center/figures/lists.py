"""The calls and contacts behind each number: for every count a filter, and pages of 50 by key, newest first.

A list has exactly the rows its number counts: the catalogue says which.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from contact_center.catalogue import Parameters, Rows, lists
from contact_center.catalogue.entries import first_moment
from contact_center.models import Agent, Call, Contact, JoinedContact
from customers.models import User

from .hours import When
from .period import Period
from .query import EVENTS_ONLY, WITHOUT, Chosen, Without

PAGE = 50


MODELS: dict[Rows, type[Call] | type[Contact]] = {Rows.CALLS: Call, Rows.CONTACTS: Contact}
MOMENTS = {Rows.CALLS: "queued_at", Rows.CONTACTS: "started_at"}  # the column that says when a row arrived
# The keys of the lists, the same under every formula, and what each is called.
LISTS = lists("F4")


def rows_that_count(rows: Rows, *, user: User | None = None) -> QuerySet[Any]:
    """The calls that have ended, or the contacts that somebody dealt with and whose call is not still in progress.

    As far as the user may see them; None: all.
    """
    if rows == Rows.CALLS:
        calls = Call.objects.all() if user is None else Call.objects.visible_to(user)
        return calls.exclude(disposition=Call.Disposition.OPEN)
    in_progress = Call.objects.filter(contact=OuterRef("pk"), disposition=Call.Disposition.OPEN)
    contacts = Contact.objects.all() if user is None else Contact.objects.visible_to(user)
    return contacts.filter(~Exists(in_progress), handled=True)


def of_mass_event(rows: Rows) -> Exists:
    """Whether the contact, or that of the call, is joined to a mass event."""
    contact = "contact" if rows == Rows.CALLS else "pk"
    return Exists(JoinedContact.objects.standing().filter(contact=OuterRef(contact)))


def is_known(key: str, chosen: Chosen, parameters: Parameters) -> bool:
    """Whether the number is known: a call that nobody answered has no topic, agent, team or mass event."""
    return not (chosen.is_of_answered_calls and lists(parameters.formula)[key].of_all_calls)


def rows_behind(
    key: str,
    period: Period,
    chosen: Chosen,
    parameters: Parameters,
    *,
    user: User | None,
    today: date,
    when: When | None = None,
) -> QuerySet[Any]:
    """The calls or contacts that the number counts, as far as the user may see them (None: to be counted), newest first.

    `when` leaves those of certain hours of the week. None where the number is not known (`is_known`). The days are asked for as moments, because that is how the indexes are ordered.
    """
    quantity = lists(parameters.formula)[key]
    model, moment = MODELS[quantity.rows], MOMENTS[quantity.rows]
    rows = rows_that_count(quantity.rows, user=user).filter(
        quantity.condition(parameters, today),
        **{
            f"{moment}__gte": first_moment(period.start),
            f"{moment}__lt": first_moment(period.end + timedelta(days=1)),
        },
    )
    if not is_known(key, chosen, parameters):
        return rows.none()
    if model is Call and chosen.channel not in (None, Contact.Channel.PHONE):
        return rows.none()
    if model is Contact and chosen.channel:
        rows = rows.filter(channel=chosen.channel)
    columns = {"line": "line", "topic": "contact__topic" if model is Call else "topic", "agent": "agent"}
    for name, column in columns.items():
        if (value := getattr(chosen, name)) is WITHOUT:
            rows = rows.filter(**{f"{column}__isnull": True})
        elif value is not None:
            rows = rows.filter(**{f"{column}_id": value.pk})
    if chosen.events:
        joined = of_mass_event(quantity.rows)
        rows = rows.filter(joined if chosen.events == EVENTS_ONLY else ~joined)
    if isinstance(chosen.team, Without):
        rows = rows.filter(agent__team__isnull=True)
    elif chosen.team is not None:
        rows = rows.filter(agent__in=list(Agent.objects.filter(team=chosen.team.pk).values_list("pk", flat=True)))
    if when is not None:
        rows = when.of(rows, moment, period)
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


def rows_next_to(place: Place | None, rows: QuerySet[Any], moment: str) -> Page:
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
    """Every row of the list through a server-side cursor, so that memory use is flat."""
    return rows.iterator(chunk_size=2000)
