"""A row as its person gets it: facts for programs, and lines for people. Nobody else's name is in either.

A colleague is “our staff”, another customer or sign-in “another person”. What may be in a copy at all is said by the rules of
each app (`foundation.privacy`).
"""

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from babel import Locale
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from complaints.models import Complaint
from contact_center.models import Agent, Contact, TollFreeLine, Topic
from customers.access import opened_in_words
from customers.claim_reports.lines import GUIDES, as_text, guide_for
from customers.models import (
    AccessLog,
    Agency,
    Claim,
    ClaimDraft,
    ClaimReport,
    Customer,
    Document,
    ErasureRequest,
    Operation,
    Payment,
    PaymentIncident,
    Policy,
    RenewalOffer,
)
from customers.operations.kinds import facts_shown
from customers.rami import ramo
from foundation.dates import ROME, written_day, written_moment
from foundation.numbers import written_number
from foundation.office.read_only import PHONES, clock, euro, yes_or_no
from foundation.privacy import Person
from foundation.telephones import shown_number
from notifications.kinds import confidential_codes
from notifications.kinds import name_of as name_of_kind
from notifications.models import Notice
from vittoria_care.privacy.explaining import outcome_in_words

CURRENCY: Final = "EUR"
NO_MONEY: Final = frozenset({"units"})  # decimals that are numbers of something else
TITLES: Final = ("number", "title", "subject", "name", "value", "email")  # what a row is called, the first that it has
TELEPHONE: Final = re.compile(r"\+[0-9]{6,15}")
AMOUNT: Final = re.compile(r"-?[0-9]+\.[0-9]{2}")
STAFF, OTHER, SELF = "staff", "another person", "self"

User = get_user_model()

# What a row is called where another row points at it: the number or name that a person would quote
REFERENCES: Final[Mapping[type[models.Model], Callable[[Any], str]]] = {
    Policy: lambda row: row.number,
    Claim: lambda row: row.number,
    Contact: lambda row: row.number,
    Complaint: lambda row: row.number,
    Operation: lambda row: row.number,
    Payment: lambda row: row.number,
    RenewalOffer: lambda row: row.number,
    Document: lambda row: row.title,
    Agency: lambda row: row.name,
    Topic: lambda row: row.shown_name,
    TollFreeLine: lambda row: row.number,
}


def amount_or_text(text: str) -> str:
    """An amount as a sum of euro; another fact, such as a currency, as it stands."""
    return euro(Decimal(text)) if AMOUNT.fullmatch(text) else text


# Codes that a person reads as words
WORDS: Final[Mapping[tuple[type[models.Model], str], Callable[[str], str]]] = {
    (Notice, "kind"): name_of_kind,
    (AccessLog, "what"): opened_in_words,
    (ClaimReport, "guide"): lambda key: str(GUIDES[key].name) if key in GUIDES else key,
    (PaymentIncident, "expected"): amount_or_text,
    (PaymentIncident, "stated"): amount_or_text,
    (Customer, "country"): lambda code: str(Locale.parse(get_language() or "it").territories.get(code, code)),
    (Policy, "ramo"): lambda code: str(ramo(code).label),
    (Complaint, "ramo"): lambda code: str(ramo(code).label) if code else "",
}


@dataclass(frozen=True)
class Line:
    """One fact of a row as a person reads it; `is_long` for a text that needs lines of its own."""

    label: str
    text: str
    is_long: bool = False


@dataclass
class ExportedRow:
    """A row: its facts by their stable names, what it is called, and its lines."""

    facts: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    lines: list[Line] = field(default_factory=list)


def exported_row(
    row: models.Model, columns: list[models.Field], *, person: Person, labels: Mapping[str, str]
) -> ExportedRow:
    """The row by these columns; those without a label are for programs alone. In the language in force."""
    found = ExportedRow()
    known = {each.name for each in columns}
    own = {each.name for each in row._meta.fields}
    titles = [name for name in TITLES if name in known or (name == "number" and name not in own)]
    title = next((name for name in titles if isinstance(value := getattr(row, name, None), str) and value), "")
    hidden = _hidden(row)
    if title:
        found.title = shown(str(getattr(row, title)))
        if title not in known:
            found.facts[title] = found.title
    for column in columns:
        if column.name in hidden:
            found.facts[column.name] = None
            continue
        if isinstance(column, models.ForeignKey):
            found.facts[column.name] = fact = _reference(row, column, person)
            is_owner = column.remote_field.model is Customer and fact == SELF  # that it is theirs goes without saying
            text = "" if is_owner else _reference_in_words(fact)
        else:
            value = column.value_from_object(row)
            found.facts[column.name] = fact_of(column, value)
            text = in_words(row, column, value)
        if column.name == title:
            found.title = text or found.title
        elif text and column.name in labels:
            is_long = isinstance(column, models.TextField | models.JSONField) and (len(text) > 90 or "\n" in text)
            label = labels[column.name]
            found.lines.append(Line(capfirst(without_unit(label) if _says_its_unit(column) else label), text, is_long))
    return found


def _hidden(row: models.Model) -> frozenset[str]:
    """Columns of a row that nobody may read once it was sent: codes and links with which somebody signs in."""
    is_secret = isinstance(row, Notice) and row.kind in confidential_codes()
    return frozenset({"body_text", "body_html", "words"}) if is_secret else frozenset()


