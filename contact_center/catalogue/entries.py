"""The figures, one entry each. The stored counts, their SQL, lists, exports, API, page, help and documentation follow.

A new figure is an entry at the end of FIGURES with the counts that it needs, the Italian for its words and, if a count is
new, the migration that `makemigrations` writes; `figures --rebuild` then counts the days that were stored before.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache, partial
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from .bands import OF_WAITS
from .measures import Column, Count, Figure, Formula, Group, Parameters, Part, Quantity, Rows, Split, Unit

CALLS, CONTACTS = Rows.CALLS, Rows.CONTACTS


class Escalation(models.TextChoices):
    """Why a contact was not settled at first level."""

    NONE = "", _("not escalated")
    AUTHORITY = "authority", _("missing authority")
    KNOWLEDGE = "knowledge", _("missing knowledge")
    SYSTEM_DOWN = "system_down", _("system down")
    OTHER_OFFICE = "other_office", _("another office decides")
    NOT_STATED = "not_stated", _("reason not stated")


REASONS = [reason for reason in Escalation if reason != Escalation.NONE]


def first_moment(day: date) -> datetime:
    """The first moment of the day in Italy; clocks never change at midnight there (since 1980)."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("Europe/Rome"))


# --- Counts that several figures share --------------------------------------------------------------------------------

OFFERED = Count(
    name="offered",
    rows=CALLS,
    sql="disposition <> 'turned_away'",
    which=~Q(disposition="turned_away"),
    of_all_calls=True,
    listed=_("offered"),
)
ANSWERED = Count(
    name="answered",
    rows=CALLS,
    sql="disposition = 'answered'",
    which=Q(disposition="answered"),
    listed=_("answered"),
)
ABANDONED = Count(
    name="abandoned",
    rows=CALLS,
    sql="disposition = 'abandoned'",
    which=Q(disposition="abandoned"),
    of_all_calls=True,
    listed=_("abandoned"),
)
SHORT_ABANDONED = Count(
    name="short_abandoned",
    rows=CALLS,
    sql="disposition = 'abandoned' AND wait_seconds <= %(short)s",
    which=lambda given, _today: Q(disposition="abandoned", wait_seconds__lte=given.short_abandon_seconds),
    of_all_calls=True,
    listed=_("short abandons"),
    words=_("short abandons (within %(short)s s)"),
)
# In time is within the target of the call's line on its day, or within the seconds of the settings where it has none.
_WITHIN = """COALESCE((
    SELECT target.seconds FROM contact_center_linetarget target
    WHERE target.line_id = {calls}.line_id
      AND (target.valid_from IS NULL OR target.valid_from <= {calls}.day)
      AND (target.valid_to IS NULL OR target.valid_to >= {calls}.day)
    ORDER BY target.valid_from DESC NULLS LAST LIMIT 1), {otherwise})"""
_WITHIN_STORED = _WITHIN.format(calls="c", otherwise="%(threshold)s")
_WITHIN_LISTED = _WITHIN.format(calls="contact_center_call", otherwise="%s")


def _in_time(disposition: str) -> Callable[[Parameters, date], Q]:
    def condition(given: Parameters, _today: date) -> Q:
        within = RawSQL(_WITHIN_LISTED, [given.service_level_seconds])  # noqa: S611 - words of this module, no value of anybody's
        return Q(disposition=disposition, wait_seconds__lte=within)

    return condition


