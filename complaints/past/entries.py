"""From a row of a past register, by the mapping, to what an entry of ours holds of it: plain values, one row at a time."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import Complaint
from complaints.models.complaint import LONGEST_OLD_NUMBER
from complaints.past.mapping import CLOSED, OPEN, REFUSE, TEXTS, WITHDRAWN, PastMap
from complaints.terms import FIRST_RECEIPT
from customers import rami
from customers.imports.cells import italian_postal_code, read_phone, read_province
from foundation.dates import ROME
from foundation.files.cells import long_text, read_amount, reason_of, text_up_to
from foundation.files.mapping import CodeRule, code_in, flag_in
from foundation.files.moments import day
from foundation.files.reading import Row
from foundation.files.report import RowRefused
from foundation.text import clean_line

State = Complaint.State
NOON = time(12)  # of the day of an answer: files have no hour, and noon is the same day in every office
LONGEST_KEPT = 500  # characters of a cell that is kept in the words of the file
_CURRENCY = re.compile(r"(?:€|eur|euro)|\s", re.IGNORECASE)
_LONG = ("text", "answer")


@dataclass(slots=True)
class PastRecord:
    """What a row states. `given` are columns of `Complaint` that it fills; what it leaves blank is not in it.

    `coded` are texts still to be found in our lists, `reasons` those of the reasons; `customer`, `policy` and `agency` are what
    the file calls them by. `stated` are cells as they were, by the name of their column. `doubts` are words for `doubt_words`.
    """

    number: str
    received_on: date
    given: dict[str, Any] = field(default_factory=dict)
    coded: dict[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    customer: str = ""
    policy: str = ""
    agency: str = ""
    disputed: bool | None = None
    closed_on: date | None = None
    stated: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    _digest: str = ""

    @property
    def digest(self) -> str:
        """The same for rows that state the same, whatever else the file has beside it: 32 hexadecimal digits.

        Asked for when the record is whole, and worked out once.
        """
        self._digest = self._digest or self._worked_out()
        return self._digest

    def _worked_out(self) -> str:
        parts = (
            *(f"{name}={value}" for name, value in sorted(self.given.items())),
            *(f"{name}={value}" for name, value in sorted(self.coded.items())),
            *self.reasons,
            *(f"{name}={value}" for name, value in sorted(self.stated.items())),
            f"{self.customer}|{self.policy}|{self.agency}|{self.disputed}|{self.closed_on}",
        )
        return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def noon_of(on: date) -> datetime:
    """The moment that stands for a day whose hour no file states."""
    return datetime.combine(on, NOON, ROME)


class PastReader:
    """Makes records of rows, by the mapping; `today` is the day after which nothing can have happened."""

    def __init__(self, mapping: PastMap, *, today: date):
        self.mapping, self.today = mapping, today
        longest = {each.name: each.max_length for each in Complaint._meta.fields}
        self._texts = {name: long_text if name in _LONG else text_up_to(longest[name] or 0) for name in TEXTS.values()}

    def key(self, row: Row) -> tuple[str, date]:
        """The old number and the day of receipt; RowRefused without them."""
        texts = self._texts_of(row)
        return self._number(texts), self._received(texts)

    def record(self, row: Row) -> PastRecord:
        """What the row states; RowRefused names the column, the value and the reason."""
        texts = self._texts_of(row)
        record = PastRecord(self._number(texts), self._received(texts))
        self._write_days(record, texts)
        self._write_texts(record, texts)
        self._write_codes(record, texts)
        self._write_place(record, texts)
        self._write_end(record, texts)
        for name in ("customer", "policy", "agency"):
            column = getattr(self.mapping, name).column
            if column and texts[column]:
                setattr(record, name, clean_line(texts[column]))
        if self.mapping.disputed:
            record.disputed = flag_in(self.mapping.disputed, texts)
        for column in self.mapping.kept:
            _keep(record, column, texts)
        return record

    # --- Parts of a record

    def _texts_of(self, row: Row) -> Mapping[str, str]:
        blank = self.mapping.blank
        if not blank:
            return row.cells
        return {name: "" if text.casefold() in blank else text for name, text in row.cells.items()}

    def _number(self, texts: Mapping[str, str]) -> str:
        column = self.mapping.number
        number = clean_line(texts[column])
        if not number:
            raise RowRefused(
                column, _("the number is blank"), _("Give the row its number in the old register."), value=""
            )
        if len(number) > LONGEST_OLD_NUMBER:
            raise RowRefused(column, _("the number is longer than %(most)d characters") % {"most": LONGEST_OLD_NUMBER})
        return number

    def _received(self, texts: Mapping[str, str]) -> date:
        column = self.mapping.days["received"].columns[0]
        received_on = self._day("received", texts)
        if received_on is None:
            raise RowRefused(
                column, _("the day of receipt is blank"), _("The term counts from it: give it."), value=""
            )
        if received_on < FIRST_RECEIPT:
            raise RowRefused(
                column,
                _("lies before the company was founded, in %(year)d") % {"year": FIRST_RECEIPT.year},
                _("Check the date and its format: some systems write 1900 for none."),
            )
        return received_on

    def _day(self, name: str, texts: Mapping[str, str]) -> date | None:
        """The day of a section; None where its cells are blank. None of them lies in the future."""
        rule = self.mapping.days[name]
        text = " ".join(filter(None, (texts[column] for column in rule.columns)))
        if not text:
            return None
        try:
            found = day(text, rule.formats, self.mapping.zone, self.mapping.ambiguous)
        except ValidationError as error:
            raise RowRefused(
                rule.columns[0], error.messages[0], _("Correct the cell, or the formats in the mapping."), value=text
            ) from None
        if found > self.today:
            raise RowRefused(
                rule.columns[0],
                _("lies in the future"),
                _("Check the date format: day and month may be swapped."),
                value=text,
            )
        return found

    def _write_days(self, record: PastRecord, texts: Mapping[str, str]) -> None:
        record.given["received_on"] = record.received_on
        columns = {
            "received_by_intermediary": "received_by_intermediary_on",
            "dated": "dated_on",
            "event": "event_on",
            "registered": "registered_at",
        }
        for name, attribute in columns.items():
            if name not in self.mapping.days or (found := self._day(name, texts)) is None:
                continue
            if name in ("dated", "event") and found > record.received_on:
                raise RowRefused(
                    self.mapping.days[name].columns[0],
                    _("lies after the day of receipt"),
                    _("Check which day each column holds."),
                )
            if name == "received_by_intermediary" and found < FIRST_RECEIPT:
                raise RowRefused(
                    self.mapping.days[name].columns[0],
                    _("lies before the company was founded, in %(year)d") % {"year": FIRST_RECEIPT.year},
                    _("Check the date and its format: some systems write 1900 for none."),
                )
            record.given[attribute] = noon_of(found) if name == "registered" else found

    def _write_texts(self, record: PastRecord, texts: Mapping[str, str]) -> None:
        for name, column in self.mapping.texts.items():
            text, attribute = texts[column], TEXTS[name]
            if not text:
                continue
            try:
                record.given[attribute] = read_phone(text) if name == "phone" else self._texts[attribute](text)
            except ValidationError as error:
                if name != "phone":
                    raise RowRefused(column, reason_of(error)) from None
                record.doubts.append("phone")
                _keep(record, column, texts)
        if (column := self.mapping.value) and texts[column]:
            record.given["economic_value"] = self._amount(column, texts[column])

    def _amount(self, column: str, text: str) -> Any:
        plain = _CURRENCY.sub("", text)
        if self.mapping.decimal == ",":
            plain = plain.replace(".", "").replace(",", ".")
        try:
            return read_amount(plain)
        except ValidationError as error:
            raise RowRefused(column, reason_of(error)) from None

    def _write_codes(self, record: PastRecord, texts: Mapping[str, str]) -> None:
        for name, rule in self.mapping.codes.items():
            if code := code_in(rule, texts):
                record.coded[name] = code
            _keep(record, rule.column, texts)
        rule = self.mapping.reasons
        found: dict[str, None] = {}
        for column in rule.columns:
            for text in self._reasons_in(texts[column]):
                if code := code_in(CodeRule(column=column, values=rule.values, unknown=rule.unknown), {column: text}):
                    found[code] = None
            _keep(record, column, texts)
        if not found and rule.blank:
            found[rule.blank] = None
        record.reasons = tuple(found)

    def _reasons_in(self, text: str) -> Iterator[str]:
        """The reasons of a cell: the whole of it where the mapping lists it, else what the separators leave."""
        rule = self.mapping.reasons
        if not text:
            return
        if rule.code_of(text) is not None or not rule.separators:
            yield text
            return
        parts = re.split("|".join(re.escape(each) for each in rule.separators), text)
        yield from (part.strip() for part in parts if part.strip())

    def _write_place(self, record: PastRecord, texts: Mapping[str, str]) -> None:
        """Line of business and province: as stated, the province else by the postal code where it is whole."""
        if ramo := code_in(self.mapping.ramo, texts):
            try:
                record.given["ramo"] = rami.ramo(ramo).code
            except ValidationError as error:
                _refuse_unless_ignored(self.mapping.ramo, error)
        if province := code_in(self.mapping.province, texts):
            try:
                record.given["province"] = read_province(province, record.received_on)
            except ValidationError as error:
                _refuse_unless_ignored(self.mapping.province, error)
        column = self.mapping.postal_code.column
        if column and texts[column]:
            _keep(record, column, texts)
            if "province" not in record.given:
                self._write_province_of(record, texts[column])

    def _write_province_of(self, record: PastRecord, text: str) -> None:
        code = province_of(text, self.mapping.postal_code.values)
        if code is None:
            record.doubts.append("postal_code")
        elif code:
            record.given["province"] = code

    def _write_end(self, record: PastRecord, texts: Mapping[str, str]) -> None:
        """What it came to: open, withdrawn, or answered, with its outcome and day as far as the file has them."""
        mapping = self.mapping
        answered_on = self._day("answered", texts) if "answered" in mapping.days else None
        rule = mapping.outcome
        stated = bool(rule.column or rule.constant)
        end = code_in(rule, texts) if stated else CLOSED if answered_on else OPEN
        if not end:
            raise RowRefused(
                rule.column,
                _("the outcome is blank"),
                _("Say in the mapping what a blank means: [outcome] blank = “open” or another."),
                value="",
            )
        _keep(record, rule.column, texts)
        record.closed_on = answered_on
        if answered_on is not None:
            column = mapping.days["answered"].columns[0]
            if end == OPEN:
                raise RowRefused(
                    column, _("has a day of answer, but is open"), _("Check what the mapping calls open.")
                )
            if answered_on < min(record.received_on, record.given.get("received_by_intermediary_on", date.max)):
                raise RowRefused(column, _("answered before it was received"), _("Check which day each column holds."))
        given = record.given
        if end in (OPEN, WITHDRAWN):
            given |= {
                "state": State.PAST_OPEN if end == OPEN else State.WITHDRAWN,
                "outcome": "",
                "answered_at": None,
            }
            return
        given |= {"state": State.ANSWERED, "outcome": "" if end == CLOSED else end}
        if answered_on is not None:
            given["answered_at"] = noon_of(answered_on)


def _refuse_unless_ignored(rule: CodeRule, error: ValidationError) -> None:
    if rule.unknown == REFUSE:
        raise RowRefused(
            rule.column, reason_of(error), _("Correct the cell, or add it to values in the mapping.")
        ) from None


def _keep(record: PastRecord, column: str, texts: Mapping[str, str]) -> None:
    """Keep the cell in the words of the file."""
    if column and texts[column]:
        record.stated[column] = clean_line(texts[column])[:LONGEST_KEPT]


def province_of(postal_code: str, provinces: Mapping[str, str]) -> str | None:
    """The province of a whole Italian postal code by the longest beginning that the mapping lists; "" where it lists none.

    None for what is not whole: masked, cut short, or of another country.
    """
    try:
        code = italian_postal_code(postal_code.strip())
    except ValidationError:
        return None
    beginnings = (code[:length] for length in range(len(code), 0, -1))
    return next((provinces[each] for each in beginnings if each in provinces), "")


DOUBTS = {
    "phone": gettext_lazy("the telephone number is no number: kept in the words of the file"),
    "postal_code": gettext_lazy("the postal code is not whole, or not an Italian one: no province follows from it"),
    "no_text": gettext_lazy("closed without the text of an answer: the page says that it is not in the file"),
    "no_day": gettext_lazy("closed without the day of an answer: its days are not counted"),
    "no_outcome": gettext_lazy("closed without an outcome of ours"),
    "many_reasons": gettext_lazy("more than five reasons: all were kept"),
    "customer": gettext_lazy("the customer was not found: the entry is of nobody known"),
    "policy": gettext_lazy("the policy was not found"),
    "agency": gettext_lazy("the agency was not found: kept as another intermediary"),
}


def doubt_words(name: str) -> str:
    """What a doubt that was counted means."""
    return str(DOUBTS[name])
