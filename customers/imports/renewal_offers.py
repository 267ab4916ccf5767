"""`import_renewal_offers`: what the company offers for the next period of its policies, by number of the offer."""

from django.db import connection
from django.utils.translation import gettext as _

from customers.models import RenewalOffer
from foundation.files.cells import long_text, read_amount, read_date
from foundation.files.report import RowRefused
from foundation.files.upserts import Field, Loader, Parsed, State


class RenewalOfferLoader(Loader):
    """Loads `customers.RenewalOffer`. What a customer accepted and paid is not changed by a file any more."""

    model = RenewalOffer
    key = "number"
    fields = (
        Field("policy", str, "policy_number", extra=True),
        Field("premium", read_amount),
        Field("terms", long_text, empty=""),
        Field("starts_on", read_date),
        Field("ends_on", read_date),
        Field("valid_until", read_date),
        Field("withdrawn_on", read_date, empty=None),
        Field("paid_on", read_date),
    )

    def derived(self) -> set[str]:
        """The key of the policy."""
        return {"policy_id"}

    def look_up(self, parsed: list[Parsed], stored: dict[str, State]) -> None:
        """The policies named by the chunk."""
        numbers = list({number for each in parsed if (number := each.given.get("policy_number"))})
        with connection.cursor() as cursor:
            cursor.execute("SELECT number, id, ends_on FROM customers_policy WHERE number = ANY(%s)", [numbers])
            self._policies = {number: (pk, ends_on) for number, pk, ends_on in cursor}

    def settle(self, parsed: Parsed, state: State, stored: State | None) -> bool:
        """The policy is known, the period follows its own, and what was paid remains as it was."""
        given, policy = parsed.given, None
        if "policy_number" in given:
            policy = self._policies.get(given["policy_number"])
            if policy is None:
                raise RowRefused(
                    "policy",
                    _("There is no policy with this number."),
                    _("Correct the number, or load the policy with import_policies first."),
                )
            state["policy_id"] = policy[0]
        if stored is None:
            for column in ("policy", "premium", "starts_on", "ends_on", "valid_until"):
                if given.get("policy_number" if column == "policy" else column) is None:
                    raise RowRefused(
                        column,
                        _("A new renewal offer needs its %(column)s.") % {"column": column},
                        _("Fill the column “%(column)s”.") % {"column": column},
                    )
        if not state["premium"]:
            raise RowRefused("premium", _("An offer of nothing: leave it out."))
        if state["ends_on"] <= state["starts_on"]:
            raise RowRefused(
                "ends_on" if "ends_on" in given else "starts_on",
                _("The new period ends before it begins."),
                _("Compare “starts_on” and “ends_on”: are day and month exchanged?"),
            )
        if stored is None and policy is not None and state["starts_on"] < policy[1]:
            raise RowRefused(
                "starts_on",
                _("The new period begins before the policy expires."),
                _("Compare “starts_on” with the day on which the policy expires."),
            )
        if stored is not None and stored["paid_on"] is not None:
            names = ("policy_id", "premium", "terms", "starts_on", "ends_on", "paid_on", "withdrawn_on")
            if changed := [name for name in names if state[name] != stored[name]]:
                raise RowRefused(
                    "policy" if changed[0] == "policy_id" else changed[0],
                    _("This offer was accepted and paid: it is not changed any more."),
                    _("Leave the row out."),
                )
        return False
