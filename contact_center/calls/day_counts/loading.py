"""One import of counters from beginning to end: read, compare, write in chunks, count every row once."""

from contextlib import closing
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contact_center.models import DayCount, FrozenPeriod, TollFreeLine
from contact_center.models.day_count import DAY_COUNTS
from foundation.chunks import in_chunks
from foundation.files.one_at_a_time import one_import_of
from foundation.files.reading import Row, open_table, said_of
from foundation.files.report import Outcome, Progress, Rejection, Report, RowRefused
from foundation.files.seen import SeenKeys

from .mapping import DayCountsMap
from .reading import CountedDay, read_row

COMMAND = "import_daily_counts"
CHUNK_ROWS = 2_000
# Of days and lines, those of which we have calls.
WITH_CALLS = """
    SELECT asked.day, asked.line_id FROM unnest(%s::date[], %s::bigint[]) asked (day, line_id)
    WHERE EXISTS (SELECT FROM contact_center_call c WHERE c.day = asked.day AND c.line_id = asked.line_id)
"""


def import_daily_counts(
    path: str, *, source: str, map_path: str | None, now: datetime, report: Report, progress: Progress
) -> None:
    """Load the counters of a CSV; UnusableInput before anything was written."""
    mapping = DayCountsMap.from_file(map_path) if map_path else None
    encoding, delimiter = (mapping.encoding, mapping.delimiter) if mapping else ("", "")
    with open_table(path, encoding=encoding, delimiter=delimiter) as table:
        mapping = mapping or DayCountsMap.of_our_columns(table.header)
        with said_of(path):
            table.require(mapping.columns)
        loader = _Loader(source, mapping, now)
        with said_of(map_path or path):
            mapping.require_lines(loader.lines)
        report.open_errors(table.header, delimiter=table.delimiter)
        with one_import_of(COMMAND, source), closing(SeenKeys()) as seen:
            for rows in in_chunks(table, CHUNK_ROWS):
                loader.load(rows, seen, report)
                progress.show(report.read)
        report.blank = table.blank


class _Loader:
    """The rows of one file on their way into the counters."""

    def __init__(self, source: str, mapping: DayCountsMap, now: datetime) -> None:
        self.source, self.mapping, self.now = source, mapping, now
        self.today = timezone.localdate(now)
        self.lines = dict(TollFreeLine.objects.values_list("code", "pk"))

    def load(self, rows: list[Row], seen: SeenKeys, report: Report) -> None:
        """Write a chunk: each row is counted once."""
        report.read += len(rows)
        found: list[tuple[Row, CountedDay]] = []
        for row in rows:
            if row.problem:
                report.reject(Rejection.of_unreadable(row))
                continue
            try:
                counted = read_row(row, self.mapping, today=self.today)
                self._require_line(counted)
                if self._is_repeated(row, counted, seen):
                    report.count(Outcome.DUPLICATE)
                    continue
            except RowRefused as refusal:
                report.reject(Rejection.of(row, refusal))
                continue
            found.append((row, counted))
        self._write(found, report)

    def _require_line(self, counted: CountedDay) -> None:
        if counted.line not in self.lines:
            raise RowRefused(
                self.mapping.line.column,
                _("there is no line “%(code)s”") % {"code": counted.line[:60]},
                _("Name it in the mapping: [line] values. The lines are %(codes)s.")
                % {"codes": ", ".join(self.lines)},
                value=counted.line,
            )

    def _is_repeated(self, row: Row, counted: CountedDay, seen: SeenKeys) -> bool:
        """Whether an earlier row says the same of this day and line; RowRefused where it says something else."""
        fingerprint = repr(counted.counts)
        earlier = seen.among([counted.key]).get(counted.key)
        if earlier is None:
            seen.remember({counted.key: (fingerprint, row.number)})
            return False
        if earlier[0] == fingerprint:
            return True
        raise RowRefused(
            self.mapping.day,
            _("row %(number)d of the file has other counts of the same day and line") % {"number": earlier[1]},
            _("Keep one of the two rows."),
            code="contradiction",
        )

    @transaction.atomic
    def _write(self, found: list[tuple[Row, CountedDay]], report: Report) -> None:
        keys = [(counted.day, self.lines[counted.line]) for _row, counted in found]
        with_calls = _with_calls(keys)
        days = {day for day, _line in keys}
        stored = {
            (one.day, one.line_id): one
            for one in DayCount.objects.select_for_update().filter(day__in=days).order_by("pk")
        }
        frozen = self._frozen(days)
        created = []
        for (row, counted), key in zip(found, keys, strict=True):
            one = stored.get(key)
            try:
                if one is None or {name: getattr(one, name) for name in DAY_COUNTS} != counted.counts:
                    self._refuse_frozen(counted, frozen)
                self._refuse_twice(counted, one, has_calls=key in with_calls)
            except RowRefused as refusal:
                report.reject(Rejection.of(row, refusal))
                continue
            if one is None:
                created.append(
                    DayCount(source=self.source, day=key[0], line_id=key[1], imported_at=self.now, **counted.counts)
                )
                report.count(Outcome.CREATED)
            elif {name: getattr(one, name) for name in DAY_COUNTS} == counted.counts:
                report.count(Outcome.UNCHANGED)
            else:
                for name, value in counted.counts.items():
                    setattr(one, name, value)
                one.imported_at = self.now
                one.save()
                report.count(Outcome.UPDATED)
        DayCount.objects.bulk_create(created)

    def _frozen(self, days: set[date]) -> list[FrozenPeriod]:
        if not days:
            return []
        standing = FrozenPeriod.objects.standing().touching(min(days), max(days))
        return list(standing.select_related("frozen_by"))

    def _refuse_frozen(self, counted: CountedDay, frozen: list[FrozenPeriod]) -> None:
        """Refuse what would change a day that is frozen."""
        for period in frozen:
            if period.start <= counted.day <= period.end:
                raise RowRefused(
                    self.mapping.day,
                    _("the days from %(start)s to %(end)s are frozen, by %(by)s on %(when)s") % period.words,
                    _("Have the period unfrozen on the page of the frozen periods first."),
                    code="frozen",
                )

    def _refuse_twice(self, counted: CountedDay, stored: DayCount | None, *, has_calls: bool) -> None:
        """Refuse counters of calls that are counted already: by ourselves, or by another system."""
        words = {"day": date_format(counted.day, "SHORT_DATE_FORMAT"), "line": counted.line}
        if has_calls:
            raise RowRefused(
                self.mapping.day,
                _("there are calls of %(day)s on the line “%(line)s”: their figures are counted from these") % words,
                _("Leave the row out: calls and counters of one day would count twice."),
                code="has_calls",
            )
        if stored is not None and stored.source != self.source:
            raise RowRefused(
                self.mapping.day,
                _("“%(source)s” has counted %(day)s on the line “%(line)s” already")
                % (words | {"source": stored.source}),
                _("Leave the row out, or import it under that name if it corrects those counts."),
                code="of_another_source",
            )


def _with_calls(keys: list[tuple]) -> set[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(WITH_CALLS, [[day for day, _line in keys], [line for _day, line in keys]])
        return set(cursor.fetchall())
