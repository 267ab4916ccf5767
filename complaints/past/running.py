"""One import of a past register from beginning to end: read, match, write in chunks, count every row once."""

from contextlib import closing
from datetime import date

from django.utils.translation import ngettext

from complaints.past.entries import PastReader, PastRecord, doubt_words
from complaints.past.figures import sentences_about
from complaints.past.loading import CHUNK_ROWS, PastLoader, Placed
from complaints.past.mapping import PastMap
from complaints.past.matching import Row as Matched
from complaints.past.matching import match
from foundation.chunks import in_chunks
from foundation.files.one_at_a_time import one_import_of
from foundation.files.reading import Row, Table, open_table, said_of
from foundation.files.report import Outcome, Progress, Rejection, Report, RowRefused
from foundation.files.seen import SeenKeys

COMMAND = "import_complaints"
NAMED = 10  # of the codes that an import created, in its summary


def import_complaints(
    path: str, *, source: str, map_path: str, today: date, report: Report, progress: Progress
) -> None:
    """Load a past register from a CSV; UnusableInput before anything was written."""
    mapping = PastMap.from_file(map_path)
    with open_table(path, encoding=mapping.encoding, delimiter=mapping.delimiter) as table:
        with said_of(path):
            table.require(mapping.columns)
        report.open_errors(table.header, delimiter=table.delimiter, keyed=True)
        with one_import_of(COMMAND, source), closing(SeenKeys()) as seen:
            loader = PastLoader(source, mapping)
            run = _Run(table, loader, seen, PastReader(mapping, today=today), report)
            try:
                for rows in in_chunks(table, CHUNK_ROWS):
                    run.load(rows)
                    progress.show(report.read)
            finally:
                loader.codes.forget()
            report.blank = table.blank
            _report_what_was_made(loader.codes.new, report)
            report.remarks += sentences_about(source, outcome_column=mapping.outcome.column)


class _Run:
    """The rows of one file on their way into the register."""

    def __init__(self, table: Table, loader: PastLoader, seen: SeenKeys, reader: PastReader, report: Report):
        self.table, self.loader, self.seen, self.reader, self.report = table, loader, seen, reader, report

    def load(self, rows: list[Row]) -> None:
        """Load a chunk: each of its rows is counted once."""
        self.report.read += len(rows)
        keyed = self._keyed(rows)
        records: list[tuple[Row, Matched, PastRecord]] = []
        for row, ordinal in keyed:
            try:
                record = self.reader.record(row)
            except RowRefused as refusal:
                self._refuse(row, refusal, ordinal)
                continue
            records.append((row, self._matched(row, record, ordinal), record))
        placed = self._placed(records)
        results = self.loader.write([each for _row, each in placed])
        for (row, each), result in zip(placed, results, strict=True):
            if result.refusal is not None:
                result.refusal.column = result.refusal.column or self.reader.mapping.number
                self._refuse(row, result.refusal, each.place)
                continue
            assert result.outcome is not None, "what was not refused has an outcome"
            self.report.count(result.outcome)
            for doubt in set(each.record.doubts) if result.outcome != Outcome.UNCHANGED else ():
                self.report.warn(doubt_words(doubt))

    def _keyed(self, rows: list[Row]) -> list[tuple[Row, int]]:
        """The rows that have a number and a day and repeat no earlier row word for word, with the place of each.

        The place counts the rows of the file that have number and day in common.
        """
        keys: list[tuple[Row, str]] = []
        for row in rows:
            if row.problem:
                self.report.reject(Rejection.of_unreadable(row))
                continue
            try:
                number, received_on = self.reader.key(row)
            except RowRefused as refusal:
                self._refuse(row, refusal, 0)
                continue
            keys.append((row, f"{number}\x1f{received_on}"))
        whole = [f"{key}={row.digest}" for row, key in keys]
        known = {*self.seen.among(whole)}
        counts = {key: number for key, (_found, number) in self.seen.among({key for _row, key in keys}).items()}
        found = []
        for (row, key), content in zip(keys, whole, strict=True):
            if content in known:
                self.report.count(Outcome.DUPLICATE)
                continue
            known.add(content)
            counts[key] = counts.get(key, 0) + 1
            found.append((row, counts[key]))
        self.seen.remember({key: ("", number) for key, number in counts.items()} | dict.fromkeys(known, ("", 0)))
        return found

    def _matched(self, row: Row, record: PastRecord, ordinal: int) -> Matched:
        """A row of a file of refused rows has the place that it had; one that had none is nobody else's."""
        if not self.table.is_error_file:
            return Matched(record.digest, ordinal)
        return Matched(record.digest, _place_in(row.key), fixed=True)

    def _placed(self, records: list[tuple[Row, Matched, PastRecord]]) -> list[tuple[Row, Placed]]:
        """The records with their places among what is stored and what this file has placed already."""
        groups: dict[tuple[str, date], list[int]] = {}
        for number, (_row, _matched, record) in enumerate(records):
            groups.setdefault((record.number, record.received_on), []).append(number)
        stored = self.loader.stored(groups)
        places: dict[int, tuple[int, str]] = {}
        claims = {key: _claims_key(key) for key in groups}
        before = self.seen.among(claims.values())
        claimed_now: dict[str, tuple[int | str, int]] = {}
        for key, numbers in groups.items():
            claimed = _claimed(before.get(claims[key]))
            found = match([records[number][1] for number in numbers], stored.get(key, {}), claimed)
            for number, place in zip(numbers, found, strict=True):
                places[number] = (place, stored.get(key, {}).get(place, ""))
            claimed_now[claims[key]] = (" ".join(map(str, sorted({*claimed, *found}))), 0)
        self.seen.remember(claimed_now)
        return [
            (row, Placed(places[number][0], record, places[number][1]))
            for number, (row, _matched, record) in enumerate(records)
        ]

    def _refuse(self, row: Row, refusal: RowRefused, place: int) -> None:
        self.report.reject(Rejection.of(row, refusal, key=str(place or "")))


def _place_in(key: str) -> int:
    """The place that an error file remembers of a row; 0 where it had none."""
    return int(key) if key.isdecimal() and len(key) < 6 else 0


def _claims_key(key: tuple[str, date]) -> str:
    return f"{key[0]}\x1f{key[1]}@"


def _claimed(seen: tuple[int | str, int] | None) -> set[int]:
    return {int(place) for place in str(seen[0]).split()} if seen else set()


def _report_what_was_made(names: list[str], report: Report) -> None:
    if names:
        listed = ", ".join(f"“{name}”" for name in names[:NAMED]) + (", …" if len(names) > NAMED else "")
        report.remarks.append(
            ngettext("created %(count)d code: %(names)s", "created %(count)d codes: %(names)s", len(names))
            % {"count": len(names), "names": listed}
        )