ANSWERED_IN_TIME = Count(
    name="answered_in_time",
    rows=CALLS,
    sql=f"disposition = 'answered' AND wait_seconds <= {_WITHIN_STORED}",
    which=_in_time("answered"),
    words=_("answered within %(seconds)s s, or the target of their line"),
)
ABANDONED_IN_TIME = Count(
    name="abandoned_in_time",
    rows=CALLS,
    sql=f"disposition = 'abandoned' AND wait_seconds <= {_WITHIN_STORED}",
    which=_in_time("abandoned"),
    of_all_calls=True,
    words=_("abandoned within %(seconds)s s, or the target of their line"),
)
WAITS_KNOWN = Count(
    name="waits_known",
    rows=CALLS,
    sql="disposition = 'answered' AND wait_seconds IS NOT NULL",
    which=Q(disposition="answered", wait_seconds__isnull=False),
    listed=_("answered, with a wait that is known"),
    key="wait_known",
)
_of_known_talks = partial(
    Count,
    rows=CALLS,
    sql="disposition = 'answered' AND talk_seconds IS NOT NULL",
    which=Q(disposition="answered", talk_seconds__isnull=False),
)
TALKS_KNOWN = _of_known_talks(name="talks_known", listed=_("answered, with a talk that is known"), key="talk_known")
HANDLED = Count(name="handled", rows=CONTACTS, listed=_("handled"))
FIRST_LEVEL = Count(
    name="first_level",
    rows=CONTACTS,
    sql="first_level",
    which=Q(first_level=True),
    listed=_("resolved at first level"),
)


def _repeated(given: Parameters, _today: date) -> Q:
    within = RawSQL("contact_center_contact.day + %s", [given.repeat_contact_days])
    return Q(repeated_on__isnull=False, repeated_on__lte=within)


FIRST_LEVEL_REPEATED = Count(
    name="first_level_repeated",
    rows=CONTACTS,
    sql="first_level AND repeated_on <= day + %(days)s",
    which=lambda given, today: Q(first_level=True) & _repeated(given, today),
    listed=_("resolved at first level, but repeated"),
)
# It depends on the day that looks, so it is summed from the days of `handled` that are young enough.
PROVISIONAL = Count(
    name="provisional",
    rows=CONTACTS,
    which=lambda given, today: Q(started_at__gte=first_moment(today - timedelta(days=given.repeat_contact_days))),
    is_stored=False,
    listed=_("provisional"),
)
CONFIRMED_ASKED = Count(
    name="confirmed_asked",
    rows=CONTACTS,
    sql="confirmed IS NOT NULL",
    which=Q(confirmed__isnull=False),
    listed=_("the customer was asked and answered"),
    words=_("asked and answered"),
)
# Of contacts at second level `first_level` is false: with it, the index of those not resolved at first level serves.
ESCALATED = Count(
    name="escalated",
    rows=CONTACTS,
    sql="level = 2",
    which=Q(first_level=False, level=2),
    listed=_("passed to the second level"),
)


# --- The service level ------------------------------------------------------------------------------------------------


def _service_level(*in_time: Count, of: Count, less: tuple[Count, ...] = ()) -> Formula:
    whole = any(count.of_all_calls for count in (*in_time, of, *less))
    return Formula(
        numerator=Part(key="service_level", adds=in_time, listed=_("served in time"), of_all_calls=whole),
        denominator=Part(
            key="service_level_base",
            adds=(of,),
            less=less,
            listed=_("base of the service level"),
            of_all_calls=whole,
        ),
    )


# No norm sets the formula, so the one in force is printed beside the number. The base is every call offered: a call
# that left the queue otherwise (waited too long, pressed a key, found nobody) was not answered in time.
FORMULAS = {
    "F1": _service_level(ANSWERED_IN_TIME, ABANDONED_IN_TIME, of=OFFERED),
    "F2": _service_level(ANSWERED_IN_TIME, of=ANSWERED),
    "F3": _service_level(ANSWERED_IN_TIME, of=OFFERED),
    "F4": _service_level(ANSWERED_IN_TIME, of=OFFERED, less=(ABANDONED_IN_TIME,)),
    "F5": _service_level(ANSWERED_IN_TIME, SHORT_ABANDONED, of=OFFERED),
    "variant": _service_level(ANSWERED_IN_TIME, of=OFFERED, less=(SHORT_ABANDONED,)),
}


# --- Words that several figures share ---------------------------------------------------------------------------------

