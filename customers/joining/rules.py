"""Rules of joining two files of one person: which values are chosen between, what stands in the way, how long it can be undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

UNDO_DAYS = 30

# What is chosen together, and its columns; the tax code follows by itself, for only one of the two may have one.
CHOICES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "name": (gettext_lazy("name"), ("first_name", "last_name", "company_name")),
    "birth_date": (gettext_lazy("date of birth"), ("birth_date",)),
    "vat_number": (gettext_lazy("VAT number"), ("vat_number",)),
    "home": (gettext_lazy("postal address"), ("address", "postal_code", "city", "province", "country")),
    "language": (gettext_lazy("language"), ("language",)),
    "segment": (gettext_lazy("segment"), ("segment",)),
    "agency": (gettext_lazy("agency"), ("agency_id",)),
}
TAX_CODE = "tax_code"


@dataclass(frozen=True)
class Standing:
    """What of a file matters for a join."""

    pk: int
    code: str
    kind: str
    tax_code: str
    joined_with: str = ""  # the code of the file that it was joined to
    has_joined: bool = False  # others were joined to it
    has_account: bool = False
    under_erasure: bool = False
    is_erased: bool = False


def why_not_joined(kept: Standing, joined: Standing) -> tuple[str, str]:
    """Why the two cannot be joined: a code and a sentence that says what to do; two empty texts where they can."""
    if kept.pk == joined.pk:
        return "same_file", _("This is the same file twice: choose two files.")
    for each in (kept, joined):
        known = {"code": each.code, "with": each.joined_with}
        if each.joined_with:
            words = _("%(code)s was joined already: the file that remains is %(with)s. Use that one.")
            return "joined_already", words % known
        if each.is_erased:
            return "erased", _("%(code)s was erased: there is nobody in it any more.") % known
        if each.under_erasure:
            words = _("Erasure was asked for %(code)s: it has to be decided or withdrawn first.")
            return "under_erasure", words % known
    if joined.has_joined:
        words = _("Other files were joined to %(code)s: let that one be the file that remains.")
        return "has_joined", words % {"code": joined.code}
    if kept.kind != joined.kind:
        return "other_kind", _("One is a person and the other a company: these are two customers.")
    if kept.tax_code and joined.tax_code and kept.tax_code != joined.tax_code:
        words = _("The two have different tax codes. If one is wrong, have it corrected at its source first.")
        return "other_tax_code", words
    if kept.has_account and joined.has_account:
        words = _("Both have access to the reserved area. End the access of one of them first, then join the files.")
        return "two_accounts", words
    return "", ""


def undone_until(at: datetime) -> datetime:
    """The moment until which a join can be undone."""
    return at + timedelta(days=UNDO_DAYS)


def as_kept(value: Any) -> Any:
    """A value as the join keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def as_was(column: str, value: Any) -> Any:
    """A value that the join kept, as its column takes it."""
    return date.fromisoformat(value) if column == "birth_date" and value else value


def taken_over(choices: Mapping[str, str], kept: Any, joined: Any) -> dict[str, list[Any]]:
    """The columns that `kept` takes from `joined`, with their values before and after; the tax code where it has none."""
    columns = [each for name, (_label, each) in CHOICES.items() if choices.get(name) == "joined"]
    names = [name for group in columns for name in group]
    if joined.tax_code and not kept.tax_code:
        names.append(TAX_CODE)
    return {
        name: [as_kept(getattr(kept, name)), as_kept(getattr(joined, name))]
        for name in names
        if getattr(kept, name) != getattr(joined, name)
    }
