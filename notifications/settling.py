"""Commands: the later steps of a claim, of each of which its reporter is informed at once: people, visit, offer, payment, refusal.

The notice has the facts and the key of the nightly plan (`notifications.alerts.events`), so that what is announced here is not
announced again, whether the rule of the event is on or not.
"""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Claim, User
from customers.validators import normalise_phone
from foundation.refusals import Refused
from foundation.text import clean_line, clean_text
from notifications.alerts.events import BY_CODE
from notifications.deadlines import facts_owed
from notifications.kinds import CLAIM_TAKEN_IN_CHARGE
from notifications.models import AlertEvent, Notice
from notifications.services import tell_customer

State = Claim.State
FOLLOWED = (State.TAKEN_IN_CHARGE, State.OFFERED, State.ACCEPTED)


@transaction.atomic
def change_claim_people(
    claim: Claim, *, adjuster: str, adjuster_phone: str, assessor: str = "", repairer: str = "", by: User
) -> Claim:
    """Record who follows a claim from now on, and tell its reporter. Refused where nobody follows it, or nothing changes.

    ValidationError when the telephone is none. One that was never informed who followed it is informed by the nightly plan.
    """
    claim = _locked(claim)
    if claim.state not in FOLLOWED:
        raise Refused(_("Nobody follows this claim now: take it in charge first, or it is over."), code="claim_state")
    before = (claim.adjuster, claim.adjuster_phone, claim.assessor, claim.repairer)
    claim.adjuster, claim.adjuster_phone = clean_line(adjuster), normalise_phone(adjuster_phone)
    claim.assessor, claim.repairer = clean_line(assessor), clean_line(repairer)
    if before == (claim.adjuster, claim.adjuster_phone, claim.assessor, claim.repairer):
        raise Refused(_("These are the people who follow it already."), code="same_people", field="adjuster")
    _save(claim, "adjuster", "adjuster_phone", "assessor", "repairer")
    first_notice = Notice.objects.about(f"{CLAIM_TAKEN_IN_CHARGE.code}:{claim.pk}")
    if first_notice.exclude(state__in=(Notice.State.REFUSED, Notice.State.WITHHELD)).exists():
        _tell(AlertEvent.CLAIM_PEOPLE, claim)
    return claim


@transaction.atomic
def set_claim_visit(claim: Claim, *, visit_on: date, visit_place: str = "", assessor: str = "", by: User) -> Claim:
    """Record on which day the assessor comes, and where, and tell its reporter; what is not known is said to be unknown.

    Refused for a claim that is over, and for a day in the past.
    """
    claim = _locked(claim)
    _refuse_what_is_over(claim)
    if visit_on < timezone.localdate():
        raise Refused(_("The day of the visit is past: enter one to come."), code="past", field="visit_on")
    claim.visit_on, claim.visit_place = visit_on, clean_line(visit_place)
    claim.assessor = clean_line(assessor) or claim.assessor
    _save(claim, "visit_on", "visit_place", "assessor")
    _tell(AlertEvent.CLAIM_VISIT, claim)
    return claim


@transaction.atomic
def record_claim_offer(claim: Claim, *, offered_on: date, amount: Decimal, by: User) -> Claim:
    """Record what was offered, and tell its reporter, with the steps that were skipped. Refused for a claim that is over or
    accepted, and for a day ahead or before the loss.
    """
    claim = _locked(claim)
    if claim.state not in (State.REPORTED, State.TAKEN_IN_CHARGE, State.OFFERED):
        raise Refused(_("This claim is over, or the offer was accepted already."), code="claim_state")
    _refuse_day(claim, offered_on, field="offered_on")
    claim.state, claim.offered_on, claim.offered_amount = State.OFFERED, offered_on, amount
    _save(claim, "state", "offered_on", "offered_amount")
    _tell(AlertEvent.CLAIM_OFFERED, claim)
    return claim


@transaction.atomic
def record_claim_payment(claim: Claim, *, paid_on: date, amount: Decimal, by: User) -> Claim:
    """Record what was paid, which closes the claim, and tell its reporter. Refused for a claim that is over."""
    claim = _locked(claim)
    _refuse_what_is_over(claim)
    _refuse_day(claim, paid_on, field="paid_on")
    claim.state, claim.paid_on, claim.paid_amount = State.PAID, paid_on, amount
    _save(claim, "state", "paid_on", "paid_amount")
    _tell(AlertEvent.CLAIM_PAID, claim)
    return claim


@transaction.atomic
def refuse_claim(claim: Claim, *, refused_on: date, reason: str, by: User) -> Claim:
    """Record that a claim is refused, with the reason that its reporter reads, and tell them how to complain.

    Refused for a claim that is over.
    """
    claim = _locked(claim)
    _refuse_what_is_over(claim)
    _refuse_day(claim, refused_on, field="refused_on")
    claim.state, claim.offered_on, claim.refusal_reason = State.REFUSED, refused_on, clean_text(reason)
    _save(claim, "state", "offered_on", "refusal_reason")
    _tell(AlertEvent.CLAIM_REFUSED, claim)
    return claim


def _locked(claim: Claim) -> Claim:
    return Claim.objects.select_for_update(of=["self"]).select_related("policy", "customer").get(pk=claim.pk)


def _save(claim: Claim, *changed: str) -> None:
    claim.full_clean(validate_unique=False, validate_constraints=False)
    claim.save(update_fields=[*changed, "updated_at"])


def _refuse_what_is_over(claim: Claim) -> None:
    if claim.state not in Claim.OPEN_STATES:
        raise Refused(_("This claim is over."), code="claim_over")


def _refuse_day(claim: Claim, day: date, *, field: str) -> None:
    if day > timezone.localdate():
        raise Refused(_("The day is ahead of us: record it when it has happened."), code="future", field=field)
    if day < claim.occurred_on:
        raise Refused(_("The day is before the loss happened."), code="before", field=field)


def _tell(event: AlertEvent, claim: Claim) -> None:
    """Tell the claim's reporter of the event, with the facts and by the key that the nightly plan would use."""
    found = BY_CODE[event]
    for about, words in facts_owed(found, [claim.pk], timezone.now()).items():
        kind = found.kinds[0]
        tell_customer(kind, once=f"{kind.code}:{about}", words=words, customer=claim.customer)
