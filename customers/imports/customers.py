"""`import_customers`: people and companies by customer code, with their telephone numbers and addresses."""

import json
from collections.abc import Iterable

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from customers.contact_points.fed import COLUMNS, Verdict, verdict_on
from customers.models import ContactPoint, Customer
from customers.models.fed_value import FedKind
from customers.validators import (
    birth_date_and_sex,
    normalise_email,
    normalise_tax_code,
    normalise_vat_number,
    tax_code_matches_name,
)
from foundation.files.cells import read_date, several, text_up_to, word_among
from foundation.files.report import RowRefused
from foundation.files.upserts import Field, Loader, Parsed, State, copy_rows
from foundation.text import fold

from .agencies import agencies_by_code, agency_id, checked
from .cells import italian_postal_code, read_country, read_phone, read_province

PERSON, COMPANY = Customer.Kind.PERSON.value, Customer.Kind.COMPANY.value
PHONE, EMAIL, PEC = ContactPoint.Kind.PHONE.value, ContactPoint.Kind.EMAIL.value, ContactPoint.Kind.PEC.value
# Columns of the file that hold contact points, and their kind. `mobile` is a telephone like another: it is there
# because most systems keep two columns.
CONTACT_COLUMNS = {"phone": PHONE, "mobile": PHONE, "email": EMAIL, "pec": PEC}


# What the report says of what was changed here, by what it is: kept as it is here, or taken from the file after all.
KEPT = {
    FedKind.ADDRESS.value: ngettext_lazy(
        "%(n)d postal address was kept as it was changed here: the file still has the earlier one.",
        "%(n)d postal addresses were kept as they were changed here: the file still has the earlier ones.",
        "n",
    ),
    FedKind.LANGUAGE.value: ngettext_lazy(
        "%(n)d language was kept as it was changed here: the file still has the earlier one.",
        "%(n)d languages were kept as they were changed here: the file still has the earlier ones.",
        "n",
    ),
}
TAKEN = {
    FedKind.ADDRESS: gettext_lazy(
        "the postal address was changed here, and another one in the file since: the file's was taken"
    ),
    FedKind.LANGUAGE: gettext_lazy(
        "the language was changed here, and to another one in the file since: the file's was taken"
    ),
}


