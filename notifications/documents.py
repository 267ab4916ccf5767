"""Command: take a document in and inform the customer where its arrival is owed. It writes to them, so it lives here."""

from datetime import date

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from customers.documents.commands import Content, Facts, Kept, keep_document
from customers.documents.rules import certificate_serves
from customers.models import Document, Policy
from notifications.kinds import CERTIFICATE_AVAILABLE
from notifications.services import email_of, is_enrolled, tell_customer

ALIVE = (Policy.State.ACTIVE, Policy.State.SUSPENDED)


@transaction.atomic
def receive_document(*, source: str, external_key: str, facts: Facts, content: Content, inform: bool = True) -> Kept:
    """Keep the document (`customers.documents.commands.keep_document`), and tell of a risk certificate that arrived.

    Art. 7 IVASS Reg. 9/2015: placing it in the reserved area meets the duty; the customer has to know that it is there.
    Each content is announced once, and only if it serves the expiry to come: an archive is loaded without letters.
    """
    kept = keep_document(source=source, external_key=external_key, facts=facts, content=content)
    if inform and kept.is_new_content and _is_owed(kept.document, timezone.localdate()):
        _tell(kept.document)
    return kept


def _is_owed(document: Document, today: date) -> bool:
    policy = document.policy
    return (
        document.kind == Document.Kind.CERTIFICATE
        and policy is not None
        and policy.state in ALIVE
        and policy.ends_on >= today
        and certificate_serves(ends_on=policy.ends_on, dated_on=document.dated_on, valid_to=document.valid_to)
    )


def _tell(document: Document) -> None:
    """Nobody is notified by post: what the law asks for is met already, and a person would have to write to thousands."""
    policy, customer = document.policy, document.customer
    assert policy is not None, "a certificate has its policy (document_of_a_contract_has_its_policy)"
    if not (is_enrolled(customer) or email_of(customer)):
        return
    with translation.override(customer.language):
        label = _("Open my documents")
    tell_customer(
        CERTIFICATE_AVAILABLE,
        once=f"{CERTIFICATE_AVAILABLE.code}:{document.pk}",
        customer=customer,
        words={
            "policy": policy.number,
            "product": policy.product,
            "plate": policy.plate,
            "dated_on": document.dated_on,
            "ends_on": policy.ends_on,
            "action_url": settings.SITE_URL + reverse("portal_documents"),
            "action_label": label,
        },
    )
