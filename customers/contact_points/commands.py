"""Commands on a customer's contact points, address and language. Each writes a `DataChange`; whom it informs is decided further up.

Lock order: the customer, then the contact point. The same `key` again changes nothing and returns what was written; with
another value it is refused.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from customers.contact_points.fed import remember_fed
from customers.contact_points.rules import seen_of, why_not_reason
from customers.models import ContactPoint, Customer, DataChange, User
from customers.models.data_change import ChangeKind, ChangeReason
from customers.models.fed_value import FedKind
from foundation.refusals import ChangedMeanwhile, Refused
from foundation.telephones import shown_number

HOME = ("address", "postal_code", "city", "province")


@dataclass(frozen=True)
class Why:
    """Why data are changed: from the list, and in words."""

    reason: str
    words: str = ""


class NoChange(Refused):
    """What was to be written is what is there."""

    code = "no_change"


@dataclass(frozen=True)
class Changed:
    """What was written, and whether this call wrote it."""

    change: DataChange
    is_new: bool


# --- Contact points -----------------------------------------------------------------------------------------------
@transaction.atomic
def add_point(
    customer: Customer,
    *,
    kind: str,
    value: str,
    why: Why,
    key: uuid.UUID,
    by: User,
    verified_at: datetime | None = None,
) -> Changed:
    """Add a number or address in its stored form. Refused where the customer has it already, or without a reason."""
    customer, before = _begin(customer, why, key, new=value)
    if before is not None:
        return before
    if ContactPoint.objects.filter(customer=customer, kind=kind, value=value).exists():
        raise Refused(_("We have it already: look at the list."), code="known_already", field="value")
    point = ContactPoint.objects.create(customer=customer, kind=kind, value=value, verified_at=verified_at)
    return _write(customer, ChangeKind.ADDED, why, key, by, point=point, new=value)


@transaction.atomic
def correct_point(
    customer: Customer,
    *,
    point: int,
    seen: str,
    value: str,
    why: Why,
    key: uuid.UUID,
    by: User,
    verified_at: datetime | None = None,
) -> Changed:
    """Write another number or address in the place of one; it counts as stated until somebody answers from it.

    `seen` is `seen_of` as the page showed it: ChangedMeanwhile where it is another by now. Refused where the customer has the
    new one already, or without a reason.
    """
    customer, before = _begin(customer, why, key, new=value)
    if before is not None:
        return before
    row = _point(customer, point, seen)
    if row.value == value:
        raise NoChange(_("This is what we have: write the new one."), field="value")
    if ContactPoint.objects.filter(customer=customer, kind=row.kind, value=value).exists():
        raise Refused(
            _("We have the new one already: remove the other one instead."), code="known_already", field="value"
        )
    old, row.value, row.stated, row.verified_at = row.value, value, "", verified_at
    row.save(update_fields=["value", "stated", "verified_at"])
    return _write(customer, ChangeKind.CORRECTED, why, key, by, point=row, old=old, new=value)


@transaction.atomic
def verify_point(
    customer: Customer, *, point: int, value: str, why: Why, key: uuid.UUID, by: User, at: datetime | None = None
) -> Changed:
    """Note that the customer answered from it. ChangedMeanwhile where it is another number or address by now."""
    customer, before = _begin(customer, why, key, new=value)
    if before is not None:
        return before
    row = ContactPoint.objects.select_for_update().filter(customer=customer, pk=point).first()
    if row is None or row.value != value:
        raise _changed(customer, point)
    row.verified_at = at or timezone.now()
    row.save(update_fields=["verified_at"])
    return _write(customer, ChangeKind.VERIFIED, why, key, by, point=row, new=value)


@transaction.atomic
def retire_point(customer: Customer, *, point: int, seen: str, why: Why, key: uuid.UUID, by: User) -> Changed:
    """Use it no more: nothing is sent there, and the portfolio does not bring it back. The history keeps it.

    ChangedMeanwhile where it is not as the page showed it. Refused without a reason.
    """
    customer, before = _begin(customer, why, key)
    if before is not None:
        return before
    row = _point(customer, point, seen)
    changed = _write(customer, ChangeKind.RETIRED, why, key, by, point=row, old=row.value)
    row.delete()
    return changed


def _point(customer: Customer, pk: int, seen: str) -> ContactPoint:
    point = ContactPoint.objects.select_for_update().filter(customer=customer, pk=pk).first()
    if point is None or seen_of(point.value, point.verified_at) != seen:
        raise _changed(customer, pk)
    return point


def _changed(customer: Customer, point: int) -> ChangedMeanwhile:
    """The refusal of the second of two people, with what the first one did."""
    last = DataChange.objects.filter(customer=customer, about=point).exclude(kind=ChangeKind.ACCESS)
    done = last.select_related("by").order_by("-pk").first()
    if done is None:
        return ChangedMeanwhile(_("Somebody else has changed this meanwhile: look at it once more."))
    words = {
        "who": done.by,
        "at": formats.time_format(timezone.localtime(done.at), "H:i"),
        "what": done.get_kind_display(),
        "values": " → ".join(shown_number(each) for each in (done.old, done.new) if each),
    }
    return ChangedMeanwhile(_("%(who)s has changed this at %(at)s: %(what)s, %(values)s.") % words)


# --- Address and language -----------------------------------------------------------------------------------------
def home_of(customer: Customer) -> str:
    """The postal address on one line, as changes keep it."""
    return _on_one_line({name: getattr(customer, name) for name in HOME})


def _on_one_line(home: Mapping[str, str]) -> str:
    place = f"{home.get('postal_code', '')} {home.get('city', '')}".strip()
    province = f"({home['province']})" if home.get("province") else ""
    return ", ".join(filter(None, [home.get("address", ""), " ".join(filter(None, [place, province]))]))


@transaction.atomic
def change_home(
    customer: Customer, *, home: Mapping[str, str], seen: str | None = None, why: Why, key: uuid.UUID, by: User
) -> Changed:
    """Another postal address in Italy: street and number, postal code, town, province.

    `seen` is the address as the page showed it (`home_of`): ChangedMeanwhile where it is another by now; None asks nothing.
    Refused for the address of now, and without a reason.
    """
    customer, before = _begin(customer, why, key, new=_on_one_line(home))
    if before is not None:
        return before
    old = home_of(customer)
    if seen is not None and seen != old:
        raise ChangedMeanwhile(
            _("Somebody else has changed the address meanwhile: it is %(now)s.") % {"now": old or "–"}
        )
    remember_fed(customer, FedKind.ADDRESS)
    for name in HOME:
        setattr(customer, name, home.get(name, ""))
    customer.country = "IT"
    new = home_of(customer)
    if new == old:
        raise NoChange(_("This is the address of now: nothing was changed."))
    customer.save(update_fields=[*HOME, "country", "updated_at"])
    return _write(customer, ChangeKind.ADDRESS, why, key, by, old=old, new=new)


@transaction.atomic
def change_language(customer: Customer, *, language: str, why: Why, key: uuid.UUID, by: User) -> Changed:
    """Which language we write in. Refused for the language of now, and without a reason."""
    customer, before = _begin(customer, why, key, new=language)
    if before is not None:
        return before
    if customer.language == language:
        raise NoChange(_("We write in this language already."), field="language")
    remember_fed(customer, FedKind.LANGUAGE)
    old, customer.language = customer.language, language
    customer.save(update_fields=["language", "updated_at"])
    return _write(customer, ChangeKind.LANGUAGE, why, key, by, old=old, new=language)


# --- Shared -------------------------------------------------------------------------------------------------------
def _begin(customer: Customer, why: Why, key: uuid.UUID, *, new: str = "") -> tuple[Customer, Changed | None]:
    """The customer, locked, and what the same key wrote before; Refused where that was another value than `new`."""
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    before = DataChange.objects.filter(key=key, customer=customer).first()
    if before is not None:
        if before.new != new:
            raise Refused(
                _("This page has written “%(value)s” already. To change it once more, open the page again.")
                % {"value": shown_number(before.new) or before.get_kind_display()},
                code="sent_already",
            )
        return customer, Changed(before, is_new=False)
    if reason := why_not_reason(why.reason, why.words):
        raise Refused(reason, code="no_reason", field="words")
    return customer, None


def _write(
    customer: Customer,
    kind: str,
    why: Why,
    key: uuid.UUID,
    by: User,
    *,
    point: ContactPoint | None = None,
    old: str = "",
    new: str = "",
) -> Changed:
    change = DataChange.objects.create(
        key=key,
        customer=customer,
        kind=kind,
        point_kind=point.kind if point is not None else "",
        about=point.pk if point is not None else None,
        old=old,
        new=new,
        reason=ChangeReason(why.reason),
        words=why.words.strip(),
        by=by,
    )
    return Changed(change, is_new=True)
