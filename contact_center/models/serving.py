"""Rule: what an agent serves, what a contact asks of the person who takes it, and what of it the agent lacks.

Plain values: `contact_center.contacts.fitting` reads them, and `ContactQuerySet.that_suit` asks the same of the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Lack(StrEnum):
    """What keeps an agent from a contact."""

    TEAM = "team"
    LINE = "line"
    SKILL = "skill"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Serves:
    """What an agent serves. No team, no lines or no languages recorded: any of them; no skills recorded: none."""

    team: int | None = None
    level: int | None = None  # of the team
    lines: frozenset[int] = frozenset()
    skills: frozenset[int] = frozenset()
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LineAsks:
    """What a line asks: to be of one of its teams (none: any), to have its skill, to speak its language."""

    teams: frozenset[int] = frozenset()
    skill: int | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Asks:
    """What the lines ask, by line, and the skill that a topic asks, by topic; what asks nothing is left out."""

    lines: Mapping[int, LineAsks] = field(default_factory=dict)
    topics: Mapping[int, int] = field(default_factory=dict)

    def skills_of(self, line: int | None, topic: int | None) -> set[int]:
        """The skills that a contact of the line and the topic asks."""
        of_line = self.lines.get(line or 0, LineAsks()).skill
        return {skill for skill in (of_line, self.topics.get(topic or 0)) if skill is not None}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is to be known of a contact that waits. `language` is the line's, the writer's, or empty: not known."""

    team: int | None = None
    level: int | None = None  # of the team
    line: int | None = None
    topic: int | None = None
    language: str = ""


def lacks(serves: Serves, contact: Waiting, asks: Asks) -> frozenset[Lack]:
    """What the agent lacks for the contact; nothing: it may be theirs."""
    line = asks.lines.get(contact.line or 0, LineAsks())
    found = set()
    if _is_of_others(serves, contact) or (
        line.teams and serves.team not in line.teams and (serves.team is None or serves.team != contact.team)
    ):
        found.add(Lack.TEAM)
    if contact.line is not None and serves.lines and contact.line not in serves.lines:
        found.add(Lack.LINE)
    if asks.skills_of(contact.line, contact.topic) - serves.skills:
        found.add(Lack.SKILL)
    if contact.language and serves.languages and contact.language not in serves.languages:
        found.add(Lack.LANGUAGE)
    return frozenset(found)


def _is_of_others(serves: Serves, contact: Waiting) -> bool:
    """A second level has what was handed to it alone; the first level what any of its teams has, or none."""
    if serves.team is None:
        return False
    if serves.level == 2:
        return contact.team != serves.team
    return contact.team is not None and contact.level != 1