class CustomerLoader(Loader):
    """Loads `customers.Customer` and adds `customers.ContactPoint`."""

    model = Customer
    sentences = KEPT
    key = "code"
    fields = (
        Field("kind", word_among(Customer.Kind.values)),
        Field("first_name", text_up_to(100), empty=""),
        Field("last_name", text_up_to(100), empty=""),
        Field("company_name", text_up_to(200), empty=""),
        Field("tax_code", normalise_tax_code, empty=""),
        Field("vat_number", normalise_vat_number, empty=""),
        Field("birth_date", read_date, empty=None),
        Field("segment", word_among(Customer.Segment.values)),
        Field("agency", str, "agency_code", extra=True),
        Field("address", text_up_to(200), empty=""),
        Field("postal_code", text_up_to(10), empty=""),
        Field("city", text_up_to(100), empty=""),
        Field("province", text_up_to(30), empty=""),
        Field("country", read_country),
        Field("language", word_among(["it", "en"])),
        *(
            Field(column, several(read_phone if kind == PHONE else normalise_email), empty=[], extra=True)
            for column, kind in CONTACT_COLUMNS.items()
        ),
    )

    def __init__(self, columns: Iterable[str]):
        super().__init__(columns)
        self._agencies = agencies_by_code()
        self._feeds = any(self.columns_of(kind) for kind in FedKind)
        self._contact_columns = [(name, kind) for name, kind in CONTACT_COLUMNS.items() if name in self.columns]

    def derived(self) -> set[str]:
        """The agency's key and the folded name."""
        return {"agency_id", "search_key"}

    def look_up(self, parsed: list[Parsed], stored: dict[str, State]) -> None:
        """The customers with the tax codes of the chunk, and the contact points of its customers."""
        self._new_points: list[tuple[State, str, str, str]] = []
        self._gone_points: list[int] = []
        self._owner_of: dict[str, str] = {}
        self._points: dict[int, dict[tuple[str, str], tuple[int, bool]]] = {}
        self._removed: dict[int, set[tuple[str, str]]] = {}
        self._fed: dict[int, dict[str, tuple[int, State]]] = {}
        self._settled_fed: list[int] = []
        self._owners_of_joined: set[int] = set()
        self._kept: dict[int, int] = {}  # of a joined file, the one that remains: the person is reached there
        tax_codes = [code for each in parsed if (code := each.given.get("tax_code"))]
        with connection.cursor() as cursor:
            if tax_codes:
                cursor.execute("SELECT tax_code, code FROM customers_customer WHERE tax_code = ANY(%s)", [tax_codes])
                self._owner_of = dict(cursor)
            if stored and self._feeds:
                cursor.execute(
                    "SELECT customer_id, kind, id, value FROM customers_fedvalue WHERE customer_id = ANY(%s)",
                    [[state["id"] for state in stored.values()]],
                )
                for customer, kind, pk, value in cursor:
                    fed = json.loads(value) if isinstance(value, str) else value
                    self._fed.setdefault(customer, {})[kind] = (pk, fed)
            if stored:
                cursor.execute(
                    "SELECT id, merged_into_id FROM customers_customer WHERE merged_into_id IS NOT NULL AND id = ANY(%s)",
                    [[state["id"] for state in stored.values()]],
                )
                self._kept = dict(cursor)
                self._owners_of_joined = set(self._kept.values())
            if stored and self._contact_columns:
                owners = list({self._kept.get(state["id"], state["id"]) for state in stored.values()})
                cursor.execute(
                    "SELECT customer_id, kind, value, id, verified_at IS NOT NULL FROM customers_contactpoint "
                    "WHERE customer_id = ANY(%s)",
                    [owners],
                )
                for customer, kind, value, pk, verified in cursor:
                    self._points.setdefault(customer, {})[kind, value] = (pk, verified)
                cursor.execute(
                    "SELECT customer_id, point_kind, old FROM customers_datachange "
                    "WHERE customer_id = ANY(%s) AND kind IN ('corrected', 'retired')",
                    [owners],
                )
                for customer, kind, value in cursor:  # what is there again was added on purpose
                    if (kind, value) not in self._points.get(customer, {}):
                        self._removed.setdefault(customer, set()).add((kind, value))

    def settle(self, parsed: Parsed, state: State, stored: State | None) -> bool:
        """Name by kind, agency, tax code of nobody else, address in Italy; then the contact points."""
        given = parsed.given
        self._settle_name(parsed, state, stored)
        if "agency_code" in given:
            state["agency_id"] = agency_id(self._agencies, given["agency_code"])
        elif stored is None:
            raise RowRefused(
                "agency", _("A new customer needs an agency."), _("Fill the column “agency” with its code.")
            )
        if stored is None and "segment" not in given and state["kind"] == COMPANY:
            state["segment"] = Customer.Segment.BUSINESS.value
        self._settle_tax_code(parsed, state, stored)
        if "country" in given or "province" in given or "postal_code" in given:
            self._settle_place(parsed, state)
        settled = self._settle_fed(parsed, state, stored)
        return self._settle_points(parsed, state, stored) or settled

    def columns_of(self, kind: FedKind) -> list[str]:
        """The columns of the file that say something of what can be changed here."""
        return [name for name in COLUMNS[kind] if name in self.columns]

    def _settle_fed(self, parsed: Parsed, state: State, stored: State | None) -> bool:
        """An address or a language that was changed here stays as long as the feed has what it had before; then the newer counts.

        True where our copy of the feed's value goes.
        """
        if stored is None or (fed_values := self._fed.get(stored["id"])) is None:
            return False
        before = len(self._settled_fed)
        for kind, (pk, fed) in fed_values.items():
            columns = COLUMNS[FedKind(kind)]
            given = {name: state[name] for name in columns if name in parsed.given}
            if not given:
                continue
            verdict = verdict_on(given=given, fed=fed, ours=stored)
            if verdict is Verdict.KEEP:
                state.update({name: stored[name] for name in columns})
                self.remarks[kind] += 1
                continue
            self._settled_fed.append(pk)
            if verdict is Verdict.NEWER:
                state.update({**fed, **given})
                self.doubts.append(str(TAKEN[FedKind(kind)]))
        return len(self._settled_fed) > before

    def _settle_name(self, parsed: Parsed, state: State, stored: State | None) -> None:
        given = parsed.given
        if stored is None and "kind" not in given:
            state["kind"] = COMPANY if given.get("company_name") else PERSON
        if state["kind"] == PERSON:
            if given.get("company_name"):
                raise RowRefused(
                    "company_name", _("A person has no company name."), _("Empty it, or write “company” under “kind”.")
                )
            state["company_name"] = ""
            if not state["last_name"]:
                raise RowRefused("last_name", _("A person needs a last name."), _("Fill the column “last_name”."))
            name = f"{state['last_name']} {state['first_name']}"
        else:
            if given.get("last_name") or given.get("first_name"):
                raise RowRefused(
                    "last_name", _("A company has no first or last name."), _("Use the column “company_name” alone.")
                )
            state["first_name"] = state["last_name"] = ""
            if not state["company_name"]:
                raise RowRefused("company_name", _("A company needs its name."), _("Fill the column “company_name”."))
            name = state["company_name"]
        state["search_key"] = fold(name)[:220]

    def _settle_tax_code(self, parsed: Parsed, state: State, stored: State | None) -> None:
        if stored is not None and stored["id"] in self._kept:
            state["tax_code"] = stored["tax_code"]  # the file that remains has it
        code = state["tax_code"]
        born = state["birth_date"]
        if born and born > self.today:
            raise RowRefused("birth_date", _("The date of birth is in the future."), _("Correct the year."))
        if not code or not parsed.given.get("tax_code") or (stored is not None and stored["id"] in self._kept):
            return
        if self._owner_of.setdefault(code, parsed.key) != parsed.key:
            raise RowRefused(
                "tax_code",
                _("Another customer has this tax code."),
                _("It is customer %(code)s: correct the tax code, or use that customer’s code.")
                % {"code": self._owner_of[code]},
            )
        held = birth_date_and_sex(code, self.today)
        if held and state["kind"] == PERSON:
            if born is None:
                state["birth_date"] = held[0]
                if held[0].replace(year=held[0].year + 18, day=min(held[0].day, 28)) > self.today:
                    self.doubts.append(
                        _("the date of birth is the tax code's, which has no century: the customer would be under age")
                    )
            elif (born.month, born.day, born.year % 100) != (held[0].month, held[0].day, held[0].year % 100):
                self.doubts.append(_("the date of birth does not agree with the tax code"))
            if (stored is None or stored["tax_code"] != code) and not tax_code_matches_name(
                code, first_name=state["first_name"], last_name=state["last_name"]
            ):
                self.doubts.append(_("the name does not agree with the tax code"))

    def _settle_place(self, parsed: Parsed, state: State) -> None:
        given = parsed.given
        if state["country"] == "IT":
            if given.get("province"):
                state["province"] = checked(lambda: read_province(given["province"], self.today), "province")
            if given.get("postal_code"):
                state["postal_code"] = checked(lambda: italian_postal_code(given["postal_code"]), "postal_code")
        elif (given.get("province") or "EE").upper() == "EE":
            state["province"] = ""  # EE stands for abroad in many registers
        else:
            raise RowRefused(
                "province", _("An address abroad has no Italian province."), _("Write EE, or leave the cell empty.")
            )

    def _settle_points(self, parsed: Parsed, state: State, stored: State | None) -> bool:
        """Add the stated contact points; `-` takes away those of that kind that nobody verified.

        What was corrected or removed here does not come back: the source is to be put right.
        """
        given = parsed.given
        owner = self._kept.get(stored["id"], stored["id"]) if stored else None
        known = self._points.setdefault(owner, {}) if owner is not None else {}
        removed = self._removed.get(owner, set()) if owner is not None else set()
        added: set[tuple[str, str]] = set()
        before = len(self._gone_points)
        for column, kind in self._contact_columns:
            for value, stated in given.get(column, ()):
                if (kind, value) in removed:
                    self.doubts.append(
                        _(
                            "“%(column)s” holds a number or address that was corrected or removed here: it was not added"
                        )
                        % {"column": column}
                    )
                elif (kind, value) not in known and (kind, value) not in added:
                    added.add((kind, value))
                    self._new_points.append((state, kind, value, stated[:254]))
        if owner is not None and owner in self._owners_of_joined:
            known |= dict.fromkeys(added, (0, True))  # another row of the file may be of the same person
        elif known:
            cleared = {kind for column, kind in self._contact_columns if given.get(column) == []}
            kept = {(kind, value) for column, kind in self._contact_columns for value, _s in given.get(column, ())}
            self._gone_points += [
                pk
                for (kind, value), (pk, verified) in known.items()
                if kind in cleared and not verified and (kind, value) not in kept
            ]
        return bool(added) or len(self._gone_points) > before

    def write_related(self, cursor: CursorWrapper) -> None:
        """Delete and add contact points; forget what the feed had where that is settled."""
        if self._settled_fed:
            cursor.execute("DELETE FROM customers_fedvalue WHERE id = ANY(%s)", [self._settled_fed])
        if self._gone_points:
            cursor.execute("DELETE FROM customers_contactpoint WHERE id = ANY(%s)", [self._gone_points])
        if self._new_points:
            now = timezone.now().isoformat()
            copy_rows(
                cursor,
                ContactPoint,
                ["customer_id", "kind", "value", "stated", "created_at"],
                (
                    (self._kept.get(state["id"], state["id"]), kind, value, stated, now)
                    for state, kind, value, stated in self._new_points
                ),
            )
