"""`import_claims`: losses by repertory number, with the people who follow them and the days of their legal clock."""

from django.db import connection
from django.utils.translation import gettext as _

from customers.models import Claim
from customers.validators import normalise_phone
from foundation.files.cells import long_text, read_amount, read_date, read_flag, text_up_to, word_among
from foundation.files.report import RowRefused
from foundation.files.upserts import Field, Loader, Parsed, State

PAID = Claim.State.PAID.value


class ClaimLoader(Loader):
    """Loads `customers.Claim`."""

    model = Claim
    key = "number"
    fields = (
        Field("policy", str, "policy_number", extra=True),
        Field("customer", str, "customer_code", extra=True),
        Field("kind", word_among(Claim.Kind.values)),
        Field("description", long_text, empty=""),
        Field("place", text_up_to(200), empty=""),
        Field("signed_by_both", read_flag),
        Field("occurred_on", read_date),
        Field("reported_on", read_date),
        Field("complete_on", read_date, empty=None),
        Field("adjuster", text_up_to(150), empty=""),
        Field("adjuster_phone", normalise_phone, empty=""),
        Field("assessor", text_up_to(150), empty=""),
        Field("repairer", text_up_to(200), empty=""),
        Field("state", word_among(Claim.State.values)),
        Field("offered_on", read_date, empty=None),
        Field("accepted_on", read_date, empty=None),
        Field("paid_on", read_date, empty=None),
        Field("paid_amount", read_amount, empty=None),
    )

    def derived(self) -> set[str]:
        """The keys of policy and customer."""
        return {"policy_id", "customer_id"}

    def look_up(self, parsed: list[Parsed], stored: dict[str, State]) -> None:
        """The policies and customers named by the chunk."""
        self._policies, self._customers = {}, {}
        numbers = list({number for each in parsed if (number := each.given.get("policy_number"))})
        codes = list({code for each in parsed if (code := each.given.get("customer_code"))})
        with connection.cursor() as cursor:
            if numbers:
                cursor.execute(
                    "SELECT number, id, holder_id, starts_on, ends_on FROM customers_policy WHERE number = ANY(%s)",
                    [numbers],
                )
                self._policies = {number: rest for number, *rest in cursor}
            if codes:
                cursor.execute("SELECT code, id FROM customers_customer WHERE code = ANY(%s)", [codes])
                self._customers = dict(cursor)

    def settle(self, parsed: Parsed, state: State, stored: State | None) -> bool:
        """Policy and customer are known, the days are in order, a paid claim has its day and amount."""
        given = parsed.given
        policy = None
        if "policy_number" in given:
            policy = self._policies.get(given["policy_number"])
            if policy is None:
                raise RowRefused(
                    "policy",
                    _("There is no policy with this number."),
                    _("Correct the number, or load the policy with import_policies first."),
                )
            state["policy_id"] = policy[0]
        if "customer_code" in given:
            if given["customer_code"] not in self._customers:
                raise RowRefused(
                    "customer",
                    _("There is no customer with this code."),
                    _("Correct the code, or load the customer with import_customers first."),
                )
            state["customer_id"] = self._customers[given["customer_code"]]
        elif stored is None and policy:
            state["customer_id"] = policy[1]
        if stored is None:
            for column in ("policy", "occurred_on", "reported_on"):
                if given.get("policy_number" if column == "policy" else column) is None:
                    raise RowRefused(
                        column,
                        _("A new claim needs its %(column)s.") % {"column": column},
                        _("Fill the column “%(column)s”.") % {"column": column},
                    )
        self._settle_days(parsed, state)
        if policy and not policy[2] <= state["occurred_on"] <= policy[3]:
            self.doubts.append(_("the loss happened outside the period of the policy"))
        return False

    def _settle_days(self, parsed: Parsed, state: State) -> None:
        if state["occurred_on"] > self.today:
            raise RowRefused("occurred_on", _("The loss is in the future."), _("Correct the day."))
        if state["reported_on"] > self.today:
            raise RowRefused("reported_on", _("The report is in the future."), _("Correct the day."))
        for column in ("reported_on", "complete_on", "offered_on", "accepted_on", "paid_on"):
            if state[column] is not None and state[column] < state["occurred_on"]:
                raise RowRefused(
                    column if column in parsed.given else "occurred_on",
                    _("The day is before the loss happened."),
                    _("Compare it with “occurred_on”: are day and month exchanged?"),
                )
        if state["state"] == PAID and (state["paid_on"] is None or state["paid_amount"] is None):
            raise RowRefused(
                "paid_on" if state["paid_on"] is None else "paid_amount",
                _("A paid claim needs the day and the amount of its payment."),
                _("Fill “paid_on” and “paid_amount”."),
            )
