"""Rule: an amount of euro as a person writes it in a form. Files have a stricter shape (foundation.files.cells)."""

import re
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST = Decimal("9999999.99")
_PADDING = str.maketrans("", "", " \u00a0\u202f€'")
_PLAIN = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,2})?")


def amount_written(text: str) -> Decimal:
    """The amount that was written, as 1.250,00 or 1,250.00 or 1250; more than zero, to the cent.

    Figures and their marks alone are read: no other notation (1e5) becomes a sum of money. ValidationError otherwise.
    """
    plain = text.translate(_PADDING)
    last = max(plain.rfind(","), plain.rfind("."))
    # The last mark is the decimal one unless exactly three digits follow it: 1.250 is a thousand and more.
    if last >= 0 and len(plain) - last - 1 != 3:
        plain = plain[:last].replace(".", "").replace(",", "") + "." + plain[last + 1 :]
    else:
        plain = plain.replace(".", "").replace(",", "")
    if not _PLAIN.fullmatch(plain):
        raise ValidationError(
            _("“%(value)s” is not an amount: write it in digits, such as 1.250,00."),
            code="amount_shape",
            params={"value": text.strip()[:40]},
        )
    amount = Decimal(plain).quantize(Decimal("0.01"))
    if not 0 < amount <= MOST:
        raise ValidationError(_("Write an amount above zero and below ten million euro."), code="amount_range")
    return amount
