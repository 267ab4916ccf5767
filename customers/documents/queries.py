"""Queries about documents and about policies that lack one."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from customers.documents.rules import YEAR
from customers.models import Document
from customers.models.policy import PolicyQuerySet
from customers.policy_terms import EXPIRY_NOTICE_DAYS
from customers.rami import MOTOR_LIABILITY


def without_certificate(policies: PolicyQuerySet, *, today: date) -> PolicyQuerySet:
    """Those of the motor policies whose risk certificate should be in the reserved area today, and is not.

    Art. 7 IVASS Reg. 9/2015: from thirty days before the expiry (`policy_terms.expiry_notice_due_on`) to the expiry.
    The certificates that count are those of `customers.documents.rules.certificate_serves`.
    """
    serving = (
        Document.objects.current()
        .filter(policy=OuterRef("pk"), kind=Document.Kind.CERTIFICATE, dated_on__gt=OuterRef("ends_on") - YEAR)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=OuterRef("ends_on")))
    )
    owed = policies.expiring(today, today + timedelta(days=EXPIRY_NOTICE_DAYS)).filter(ramo=MOTOR_LIABILITY)
    return owed.filter(~Exists(serving))
