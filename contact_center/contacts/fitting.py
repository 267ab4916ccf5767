"""Query: which waiting contacts an agent may be given, how many are left for others, and which nobody on duty can take."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contact_center.models import (
    Agent,
    AgentLine,
    AgentSkill,
    AgentState,
    CallBack,
    Contact,
    Language,
    Skill,
    Team,
    TollFreeLine,
    Topic,
)
from contact_center.models.agent_state import Reported
from contact_center.models.contact import ContactQuerySet
from contact_center.models.serving import Asks, Lack, LineAsks, Serves, Waiting, lacks
from foundation.written_once import WrittenOnce


def _agents(*pks: int) -> QuerySet:
    lines = AgentLine.objects.filter(agent=OuterRef("pk")).order_by().values("line")
    skills = AgentSkill.objects.filter(agent=OuterRef("pk")).order_by().values("skill")
    rows = Agent.objects.filter(pk__in=pks).order_by()
    return rows.values_list("pk", "team", "team__level", ArraySubquery(lines), ArraySubquery(skills), "languages")


_ONE_AGENT = WrittenOnce(_agents, -1)


def serves_of(agents: Iterable[int]) -> dict[int, Serves]:
    """What these agents serve, by agent. One query."""
    pks = set(agents)
    rows = _ONE_AGENT.rows(*pks) if len(pks) == 1 else _agents(*pks)
    return {
        pk: Serves(team, level, frozenset(of_lines), frozenset(of_skills), frozenset(languages))
        for pk, team, level, of_lines, of_skills, languages in rows
    }


def _lines() -> QuerySet:
    teams = TollFreeLine.teams.through.objects.filter(tollfreeline=OuterRef("pk")).values("team")
    return TollFreeLine.objects.order_by().values_list("pk", ArraySubquery(teams), "needs_skill", "language")


def _topics() -> QuerySet:
    return Topic.objects.filter(needs_skill__isnull=False).order_by().values_list("pk", "needs_skill")


_LINES, _TOPICS = WrittenOnce(_lines), WrittenOnce(_topics)


def asks_now() -> Asks:
    """What the lines and the topics ask of the person who takes their contacts. Two short queries."""
    lines = {pk: LineAsks(frozenset(of_teams), skill, language) for pk, of_teams, skill, language in _LINES.rows()}
    return Asks({pk: each for pk, each in lines.items() if each != LineAsks()}, dict(_TOPICS.rows()))


def waiting() -> ContactQuerySet:
    """The contacts that somebody may take now: nobody's, and no call-back before its hour."""
    too_soon = CallBack.objects.booked().filter(contact=OuterRef("pk"), starts_at__gt=timezone.now())
    return Contact.objects.filter(~Exists(too_soon), state=Contact.State.OPEN, owner__isnull=True)


def in_turn(agent: Agent, contacts: ContactQuerySet) -> Iterator[ContactQuerySet]:
    """The contacts where the agent looks first, and where they help then: the other teams of the first level."""
    team = agent.team
    if team is None:
        yield contacts
    elif team.level == 2:
        yield contacts.filter(team=team)
    else:
        yield contacts.filter(Q(team=team) | Q(team=None))
        # By their ids, asked only when it comes to them: of a subquery the planner does not know that these teams have few.
        others = Team.objects.filter(level=1).exclude(pk=team.pk).order_by().values_list("pk", flat=True)
        yield contacts.filter(team__in=list(others))


def left_for_others(agent: Agent, *, most: int) -> int:
    """How many contacts wait where the agent would look and ask for what the agent lacks; counted up to `most`."""
    serves, asks, count = serves_of([agent.pk])[agent.pk], asks_now(), 0
    for contacts in in_turn(agent, waiting()):
        suited = contacts.that_suit(serves, asks).order_by().values("pk")
        count += contacts.exclude(pk__in=suited).order_by()[:most].count()
    return min(count, most)


# --- What nobody on duty can take -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Unserved:
    """So many waiting contacts that are alike, and what the people on duty lack for them, in words."""

    contact: Waiting
    number: int
    why: tuple[str, ...]

    @property
    def condition(self) -> Q:
        """Which contacts these are, of a queryset that has their language (`in_known_language`)."""
        alike = self.contact
        return Q(team=alike.team, line=alike.line, topic=alike.topic, language=alike.language)


