"""Query: the register of a year, as the file that the supervisor or the internal audit asks for.

A column is one entry of `_COLUMNS`: its name and its value for a complaint. `docs/formats/complaints-register.md`
describes them. Rows are read in chunks, so that memory stays flat.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils import timezone

from complaints.models import Complaint, ComplaintEvent, LetterSending
from complaints.models.complaint import ComplaintQuerySet
from customers import rami
from customers.provinces import province
from foundation.files import spreadsheets
from foundation.masking import Kind as Masked
from foundation.masking import masked, may_see_whole
from foundation.requests import Reader

CHUNK = 500
Kind = ComplaintEvent.Kind


@dataclass(frozen=True)
class Column:
    """A column of the file: its name and its value for a complaint. None leaves the place empty."""

    name: str
    value: Callable[[Complaint], Any]
    holds: Masked | None = None  # what readers without its word are given masked

    def seen_by(self, reader: Reader | None, complaint: Complaint) -> Any:
        """The value as the reader is given it; whole for none, who is a program."""
        value = self.value(complaint)
        if self.holds is None or reader is None or may_see_whole(reader, self.holds):
            return value
        return masked(self.holds, value)


def _end(complaint: Complaint) -> ComplaintEvent | None:
    """How a complaint ended without an answer: withdrawn or cancelled; None for the others."""
    return None if complaint.is_open or complaint.answered_at else next(iter(complaint.events.all()), None)


def _closed_on(complaint: Complaint) -> date | None:
    end = _end(complaint)
    closed_at = end.at if end else complaint.answered_at
    return timezone.localdate(closed_at) if closed_at else None


def _why_cancelled(complaint: Complaint) -> str | None:
    end = _end(complaint)
    return end.details.get("reason") if end and end.kind == Kind.CANCELLED else None


def _letter(complaint: Complaint) -> LetterSending | None:
    """The first sending of the letter that has gone."""
    return next(iter(complaint.sendings.all()), None)


def _elapsed_days(complaint: Complaint) -> int | None:
    closed_on = _closed_on(complaint)
    return (closed_on - complaint.first_received_on).days if closed_on else None


def _yes(value: bool) -> str:
    return "yes" if value else "no"


@lru_cache(maxsize=1_000)
def _macro_area(code: str, on: date) -> str:
    try:
        return str(province(code, on).area.value) if code else ""
    except ValidationError:
        return ""


def _business(ramo: str) -> str:
    """The segment by which the supervisor publishes: life, motor liability, other non-life."""
    if not ramo:
        return ""
    if ramo == rami.MOTOR_LIABILITY:
        return "motor_liability"
    try:
        return "life" if rami.ramo(ramo).business == rami.Business.LIFE else "other_non_life"
    except ValidationError:
        return ""


_COLUMNS = (
    Column("number", lambda complaint: complaint.number),
    Column("year", lambda complaint: complaint.year_id),
    Column("sequence", lambda complaint: complaint.sequence),
    Column("registered_on", lambda complaint: timezone.localdate(complaint.registered_at)),
    Column("received_on", lambda complaint: complaint.received_on),
    Column("received_by_intermediary_on", lambda complaint: complaint.received_by_intermediary_on),
    Column("due_on", lambda complaint: complaint.due_on),
    Column("state", lambda complaint: complaint.state),
    Column("closed_on", _closed_on),
    Column("elapsed_days", _elapsed_days),
    Column("suspended_days", lambda complaint: complaint.suspended_days),
    Column("outcome", lambda complaint: complaint.outcome),
    Column("complainant", lambda complaint: complaint.complainant_name, Masked.NAME),
    Column("complainant_kind", lambda complaint: complaint.complainant_kind),
    Column("proposer_kind", lambda complaint: complaint.proposer_kind),
    Column("customer_code", lambda complaint: complaint.customer.code if complaint.customer else None),
    Column("address", lambda complaint: complaint.address),
    Column("province", lambda complaint: complaint.province),
    Column("macro_area", lambda complaint: _macro_area(complaint.province, complaint.received_on)),
    Column("business", lambda complaint: _business(complaint.ramo)),
    Column("ramo", lambda complaint: complaint.ramo),
    Column("area", lambda complaint: complaint.area),
    Column("reason", lambda complaint: complaint.reason),
    Column("subject", lambda complaint: complaint.subject),
    Column("policy", lambda complaint: complaint.policy.number if complaint.policy else None),
    Column("claim", lambda complaint: complaint.claim.number if complaint.claim else None),
    Column("intermediary_code", lambda complaint: complaint.agency.code if complaint.agency else None),
    Column("intermediary", lambda complaint: complaint.intermediary),
    Column("about_conduct", lambda complaint: _yes(complaint.about_conduct)),
    Column("treatable", lambda complaint: _yes(complaint.treatable)),
    Column("not_treatable_reason", lambda complaint: complaint.not_treatable_reason),
    Column("economic_value", lambda complaint: complaint.economic_value),
    Column("follows", lambda complaint: complaint.follows.number if complaint.follows else None),
    Column("began_as", lambda complaint: complaint.contact.number if complaint.contact else None),
    Column("handler", lambda complaint: str(complaint.handler) if complaint.handler else None),
    Column("letter_gone_on", lambda complaint: letter.gone_on if (letter := _letter(complaint)) else None),
    Column("letter_way", lambda complaint: letter.way if (letter := _letter(complaint)) else None),
    Column("cancelled_because", _why_cancelled),
)
COLUMNS = tuple(column.name for column in _COLUMNS)


def register_of(
    year: int, *, queryset: ComplaintQuerySet | None = None, reader: Reader | None = None
) -> Iterator[list[Any]]:
    """The rows of a year in the order of their numbers, with values in the order of COLUMNS.

    Values are texts, dates, numbers and None. Withdrawn and cancelled entries are among the rows. `queryset`
    narrows them to those that a reader may see, and what the `reader` does not see whole is masked.
    """
    complaints = Complaint.objects.all() if queryset is None else queryset
    ends = ComplaintEvent.objects.filter(kind__in=[Kind.WITHDRAWN, Kind.CANCELLED]).order_by("-at", "-pk")
    gone = LetterSending.objects.filter(gone_on__isnull=False).order_by("gone_on", "pk")
    rows = (
        complaints.filter(year=year)
        .select_related("customer", "agency", "policy", "claim", "follows", "contact", "handler")
        .defer("text", "answer", "reasons", "contact__notes")
        .prefetch_related(Prefetch("events", ends), Prefetch("sendings", gone))  # what `_end` and `_letter` look at
        .order_by("sequence")
    )
    return (
        [column.seen_by(reader, complaint) for column in _COLUMNS] for complaint in rows.iterator(chunk_size=CHUNK)
    )


# --- Files ----------------------------------------------------------------------------------------------------------
def csv_lines(rows: Iterable[list[Any]], *, dialect: spreadsheets.Dialect = spreadsheets.MACHINES) -> Iterator[str]:
    """The register as CSV, line by line: for machines, or as an Italian spreadsheet opens it with a double click."""
    return spreadsheets.csv_lines(COLUMNS, rows, dialect=dialect)


def write_xlsx(rows: Iterable[list[Any]], file: IO[bytes]) -> None:
    """The register as a spreadsheet of one sheet; dates are dates, formulas disarmed."""
    spreadsheets.write_xlsx("register", COLUMNS, rows, file)
