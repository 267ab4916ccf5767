"""What the command and the API are asked for, in words, made into what `figures()` takes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.agents.board import by_person
from contact_center.models import Agent, Contact, Team, TollFreeLine, Topic

from .period import Period, UnusablePeriod, check_period
from .query import BY, EVENTS, WITHOUT, Chosen, CutsCombined

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# A refusal names this many of the codes there are.
NAMED = 20


class Unusable(ValueError):
    """What was asked cannot be answered. `name` is the argument at fault, the text a sentence for the person."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


@dataclass(frozen=True, slots=True)
class Asked:
    """A period and what to choose and group by, ready for `figures(asked.period, **asked.arguments)`."""

    period: Period
    arguments: dict[str, Any]


def understand(
    *,
    start: str,
    end: str,
    line: str = "",
    topic: str = "",
    agent: str = "",
    team: str = "",
    channel: str = "",
    events: str = "",
    by: str = "",
    against: str = "previous-year",
) -> Asked:
    """Read dates (YYYY-MM-DD), codes and words; Unusable names the first that cannot be read or does not exist."""
    first, last = read_date("from", start), read_date("to", end)
    try:
        period = check_period(first, last, today=timezone.localdate())
    except UnusablePeriod as error:
        raise Unusable("to" if last < first else "from", str(error)) from error
    chosen = Chosen(
        line=_by_code("line", TollFreeLine, line),
        topic=_by_code("topic", Topic, topic),
        agent=_by_code("agent", Agent, agent),
        team=_by_code("team", Team, team),
        channel=_one_of("channel", channel, Contact.Channel.values),
        events=_one_of("events", events, EVENTS),
    )
    group = _one_of("by", by, BY)
    try:
        chosen.cut_for(group)
    except CutsCombined as error:
        raise Unusable("by" if group in ("topic", "agent", "team", "half-hour") else "topic", str(error)) from error
    compared = _one_of("against", against, ("previous-year", "none"))
    return Asked(
        period,
        {
            "line": chosen.line,
            "topic": chosen.topic,
            "agent": chosen.agent,
            "team": chosen.team,
            "channel": chosen.channel,
            "events": chosen.events,
            "by": group,
            "against": None if compared in (None, "none") else compared,
        },
    )


def read_date(name: str, text: str) -> date:
    """The date of a text such as 2019-12-31; Unusable for anything else."""
    try:
        if not _DAY.fullmatch(text):  # a week and its day, 2021-W09-1, would be a date too
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        raise Unusable(
            name, _("“%(text)s” is not a date: write it as YYYY-MM-DD, such as 2019-12-31.") % {"text": text[:40]}
        ) from error


def _by_code(name: str, model: type[models.Model], code: str) -> Any:
    if not code:
        return None
    if code == WITHOUT.code:
        return WITHOUT
    if (found := model._default_manager.filter(code=code).first()) is not None:
        return found
    known = list(model._default_manager.order_by("code").values_list("code", flat=True)[: NAMED + 1])
    names = ", ".join(known[:NAMED]) + (", …" if len(known) > NAMED else "")
    sentence = {
        "line": _("There is no line “%(code)s”. There are: %(known)s."),
        "topic": _("There is no topic “%(code)s”. There are: %(known)s."),
        "agent": _("There is no agent “%(code)s”. There are: %(known)s."),
        "team": _("There is no team “%(code)s”. There are: %(known)s."),
    }[name]
    raise Unusable(name, sentence % {"code": code[:60], "known": names or "–"})


def _one_of(name: str, word: str, known: Any) -> Any:
    if not word:
        return None
    if word in known:
        return word
    raise not_among(name, word, known)


def not_among(name: str, word: str, known: Iterable[str]) -> Unusable:
    """That a word is none of those that an argument can be, to be raised."""
    sentence = _("“%(word)s” is no value of “%(name)s”. It can be: %(known)s.")
    return Unusable(name, sentence % {"word": word[:60], "name": name, "known": ", ".join(known)})


def refuse_single_agent(agent: Any) -> None:
    """Unusable for a chosen agent where no agreement allows figures of single people (art. 4 l. 300/1970)."""
    if agent not in (None, WITHOUT) and not by_person():
        raise Unusable("agent", no_single_agents())


def no_single_agents() -> str:
    """Why nothing is shown of single agents."""
    return _("Figures of single agents are not shown here: no agreement allows it. Choose the teams instead.")
