"""Queries: the complaints of a half as the register has them now, those of a frozen return, and the lines of its tables."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Min, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from complaints.models import BranchFigure, Complaint, HalfYearReturn, ReturnRow
from complaints.models.code import Code, CodeList, codes_of
from complaints.returns import rules
from complaints.returns.halves import Half, half_named, half_of, halves_until
from complaints.returns.rules import FIELDS, Entry, Line, Measure, counted_in
from customers import rami
from foundation.dates import ROME

# The day on which a complaint was closed: that on which its letter went, or of the withdrawal. An answer whose letter
# has not gone, or has come back, is no answer yet; one of before letters were followed counts from its own day. An entry of a past
# register that was closed there counts from the day in its file; without one it is `undated`: closed, and nobody knows when. The
# entries of past registers are counted in the halves that are returned here (`first_day_returned`).
_ENTRIES = """
    WITH gone AS (
        SELECT complaint_id, min(gone_on) FILTER (WHERE returned_on IS NULL) AS gone_on
        FROM complaints_lettersending GROUP BY complaint_id
    ), withdrawn AS (
        SELECT complaint_id, max(at) AS at FROM complaints_complaintevent WHERE kind = 'withdrawn' GROUP BY complaint_id
    ), entry AS (
        SELECT c.*, LEAST(c.received_on, c.received_by_intermediary_on) AS first_on,
            CASE c.state
                WHEN 'answered' THEN CASE WHEN gone.complaint_id IS NULL
                    THEN (c.answered_at AT TIME ZONE %(zone)s)::date ELSE gone.gone_on END
                WHEN 'withdrawn' THEN (COALESCE(withdrawn.at, CASE WHEN c.old_number = '' THEN c.registered_at END)
                    AT TIME ZONE %(zone)s)::date
            END AS closed_on,
            c.old_number <> '' AND c.handler_id IS NULL AND (c.state = 'answered' AND c.answered_at IS NULL
                OR c.state = 'withdrawn' AND withdrawn.complaint_id IS NULL) AS undated
        FROM complaints_complaint AS c
        LEFT JOIN gone ON c.state = 'answered' AND gone.complaint_id = c.id
        LEFT JOIN withdrawn ON c.state = 'withdrawn' AND withdrawn.complaint_id = c.id
        WHERE c.state <> 'cancelled' AND LEAST(c.received_on, c.received_by_intermediary_on) <= %(ends_on)s
            AND (c.old_number = '' OR COALESCE(%(since)s::date, (SELECT min(LEAST(received_on, received_by_intermediary_on))
                FROM complaints_complaint WHERE old_number = '')) <= %(ends_on)s)
    )
    SELECT entry.id, entry.year_id, entry.sequence, entry.first_on, entry.closed_on,
        CASE WHEN entry.closed_on IS NULL AND NOT entry.undated THEN '' ELSE entry.state END,
        CASE WHEN entry.closed_on IS NULL AND NOT entry.undated THEN '' ELSE entry.outcome END,
        entry.ramo, entry.area, COALESCE(entry.reason_codes[1], ''), entry.product, entry.received_by,
        entry.distribution, entry.intermediary_kind,
        entry.about_conduct OR entry.agency_id IS NOT NULL OR entry.intermediary_stated <> '',
        COALESCE(agency.code, ''), entry.treatable, entry.not_treatable_cause, entry.follows_id IS NOT NULL, entry.old_number
    FROM entry LEFT JOIN customers_agency AS agency ON agency.id = entry.agency_id
    WHERE entry.first_on >= %(starts_on)s OR entry.closed_on IS NULL AND NOT entry.undated
        OR entry.closed_on >= %(starts_on)s
    ORDER BY entry.year_id, entry.sequence, entry.id
