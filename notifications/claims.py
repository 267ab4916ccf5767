"""Command: take a claim in charge. It writes to the customer, so it lives here and not beside the claim."""

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Claim, User
from customers.validators import normalise_phone
from foundation.refusals import Refused
from notifications.kinds import CLAIM_TAKEN_IN_CHARGE
from notifications.services import tell_customer


@transaction.atomic
def take_claim_in_charge(
    claim: Claim, *, adjuster: str, adjuster_phone: str, assessor: str = "", repairer: str = "", by: User
) -> Claim:
    """Record who follows a reported claim, and inform the customer at once: number, people, telephone, legal term.

    Refused when the claim is past that. ValidationError when the telephone is none. The nightly plan of alerts uses the
    same key, so a claim taken in charge here is not announced again (`notifications.deadlines`).
    """
    claim = Claim.objects.select_for_update(of=["self"]).select_related("policy", "customer").get(pk=claim.pk)
    if claim.state != Claim.State.REPORTED:
        raise Refused(_("This claim was taken in charge already."), code="claim_taken_already")
    claim.state = Claim.State.TAKEN_IN_CHARGE
    claim.adjuster, claim.adjuster_phone = adjuster.strip(), normalise_phone(adjuster_phone)
    claim.assessor, claim.repairer = assessor.strip(), repairer.strip()
    claim.full_clean(validate_unique=False, validate_constraints=False)
    claim.save(update_fields=["state", "adjuster", "adjuster_phone", "assessor", "repairer", "updated_at"])
    policy = claim.policy
    tell_customer(
        CLAIM_TAKEN_IN_CHARGE,
        once=f"{CLAIM_TAKEN_IN_CHARGE.code}:{claim.pk}",
        customer=claim.customer,
        words={
            "policy": policy.number,
            "product": policy.product,
            "plate": policy.plate,
            "line": policy.ramo,
            "number": claim.number,
            "occurred_on": claim.occurred_on,
            "adjuster": claim.adjuster,
            "adjuster_phone": claim.adjuster_phone,
            "assessor": claim.assessor,
            "repairer": claim.repairer,
            "kind": claim.kind,
            "signed_by_both": claim.signed_by_both,
            "complete_on": claim.complete_on,
        },
    )
    return claim
