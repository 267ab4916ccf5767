"""Commands: begin a measure, change it, record its result, give it up."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contact_center.figures.period import EARLIEST
from contact_center.figures.unresolved.rules import rounded
from contact_center.models import Team, TollFreeLine, Topic
from customers.models import User
from foundation.refusals import ChangedMeanwhile, Refused
from foundation.text import clean_line, clean_text
from insights.models import Measure, MeasureGroup

from .comparing import answer_of
from .rights import may_change

DAYS_AHEAD = 366
Role, State = MeasureGroup.Role, Measure.State


@dataclass(frozen=True)
class Chosen:
    """Topics, teams and lines."""

    topics: tuple[Topic, ...] = ()
    teams: tuple[Team, ...] = ()
    lines: tuple[TollFreeLine, ...] = ()

    def rows(self, measure: Measure, role: str) -> Iterable[MeasureGroup]:
        """A row of the measure for each."""
        for name, groups in (("topic", self.topics), ("team", self.teams), ("line", self.lines)):
            for group in groups:
                yield MeasureGroup(measure=measure, role=role, **{name: group})

    @property
    def keys(self) -> set[tuple[str, int]]:
        """What tells one group from all others."""
        return {
            *(("topic", one.pk) for one in self.topics),
            *(("team", one.pk) for one in self.teams),
            *(("line", one.pk) for one in self.lines),
        }


@dataclass(frozen=True)
class Plan:
    """What is written of a measure."""

    title: str
    kind: str
    starts_on: date
    owner: User
    touched: Chosen
    words: str = ""
    weeks: int = 8
    expected_points: Decimal | None = None
    left_out: Chosen = field(default_factory=Chosen)

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of the measure itself."""
        return {
            "title": clean_line(self.title),
            "kind": self.kind,
            "words": clean_text(self.words),
            "starts_on": self.starts_on,
            "weeks": self.weeks,
            "expected_points": self.expected_points,
            "owner": self.owner,
        }


@transaction.atomic
def begin_measure(plan: Plan, *, by: User) -> Measure:
    """Write a measure down.

    Refused for no topic, team or line, for topics together with teams, for a topic that is not valid on its first day, for a day
    before there were figures or more than a year ahead, for an owner who may not work on measures, and where the same is open.
    """
    _check(plan, today=timezone.localdate())
    measure = Measure(**plan.columns, written_by=by)
    _save(measure, plan)
    return measure


@transaction.atomic
def change_measure(measure: Measure, plan: Plan, *, version: int, by: User) -> Measure:
    """Write it otherwise; its history keeps what it was. Refused as `begin_measure` does, once it has ended, and if `version` is over."""
    locked = _locked(measure)
    if locked.version != version:
        raise ChangedMeanwhile(
            _("Somebody else changed this measure meanwhile. Read it again, then write your change."),
            code="changed_meanwhile",
        )
    _check(plan, today=timezone.localdate())
    for name, value in plan.columns.items():
        setattr(locked, name, value)
    locked.version += 1
    locked.groups.all().delete()
    _save(locked, plan)
    return locked


@transaction.atomic
def record_result(measure: Measure, *, words: str, by: User) -> Measure:
    """Keep the effect that is computed now as the result, with words. Only its owner may, and while there are contacts enough."""
    locked = _locked(measure)
    if locked.owner_id != by.pk:
        raise Refused(_("Only its owner records the result: %(name)s.") % {"name": locked.owner}, code="not_the_owner")
    if not (words := clean_text(words)):
        raise Refused(_("Write what came of it."), code="no_words", field="words")
    effect = answer_of(locked, today=timezone.localdate()).effect
    if effect.estimate is None or effect.windows is None:
        raise Refused(
            _("There are too few contacts to say what came of it: wait, or give the measure up."), code="too_few"
        )
    value = rounded(effect.estimate.value * 100, 2)
    low, high = (Decimal(str(round(end * 100, 2))) for end in (effect.estimate.low, effect.estimate.high))
    locked.result_points, locked.result_low, locked.result_high = value, min(low, value), max(high, value)
    locked.result_until, locked.result_words = effect.windows.after.end, words
    return _end(locked, State.RECORDED, by)


@transaction.atomic
def drop_measure(measure: Measure, *, words: str, by: User) -> Measure:
    """Give it up, with the reason: nothing is compared with it any more, and no result is kept."""
    locked = _locked(measure)
    if not (words := clean_text(words)):
        raise Refused(_("Write why it is given up."), code="no_words", field="words")
    locked.result_words = words
    return _end(locked, State.DROPPED, by)


def _locked(measure: Measure) -> Measure:
    found = Measure.objects.select_for_update(of=("self",)).select_related("owner").get(pk=measure.pk)
    if found.state != State.OPEN:
        raise Refused(
            _("This measure has ended (%(state)s): it remains as it is.") % {"state": found.get_state_display()},
            code="has_ended",
        )
    return found


def _end(measure: Measure, state: str, by: User) -> Measure:
    measure.state, measure.ended_by, measure.ended_at = state, by, timezone.now()
    measure.version += 1
    measure.save()
    return measure


def _check(plan: Plan, *, today: date) -> None:
    touched = plan.touched
    if not touched.keys:
        raise Refused(
            _("Say whom it concerns: a topic, a team or a line at least."), code="nobody_concerned", field="topics"
        )
    if touched.topics and touched.teams:
        raise Refused(
            _("Choose topics or teams, not both: the counts are kept by one or by the other."),
            code="topics_and_teams",
            field="teams",
        )
    if both := touched.keys & plan.left_out.keys:
        raise Refused(
            _("What the measure concerns is in no comparison anyway: take it out of what is left out (%(count)d).")
            % {"count": len(both)},
            code="left_out_and_concerned",
            field="left_out",
        )
    if plan.starts_on < EARLIEST or (plan.starts_on - today).days > DAYS_AHEAD:
        raise Refused(
            _("Choose a day from %(first)s to %(last)s.")
            % {
                "first": date_format(EARLIEST, "SHORT_DATE_FORMAT"),
                "last": date_format(today + timedelta(days=DAYS_AHEAD), "SHORT_DATE_FORMAT"),
            },
            code="no_such_day",
            field="starts_on",
        )
    for topic in touched.topics:
        if not topic.is_valid_on(plan.starts_on):
            raise Refused(
                _("The topic “%(topic)s” is not in use on that day: choose one that is, or another day.")
                % {"topic": topic.shown_name},
                code="topic_retired",
                field="topics",
            )
    if not plan.owner.is_active or not may_change(plan.owner):
        raise Refused(
            _("%(name)s may not work on measures: choose somebody who does.") % {"name": plan.owner},
            code="no_owner",
            field="owner",
        )


def _save(measure: Measure, plan: Plan) -> None:
    try:
        with transaction.atomic():
            measure.full_clean(validate_unique=False, validate_constraints=False)
            measure.save()
    except IntegrityError as error:
        if "one_open_measure_of_a_name_and_day" not in str(error):
            raise
        raise Refused(
            _("There is an open measure of this name from that day already."), code="twice", field="title"
        ) from error
    rows = [*plan.touched.rows(measure, Role.TOUCHED), *plan.left_out.rows(measure, Role.LEFT_OUT)]
    MeasureGroup.objects.bulk_create(rows)
