"""Command: put a receipt of certified e-mail to its notice, as proof."""

from django.db import transaction
from django.utils.translation import gettext as _

from notifications.channels import Channel
from notifications.channels.pec.receipts import Receipt
from notifications.models import DeliveryReport, Notice, SuppressedAddress
from notifications.services import report_delivery, suppress_address

Outcome = DeliveryReport.Outcome


@transaction.atomic
def keep_receipt(notice: Notice, receipt: Receipt, raw: bytes) -> bool:
    """Put the receipt to its notice; False where it was there. Delivery is proved to the notice's certified address alone."""
    outcome, detail = receipt.outcome, f"{receipt.kind}: {receipt.recipient} {receipt.reason}".strip()
    is_proof = receipt.recipient == notice.address.lower() and receipt.is_certified is not False
    if outcome == Outcome.DELIVERED and not is_proof:
        outcome = str(Outcome.ON_ITS_WAY)
        detail += " · " + _("no proof: not the certified address of the notice")
    elif receipt.kind == "accettazione" and receipt.is_certified is False:
        detail += " · " + _("the recipient is not certified: no delivery can be proved")
    kept = report_delivery(
        notice,
        outcome=outcome,
        detail=detail,
        source_key=f"pec:{receipt.kind}:{receipt.identifier}:{receipt.recipient}"[:200],
        happened_at=receipt.happened_at,
        original=raw,
    )
    if (
        kept is not None
        and outcome == Outcome.FAILED
        and receipt.reason.startswith(("no such mailbox", "no such domain"))
    ):
        reason = SuppressedAddress.Reason.NO_SUCH_MAILBOX
        suppress_address(channel=Channel.PEC, address=notice.address, reason=reason, detail=detail)
    return kept is not None
