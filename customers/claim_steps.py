"""Rule: the steps of a claim as the person who reported it sees them, with the days the law sets. No clock, no database."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.claim_terms import offer_due_on, payment_due_on
from customers.models import Claim
from customers.rami import MOTOR_LIABILITY


@dataclass(frozen=True)
class Step:
    """One step: done on a day, or to be done by one where the law sets it, or neither."""

    name: Any
    is_done: bool
    on: date | None = None
    by: date | None = None
    is_now: bool = False


def answer_due_on(claim: Claim) -> date | None:
    """By when an offer or a reasoned refusal is owed (art. 148 CAP: motor liability, from the complete file), if it is."""
    if claim.policy.ramo != MOTOR_LIABILITY or claim.complete_on is None or claim.offered_on is not None:
        return None
    if claim.state not in Claim.OPEN_STATES:
        return None
    return offer_due_on(claim.complete_on, kind=claim.kind, signed_by_both=claim.signed_by_both)


def money_due_on(claim: Claim) -> date | None:
    """By when what was accepted is owed (art. 148 CAP: motor liability, from the acceptance), if it is."""
    if claim.policy.ramo != MOTOR_LIABILITY or claim.accepted_on is None or claim.state not in Claim.OPEN_STATES:
        return None
    return payment_due_on(claim.accepted_on)


def steps_of(claim: Claim) -> list[Step]:
    """The steps in order; the first that is not done is the one under way, unless the claim is over."""
    State = Claim.State
    taken = claim.state != State.REPORTED
    steps = [
        Step(_("Reported"), True, claim.reported_on),
        Step(_("Taken in charge"), taken),
        Step(_("File complete"), claim.complete_on is not None or claim.offered_on is not None, claim.complete_on),
    ]
    if claim.state == State.REFUSED:
        return [*steps, Step(_("Refused, with the reasons"), True, claim.offered_on)]
    if claim.state == State.CLOSED:
        return [*steps, Step(_("Closed without payment"), True)]
    paid = claim.state == State.PAID
    offered = claim.offered_on is not None or claim.state in (State.OFFERED, State.ACCEPTED, State.PAID)
    accepted = claim.accepted_on is not None or claim.state in (State.ACCEPTED, State.PAID)
    steps += [
        Step(_("Offer, or refusal with the reasons"), offered, claim.offered_on, answer_due_on(claim)),
        Step(_("Offer accepted"), accepted, claim.accepted_on),
        Step(_("Paid"), paid, claim.paid_on, money_due_on(claim)),
    ]
    done = [step.is_done for step in steps]
    current = done.index(False) if False in done else None
    return [
        Step(step.name, step.is_done, step.on, step.by, is_now=place == current) for place, step in enumerate(steps)
    ]
