"""The receipt of a payment as a PDF (`receipt.typ` is its layout). It is made when it is opened: the same words, the same bytes."""

from pathlib import Path

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from customers.models import Payment
from foundation.dates import ROME, written_day, written_moment
from foundation.office.read_only import euro
from foundation.pdf import printable, typeset

TEMPLATE = Path(__file__).parent / "receipt.typ"
COMPANY = "Vittoria Assicurazioni S.p.A."
ADDRESS = "Via Ignazio Gardella 2, 20149 Milano"


def receipt_of(payment: Payment, *, language: str) -> bytes:
    """The receipt of a payment that came, dated on the day of the payment, in a language."""
    assert payment.paid_at is not None, "there is a receipt of what was paid"
    paid_on = timezone.localdate(payment.paid_at, ROME)
    with translation.override(language):
        values = {
            "language": language,
            "title": _("Receipt of payment %(number)s") % {"number": payment.number},
            "company": COMPANY,
            "address": ADDRESS,
            "lead": _("We have received the sum below."),
            "amount": euro(payment.amount),
            "facts": [[str(name), printable(value)] for name, value in _facts(payment)],
            "note": _note(payment),
            "foot": f"{COMPANY} · {ADDRESS}",
        }
    return typeset(TEMPLATE, values, on=paid_on)


def _facts(payment: Payment) -> list[tuple[str, str]]:
    assert payment.paid_at is not None
    policy, offer = payment.policy, payment.offer
    facts = [
        (_("Paid by"), payment.payer_name),
        (_("Paid on"), written_moment(payment.paid_at)),
        (_("Policy"), " · ".join(filter(None, [policy.number, policy.product, policy.plate]))),
    ]
    if offer is not None:
        period = {"first": written_day(offer.starts_on, "dal"), "last": written_day(offer.ends_on, "al")}
        facts.append((_("For"), _("renewal from %(first)s to %(last)s") % period))
    else:
        facts.append((_("For"), _("premium due on %(day)s") % {"day": written_day(payment.due_on, "il")}))
    return [*facts, (_("Payment"), payment.number), (_("Reference"), payment.provider_reference or payment.reference)]


def _note(payment: Payment) -> str:
    if payment.settles:
        return _("This receipt proves the payment; it does not take the place of the contract.")
    return _("This sum was not owed: it is given back.")
