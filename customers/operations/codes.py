"""Commands: a code that shows that a customer answers from a new number or address. Only its digest is kept.

A code lasts PROOF_CODE_MINUTES, is used once, and survives five wrong tries. How many are sent in an hour is counted for
the customer and for the address, whoever asks: nobody's telephone is filled from here.
"""

import secrets
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from customers.models import Customer, ProofCode, User
from customers.models.proof_code import MOST_TRIES
from foundation.refusals import Refused

DIGITS = 6


def digest_of(key: uuid.UUID, code: str) -> str:
    """What is stored of a code: it cannot be found by trying all million without our key."""
    return salted_hmac("customers.operations.codes", f"{key}:{code}", algorithm="sha256").hexdigest()


@transaction.atomic
def make_code(
    *,
    kind: str,
    value: str,
    facts: Mapping[str, Any],
    key: uuid.UUID,
    customer: Customer,
    by: User,
    point: int | None = None,
) -> tuple[ProofCode, str]:
    """A code for the number or address, and the code itself, to be sent there and kept nowhere else.

    `point` is the id of the contact point that it verifies, where a colleague has it sent. The same `key` again gives the row that is there and no code. Refused where too many were sent in the last hour.
    """
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    before = ProofCode.objects.filter(key=key, customer=customer).first()
    if before is not None:
        return before, ""
    now = timezone.now()
    lately = ProofCode.objects.filter(created_at__gt=now - timedelta(hours=1))
    most = settings.PROOF_CODES_PER_HOUR
    if lately.filter(customer=customer).count() >= most or lately.filter(value=value).count() >= most:
        raise Refused(
            _("Too many codes were sent in the last hour: wait a while, then try again."), code="too_many_codes"
        )
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    proof = ProofCode.objects.create(
        key=key,
        customer=customer,
        by=by,
        kind=kind,
        value=value,
        facts=dict(facts),
        point=point,
        digest=digest_of(key, code),
        created_at=now,
        expires_at=now + timedelta(minutes=settings.PROOF_CODE_MINUTES),
    )
    return proof, code


@transaction.atomic
def use_code(proof: ProofCode, *, code: str) -> Refused | None:
    """Use the code up; the refusal where it is not right, used, too old, or was tried too often.

    It is returned and not raised, so that the wrong try is counted whatever the caller does then.
    """
    proof = ProofCode.objects.select_for_update().get(pk=proof.pk)
    if proof.used_at is not None:
        return Refused(_("This code was used already."), code="code_used")
    if proof.voided_at is not None:
        return Refused(_("This code was made void: have another one sent."), code="code_void")
    if timezone.now() >= proof.expires_at:
        return Refused(_("This code is too old: have another one sent."), code="code_too_late")
    if proof.tries >= MOST_TRIES:
        return Refused(_("Too many wrong codes: have another one sent."), code="code_tried_too_often")
    if not constant_time_compare(proof.digest, digest_of(proof.key, code)):
        proof.tries += 1
        proof.save(update_fields=["tries"])
        if proof.tries >= MOST_TRIES:
            return Refused(_("Too many wrong codes: have another one sent."), code="code_tried_too_often")
        return Refused(_("This is not the code that we sent: look at it once more."), code="code_wrong")
    proof.used_at = timezone.now()
    proof.save(update_fields=["used_at"])
    return None


@transaction.atomic
def void_codes(customer: Customer) -> int:
    """Make void what colleagues had sent to verify a contact point and waits still; returns how many codes that were."""
    waiting = ProofCode.objects.select_for_update().filter(
        customer=customer, point__isnull=False, used_at__isnull=True, voided_at__isnull=True
    )
    return waiting.update(voided_at=timezone.now())
