"""Rule: what a caller is probably calling about, and why we think so; and what a text is about. Plain values in and out."""

from collections.abc import Iterable
from dataclasses import dataclass

from contact_center.models import Topic
from foundation.text import fold

RECENT_DAYS = 7  # within which people come back about the same thing
DUE_DAYS = 15  # before a due date, and 30 after, people call about it
OVERDUE_DAYS = 30
EXPIRY_DAYS = 30


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known when the call arrives. Days are counted from today; a negative one has passed; None is unknown."""

    line: str = ""
    about_claim: bool = False  # it was reported in the call, or the agent joined the call to it
    open_claims: int = 0
    last_topic: str = ""
    last_days_ago: int | None = None
    due_in_days: int | None = None
    expires_in_days: int | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An area, or a topic by its code; `why` is a word for the sentence that the agent reads."""

    why: str
    area: str = ""
    topic: str = ""


def suggestion(signs: Signs) -> Suggestion | None:
    """The first of these that holds, the surest first; None when nothing points anywhere.

    A claim that the call is about; the claims line and an open claim; the same as a few days ago; an instalment due about now; a policy about to
    expire; an open claim whatever the line; the line alone, where it says what people call it for.
    """
    if signs.about_claim:
        return Suggestion("about_claim", area=Topic.Area.CLAIMS)
    claims_line = signs.line == "claims"
    if claims_line and signs.open_claims:
        return Suggestion("claims_line_and_claim", area=Topic.Area.CLAIMS)
    if signs.last_topic and signs.last_days_ago is not None and signs.last_days_ago <= RECENT_DAYS:
        return Suggestion("same_as_before", topic=signs.last_topic)
    if signs.due_in_days is not None and -OVERDUE_DAYS <= signs.due_in_days <= DUE_DAYS:
        return Suggestion("instalment_due", area=Topic.Area.PAYMENTS)
    if signs.expires_in_days is not None and 0 <= signs.expires_in_days <= EXPIRY_DAYS:
        return Suggestion("policy_expires", area=Topic.Area.POLICIES)
    if signs.open_claims:
        return Suggestion("open_claim", area=Topic.Area.CLAIMS)
    if claims_line:
        return Suggestion("claims_line", area=Topic.Area.CLAIMS)
    return None


SHORTEST_WORD = 4  # letters: "per", "di" and "con" say nothing
STEM = 6  # letters by which a word is recognised: polizza and polizze are one


def topic_named_in(text: str, topics: Iterable[tuple[int, str]]) -> int | None:
    """The key of the topic whose name the text has most of; None when it has less than half of any, or of several alike."""
    words, found = _stems(text), []
    for key, name in topics:
        stems = _stems(name)
        shared = len(stems & words)
        if stems and 2 * shared >= len(stems):
            found.append((shared, shared / len(stems), key))
    found.sort(reverse=True)
    if not found or (len(found) > 1 and found[0][:2] == found[1][:2]):
        return None
    return found[0][2]


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in fold(text).split() if len(word) >= SHORTEST_WORD}
