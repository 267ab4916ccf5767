"""Personal data in the demonstration: an erasure to decide, one carried out with what stays, a legal hold, some nights."""

import datetime

from customers import roles
from customers.models import Claim, Consent, Customer, ErasureRequest, LegalHold, ReservedAreaAccount
from customers.models.account import Capacity
from customers.privacy.erasure import due_after
from foundation.models import RetentionRun
from vittoria_care.privacy.erasure import erase, obstacles_of

from .organisation import Organisation
from .people import FEATURED
from .profiles import Plan

WAITING, HELD = FEATURED, FEATURED + 1  # places among the customers: the first who have no sign-in of the printed list
LOOKED_AT = 60  # customers among whom the erased one is looked for
DISPUTE = "Atto di citazione notificato: Tribunale di Milano, risarcimento del danno."
NIGHTS = (
    {"customers.ProofCode": 4, "customers.Enrolment/not-completed": 2},
    {"customers.ProofCode": 3, "notifications.Notice/stranger": 5},
    {"customers.ProofCode": 6, "customers.AccessLog": 11, "complaints.Feedback/opinion": 1},
)


def make_privacy(plan: Plan, organisation: Organisation, customers: list[Customer]) -> None:
    """A request that waits for its decision, one that was granted, a hold over a claim, and the last nights."""
    officer = organisation.staff[roles.DATA_OFFICER]
    enrolled = _enrolled(customers)
    asked_at = plan.as_of - datetime.timedelta(days=12)
    waiting = enrolled[WAITING]
    ErasureRequest.objects.create(
        customer=waiting.customer, asked_by=waiting.user, asked_at=asked_at, due_on=due_after(asked_at.date())
    )
    held = Claim.objects.filter(customer__in=customers[HELD:]).order_by("pk").first()
    if held is not None:
        LegalHold.objects.create(
            customer=held.customer,
            matter=f"customers.Claim:{held.pk}",
            reason=DISPUTE,
            set_by=officer,
            set_at=plan.as_of - datetime.timedelta(days=40),
        )
    for back, numbers in reversed(list(enumerate(NIGHTS, 1))):
        began = (plan.as_of - datetime.timedelta(days=back)).replace(hour=3, minute=40, second=0, microsecond=0)
        counts = {name: {"gone": gone, "files": 0, "held": 0, "held_keys": []} for name, gone in numbers.items()}
        ended = began + datetime.timedelta(seconds=9 + back)
        RetentionRun.objects.create(began_at=began, ended_at=ended, numbers=counts)


def carry_out_one(plan: Plan, organisation: Organisation) -> None:
    """Erase one of the customers for real, once everything is there: their contracts remain until their day."""
    officer = organisation.staff[roles.DATA_OFFICER]
    waiting = ErasureRequest.objects.values("customer")
    held = LegalHold.objects.values("customer")
    candidates = Customer.objects.exclude(pk__in=waiting).exclude(pk__in=held).order_by("code")
    for account in _enrolled(list(candidates[FEATURED : FEATURED + LOOKED_AT])):
        customer = account.customer
        allowed = any(each.event != Consent.Event.WITHDRAWN for each in customer.consents.in_force())
        if allowed or obstacles_of(customer) or not customer.policies.exists():
            continue
        asked_at = plan.as_of - datetime.timedelta(days=50)
        request = ErasureRequest.objects.create(
            customer=account.customer,
            asked_by=account.user,
            asked_at=asked_at,
            due_on=due_after(asked_at.date()),
            state=ErasureRequest.State.GRANTED,
            decided_by=officer,
            decided_at=asked_at + datetime.timedelta(days=9),
        )
        erase(account.customer, request=request, now=plan.as_of)
        return


def _enrolled(customers: list[Customer]) -> list[ReservedAreaAccount]:
    """The accounts by which these customers enter for themselves, in the order of the customers."""
    accounts = ReservedAreaAccount.objects.filter(customer__in=customers, capacity=Capacity.SELF)
    return list(accounts.select_related("customer", "user").order_by("customer__code"))
