"""Commands of who supervises: give out the open contacts of an agent who is absent, put an end to a state that was forgotten."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.agents.board import by_person
from contact_center.agents.states import end_state
from contact_center.contacts import commands as contacts
from contact_center.models import Agent, AgentState, Contact, EndedState, Mention, Message, Team
from contact_center.models.agent_state import Reported, Telephone
from customers.models import User
from foundation.refusals import Refused
from foundation.text import clean_text

MOST = 200  # contacts that are given out at once
LONGEST = 500  # characters of a reason


def supervises(user: User, agent: Agent) -> bool:
    """Whether the agent works in a team that the user supervises."""
    return agent.team_id is not None and Team.objects.supervised_by(user).filter(pk=agent.team_id).exists()


def open_of(agent: Agent, user: User) -> QuerySet[Contact]:
    """The open contacts that the agent owns, as far as the user sees them, the nearest due first."""
    return Contact.objects.visible_to(user).open().filter(owner=agent).order_by("due_at", "pk")


@dataclass(frozen=True)
class Given:
    """How many contacts moved, and how many are still the agent's."""

    moved: int
    left: int


@transaction.atomic
def give_out(agent: Agent, *, to: Agent | None, reason: str, by: User) -> Given:
    """Give the open contacts of an agent to another of the teams that one supervises, or (`to` None) back to their queue.

    Each contact keeps an event and a note with the reason, which mentions both agents. MOST at a time; what the agent closes
    meanwhile is left alone. Refused for an agent whom one does not supervise, for the same agent, for one who does not
    answer any more, and without a reason.
    """
    if not supervises(by, agent):
        raise Refused(_("You do not supervise this agent's team."), code="not_supervised")
    if to is not None and (to.pk == agent.pk or not supervises(by, to)):
        raise Refused(_("Choose another agent of a team that you supervise."), code="not_to_this_agent", field="to")
    if to is not None and (not to.is_active or to.user_id is None):
        raise Refused(_("%(name)s does not answer any more.") % {"name": to}, code="agent_not_active", field="to")
    reason = cleaned_reason(reason)
    moved = 0
    nearest = list(open_of(agent, by).values_list("pk", flat=True)[:MOST])
    # Locked in the order of their ids, as everybody does who locks several; what was closed or given away meanwhile is left out.
    theirs = Contact.objects.open().filter(pk__in=nearest, owner=agent).order_by("pk").select_for_update(of=("self",))
    for contact in list(theirs):
        contact = contacts.assign(contact, to=to, by=by) if to else contacts.release(contact, by=by)
        note = Message.objects.create(contact=contact, direction=Message.Direction.NOTE, author=by, text=reason)
        informed = [each for each in (agent, to) if each is not None and each.user_id not in (None, by.pk)]
        Mention.objects.bulk_create(Mention(message=note, agent=each) for each in informed)
        moved += 1
    return Given(moved, open_of(agent, by).count())


def cleaned_reason(reason: str) -> str:
    """The reason without what nobody sees; Refused where nothing is left, or too much."""
    reason = clean_text(reason)
    if not reason:
        raise Refused(_("Write the reason: the agents read it."), code="no_reason", field="reason")
    if len(reason) > LONGEST:
        raise Refused(
            _("A reason has %(most)d characters at most: shorten it.") % {"most": LONGEST},
            code="too_long",
            field="reason",
        )
    return reason


@transaction.atomic
def end_forgotten_state(agent: Agent, *, seen_since: datetime, reason: str, by: User) -> EndedState:
    """Put an agent off duty who went without reporting it; who did it and why is kept, and the agent reads it.

    `seen_since` is when the state that was seen began. Refused without the agreement by which single people may be
    watched, for an agent whom one does not supervise, during a call, and where the state is another meanwhile.
    """
    if not by_person():
        raise Refused(_("Single people are shown by an agreement alone (art. 4 l. 300/1970)."), code="no_agreement")
    if not supervises(by, agent) or agent.user_id == by.pk:
        raise Refused(_("You do not supervise this agent's team."), code="not_supervised")
    reason = cleaned_reason(reason)
    Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)
    current = AgentState.objects.open().filter(agent=agent).first()
    if current is None or current.state == Reported.OFF or current.began_at != seen_since:
        raise Refused(_("The state is another meanwhile: look at it again."), code="another_state")
    if current.call_state == Telephone.ON_CALL:
        raise Refused(
            _("The agent is on a call. A call whose end was lost is closed by itself, with the state."),
            code="on_a_call",
        )
    ended = EndedState.objects.create(
        agent=agent, state=current.state, began_at=current.began_at, reason=reason, by=by, at=timezone.now()
    )
    end_state(agent)
    return ended