def on_duty() -> list[int]:
    """The agents who are on duty now."""
    states = AgentState.objects.open().exclude(state=Reported.OFF).filter(agent__is_active=True)
    return list(states.order_by().values_list("agent", flat=True))


def unserved() -> list[Unserved]:
    """The waiting contacts that nobody on duty can take, those alike together, most first.

    Nothing while nobody is on duty: then all of them wait, and no skill would change it. Seven queries at most, however many
    contacts and agents there are.
    """
    people = set(serves_of(on_duty()).values())
    if not people:
        return []
    asks = asks_now()
    facts = ("team", "team__level", "line", "topic", "language")
    alike = waiting().in_known_language().order_by().values_list(*facts).annotate(how_many=Count("pk"))
    found = []
    for *known, number in alike:
        contact = Waiting(*known)
        least = min((lacks(serves, contact, asks) for serves in people), key=len)
        if least:
            found.append((contact, number, least))
    names = _names(found, asks)
    rows = [Unserved(contact, many, _words(contact, least, asks, names)) for contact, many, least in found]
    return sorted(rows, key=lambda each: -each.number)


def that_nobody_can_take(contacts: ContactQuerySet) -> ContactQuerySet:
    """Those of the contacts that nobody on duty can take."""
    groups = unserved()
    if not groups:
        return contacts.none()
    condition = Q()
    for each in groups:
        condition |= each.condition
    return contacts.filter(pk__in=waiting().in_known_language().filter(condition).order_by().values("pk"))


Names = dict[tuple[Lack, int], str]


def _names(found: Sequence[tuple[Waiting, int, frozenset[Lack]]], asks: Asks) -> Names:
    """The names of the teams, lines and skills that are lacking."""
    wanted = {Lack.TEAM: set[int](), Lack.LINE: set[int](), Lack.SKILL: set[int]()}
    for contact, _number, least in found:
        if Lack.TEAM in least:
            wanted[Lack.TEAM] |= _teams(contact, asks)
        if Lack.LINE in least and contact.line is not None:
            wanted[Lack.LINE].add(contact.line)
        if Lack.SKILL in least:
            wanted[Lack.SKILL] |= asks.skills_of(contact.line, contact.topic)
    models: dict[Lack, type[Team] | type[TollFreeLine] | type[Skill]]
    models = {Lack.TEAM: Team, Lack.LINE: TollFreeLine, Lack.SKILL: Skill}
    return {
        (lack, row.pk): row.shown_name
        for lack, pks in wanted.items()
        if pks
        for row in models[lack]._default_manager.filter(pk__in=pks)
    }


def _teams(contact: Waiting, asks: Asks) -> set[int]:
    """The teams of which one would have to be there: those of its line while it is with the first level, else its own."""
    line = asks.lines.get(contact.line or 0, LineAsks())
    if contact.team is not None and (contact.level == 2 or not line.teams):
        return {contact.team}
    return set(line.teams)


def _words(contact: Waiting, least: frozenset[Lack], asks: Asks, names: Names) -> tuple[str, ...]:
    needs = []
    for lack, pks in (
        (Lack.TEAM, _teams(contact, asks)),
        (Lack.LINE, {contact.line or 0}),
        (Lack.SKILL, asks.skills_of(contact.line, contact.topic)),
    ):
        if lack in least:
            needs += [_NEEDS[lack](name) for name in sorted(names[lack, pk] for pk in pks if (lack, pk) in names)]
    if Lack.LANGUAGE in least:
        needs.append(_("in %(language)s") % {"language": _written(Language(contact.language))})
    return tuple(needs)


def _written(language: Language) -> str:
    """The name of a language inside a sentence: Italian writes it small."""
    name = str(language.label)
    return name.lower() if (get_language() or "").startswith("it") else name


_NEEDS = {
    Lack.TEAM: lambda name: _("for the team %(team)s") % {"team": name},
    Lack.LINE: lambda name: _("of the line %(line)s") % {"line": name},
    Lack.SKILL: lambda name: _("with the skill %(skill)s") % {"skill": name},
}
