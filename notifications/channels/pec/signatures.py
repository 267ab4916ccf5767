"""Rule: whether a receipt is signed by a manager of certified e-mail, as it came (RFC 6109; RFC 8551, multipart/signed; RFC 5652).

The digest, the signature, the algorithms and the chain are checked by pyHanko; ours is what the law of certified mail adds: the
whole message is one signed part, the certificate belongs to the address that the receipt is from (`posta-certificata@…`), and it was
valid when the receipt says that it was written. Nothing is fetched: whether a certificate was revoked is not asked.
"""

import asyncio
import email
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from enum import StrEnum

from asn1crypto import cms, x509
from django.utils.translation import gettext as _
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.general import CMSExtractionError, CMSStructuralError
from pyhanko.sign.validation import KeyUsageConstraints, StandardCMSSignatureStatus, async_validate_detached_cms
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import ValidationError

from notifications.channels.pec.signed_mail import NotSigned, signed_parts
from notifications.channels.pec.trusted import BROKEN

MANAGER = "posta-certificata"  # what the address of every manager begins with, on its own domain or its customers'
# Signing keys of mail: one of these uses, and where the certificate names purposes, that of e-mail among them
USAGE = KeyUsageConstraints(
    key_usage={"digital_signature", "non_repudiation"},
    extd_key_usage={"email_protection", "any_extended_key_usage"},
    explicit_extd_key_usage_required=False,
)


class Signed(StrEnum):
    """What a signature is worth, in the words of `DeliveryReport`."""

    VERIFIED = "verified"
    WRONG = "wrong"
    UNVERIFIED = "unverified"  # it fits, and no trusted certificate says whose it is


@dataclass(frozen=True, slots=True)
class Check:
    """The result, whose certificate it was, and why it is not better than it is; `signer` is empty where there is none."""

    result: Signed
    signer: str = ""
    why: str = ""


def check_receipt(raw: bytes, *, at: datetime, trusted: Sequence[x509.Certificate]) -> Check:
    """Rule: what the signature of the receipt is worth at the moment that the receipt names. Nothing is raised.

    WRONG: not signed, changed since, by a certificate that is not the manager's of its sender, or that was not valid then.
    UNVERIFIED: intact, and its certificate leads to none of the trusted ones.
    """
    try:
        content, signature = signed_parts(raw)
        signed = cms.ContentInfo.load(signature, strict=True)
        if signed["content_type"].native != "signed_data":
            raise NotSigned(_("there is no signature in it"))
        status = _validated(content, signed["content"], at=at, trusted=trusted)
    except NotSigned as error:
        return Check(Signed.WRONG, why=str(error))
    except (SignatureValidationError, CMSExtractionError, CMSStructuralError, ValidationError, *BROKEN) as error:
        return Check(Signed.WRONG, why=_("the signature cannot be read: %(error)s") % {"error": str(error)[:200]})
    certificate = status.signing_cert
    signer = str(certificate.subject.human_friendly)[:200]
    if not (status.intact and status.valid):
        return Check(Signed.WRONG, signer, _("the message is not the one that was signed"))
    if why := _not_the_managers(raw, certificate) or _not_valid(certificate, at):
        return Check(Signed.WRONG, signer, why)
    if status.trusted:
        return Check(Signed.VERIFIED, signer)
    if not trusted:
        return Check(Signed.UNVERIFIED, signer, _("no trusted certificates are set up here"))
    if status.trust_problem_indic != AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND:
        return Check(
            Signed.WRONG,
            signer,
            _("the certificate may not sign this: %(problem)s") % {"problem": status.trust_problem_indic},
        )
    issuer = str(certificate.issuer.human_friendly)[:200]
    return Check(
        Signed.UNVERIFIED,
        signer,
        _("the certificate leads to none that is trusted here; issued by %(issuer)s") % {"issuer": issuer},
    )


def _validated(
    content: bytes, signed: cms.SignedData, *, at: datetime, trusted: Sequence[x509.Certificate]
) -> StandardCMSSignatureStatus:
    context = ValidationContext(
        trust_roots=list(trusted), moment=at, allow_fetching=False, revocation_mode="soft-fail"
    )
    checking = async_validate_detached_cms(
        content, signed, signer_validation_context=context, key_usage_settings=USAGE
    )
    return asyncio.run(checking)


def _not_the_managers(raw: bytes, certificate: x509.Certificate) -> str:
    """Why the certificate is not that of the manager whom the receipt is from; "" where it is."""
    sender = parseaddr(str(email.message_from_bytes(raw).get("From", "")))[1].lower()
    if sender.partition("@")[0] != MANAGER:
        return _("it is not from a manager: %(sender)s") % {"sender": sender or "–"}
    if sender not in _addresses_of(certificate):
        return _("the certificate is not for %(sender)s") % {"sender": sender}
    return ""


def _addresses_of(certificate: x509.Certificate) -> set[str]:
    """The e-mail addresses of the certificate: of its alternative names, and of its subject as earlier ones have it."""
    subject = certificate.subject.native.get("email_address", [])
    found = [*certificate.subject_alt_name_value.native] if certificate.subject_alt_name_value is not None else []
    stated = [subject] if isinstance(subject, str) else list(subject)
    return {str(each).lower() for each in (*found, *stated) if isinstance(each, str) and "@" in each}


def _not_valid(certificate: x509.Certificate, at: datetime) -> str:
    if certificate.not_valid_before <= at <= certificate.not_valid_after:
        return ""
    return _("the certificate was not valid on %(day)s") % {"day": f"{at:%d/%m/%Y}"}