"""


BY_NUMBER = ("year", "sequence", "complaint_id")  # the order of `Entry.place`: the database puts what has no year last


def entries_between(starts_on: date, ends_on: date) -> list[Entry]:
    """The complaints received by the last day and not closed before the first, as the register has them now.

    Cancelled entries are left out, and those of past registers where the last day lies before the first half that is returned
    here. What was closed after the last day is closed in them: `as_at` opens it again.
    """
    asked = {
        "starts_on": starts_on,
        "ends_on": ends_on,
        "zone": ROME.key,
        "since": settings.COMPLAINTS_RETURNED_SINCE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, asked)
        return [Entry(*row) for row in cursor.fetchall()]


def entries_now(half: Half) -> list[Entry]:
    """The complaints of a half as the register has them now, each as it stood at the half's end."""
    return counted_in(entries_between(half.starts_on, half.ends_on), half)


def entries_of(frozen: HalfYearReturn) -> list[Entry]:
    """The complaints of a frozen return, as they were frozen."""
    rows = ReturnRow.objects.filter(half_year_return=frozen).order_by(*BY_NUMBER)
    return [Entry(*row) for row in rows.values_list(*FIELDS).iterator(chunk_size=5_000)]


def corrections_of(frozen: HalfYearReturn) -> list[rules.Difference]:
    """How the register differs now from what was frozen: late cancellations, other classifications, other receipts."""
    return rules.differences(entries_of(frozen), entries_now(half_named(frozen.half)))


# --- Lines ----------------------------------------------------------------------------------------------------------
# Tables whose lines are a list of codes.
OF_CODES = {
    "area": CodeList.AREA,
    "reason": CodeList.REASON,
    "channel": CodeList.CHANNEL,
    "distribution": CodeList.DISTRIBUTION,
    "bank_area": CodeList.AREA,
}


def lines_for(half: Half) -> dict[str, list[Line]]:
    """The lines of each table as the codes and the yearly figures have them now."""
    lines = {table: lines_of_codes(codes_of(code_list), half) for table, code_list in OF_CODES.items()}
    return lines | {
        "business": [
            _named(rules.MOTOR, lambda: _("motor liability")),
            _named(rules.OTHER_NON_LIFE, lambda: _("other non-life")),
            _named(rules.LIFE, lambda: _("life")),
        ],
        "ramo": _branches(half),
        "outcome": [
            *lines_of_codes(codes_of(CodeList.OUTCOME), half),
            _named(rules.WITHDRAWN, lambda: _("withdrawn by the complainant")),
            _named(rules.OPEN, lambda: _("under examination at the end of the half year")),
        ],
        "treatability": [
            _named(rules.NONE, lambda: _("treatable")),
            *lines_of_codes(codes_of(CodeList.NOT_TREATABLE), half),
        ],
        "intermediary": [
            *lines_of_codes(codes_of(CodeList.INTERMEDIARY), half),
            _named(rules.NONE, lambda: _("no intermediary concerned")),
        ],
    }


def lines_of_codes(codes: Sequence[Code], half: Half) -> list[Line]:
    """Lines of a list of codes: those that share a line of the return are one. A code that was not in use in any day of the half is not done."""
    shared: dict[str, list[Code]] = {}
    for code in codes:
        shared.setdefault(code.return_line or code.word, []).append(code)
    return [
        Line(
            key,
            tuple(each.word for each in together),
            ", ".join(each.name for each in together),
            ", ".join(each.name_en for each in together),
            any(_in_use(each, half) for each in together),
        )
        for key, together in shared.items()
    ]


def _in_use(code: Code, half: Half) -> bool:
    begun = code.valid_from is None or code.valid_from <= half.ends_on
    return begun and (code.valid_to is None or code.valid_to >= half.starts_on)


def _named(key: str, name: Any) -> Line:
    """A line of our own, named in both languages."""
    with translation.override("it"):
        italian = name()
    with translation.override("en"):
        return Line(key, (key,), italian, name())


