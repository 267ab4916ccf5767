"""Command: put a receipt of certified e-mail to its notice, as proof as far as its signature goes."""

import hashlib
import logging

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from notifications.channels import Channel
from notifications.channels.pec.receipts import Receipt, read_receipt
from notifications.channels.pec.signatures import Check, Signed, check_receipt
from notifications.channels.pec.trusted import Unusable, trusted_certificates
from notifications.models import DeliveryReport, Notice, SuppressedAddress
from notifications.returns.commands import settle_receipt
from notifications.services import report_delivery, suppress_address

log = logging.getLogger(__name__)

Outcome, Signature = DeliveryReport.Outcome, DeliveryReport.Signature


def check_as_set_up(raw: bytes, receipt: Receipt) -> Check:
    """What the signature is worth by the certificates of PEC_TRUSTED_CERTIFICATES; these failing, it cannot be verified."""
    try:
        trusted = trusted_certificates(settings.PEC_TRUSTED_CERTIFICATES)
    except Unusable as error:
        log.error("PEC_TRUSTED_CERTIFICATES: %s", error)
        trusted = ()
    return check_receipt(raw, at=receipt.happened_at, trusted=trusted)


def is_proof(check: Check) -> bool:
    """Whether what the receipt says counts: its signature is verified, or cannot be and need not be."""
    need_not = check.result is Signed.UNVERIFIED and not settings.PEC_RECEIPTS_MUST_VERIFY
    return check.result is Signed.VERIFIED or need_not


def doubt_of(check: Check) -> str:
    """Why a receipt is no proof, for the person who finds it on the list."""
    words = {
        Signed.WRONG: _("The signature of this receipt is wrong: it proves nothing. %(why)s."),
        Signed.UNVERIFIED: _("The signature of this receipt cannot be verified: it proves nothing yet. %(why)s."),
    }
    return words[check.result] % {"why": check.why[:1].upper() + check.why[1:]}


@transaction.atomic
def keep_receipt(notice: Notice, receipt: Receipt, raw: bytes, check: Check) -> bool:
    """Put the receipt to its notice; False where it was there.

    Delivery is proved to the notice's certified address alone, and nothing by a receipt that is no proof: that is kept as
    such, under a key of its own bytes, so that it cannot take the place of the true one.
    """
    outcome, detail = receipt.outcome, f"{receipt.kind}: {receipt.recipient} {receipt.reason}".strip()
    is_to_notice = receipt.recipient == notice.address.lower() and receipt.is_certified is not False
    if not is_proof(check):
        outcome = str(Outcome.UNPROVED)
    elif outcome == Outcome.DELIVERED and not is_to_notice:
        outcome = str(Outcome.ON_ITS_WAY)
        detail += " · " + _("no proof: not the certified address of the notice")
    elif receipt.kind == "accettazione" and receipt.is_certified is False:
        detail += " · " + _("the recipient is not certified: no delivery can be proved")
    if check.why:
        detail += f" · {check.why}"
    is_verified = check.result is Signed.VERIFIED
    named = f"{receipt.kind}:{receipt.identifier}:{receipt.recipient}"
    kept = report_delivery(
        notice,
        outcome=outcome,
        detail=detail,
        source_key=f"pec-signed:{named}"[:200]
        if is_verified
        else f"pec-{check.result}:{hashlib.sha256(raw).hexdigest()}",
        happened_at=receipt.happened_at,
        original=raw,
        signature=check.result.value,
        signer=check.signer,
    )
    if (
        kept is not None
        and outcome == Outcome.FAILED
        and receipt.reason.startswith(("no such mailbox", "no such domain"))
    ):
        reason = SuppressedAddress.Reason.NO_SUCH_MAILBOX
        suppress_address(channel=Channel.PEC, address=notice.address, reason=reason, detail=detail)
    return kept is not None


def check_again() -> tuple[int, int]:
    """Look once more at the receipts whose signature was not verified, such as after a certificate was added.

    Returns how many are verified now and how many turned out to be wrong; each of these is a new report beside the earlier
    one. What waited on the list because of it is dealt with when it is verified.
    """
    verified = wrong = 0
    waiting = DeliveryReport.objects.filter(
        notice__channel=Channel.PEC, original__isnull=False, signature__in=[Signature.NONE, Signature.UNVERIFIED]
    )
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        report = DeliveryReport.objects.select_related("notice").get(pk=pk)
        raw = bytes(report.original or b"")
        receipt = read_receipt(raw)
        check = check_as_set_up(raw, receipt) if receipt is not None else None
        if receipt is None or check is None or check.result is Signed.UNVERIFIED:
            continue
        if keep_receipt(report.notice, receipt, raw, check):
            verified += check.result is Signed.VERIFIED
            wrong += check.result is Signed.WRONG
        if check.result is Signed.VERIFIED:
            settle_receipt(raw)
    return verified, wrong