USAGE = _("Common usage; no norm sets the formula (ISO 18295-1:2017 asks for measures, not for these).")
OWN = _("The company's own measure.")
WINDOW = _("Usual window for coming back: 7 days (others use 5 to 30).")
NOT_COUNTED = _("Calls in progress, and those turned away before the queue.")
ONLY_WHOLE = _("Not known by topic, agent or team: a call that nobody answered has none.")
OUT_OF_BASE = _(
    "Wrong numbers, dropped lines, contacts joined to another one, calls in progress, contacts still in hand at first level, contacts that we began ourselves."
)


# --- The figures, in the order of the exports -------------------------------------------------------------------------

FIGURES = (
    Figure(
        key="offered",
        label=_("Offered"),
        meaning=_(
            "Calls that entered a queue and have ended, by the day in Italy on which they arrived: answered,"
            " abandoned, or left otherwise."
        ),
        unit=Unit.CALLS,
        numerator=OFFERED,
        in_words=_("answered + abandoned + left the queue otherwise"),
        left_out=(NOT_COUNTED, ONLY_WHOLE),
        source=USAGE,
        card=100,
        columns=(Column(place=60, heading=_("Offered")),),
    ),
    Figure(
        key="answered",
        label=_("Answered"),
        meaning=_("Calls that an agent answered."),
        unit=Unit.CALLS,
        numerator=ANSWERED,
        left_out=(NOT_COUNTED,),
        source=USAGE,
        columns=(Column(place=70, heading=_("Answered")),),
    ),
    Figure(
        key="abandoned",
        label=_("Abandoned"),
        meaning=_("Calls whose caller hung up while waiting, the short ones included."),
        unit=Unit.CALLS,
        numerator=ABANDONED,
        left_out=(NOT_COUNTED, ONLY_WHOLE),
        source=USAGE,
        columns=(Column(place=80, heading=_("Abandoned")),),
    ),
    Figure(
        key="short_abandons",
        label=_("Short abandons"),
        meaning=_("Abandoned calls whose wait was %(short)s seconds or less."),
        unit=Unit.CALLS,
        numerator=SHORT_ABANDONED,
        left_out=(NOT_COUNTED, ONLY_WHOLE),
        source=USAGE,
    ),
    Figure(
        key="exited",
        label=_("Left the queue otherwise"),
        meaning=_("Calls that waited too long, left by pressing a key, or found no agent on duty."),
        unit=Unit.CALLS,
        numerator=Count(
            name="exited",
            rows=CALLS,
            sql="disposition IN ('timed_out', 'key_exit', 'no_agents')",
            which=Q(disposition__in=["timed_out", "key_exit", "no_agents"]),
            of_all_calls=True,
            listed=_("left the queue otherwise"),
        ),
        left_out=(NOT_COUNTED, ONLY_WHOLE),
        source=USAGE,
    ),
    Figure(
        key="turned_away",
        label=_("Turned away"),
        meaning=_("Calls that never entered a queue: line full or closed. They are not among the calls offered."),
        unit=Unit.CALLS,
        numerator=Count(
            name="turned_away",
            rows=CALLS,
            sql="disposition = 'turned_away'",
            which=Q(disposition="turned_away"),
            of_all_calls=True,
            listed=_("turned away"),
        ),
        left_out=(_("Calls in progress."), ONLY_WHOLE),
        source=USAGE,
        more_is_better=False,
        card=110,
    ),
    Figure(
        key="handled",
        label=_("Handled"),
        meaning=_(
            "Contacts that somebody dealt with: those of answered calls, written requests, letters and visits, by the day in"
            " Italy on which they arrived. A contact still in hand at first level is counted once it is closed, coded or"
            " escalated. Those of mass events are among them."
        ),
        unit=Unit.CONTACTS,
        numerator=HANDLED,
        left_out=(OUT_OF_BASE,),
        source=OWN,
        card=90,
        columns=(Column(place=10, heading=_("Handled")),),
    ),
    Figure(
        key="service_level",
        label=_("Service level (%(formula)s, %(seconds)s s)"),
        meaning=_(
            "Share of calls answered in time: within the target of their line on the day, or %(seconds)s seconds where it has"
            " none. Time runs from entering the queue, so the menu is not counted. A call that left the queue otherwise"
            " counts as not answered in time."
        ),
        unit=Unit.SHARE,
        formulas=FORMULAS,
        needs=WAITS_KNOWN,
        left_out=(NOT_COUNTED, ONLY_WHOLE),
        source=USAGE,
        group=Group.WAITING,
        more_is_better=True,
        card=50,
        columns=(Column(place=90, heading=_("Service level")),),
    ),
    Figure(
        key="abandonment",
        label=_("Abandonment"),
        meaning=_("Share of callers who hung up while waiting, without those who did so at once."),
        unit=Unit.SHARE,
        numerator=Part(
            key="abandoned_later",
            adds=(ABANDONED,),
            less=(SHORT_ABANDONED,),
            listed=_("abandoned, without the short ones"),
            of_all_calls=True,
            words=_("abandoned after more than %(short)s s"),
        ),
        denominator=Part(
            key="offered_less_short",
            adds=(OFFERED,),
            less=(SHORT_ABANDONED,),
            listed=_("offered, without short abandons"),
            of_all_calls=True,
            words=_("(offered − short abandons)"),
        ),
        left_out=(_("Short abandons, calls in progress, calls turned away."), ONLY_WHOLE),
        source=USAGE,
        group=Group.WAITING,
        more_is_better=False,
        card=60,
    ),
    Figure(
        key="asa_seconds",
        label=_("Average speed of answer"),
        meaning=_("Mean wait in the queue of the calls that were answered."),
        unit=Unit.SECONDS,
        numerator=Count(
            name="wait_seconds",
            rows=CALLS,
            sums="wait_seconds",
            sql="disposition = 'answered'",
            which=Q(disposition="answered"),
            words=_("seconds of wait of answered calls"),
        ),
        denominator=WAITS_KNOWN,
        left_out=(NOT_COUNTED,),
        source=USAGE,
        group=Group.WAITING,
        more_is_better=False,
        card=70,
        columns=(Column(place=100, heading=_("ASA")),),
    ),
    Figure(
        key="aht_seconds",
        label=_("Average handling time"),
        meaning=_("Mean time an answered call takes: talk, hold and after-call work."),
        unit=Unit.SECONDS,
        numerator=Part(
            adds=tuple(
                _of_known_talks(name=name, sums=name) for name in ("talk_seconds", "hold_seconds", "wrap_seconds")
            ),
            words=_("seconds of talk, hold and after-call work"),
        ),
        denominator=TALKS_KNOWN,
        left_out=(NOT_COUNTED,),
        source=USAGE,
        group=Group.WAITING,
        card=80,
        columns=(Column(place=110, heading=_("AHT")),),
        in_minutes=True,
    ),
    Figure(
        key="first_level_coded",
        label=_("First level, as coded"),
        meaning=_(
            "Contacts resolved without passing to the second level, as the agents coded them, and not reopened since. It"
            " says that nobody else had to act, not that the customer did not come back."
        ),
        unit=Unit.SHARE,
        numerator=FIRST_LEVEL,
        denominator=HANDLED,
        left_out=(OUT_OF_BASE,),
        source=_("The company's sustainability report (“solved at first level”)."),
        group=Group.FIRST_LEVEL,
        path=("first_level", "coded"),
        more_is_better=True,
        card=10,
        columns=(
            Column(place=20, heading=_("First level"), of_numerator=True),
            Column(place=30, heading=_("as coded")),
        ),
        others=Part(
            key="not_first_level",
            adds=(HANDLED,),
            less=(FIRST_LEVEL,),
            which=Q(first_level=False),
            listed=_("not resolved at first level"),
        ),
    ),
    Figure(
        key="first_level_corrected",
        label=_("First level, corrected by repeats"),
        meaning=_(
            "Of the contacts resolved at first level, those whose person did not come back about the same area, on"
            " any channel, within %(days)s calendar days. Contacts whose days are not over yet are provisional:"
            " their share is printed."
        ),
        unit=Unit.SHARE,
        numerator=Part(
            key="first_level_held",
            adds=(FIRST_LEVEL,),
            less=(FIRST_LEVEL_REPEATED,),
            listed=_("resolved at first level, not repeated"),
            words=_("resolved at first level and not followed by another contact within %(days)s days"),
        ),
        denominator=HANDLED,
        left_out=(OUT_OF_BASE,),
        source=WINDOW,
        group=Group.FIRST_LEVEL,
        path=("first_level", "corrected"),
        more_is_better=True,
        card=20,
        columns=(Column(place=40, heading=_("corrected")),),
        others=FIRST_LEVEL_REPEATED,
        is_provisional=True,
    ),
    Figure(
        key="first_level_confirmed",
        label=_("Confirmed by the customer"),
        meaning=_(
            "Of the customers who were asked whether the matter was resolved and answered, those who said yes. After a"
            " call, only customers whose file was opened are asked, where they have a mailbox or a telephone: how many of the"
            " contacts it speaks of is printed beside it."
        ),
        unit=Unit.SHARE,
        numerator=Count(
            name="confirmed",
            rows=CONTACTS,
            sql="confirmed",
            which=Q(confirmed=True),
            listed=_("confirmed by the customer"),
            words=_("said yes"),
        ),
        denominator=CONFIRMED_ASKED,
        left_out=(
            _(
                "Who was not asked or did not answer; wrong numbers, dropped lines, contacts joined to another one, calls in progress."
            ),
        ),
        source=OWN,
        group=Group.FIRST_LEVEL,
        path=("first_level", "confirmed"),
        more_is_better=True,
        card=30,
        coverage="confirmed_coverage",
    ),
    Figure(
        key="repeat_contacts",
        label=_("Repeat contacts"),
        meaning=_(
            "Contacts after which the same person came back about the same area, on any channel, later and at most"
            " %(days)s calendar days after (dates in Italy). The person is the customer once known, else the number"
            " or address; a withheld number never repeats. Contacts without a topic are an area of their own, and"
            " are followed only by others without a topic. Who called again and hung up before an answer has no second"
            " contact, and does not count as having come back."
        ),
        unit=Unit.SHARE,
        numerator=Count(
            name="repeated",
            rows=CONTACTS,
            sql="repeated_on <= day + %(days)s",
            which=_repeated,
            listed=_("repeated"),
            words=_("followed by another contact within %(days)s days"),
        ),
        denominator=HANDLED,
        left_out=(OUT_OF_BASE,),
        source=WINDOW,
        group=Group.FIRST_LEVEL,
        more_is_better=False,
        card=40,
        columns=(Column(place=50, heading=_("repeated")),),
        is_provisional=True,
    ),
    Figure(
        key="not_coded",
        label=_("Not coded"),
        meaning=_("Contacts handled at first level without an outcome: they count as not resolved."),
        unit=Unit.SHARE,
        numerator=Count(
            name="not_coded",
            rows=CONTACTS,
            sql="outcome = '' AND level = 1",
            which=Q(outcome="", level=1),
            listed=_("not coded"),
            words=_("without an outcome, not escalated"),
        ),
        denominator=HANDLED,
        left_out=(OUT_OF_BASE,),
        source=OWN,
        group=Group.WORK,
        more_is_better=False,
        card=120,
    ),
    Figure(
        key="provisional",
        unit=Unit.CONTACTS,
        numerator=PROVISIONAL,
        path=("first_level", "corrected", "provisional"),
    ),
    Figure(
        key="provisional_share",
        unit=Unit.SHARE,
        numerator=PROVISIONAL,
        denominator=HANDLED,
        path=("first_level", "corrected", "provisional_share"),
        is_bare=True,
    ),
    Figure(
        key="confirmed_coverage",
        unit=Unit.SHARE,
        numerator=CONFIRMED_ASKED,
        denominator=HANDLED,
        path=("first_level", "confirmed", "coverage"),
        is_bare=True,
    ),
    Figure(
        key="escalations",
        label=_("Escalated"),
        meaning=_(
            "Contacts that the first level passed to the second, whatever came of them there. By reason, the share is of"
            " the contacts escalated."
        ),
        unit=Unit.SHARE,
        numerator=ESCALATED,
        denominator=HANDLED,
        left_out=(_("Wrong numbers, dropped lines, contacts joined to another one, calls in progress."),),
        source=OWN,
        group=Group.WORK,
        more_is_better=False,
        card=130,
        split=Split(
            path="reasons",
            title=_("Escalations by reason"),
            heading=_("Reason"),
            parts={
                reason.value: Count(
                    name=f"escalated_{reason}",
                    rows=CONTACTS,
                    sql=f"level = 2 AND escalation = '{reason}'",
                    which=Q(first_level=False, level=2, escalation=reason.value),
                    listed=reason.label,
                )
                for reason in REASONS
            },
        ),
    ),
    Figure(
        key="reopened",
        label=_("Reopened"),
        meaning=_(
            "Contacts that were closed and that the customer brought back: by writing again, or by saying that nothing was"
            " resolved. One that a colleague reopens to correct it is not among them."
        ),
        unit=Unit.SHARE,
        numerator=Count(
            name="reopened",
            rows=CONTACTS,
            sql="reopened_count > 0",
            which=Q(first_level=False, reopened_count__gt=0),
            listed=_("reopened by the customer"),
            words=_("closed and taken up again"),
        ),
        denominator=HANDLED,
        left_out=(OUT_OF_BASE,),
        source=OWN,
        group=Group.WORK,
        more_is_better=False,
        card=140,
    ),
    Figure(
        key="sent_back",
        label=_("Sent back"),
        meaning=_(
            "Of the contacts that were passed to the second level, those that it sent back: they belonged to another team,"
            " the first level could resolve them, or facts were missing."
        ),
        unit=Unit.SHARE,
        numerator=Count(
            name="sent_back",
            rows=CONTACTS,
            sql="sent_back_count > 0",
            which=Q(sent_back_count__gt=0),
            listed=_("sent back by the second level"),
            words=_("sent back at least once"),
        ),
        denominator=Count(
            name="ever_escalated",
            rows=CONTACTS,
            sql="level = 2 OR sent_back_count > 0",
            which=Q(level=2) | Q(sent_back_count__gt=0),
            listed=_("passed to the second level at least once"),
        ),
        left_out=(
            _(
                "Wrong numbers, dropped lines, contacts joined to another one, calls in progress, contacts still in hand at first level."
            ),
        ),
        source=OWN,
        group=Group.WORK,
        more_is_better=False,
        card=145,
    ),
)


def _counts() -> tuple[Count, ...]:
    """Every count that a figure names, once, in the order of the figures."""
    found = {count.name: count for figure in FIGURES for quantity in figure.quantities for count in quantity.counts}
    needed = {figure.needs.name: figure.needs for figure in FIGURES if figure.needs}
    return tuple((found | needed).values())


STORED = tuple(count for count in _counts() if count.is_stored)
# The same by half hour, and the waits in bands.
OF_HALF_HOURS = (*STORED, *OF_WAITS)


@cache
def lists(formula: str) -> dict[str, Quantity]:
    """What has a list of its rows, by the key it has in addresses; under one formula of the service level."""
    in_force = FORMULAS[formula]
    quantities: list[Quantity] = [in_force.numerator, in_force.denominator, *_counts(), *OF_WAITS]
    for figure in FIGURES:
        quantities += () if figure.formulas else figure.quantities
    return {one.key: one for one in quantities if one.listed is not None}