def _branches(half: Half) -> list[Line]:
    """A line for each branch. Whether it is carried on: what the latest year with figures, up to the half's, has."""
    known: dict[str, bool] = {}
    for figure in BranchFigure.objects.filter(year__lte=half.year).order_by("year"):
        known[figure.ramo] = figure.is_carried_on
    lines = []
    for ramo in rami.RAMI:
        named = _named(ramo.code, lambda label=ramo.label: str(label))
        lines.append(
            Line(
                ramo.code,
                (ramo.code,),
                f"{ramo.code} – {named.name}",
                f"{ramo.code} – {named.name_en}",
                known.get(ramo.code, True),
            )
        )
    return lines


# --- From a number to its complaints --------------------------------------------------------------------------------
DAYS_MEASURES = ("answered", "days", "days_mean", *(f"days_p{share}" for share in rules.PERCENTILES))


def measure_in(tables: Mapping[str, Any], key: str) -> Measure | None:
    """The measure of a return by its key; None where it has none. Those of days count the answers of the half."""
    if key in DAYS_MEASURES:
        return Measure(key, (("is_closed", True), ("is_answered", True)))
    results = {each["key"]: tuple(each["results"]) for each in tables["measures"]}
    if key not in results:
        return None
    lines = [Line(each["key"], tuple(each["words"]), "", "") for each in tables["tables"]["outcome"]]
    return next((each for each in rules.measures_of(lines) if each.key == key), None)


def line_in(tables: Mapping[str, Any], table: str, key: str) -> dict[str, Any] | None:
    """A line of a table of a return; None where it has none."""
    return next((line for line in tables["tables"].get(table, ()) if line["key"] == key), None)


def is_behind(entry: Entry, half: Half, measure: Measure, *, table: str = "", words: Sequence[str] = ()) -> bool:
    """Whether the complaint is one of those behind a number. Without a table, behind that of the whole."""
    facts: dict[str, Any] = dict(zip(rules.FACTS, rules.facts_of(entry, half), strict=True))
    facts["is_answered"] = entry.ending == rules.ANSWERED
    return measure.counts(facts) and (not table or rules.word_in(table, entry) in words)


def entries_behind(
    entries: Sequence[Entry], half: Half, measure: Measure, *, table: str = "", words: Sequence[str] = ()
) -> list[Entry]:
    """The complaints behind a number, in the order of their numbers."""
    return [each for each in entries if is_behind(each, half, measure, table=table, words=words)]


def rows_behind(
    frozen: HalfYearReturn, measure: Measure, *, table: str = "", words: Sequence[str] = ()
) -> QuerySet[ReturnRow]:
    """The rows of a frozen return behind a number: what `entries_behind` says of entries, asked of the database."""
    half = half_named(frozen.half)
    rows = ReturnRow.objects.filter(half_year_return=frozen).order_by(*BY_NUMBER)
    for name, value in measure.facts:
        rows = rows.filter(_FACT_SQL[name](half, value))
    if measure.results:
        rows = rows.filter(_has_result(measure.results))
    if not table:
        return rows
    if table == "business":
        return rows.filter(ramo__in=[each.code for each in rami.RAMI if rules.business_of(each.code) in words])
    if table == "outcome":
        return rows.filter(_has_result(words), is_treatable=True)
    if table == "treatability":
        causes = [each for each in words if each != rules.NONE]
        return rows.filter(
            Q(is_treatable=rules.NONE in words) & (Q(not_treatable_cause__in=causes) if causes else Q())
        )
    if table == "intermediary":
        return rows.filter(intermediary_kind__in=["" if each == rules.NONE else each for each in words])
    if table == "bank_area":
        return rows.filter(intermediary_kind=rules.BANK, area__in=words)
    return rows.filter(**{f"{table}__in": words})


_FACT_SQL = {
    "is_received": lambda half, value: (
        Q(received_on__gte=half.starts_on) if value else Q(received_on__lt=half.starts_on)
    ),
    "is_closed": lambda _half, value: Q(closed_on__isnull=not value),
    "is_treatable": lambda _half, value: Q(is_treatable=value),
    "is_repeated": lambda _half, value: Q(is_repeated=value),
    "is_answered": lambda _half, value: Q(ending=rules.ANSWERED) if value else ~Q(ending=rules.ANSWERED),
}


