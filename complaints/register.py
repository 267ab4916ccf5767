"""Query: the register of a year, as the file that the supervisor or the internal audit asks for.

A column is one entry of `_COLUMNS`: its name and its value for a complaint. `docs/formats/complaints-register.md`
describes them. Rows are read in chunks, so that memory stays flat.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from functools import lru_cache, partial
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q
from django.utils import timezone

from complaints.codes.checking import band_of
from complaints.models import (
    ArbitratorAppeal,
    Complaint,
    ComplaintEvent,
    LetterSending,
    Proceeding,
    RegisterYear,
    RegulatorRequest,
)
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


def _represented(complaint: Complaint) -> str | None:
    """For whom the complaint is made, where that is not the one who writes."""
    known = getattr(complaint, "representation", None)
    return known.name if known else None


def _letter(complaint: Complaint) -> LetterSending | None:
    """The first sending of the letter that went and did not come back."""
    return next(iter(complaint.sendings.all()), None)


def _request(complaint: Complaint) -> RegulatorRequest | None:
    """The latest request of IVASS about it."""
    return next(iter(complaint.regulator_requests.all()), None)


def _appeal(complaint: Complaint) -> ArbitratorAppeal | None:
    """The latest appeal to the Arbiter that follows it."""
    return next(iter(complaint.appeals.all()), None)


def _of_request(name: str) -> Callable[[Complaint], Any]:
    return lambda complaint: getattr(_request(complaint), name, None) or None


def _of_appeal(name: str) -> Callable[[Complaint], Any]:
    return lambda complaint: getattr(_appeal(complaint), name, None) or None


def _elapsed_days(complaint: Complaint) -> int | None:
    closed_on = _closed_on(complaint)
    return (closed_on - complaint.first_received_on).days if closed_on else None


def _days_late(complaint: Complaint) -> int | None:
    """Days by which the answer came after its term; 0 in time, nothing for what was not answered."""
    if complaint.answered_at is None:
        return None
    return max(0, (timezone.localdate(complaint.answered_at) - complaint.due_on).days)


def _rui(complaint: Complaint) -> str:
    """The number of the intermediary concerned in the register of intermediaries."""
    if complaint.agency:
        return complaint.agency.rui_number
    return complaint.intermediary_row.rui if complaint.intermediary_row else ""


def _proceeding(complaint: Complaint, *, kind: str, name: str) -> date | None:
    """A day of the last court case, mediation or assisted negotiation about the matter."""
    last = next((each for each in complaint.proceedings.all() if each.kind == kind), None)
    return getattr(last, name) if last else None


def _disputed(complaint: Complaint) -> str | None:
    """Whether the complainant did not accept the answer; only past registers state it."""
    stated = complaint.past.disputed if complaint.is_past else None
    return None if stated is None else _yes(stated)


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
    Column("received_by", lambda complaint: complaint.received_by),
    Column("dated_on", lambda complaint: complaint.dated_on),
    Column("event_on", lambda complaint: complaint.event_on),
    Column("received_by_intermediary_on", lambda complaint: complaint.received_by_intermediary_on),
    Column("due_on", lambda complaint: complaint.due_on),
    Column("state", lambda complaint: complaint.state),
    Column("closed_on", _closed_on),
    Column("elapsed_days", _elapsed_days),
    Column("days_late", _days_late),
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
    Column("product", lambda complaint: complaint.product),
    Column("distribution", lambda complaint: complaint.distribution),
    Column("area", lambda complaint: complaint.area),
    Column("reasons", lambda complaint: " ".join(complaint.reason_codes)),
    Column("reason", lambda complaint: complaint.reason),
    Column("subject", lambda complaint: complaint.subject),
    Column("policy", lambda complaint: complaint.policy.number if complaint.policy else None),
    Column("claim", lambda complaint: complaint.claim.number if complaint.claim else None),
    Column("intermediary_code", lambda complaint: complaint.agency.code if complaint.agency else None),
    Column("intermediary", lambda complaint: complaint.intermediary),
    Column("intermediary_kind", lambda complaint: complaint.concerned_kind),
    Column("intermediary_rui", _rui),
    Column("about_conduct", lambda complaint: _yes(complaint.about_conduct)),
    Column("treatable", lambda complaint: _yes(complaint.treatable)),
    Column("not_treatable_cause", lambda complaint: complaint.not_treatable_cause),
    Column("not_treatable_reason", lambda complaint: complaint.not_treatable_reason),
    Column("economic_value", lambda complaint: complaint.economic_value),
    Column("value_band", lambda complaint: band_of(complaint.economic_value) or complaint.value_band),
    Column("follows", lambda complaint: complaint.follows.number if complaint.follows else None),
    Column("began_as", lambda complaint: complaint.contact.number if complaint.contact else None),
    *(
        Column(f"{kind}_{name}", partial(_proceeding, kind=kind, name=name))
        for kind in Proceeding.Kind.values
        for name in ("begun_on", "ended_on")
    ),
    Column("handler", lambda complaint: str(complaint.handler) if complaint.handler else None),
    Column("letter_gone_on", lambda complaint: letter.gone_on if (letter := _letter(complaint)) else None),
    Column("letter_way", lambda complaint: letter.way if (letter := _letter(complaint)) else None),
    Column("cancelled_because", _why_cancelled),
    Column("ivass_protocol", _of_request("protocol")),
    Column("ivass_requested_on", _of_request("received_on")),
    Column("ivass_due_on", _of_request("due_on")),
    Column("ivass_replied_on", _of_request("sent_on")),
    Column("ivass_outcome", _of_request("outcome")),
    Column("arbiter_number", _of_appeal("number")),
    Column("arbiter_filed_on", _of_appeal("filed_on")),
    Column("arbiter_replied_on", _of_appeal("sent_on")),
    Column("arbiter_decided_on", _of_appeal("decided_on")),
    Column("arbiter_decision", _of_appeal("decision")),
    Column("arbiter_compliance", _of_appeal("compliance")),
    Column("old_number", lambda complaint: complaint.old_number),
    Column("past_register", lambda complaint: complaint.past.source if complaint.is_past else None),
    Column("disputed", _disputed),
    Column("cancelled_as", lambda complaint: complaint.cancelled_as),
    Column("double_of", lambda complaint: complaint.double_of.number if complaint.double_of else None),
    Column("represented", _represented, Masked.NAME),
)
COLUMNS = tuple(column.name for column in _COLUMNS)


_PAST = Q(year__isnull=True) & ~Q(old_number="")


def years_of_register() -> list[int]:
    """The years of which there is a register, the latest first: those of our numbers, and those of past registers."""
    past = Complaint.objects.filter(_PAST).dates("received_on", "year")
    return sorted({*RegisterYear.objects.values_list("year", flat=True), *(day.year for day in past)}, reverse=True)


def has_register(year: int) -> bool:
    """Whether there is a register of the year."""
    if not MINYEAR <= year <= MAXYEAR:
        return False
    past = Complaint.objects.filter(_PAST, received_on__year=year)
    return RegisterYear.objects.filter(pk=year).exists() or past.exists()


def register_of(
    year: int, *, queryset: ComplaintQuerySet | None = None, reader: Reader | None = None
) -> Iterator[list[Any]]:
    """The rows of a year in the order of their numbers, with values in the order of COLUMNS.

    After them come the entries of past registers that were received in the year, in the order of their receipt. Values are texts, dates, numbers and None. Withdrawn and cancelled entries are among the rows. `queryset`
    narrows them to those that a reader may see, and what the `reader` does not see whole is masked.
    """
    complaints = Complaint.objects.all() if queryset is None else queryset
    ends = ComplaintEvent.objects.filter(kind__in=[Kind.WITHDRAWN, Kind.CANCELLED]).order_by("-at", "-pk")
    elsewhere = Proceeding.objects.order_by("-begun_on", "-pk")
    requests = RegulatorRequest.objects.counted().defer("asked", "draft", "answer", "outcome_text")
    requests = requests.order_by("-received_on", "-pk")
    appeals = ArbitratorAppeal.objects.counted().defer("asked", "draft", "counter_arguments")
    appeals = appeals.order_by("-filed_on", "-pk")
    gone = LetterSending.objects.gone()
    rows = (
        complaints.filter(Q(year=year) | _PAST & Q(received_on__year=year))
        .select_related(
            *("past", "customer", "agency", "intermediary_row", "policy", "claim", "follows", "contact", "handler"),
            *("double_of", "representation"),
        )
        .defer("text", "answer", "reasons", "contact__notes")
        # What `_end`, `_letter` and `_proceeding` look at
        .prefetch_related(Prefetch("events", ends), Prefetch("sendings", gone), Prefetch("proceedings", elsewhere))
        .prefetch_related(Prefetch("regulator_requests", requests), Prefetch("appeals", appeals))
        .order_by("sequence", "received_on", "pk")  # those without a number of ours come last
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
