"""Command: do the same to many contacts, each by its own command and with its own event; or rehearse it, and change nothing.

A contact to which it cannot be done is left whole and named with the reason; the others are done all the same.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from contact_center.contacts.moves import locked, move_contact, save_with_event
from contact_center.models import Contact, ContactEvent, Team
from customers.models import User
from customers.sensitive.restricted import closed_to
from foundation.refusals import Refused

MOST = 500  # contacts at once

Step = Callable[[Contact], object]  # one command, given everything but the contact


@dataclass(frozen=True)
class Outcome:
    """What was done, or would be: the numbers of the contacts, and those left as they are by the reason."""

    done: Sequence[str]
    refused: dict[str, list[str]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many contacts were chosen."""
        return len(self.done) + self.refused_count

    @property
    def refused_count(self) -> int:
        """How many are left as they are."""
        return sum(len(numbers) for numbers in self.refused.values())


class _Rehearsed(Exception):
    """Takes back what a rehearsal did."""


@transaction.atomic
def do_to_many(ids: Sequence[int], step: Step, *, by: User) -> Outcome:
    """Carry out the step for these contacts, as far as the user reaches, in the order of their ids.

    Each is done whole or not at all. Refused for none, and for more than MOST.
    """
    wanted = sorted(set(ids))
    if not wanted:
        raise Refused(_("Choose at least one contact."), code="none_chosen")
    if len(wanted) > MOST:
        raise Refused(
            _("At most %(most)d contacts at once: narrow the view.") % {"most": MOST}, code="too_many_chosen"
        )
    found = Contact.objects.visible_to(by).filter(pk__in=wanted).order_by("pk")
    rows = list(found.only("pk", "customer_id"))
    shut = closed_to(by, [row.customer_id for row in rows])
    done: list[str] = []
    refused: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.customer_id in shut:
            refused[_("the file asks for a reason before it is opened")].append(row.number)
            continue
        try:
            with transaction.atomic():
                step(row)
        except Refused as refusal:
            refused[_without(str(refusal), row.number)].append(row.number)
        else:
            done.append(row.number)
    return Outcome(done, dict(refused))


def rehearse(ids: Sequence[int], step: Step, *, by: User) -> Outcome:
    """What `do_to_many` would do now: it is done, and taken back whole. Nothing that waits for the commit is sent."""
    outcome: list[Outcome] = []
    try:
        with transaction.atomic():
            outcome.append(do_to_many(ids, step, by=by))
            raise _Rehearsed
    except _Rehearsed:
        return outcome[0]


def _without(reason: str, number: str) -> str:
    """The reason without the number that it begins with, so that the contacts of one reason stand together."""
    return reason.removeprefix(number).strip(" :").rstrip(".")


@transaction.atomic
def pass_to_team(contact: Contact, *, team: Team, by: User) -> Contact:
    """Put an open contact into the queue of another team of its own level, for whoever takes it next there.

    Refused for a team that does not answer any more, has it already, or is of the other level: to escalate and to send back
    are commands of their own, which the figures count.
    """
    contact = locked(contact)
    if contact.state == Contact.State.CLOSED:
        raise Refused(_("%(number)s is closed: reopen it first.") % {"number": contact.number}, code="closed")
    if not team.is_active:
        raise Refused(_("%(team)s does not answer any more.") % {"team": team}, code="team_not_active", field="team")
    if team.level != contact.level:
        raise Refused(
            _("%(number)s is of another level than %(team)s: escalate it, or send it back.")
            % {"number": contact.number, "team": team},
            code="other_level",
            field="team",
        )
    if contact.team_id == team.pk:
        raise Refused(_("%(team)s has it already.") % {"team": team}, code="has_it_already", field="team")
    came_from = contact.team.code if contact.team else ""
    if contact.state == Contact.State.IN_PROGRESS:
        move_contact(contact, to=Contact.State.OPEN)
    contact.team, contact.owner = team, None
    save_with_event(contact, ContactEvent.Kind.RELEASED, by=by, team=team.code, from_team=came_from)
    return contact
