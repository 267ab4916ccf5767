"""`import_policy_people`: beneficiaries and referents of life policies, by the key that their system gives them."""

from django.db import connection
from django.utils.translation import gettext as _

from customers.models import PolicyPerson
from customers.rami import Business, ramo
from customers.validators import normalise_email, normalise_phone, normalise_tax_code, normalise_vat_number
from foundation.files.cells import read_date, text_up_to, word_among
from foundation.files.report import RowRefused
from foundation.files.upserts import Field, Loader, Parsed, State


class PolicyPersonLoader(Loader):
    """Loads `customers.PolicyPerson`. What a file gives as of an earlier day than what is stored is refused."""

    model = PolicyPerson
    key = "key"
    fields = (
        Field("policy", str, "policy_number", extra=True),
        Field("role", word_among(PolicyPerson.Role.values)),
        Field("name", text_up_to(200)),
        Field("tax_code", normalise_tax_code, empty=""),
        Field("vat_number", normalise_vat_number, empty=""),
        Field("address", text_up_to(250), empty=""),
        Field("phone", normalise_phone, empty=""),
        Field("email", normalise_email, empty=""),
        Field("as_of", read_date),
        Field("removed_on", read_date, empty=None),
    )

    def derived(self) -> set[str]:
        """The key of the policy."""
        return {"policy_id"}

    def look_up(self, parsed: list[Parsed], stored: dict[str, State]) -> None:
        """The policies named by the chunk."""
        numbers = list({number for each in parsed if (number := each.given.get("policy_number"))})
        with connection.cursor() as cursor:
            cursor.execute("SELECT number, id, ramo FROM customers_policy WHERE number = ANY(%s)", [numbers])
            self._policies = {number: (pk, line) for number, pk, line in cursor}

    def settle(self, parsed: Parsed, state: State, stored: State | None) -> bool:
        """The policy is a life policy and remains the same; name, role and day are there; nothing newer is stored."""
        given = parsed.given
        if stored is None:
            for column in ("policy", "role", "name", "as_of"):
                if given.get("policy_number" if column == "policy" else column) in (None, ""):
                    raise RowRefused(
                        column,
                        _("A new person needs its %(column)s.") % {"column": column},
                        _("Fill the column “%(column)s”.") % {"column": column},
                    )
        if "policy_number" in given:
            self._settle_policy(given["policy_number"], state, stored)
        if state["as_of"] > self.today:
            raise RowRefused("as_of", _("The day is in the future."), _("Correct the day."))
        if stored is not None and state["as_of"] < stored["as_of"]:
            raise RowRefused(
                "as_of",
                _("What is stored is of a later day."),
                _("Leave the row out: the file is older than what was loaded."),
            )
        return False

    def _settle_policy(self, number: str, state: State, stored: State | None) -> None:
        found = self._policies.get(number)
        if found is None:
            raise RowRefused(
                "policy",
                _("There is no policy with this number."),
                _("Correct the number, or load the policy with import_policies first."),
            )
        state["policy_id"], line = found
        if ramo(line).business != Business.LIFE:
            raise RowRefused(
                "policy",
                _("This is no life policy."),
                _("Beneficiaries and referents are kept for the lines of business I to VI."),
            )
        if stored is not None and stored["policy_id"] != state["policy_id"]:
            raise RowRefused(
                "policy",
                _("This key belongs to a person of another policy."),
                _("Give the person a key of its own in each policy."),
            )