def _has_result(words: Sequence[str]) -> Q:
    asked = Q(ending=rules.ANSWERED, outcome__in=words)
    if rules.OPEN in words:
        asked |= Q(closed_on__isnull=True)
    return asked | Q(ending=rules.WITHDRAWN) if rules.WITHDRAWN in words else asked


# --- The halves -----------------------------------------------------------------------------------------------------
def first_day_returned() -> date | None:
    """A day of the first half whose return is made here: as the setting has it, or else the first receipt of a complaint
    under a number of ours. None while there is neither. The halves before were returned by the register of before.
    """
    if settings.COMPLAINTS_RETURNED_SINCE is not None:
        return settings.COMPLAINTS_RETURNED_SINCE
    first = Complaint.objects.numbered().aggregate(
        company=Min("received_on"), first=Min("received_by_intermediary_on")
    )
    return min((day for day in first.values() if day is not None), default=None)


def returned_elsewhere(half: Half) -> Half | None:
    """The first half whose return is made here, where this one lies before it; None for one that is returned here."""
    first = first_day_returned()
    return half_of(first) if first is not None and half < half_of(first) else None


def halves_known(today: date) -> list[Half]:
    """The halves of which a return is or was due here, and the one that runs: from the first that is returned here on."""
    first = first_day_returned() or today
    return list(halves_until(max(first, date(2000, 1, 1)), today))


def newest_of(halves: Sequence[Half]) -> dict[str, HalfYearReturn]:
    """The newest revision of each half's return, without its files, by the half's name."""
    rows = light(HalfYearReturn.objects.filter(half__in=[each.name for each in halves])).order_by("half", "revision")
    return {each.half: each for each in rows.defer("tables", *_FILES)}


def newest(half: Half) -> HalfYearReturn | None:
    """The newest revision of a half's return; None where it was never frozen."""
    return light(HalfYearReturn.objects.filter(half=half.name)).order_by("-revision").first()


_FILES = ("csv", "xlsx", "pdf", "xml")


def light(returns: QuerySet[HalfYearReturn]) -> QuerySet[HalfYearReturn]:
    """Without the bytes of the files, which only a download needs."""
    return returns.select_related("by").defer(*_FILES)


def unclassified(entries: Sequence[Entry]) -> Iterator[tuple[Entry, tuple[str, ...]]]:
    """Yield the complaints that block the return, with the columns that are empty."""
    for entry in entries:
        if lacks := rules.lacking(entry):
            yield entry, lacks


def _is_counted(entry: Complaint) -> bool:
    """Whether a return made here counts the entry of a past register: it came since the first one, or was open then and still is."""
    if (first := first_day_returned()) is None:
        return False
    is_closed = entry.state in (Complaint.State.ANSWERED, Complaint.State.WITHDRAWN)
    return not is_closed or entry.first_received_on >= half_of(first).starts_on


def needed_for_the_return(complaint: Complaint) -> tuple[str, ...]:
    """The columns of a complaint that the return needs and that are empty, by name; () for an entry that no return counts."""
    if complaint.state == Complaint.State.CANCELLED or (complaint.is_past and not _is_counted(complaint)):
        return ()
    return rules.lacking(
        Entry(
            complaint_id=complaint.pk,
            year=complaint.year_id or 0,
            sequence=complaint.sequence or 0,
            received_on=complaint.first_received_on,
            closed_on=None,
            ending="",
            outcome="",
            ramo=complaint.ramo,
            area=complaint.area,
            reason=next(iter(complaint.reason_codes), ""),
            product=complaint.product,
            channel=complaint.received_by,
            distribution=complaint.distribution,
            intermediary_kind=complaint.intermediary_kind,
            has_intermediary=complaint.about_conduct
            or complaint.agency_id is not None
            or bool(complaint.intermediary_stated),
            agency="",
            is_treatable=complaint.treatable,
            not_treatable_cause=complaint.not_treatable_cause,
            is_repeated=complaint.follows_id is not None,
        )
    )
