"""Commands: write down a consent that was given or withdrawn by telephone or on paper, with the call or the paper that proves it."""

import uuid
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.models import Contact
from customers.consent_texts import ConsentText, texts_in_use
from customers.documents.commands import Content, Facts, keep_document
from customers.models import Consent, Customer, Document, User
from customers.models.document import EXTENSIONS
from foundation.files.accepted import CheckedFile
from foundation.files.keeping import FilesNotKept
from foundation.refusals import Refused
from notifications.consents import consent_given_to_us, consent_withdrawn_to_us

Source = Consent.Source
ON_PAPER = (Source.PAPER, Source.AGENCY)
SCANS = "consents"  # the source of documents that are the scan of a consent


@dataclass(frozen=True)
class Proof:
    """What proves what the customer wanted: the contact in which they said it, or the scan of what they signed."""

    source: str
    contact: Contact | None = None
    scan: CheckedFile | None = None


@transaction.atomic
def write_down_consent(
    customer: Customer, *, purpose: str, channel: str, version: str, proof: Proof, key: uuid.UUID, by: User
) -> Consent:
    """Write down that the customer agreed to the wording of `version`, and return the event that is in force.

    The same again returns what is there. Refused for a purpose, channel or wording that is not asked for today, without a
    proof, and for a contact of somebody else.
    """
    text = _wording(purpose, channel, version)
    evidence = _evidence(customer, proof, key)
    return consent_given_to_us(
        customer,
        text,
        channel=channel,
        source=proof.source,
        evidence=evidence,
        is_signed=proof.source in ON_PAPER,
        by=by,
    )


@transaction.atomic
def write_down_withdrawal(
    customer: Customer, *, purpose: str, channel: str, proof: Proof, key: uuid.UUID, by: User
) -> Consent:
    """Write down that the customer wants none of it, from this moment on, whether or not they ever consented.

    Refused for a purpose or channel that does not exist, without a proof, and for a contact of somebody else.
    """
    if purpose not in Consent.Purpose.values or channel not in Consent.Channel.values:
        raise Refused(_("There is no such purpose or channel: choose one of the list."), code="unknown", field="what")
    evidence = _evidence(customer, proof, key)
    return consent_withdrawn_to_us(
        customer, purpose=purpose, channel=channel, source=proof.source, evidence=evidence, by=by
    )


def _wording(purpose: str, channel: str, version: str) -> ConsentText:
    text = next((each for each in texts_in_use(timezone.localdate()) if each.purpose == purpose), None)
    if text is None or channel not in text.channels:
        raise Refused(
            _("This consent is not asked for, or not on this channel: choose one of the list."),
            code="unknown",
            field="what",
        )
    if text.version != version:
        raise Refused(_("The wording has changed since: read the one of now to the customer."), code="outdated")
    return text


def _evidence(customer: Customer, proof: Proof, key: uuid.UUID) -> str:
    if proof.source == Source.CALL:
        if proof.contact is None:
            raise Refused(_("Write the number of the call or contact."), code="no_proof", field="contact")
        if proof.contact.customer_id != customer.pk:
            raise Refused(
                _("%(number)s is not a contact of this customer: say first who the person is.")
                % {"number": proof.contact.number},
                code="not_this_person",
                field="contact",
            )
        return _("contact %(number)s") % {"number": proof.contact.number}
    if proof.source not in ON_PAPER:
        raise Refused(_("This does not come by telephone or on paper."), code="unknown", field="source")
    if proof.scan is None:
        raise Refused(_("Add the scan of the paper that the customer signed."), code="no_proof", field="scan")
    document = _keep(customer, proof.scan, key)
    return _("document %(pk)d, SHA-256 %(sha256)s") % {"pk": document.pk, "sha256": document.sha256}


def _keep(customer: Customer, scan: CheckedFile, key: uuid.UUID) -> Document:
    """The scan among the customer's documents, where they read it too."""
    if scan.content_type not in EXTENSIONS:
        raise Refused(_("A scan is a PDF, a JPG or a PNG."), code="file_kind", field="scan")
    facts = Facts(
        customer=customer,
        policy=None,
        claim=None,
        kind=Document.Kind.OTHER,
        title=_("Declaration about consents"),
        dated_on=timezone.localdate(),
    )
    content = Content(scan.content_type, scan.size, scan.sha256, scan.content)
    try:
        return keep_document(source=SCANS, external_key=key.hex, facts=facts, content=content).document
    except OSError as error:
        raise FilesNotKept(_("We cannot keep files just now: try again later. Nothing was written down.")) from error


def named_contact(text: str, *, by: User) -> Contact:
    """The contact that a person names by its number and may see; ValidationError where there is none."""
    digits = text.strip().upper().removeprefix("C-").removeprefix("C").lstrip("0")
    found = (
        Contact.objects.visible_to(by).filter(pk=int(digits)).first()
        if digits.isascii() and digits.isdigit() and len(digits) <= 18
        else None
    )
    if found is None:
        raise ValidationError(
            _("There is no contact “%(number)s”: write it as C-00071489."),
            code="no_contact",
            params={"number": text.strip()[:40]},
        )
    return found
