"""What the command and the API are asked for, in words, made into what `explain()` takes."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.agents.board import by_person
from contact_center.figures.asking import (
    Unusable,
    no_single_agents,
    not_among,
    read_date,
    refuse_single_agent,
    understand,
)
from contact_center.figures.period import Period, UnusablePeriod, check_period
from contact_center.figures.query import Chosen

from .explanation import GROUPINGS, MEASURES, Explanation, explain, is_unknown, not_known
from .periods import AGAINST, OTHER, compared_with
from .queries import Grouping


@dataclass(frozen=True, slots=True)
class ChangeAsked:
    """Two periods, the filters, the groups and the figure, all of them usable."""

    period: Period
    against: Period
    chosen: Chosen
    by: Grouping
    measure: str

    def explained(self) -> Explanation:
        """The answer."""
        return explain(self.period, self.against, self.chosen, by=self.by, measure=self.measure)


def understand_change(
    *,
    start: str,
    end: str,
    against: str = "",
    against_start: str = "",
    against_end: str = "",
    measure: str = "",
    by: str = "",
    line: str = "",
    topic: str = "",
    agent: str = "",
    team: str = "",
    channel: str = "",
) -> ChangeAsked:
    """Read dates (YYYY-MM-DD), codes and words; `Unusable` names the first that cannot be read or does not exist."""
    measure, by = (
        measure or "first_level_coded",
        by or ("line" if measure in ("abandonment", "service_level") else "topic"),
    )
    grouping = _grouping(by)
    if measure not in MEASURES:
        raise not_among("measure", measure, MEASURES)
    asked = understand(
        start=start,
        end=end,
        line=line,
        topic=topic,
        agent=agent,
        team=team,
        channel=channel,
        by=grouping,
        against="none",
    )
    chosen = Chosen(**{name: asked.arguments[name] for name in ("line", "topic", "agent", "team", "channel")})
    if grouping == "agent" and not by_person():
        raise Unusable("by", no_single_agents())
    refuse_single_agent(chosen.agent)
    if is_unknown(measure, grouping, chosen):
        raise Unusable("by", not_known())
    against = against or (OTHER if against_start or against_end else AGAINST[0])
    if against not in AGAINST:
        raise not_among("against", against, AGAINST)
    if against != OTHER:
        if against_start or against_end:
            raise Unusable("against", dates_without_other())
        return ChangeAsked(asked.period, compared_with(asked.period, against), chosen, grouping, measure)
    first, last = read_date("against_from", against_start), read_date("against_to", against_end)
    try:
        other = check_period(first, last, today=timezone.localdate())
    except UnusablePeriod as error:
        raise Unusable("against_to" if last < first else "against_from", str(error)) from error
    return ChangeAsked(asked.period, other, chosen, grouping, measure)


def _grouping(word: str) -> Grouping:
    for grouping in GROUPINGS:
        if word == grouping:
            return grouping
    raise not_among("by", word, GROUPINGS)


def dates_without_other() -> str:
    """Why two days are refused."""
    return _("Two days to compare with were given: choose “other” as what to compare with, or leave them out.")