# --- For programs -----------------------------------------------------------------------------------------------------
def fact_of(column: models.Field, value: Any) -> Any:
    """A value for JSON: ISO dates, money as a string with its currency, everything else as it is stored."""
    if isinstance(value, Decimal):
        if isinstance(column, models.DecimalField) and column.name not in NO_MONEY:
            return {"amount": str(value), "currency": CURRENCY}
        return str(value)
    if isinstance(value, datetime):
        return timezone.localtime(value, ROME).isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def _reference(row: models.Model, column: models.ForeignKey, person: Person) -> str | None:
    """What the column points at: a number or name of the person's own things, a role for people, nothing else."""
    if column.value_from_object(row) is None:
        return None
    model = column.remote_field.model
    if model is Customer:
        return SELF if column.value_from_object(row) in person.customer_ids else OTHER
    if model is Agent:
        return STAFF
    if model is User:
        if column.value_from_object(row) in person.user_ids:
            return SELF
        user = getattr(row, column.name)
        return STAFF if user.is_staff else OTHER
    if (called := REFERENCES.get(model)) is None:
        return None
    try:
        return called(getattr(row, column.name))
    except ObjectDoesNotExist:  # of an earlier version: the row that it pointed at has gone
        return None


def _reference_in_words(fact: str | None) -> str:
    return {None: "", SELF: _("you"), STAFF: _("our staff"), OTHER: _("another person")}.get(fact, shown(fact or ""))


# --- For people -------------------------------------------------------------------------------------------------------
def in_words(row: models.Model, column: models.Field, value: Any) -> str:
    """A value as a person reads it; "" for what says nothing."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if (words := WORDS.get((_model_of(row), column.name))) is not None:
        return begun(words(value))
    if column.name == "language":
        return str(dict(settings.LANGUAGES).get(value, value))
    if isinstance(column, ArrayField) and column.base_field.choices:
        names = dict(column.base_field.flatchoices)
        return begun(", ".join(str(names.get(each, each)) for each in value))
    if column.choices:
        return begun(str(dict(column.flatchoices).get(value, value)))
    if isinstance(column, models.BooleanField):
        return yes_or_no(value)
    if isinstance(value, Decimal):
        return written_number(value) if column.name in NO_MONEY else euro(value)
    if isinstance(value, datetime):
        return written_moment(value)
    if isinstance(value, date):
        return written_day(value)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, int):
        return _number_in_words(column, value)
    if isinstance(column, models.JSONField):
        return _facts_in_words(row, value)
    if isinstance(value, bytes | memoryview | UUID) or isinstance(column, models.FileField):
        return ""
    return shown_number(value) if column.name in PHONES else shown(str(value))


def begun(text: str) -> str:
    """A text with a capital letter; a name such as “iPhone” as it is written."""
    return text if text[1:2].isupper() else capfirst(text)


def shown(text: str) -> str:
    """A text as a person reads it: a telephone number in its groups, everything else as it stands."""
    return shown_number(text) if TELEPHONE.fullmatch(text) else text


def without_unit(label: str) -> str:
    """A label without the unit in brackets at its end, for a value that has its own: “Size (bytes)” before “12.7 KB”."""
    return label.rsplit(" (", 1)[0] if label.endswith(")") else label


def _says_its_unit(column: models.Field) -> bool:
    """Whether a value is shown with its unit: money, the size of a file, minutes and seconds."""
    is_money = isinstance(column, models.DecimalField) and column.name not in NO_MONEY
    return is_money or column.name == "size" or column.name.endswith("_seconds")


def _model_of(row: models.Model) -> type[models.Model]:
    """The model of a row; of an earlier version, that of the row as it is now."""
    return type(row)._meta.get_field("pgh_obj").related_model if hasattr(row, "pgh_id") else type(row)  # type: ignore[return-value]  # a key


def _number_in_words(column: models.Field, value: int) -> str:
    if column.name == "size":
        return str(filesizeformat(value))
    return clock(value) if column.name.endswith("_seconds") else str(value)


def _facts_in_words(row: models.Model, value: Any) -> str:
    """Answers and facts as their own pages show them; anything else as its names and values."""
    if isinstance(row, Operation):
        facts = facts_shown(row)
        return "\n".join(f"{without_unit(label) if '€' in text else label}: {text}" for label, text in facts)
    if isinstance(row, ClaimReport) and row.guide in GUIDES:
        return as_text(GUIDES[row.guide], value)
    if isinstance(row, ClaimDraft):
        return as_text(guide_for(row.policy.ramo), value)
    if isinstance(row, ErasureRequest):
        return "\n".join(outcome_in_words(row, with_tables=False))
    return "\n".join(_flat(value))


def _flat(value: Any, name: str = "") -> Iterator[str]:
    """The names and values inside, one a line."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{name} {key}".strip())
    elif isinstance(value, list):
        for inner in value:
            yield from _flat(inner, name)
    elif value not in (None, ""):
        text = yes_or_no(value) if isinstance(value, bool) else shown(str(value))
        yield f"{name}: {text}" if name else text
