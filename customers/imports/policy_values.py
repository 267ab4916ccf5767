"""`import_policy_values`: what life policies are worth on a day, by policy, kind, fund and day."""

import re
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from customers.models import PolicyValue
from customers.rami import Business, ramo
from foundation.files.cells import read_amount, read_date, reason_of, text_up_to, word_among
from foundation.files.report import RowRefused
from foundation.files.upserts import Field, Loader, Parsed, State

_NUMBER = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,6})?")
_fund = text_up_to(120)
_kind = word_among(PolicyValue.Kind.values)
POSITION = PolicyValue.Kind.POSITION.value


def read_units(text: str) -> Decimal:
    """Units of a fund, or the price of one in euro: zero or more, at most six decimals, with a point or a comma."""
    if not _NUMBER.fullmatch(text):
        raise ValidationError(
            _("This is not a number of at most six decimals: write it as 1234.567890."), code="units_shape"
        )
    return Decimal(text.replace(",", ".")).quantize(Decimal("0.000001"))


class PolicyValueLoader(Loader):
    """Loads `customers.PolicyValue`. A day's value may be corrected; values of other days remain beside it."""

    model = PolicyValue
    key = "key"
    key_columns = ("policy", "kind", "valued_on")
    fields = (
        Field("policy", str, "policy_number", extra=True),
        Field("kind", _kind),
        Field("valued_on", read_date),
        Field("fund", _fund, empty=""),
        Field("amount", read_amount),
        Field("units", read_units, empty=None),
        Field("unit_price", read_units, empty=None),
    )

    def key_of(self, cells: dict[str, str]) -> str:
        """Policy, kind, fund and day as they are stored: `P1 | position | Fondo A | 2026-10-31`."""
        parts = [cells["policy"]]
        for column, read in (("kind", _kind), ("fund", _fund), ("valued_on", read_date)):
            text = cells.get(column, "")
            try:
                parts.append(str(read(text)) if text not in ("", "-") else "")
            except ValidationError as error:
                raise RowRefused(column, reason_of(error)) from None
        return " | ".join(parts)

    def derived(self) -> set[str]:
        """The key of the policy."""
        return {"policy_id"}

    def look_up(self, parsed: list[Parsed], stored: dict[str, State]) -> None:
        """The policies named by the chunk."""
        numbers = list({each.given["policy_number"] for each in parsed})
        with connection.cursor() as cursor:
            cursor.execute("SELECT number, id, ramo FROM customers_policy WHERE number = ANY(%s)", [numbers])
            self._policies = {number: (pk, line) for number, pk, line in cursor}

    def settle(self, parsed: Parsed, state: State, stored: State | None) -> bool:
        """The policy is a life policy, the day is not to come, and units belong to a position in a fund."""
        found = self._policies.get(parsed.given["policy_number"])
        if found is None:
            raise RowRefused(
                "policy",
                _("There is no policy with this number."),
                _("Correct the number, or load the policy with import_policies first."),
            )
        state["policy_id"], line = found
        if ramo(line).business != Business.LIFE:
            raise RowRefused(
                "policy", _("This is no life policy."), _("Values are kept for the lines of business I to VI.")
            )
        if state["amount"] is None:
            raise RowRefused(
                "amount",
                _("A new value needs its %(column)s.") % {"column": "amount"},
                _("Fill the column “%(column)s”.") % {"column": "amount"},
            )
        if state["valued_on"] > self.today:
            raise RowRefused("valued_on", _("The value is of a day to come."), _("Correct the day."))
        if state["kind"] != POSITION and (state["units"] is not None or state["unit_price"] is not None):
            raise RowRefused(
                "units" if state["units"] is not None else "unit_price",
                _("Units belong to a position in a fund, not to a surrender value."),
                _("Write “position” under “kind”, or leave the cell empty."),
            )
        if state["units"] is not None and state["unit_price"] is not None:
            difference = abs(state["units"] * state["unit_price"] - state["amount"])
            if difference > max(Decimal("0.05"), state["amount"] / 1000):
                self.doubts.append(_("units times price is another amount"))
        return False
