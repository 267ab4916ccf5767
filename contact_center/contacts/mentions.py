"""Mentions: `@` and a colleague's name or code in a note. They find the contact in a tab of their queue until they have opened it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.models import Agent, Contact, Mention, Message
from customers.models import User
from foundation.refusals import Refused

MOST_SUGGESTED = 8
MOST_MENTIONED = 10  # in one note
SEES_CONTACTS = "contact_center.view_contact"
# An @ that begins a word: in the middle of one it is an e-mail address.
_AT = re.compile(r"(?<![\w.@])@(?=\w)")


@dataclass(frozen=True)
class Called:
    """Somebody who can be mentioned: by their code, and by their name."""

    pk: int
    code: str
    name: str


def mentioned_in(text: str, people: Iterable[Called]) -> list[frozenset[int]]:
    """Rule: for each @ that names somebody, in the order of the text, the ids of those so called.

    A code or a name counts whole, without regard to capitals, and the longest that fits is taken; several people of one name
    are all in the set. An @ that names nobody is left out.
    """
    called: dict[str, set[int]] = {}
    for each in people:
        for word in (each.code, each.name):
            if word.strip():
                called.setdefault(word.strip().casefold(), set()).add(each.pk)
    words = sorted(called, key=len, reverse=True)
    folded = text.casefold() if len(text.casefold()) == len(text) else text.lower()
    found = []
    for at in _AT.finditer(folded):
        for word in words:
            end = at.end() + len(word)
            if folded.startswith(word, at.end()) and not re.match(r"\w", folded[end : end + 1]):
                found.append(frozenset(called[word]))
                break
    return list(dict.fromkeys(found))


def reachable_agents() -> QuerySet[Agent]:
    """Those who answer now and sign in: whoever else is mentioned would never see it."""
    return Agent.objects.filter(is_active=True, user__is_active=True)


def agents_called(begun: str) -> list[Agent]:
    """The agents whose name or code begins as somebody types it, a few at most; for completing a mention."""
    begun = begun.strip()
    by_name = reachable_agents().filter(name__istartswith=begun) | reachable_agents().filter(code__istartswith=begun)
    by_word = reachable_agents().filter(name__icontains=f" {begun}")
    return list((by_name | by_word).select_related("team").distinct()[:MOST_SUGGESTED])


@transaction.atomic
def note_mentions(message: Message, *, by: User) -> list[Agent]:
    """Write whom a note mentions, and return them. Its writer is left out.

    Refused for a name that several have, for a colleague who may not see the contact, and beyond MOST_MENTIONED.
    """
    if "@" not in message.text:
        return []
    agents = {each.pk: each for each in reachable_agents().select_related("user")}
    found = mentioned_in(message.text, (Called(each.pk, each.code, each.name) for each in agents.values()))
    wanted: dict[int, Agent] = {}
    for same in found:
        if len(same) > 1:
            names = ", ".join(sorted(agents[pk].code for pk in same))
            raise Refused(
                _("Several colleagues are called %(name)s: write the code after the @ (%(codes)s).")
                % {"name": agents[min(same)].name, "codes": names},
                code="name_of_several",
                field="text",
            )
        wanted |= {pk: agents[pk] for pk in same if agents[pk].user_id != by.pk}
    if len(wanted) > MOST_MENTIONED:
        raise Refused(
            _("A note mentions %(most)d colleagues at most.") % {"most": MOST_MENTIONED},
            code="too_many_mentioned",
            field="text",
        )
    for each in wanted.values():
        _refuse_out_of_reach(message.contact, each)
    Mention.objects.bulk_create(Mention(message=message, agent=each) for each in wanted.values())
    return list(wanted.values())


def _refuse_out_of_reach(contact: Contact, agent: Agent) -> None:
    user = agent.user
    assert user is not None, "those who are mentioned sign in"
    if not (user.has_perm(SEES_CONTACTS) and Contact.objects.visible_to(user).filter(pk=contact.pk).exists()):
        raise Refused(
            _("%(name)s may not see this contact: take the mention out, or assign it to somebody who may.")
            % {"name": agent.name},
            code="may_not_see",
            field="text",
        )


def see_mentions(contact: Contact, agent: Agent) -> list[Mention]:
    """Note that the agent has opened the contact, and return what they had not seen until now, with its note and writer."""
    unseen = Mention.objects.unseen_by(agent).filter(message__contact=contact).select_related("message__author")
    found = list(unseen.order_by("pk"))
    Mention.objects.filter(pk__in=[each.pk for each in found], seen_at__isnull=True).update(seen_at=timezone.now())
    return found
