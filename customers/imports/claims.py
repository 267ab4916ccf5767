"""`import_claims`: losses by repertory number, with the people who follow them and the days of their legal clock.

A claim that was reported here has no repertory number until the file brings it: the column `report_number` names the report,
and the claim that is there gets the number. It is never made a second time.
"""

from datetime import date

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from customers.models import Claim
from customers.validators import normalise_phone
from foundation.files.cells import long_text, read_amount, read_date, read_flag, text_up_to, word_among
from foundation.files.report import RowRefused
from foundation.files.upserts import Field, Loader, Parsed, State

PAID, REFUSED = Claim.State.PAID.value, Claim.State.REFUSED.value


def read_report_number(text: str) -> str:
    """The number that a report was given here, in capitals."""
    return text_up_to(20)(text).upper()


class ClaimLoader(Loader):
    """Loads `customers.Claim`."""

    model = Claim
    key = "number"
    fields = (
        Field("policy", str, "policy_number", extra=True),
        Field("customer", str, "customer_code", extra=True),
        Field("report_number", read_report_number, empty=""),
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
        Field("visit_on", read_date, empty=None),
        Field("visit_place", text_up_to(200), empty=""),
        Field("state", word_among(Claim.State.values)),
        Field("offered_on", read_date, empty=None),
        Field("offered_amount", read_amount, empty=None),
        Field("refusal_reason", long_text, empty=""),
        Field("accepted_on", read_date, empty=None),
        Field("paid_on", read_date, empty=None),
        Field("paid_amount", read_amount, empty=None),
    )

    def derived(self) -> set[str]:
        """The keys of policy and customer."""
        return {"policy_id", "customer_id"}

    def known_as(self, cursor: CursorWrapper, parsed: list[Parsed]) -> dict[str, str]:
        """Claims that were reported here: by the number of the report that the row names."""
        named = {number: each.key for each in parsed if (number := each.given.get("report_number"))}
        self._reported: dict[str, str] = {}
        if named:
            cursor.execute(
                "SELECT report_number, number FROM customers_claim WHERE report_number <> '' AND report_number = ANY(%s)",
                [list(named)],
            )
            self._reported = dict(cursor)
        return {named[report]: number for report, number in self._reported.items()}

    def look_up(self, parsed: list[Parsed], stored: dict[str, State]) -> None:
        """The policies and customers named by the chunk, and the claims under them that still wait for their number."""
        self._policies, self._customers = {}, {}
        self._waiting: dict[tuple[int, date], str] = {}
        numbers = list({number for each in parsed if (number := each.given.get("policy_number"))})
        codes = list({code for each in parsed if (code := each.given.get("customer_code"))})
        with connection.cursor() as cursor:
            if numbers:
                cursor.execute(
                    "SELECT number, id, holder_id, starts_on, ends_on FROM customers_policy WHERE number = ANY(%s)",
                    [numbers],
                )
                self._policies = {number: rest for number, *rest in cursor}
                cursor.execute(
                    "SELECT policy_id, occurred_on, report_number FROM customers_claim "
                    "WHERE report_number <> '' AND number = report_number AND policy_id = ANY(%s)",
                    [[policy[0] for policy in self._policies.values()]],
                )
                self._waiting = {(policy, day): number for policy, day, number in cursor}
            if codes:
                cursor.execute(
                    "SELECT code, COALESCE(merged_into_id, id) FROM customers_customer WHERE code = ANY(%s)", [codes]
                )
                self._customers = dict(cursor)

    def settle(self, parsed: Parsed, state: State, stored: State | None) -> bool:
        """Policy and customer are known, the days are in order, a paid claim has its day and amount."""
        given = parsed.given
        policy = None
        self._settle_report(parsed, state, stored)
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
        if stored is None and "report_number" not in given:
            self._refuse_a_twin(state)
        if policy and not policy[2] <= state["occurred_on"] <= policy[3]:
            self.doubts.append(_("the loss happened outside the period of the policy"))
        return False

    def _settle_report(self, parsed: Parsed, state: State, stored: State | None) -> None:
        """The report that a row names is one of ours, and of this claim."""
        named = parsed.given.get("report_number")
        if not named:
            if stored is not None:
                state["report_number"] = stored["report_number"]  # it was reported here, whatever the file says
            return
        if named not in self._reported:
            raise RowRefused(
                "report_number",
                _("There is no report with this number."),
                _("Correct the number, or write “-” if the claim was not reported here."),
            )
        if stored is not None and stored["report_number"] != named:
            raise RowRefused(
                "report_number",
                _("This repertory number is another claim's already, and the report waits for one of its own."),
                _("Compare both claims, and correct the number of one of them."),
            )
        if self._reported[named] not in (named, parsed.key):
            raise RowRefused(
                "report_number",
                _("The claim of this report has the repertory number %(number)s already.")
                % {"number": self._reported[named]},
                _("Correct the number of the report, or that of the claim."),
            )

    def _refuse_a_twin(self, state: State) -> None:
        """A new claim of the policy and day of one that was reported here is probably the same."""
        report = self._waiting.get((state["policy_id"], state["occurred_on"]))
        if report is not None:
            raise RowRefused(
                "report_number",
                _("A claim of the same policy and day was reported here, and waits for its repertory number."),
                _("Write %(number)s in “report_number” if it is the same, “-” if it is another event.")
                % {"number": report},
            )

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
        self._settle_visit_and_reason(parsed, state)
        if state["state"] == PAID and (state["paid_on"] is None or state["paid_amount"] is None):
            raise RowRefused(
                "paid_on" if state["paid_on"] is None else "paid_amount",
                _("A paid claim needs the day and the amount of its payment."),
                _("Fill “paid_on” and “paid_amount”."),
            )

    def _settle_visit_and_reason(self, parsed: Parsed, state: State) -> None:
        """A place is that of a visit with a day, a reason that of a refusal; what is over is forgotten."""
        if state["visit_place"] and state["visit_on"] is None:
            if parsed.given.get("visit_place"):
                raise RowRefused(
                    "visit_on", _("The place of a visit needs its day."), _("Fill “visit_on”, or empty “visit_place”.")
                )
            state["visit_place"] = ""
        if state["refusal_reason"] and state["state"] != REFUSED:
            if parsed.given.get("refusal_reason"):
                raise RowRefused(
                    "refusal_reason",
                    _("Only a refused claim has the reason of its refusal."),
                    _("Write “refused” in “state”, or empty “refusal_reason”."),
                )
            state["refusal_reason"] = ""
