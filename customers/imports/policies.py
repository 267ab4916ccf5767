"""`import_policies`: contracts by policy number, with their instalment plans."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from customers.models import Instalment, Policy, PolicyAdherent
from customers.rami import MOTOR_LIABILITY, ramo
from customers.validators import normalise_plate
from foundation.files.cells import (
    CLEAR,
    SEVERAL,
    days_up_to,
    read_amount,
    read_date,
    read_flag,
    text_up_to,
    word_among,
)
from foundation.files.report import RowRefused
from foundation.files.upserts import Field, Loader, Overtaken, Parsed, State, copy_rows

from .agencies import agencies_by_code, agency_id

ACTIVE, SUSPENDED = Policy.State.ACTIVE.value, Policy.State.SUSPENDED.value


@dataclass(frozen=True, slots=True)
class Stated:
    """An instalment as the file states it; `paid` is None where it states nothing, False where it states “unpaid”."""

    due_on: datetime.date
    amount: Decimal
    paid: datetime.date | Literal[False] | None = None


def read_ramo(text: str) -> str:
    """The stored code of a line of business."""
    return ramo(text).code


def read_plate(text: str) -> str:
    """A plate; foreign ones that look Italian are let through, since the file does not state the country."""
    return normalise_plate(text, country="")


def read_plan(text: str) -> list[Stated]:
    """The instalments of `2026-01-15:120.50:paid=2026-01-10|2026-07-15:120.50`, by due day.

    `;` may stand for `|`. `paid=-` takes back a payment recorded earlier.
    """
    plan: dict[datetime.date, Stated] = {}
    for part in text.replace(";", SEVERAL).split(SEVERAL):
        if not (part := part.strip()):
            continue
        pieces = [piece.strip() for piece in part.split(":")]
        paid: datetime.date | Literal[False] | None = None
        if len(pieces) == 3 and pieces[2].startswith("paid="):
            day = pieces.pop()[len("paid=") :].strip()
            paid = False if day == CLEAR else read_date(day)
        if len(pieces) != 2:
            raise ValidationError(
                _("An instalment is written day:amount or day:amount:paid=day, such as 2026-01-15:120.50."),
                code="instalment_shape",
            )
        stated = Stated(read_date(pieces[0]), read_amount(pieces[1]), paid)
        if not stated.amount:
            raise ValidationError(_("An instalment of nothing: leave it out."), code="instalment_zero")
        if stated.due_on in plan:
            raise ValidationError(_("Two instalments fall on the same day: add them up."), code="instalment_twice")
        plan[stated.due_on] = stated
    return list(plan.values())


@dataclass(frozen=True, slots=True)
class Covered:
    """An adherent of a collective contract as the file states it; None where it states nothing."""

    code: str
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None


def read_adherents(text: str) -> list[Covered]:
    """The people covered by `C1|C2:2026-03-01|C3:2026-01-01:2026-06-30`: code, first day, last day."""
    found: dict[str, Covered] = {}
    for part in text.split(SEVERAL):
        if not (part := part.strip()):
            continue
        code, *days = [piece.strip() for piece in part.split(":")]
        if not code or len(days) > 2:
            raise ValidationError(
                _("An adherent is written code, code:first day or code:first day:last day."), code="adherent_shape"
            )
        found[code] = Covered(code, *(read_date(day) if day else None for day in days))
    return list(found.values())


class PolicyLoader(Loader):
    """Loads `customers.Policy` with its `customers.Instalment` and `customers.PolicyAdherent` rows."""

    model = Policy
    key = "number"
    fields = (
        Field("holder", str, "holder_code", extra=True),
        Field("agency", str, "agency_code", extra=True),
        Field("ramo", read_ramo),
        Field("product", text_up_to(120)),
        Field("plate", read_plate, empty=""),
        Field("sum_insured", read_amount, empty=None),
        Field("premium", read_amount, empty=None),
        Field("starts_on", read_date),
        Field("ends_on", read_date),
        Field("annual", read_flag),
        Field("tacit_renewal", read_flag),
        Field("grace_days", days_up_to(366)),
        Field("state", word_among(Policy.State.values)),
        Field("suspended_on", read_date, empty=None),
        Field("instalments", read_plan, empty=[], extra=True),
        Field("adherents", read_adherents, extra=True),
    )

    def __init__(self, columns: Iterable[str]):
        super().__init__(columns)
        self._agencies = agencies_by_code()

    def derived(self) -> set[str]:
        """The keys of holder and agency."""
        return {"holder_id", "agency_id"}

    def look_up(self, parsed: list[Parsed], stored: dict[str, State]) -> None:
        """The customers named by the chunk (of a joined file the one that remains), with their agencies; the instalments and adherents of its policies."""
        self._new: list[tuple[State, Stated]] = []
        self._changed: list[tuple[int, Decimal, datetime.date | None, datetime.date | None]] = []  # …, paid_on before
        self._gone: list[int] = []
        self._settled: set[int] = set()
        self._instalments: dict[int, dict[datetime.date, tuple[int, Decimal, datetime.date | None]]] = {}
        self._new_adherents: list[tuple[State, int, datetime.date, datetime.date | None]] = []
        self._changed_adherents: list[tuple[int, datetime.date, datetime.date | None]] = []
        self._adherents: dict[tuple[int, int], tuple[int, datetime.date, datetime.date | None]] = {}
        codes = {code for each in parsed if (code := each.given.get("holder_code"))}
        codes |= {covered.code for each in parsed for covered in each.given.get("adherents", ())}
        self._holders: dict[str, tuple[int, int]] = {}
        with connection.cursor() as cursor:
            if codes:
                cursor.execute(
                    "SELECT code, COALESCE(merged_into_id, id), agency_id FROM customers_customer WHERE code = ANY(%s)",
                    [list(codes)],
                )
                self._holders = {code: (pk, agency) for code, pk, agency in cursor}
            ids = [stored[each.key]["id"] for each in parsed if each.key in stored and "instalments" in each.given]
            if ids:
                cursor.execute(
                    "SELECT policy_id, due_on, id, amount, paid_on FROM customers_instalment WHERE policy_id = ANY(%s)",
                    [ids],
                )
                for policy, due_on, pk, amount, paid_on in cursor:
                    self._instalments.setdefault(policy, {})[due_on] = (pk, amount, paid_on)
            if any(stated.paid is False for each in parsed for stated in each.given.get("instalments", ())):
                cursor.execute(
                    "SELECT instalment_id FROM customers_payment WHERE settles AND policy_id = ANY(%s)", [ids]
                )
                self._settled = {pk for (pk,) in cursor}
            ids = [stored[each.key]["id"] for each in parsed if each.key in stored and "adherents" in each.given]
            if ids:
                cursor.execute(
                    "SELECT policy_id, customer_id, id, starts_on, ends_on FROM customers_policyadherent "
                    "WHERE policy_id = ANY(%s)",
                    [ids],
                )
                self._adherents = {(policy, customer): tuple(rest) for policy, customer, *rest in cursor}

    def settle(self, parsed: Parsed, state: State, stored: State | None) -> bool:
        """Holder and agency are known, the period runs forwards, motor liability never renews by itself."""
        given = parsed.given
        holder = None
        if "holder_code" in given:
            holder = self._holders.get(given["holder_code"])
            if holder is None:
                raise RowRefused(
                    "holder",
                    _("There is no customer with this code."),
                    _("Correct the code, or load the customer with import_customers first."),
                )
            state["holder_id"] = holder[0]
        if stored is None:
            for column in ("holder", "ramo", "product", "starts_on", "ends_on"):
                if given.get("holder_code" if column == "holder" else column) in (None, ""):
                    raise RowRefused(
                        column,
                        _("A new policy needs its %(column)s.") % {"column": column},
                        _("Fill the column “%(column)s”.") % {"column": column},
                    )
        if "agency_code" in given:
            state["agency_id"] = agency_id(self._agencies, given["agency_code"])
        elif stored is None and holder:
            state["agency_id"] = holder[1]
        if state["ends_on"] < state["starts_on"]:
            raise RowRefused(
                "ends_on" if "ends_on" in given else "starts_on",
                _("The policy ends before it begins."),
                _("Compare “starts_on” and “ends_on”: are day and month exchanged?"),
            )
        if state["ramo"] == MOTOR_LIABILITY and state["tacit_renewal"]:
            raise RowRefused(
                "tacit_renewal" if "tacit_renewal" in given else "ramo",
                _("Motor liability cannot renew tacitly (art. 170-bis CAP)."),
                _("Write no under “tacit_renewal”."),
            )
        if state["state"] == SUSPENDED and state["suspended_on"] is None:
            raise RowRefused(
                "suspended_on", _("A suspended policy needs the day of its suspension."), _("Fill “suspended_on”.")
            )
        covered = self._settle_adherents(parsed, state, stored)
        return self._settle_plan(parsed, state, stored) or covered

    def _settle_adherents(self, parsed: Parsed, state: State, stored: State | None) -> bool:
        """Add the people stated and move their days; nobody is taken away, cover ends by its last day."""
        new, changed = [], []
        for covered in parsed.given.get("adherents", ()):
            customer = self._holders.get(covered.code)
            if customer is None:
                raise RowRefused(
                    "adherents",
                    _("There is no customer with this code."),
                    _("Correct the code, or load the customer with import_customers first."),
                    value=covered.code,
                )
            known = self._adherents.get((stored["id"], customer[0])) if stored else None
            first = covered.starts_on or (known[1] if known else state["starts_on"])
            last = covered.ends_on or (known[2] if known else None)
            if last is not None and last < first:
                raise RowRefused(
                    "adherents",
                    _("The cover of an adherent ends before it begins."),
                    _("Compare the two days."),
                    value=covered.code,
                )
            if known is None:
                new.append((state, customer[0], first, last))
            elif (first, last) != known[1:]:
                changed.append((known[0], first, last))
        self._new_adherents += new
        self._changed_adherents += changed
        return bool(new or changed)

    def _settle_plan(self, parsed: Parsed, state: State, stored: State | None) -> bool:
        """The plan as stated replaces what is unpaid; what was paid remains paid unless the file has `paid=-`."""
        plan: list[Stated] | None = parsed.given.get("instalments")
        if plan is None:
            return False
        known = dict(self._instalments.get(stored["id"], {})) if stored else {}
        new, changed = [], []
        for stated in plan:
            found = known.pop(stated.due_on, None)
            if found is None:
                new.append((state, stated))
                continue
            pk, amount, paid_on = found
            now_paid = paid_on if stated.paid is None else (stated.paid or None)
            if stated.paid is False and pk in self._settled:
                raise RowRefused(
                    "instalments",
                    _("This instalment was paid online: a file does not take that back."),
                    _("Leave “paid=-” out. If the money went back, record it as a refund or an incident."),
                    value=stated.due_on.isoformat(),
                )
            if (stated.amount, now_paid) != (amount, paid_on):
                changed.append((pk, stated.amount, now_paid, paid_on))
        gone = [pk for pk, _amount, paid_on in known.values() if paid_on is None]
        self._new += new
        self._changed += changed
        self._gone += gone
        return bool(new or changed or gone)

    def write_related(self, cursor: CursorWrapper) -> None:
        """Write the plans and the adherents: delete, change, add."""
        if self._gone:
            # Locked first, as by every road to a payment; an attempt to pay what is gone points at nothing any more.
            cursor.execute(
                "SELECT id FROM customers_instalment WHERE id = ANY(%s) AND paid_on IS NULL ORDER BY id FOR UPDATE",
                [self._gone],
            )
            if len(cursor.fetchall()) != len(self._gone):
                raise Overtaken
            cursor.execute(
                "UPDATE customers_payment SET instalment_id = NULL WHERE instalment_id = ANY(%s)", [self._gone]
            )
            cursor.execute("DELETE FROM customers_instalment WHERE id = ANY(%s)", [self._gone])
        if self._changed:
            # Not over what was paid online since it was read: then the chunk starts again.
            cursor.execute(
                "UPDATE customers_instalment AS old SET amount = new.amount, paid_on = new.paid_on "
                "FROM unnest(%s::bigint[], %s::numeric[], %s::date[], %s::date[]) AS new (id, amount, paid_on, before) "
                "WHERE old.id = new.id AND old.paid_on IS NOT DISTINCT FROM new.before",
                [list(values) for values in zip(*self._changed, strict=True)],
            )
            if cursor.rowcount != len(self._changed):
                raise Overtaken
        if self._new:
            copy_rows(
                cursor,
                Instalment,
                ["policy_id", "due_on", "amount", "paid_on"],
                ((state["id"], each.due_on, each.amount, each.paid or None) for state, each in self._new),
            )
        if self._changed_adherents:
            ids, firsts, lasts = zip(*self._changed_adherents, strict=True)
            cursor.execute(
                "UPDATE customers_policyadherent AS old SET starts_on = new.starts_on, ends_on = new.ends_on "
                "FROM unnest(%s::bigint[], %s::date[], %s::date[]) AS new (id, starts_on, ends_on) "
                "WHERE old.id = new.id",
                [list(ids), list(firsts), list(lasts)],
            )
        if self._new_adherents:
            copy_rows(
                cursor,
                PolicyAdherent,
                ["policy_id", "customer_id", "starts_on", "ends_on"],
                ((state["id"], *rest) for state, *rest in self._new_adherents),
            )
