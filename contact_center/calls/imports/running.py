"""One import from beginning to end: read, make calls, write them in chunks, count every row once."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.chunks import in_chunks
from foundation.files.one_at_a_time import one_import_of
from foundation.files.reading import (
    KEY_COLUMN,
    LongLine,
    Row,
    Table,
    open_bytes,
    open_table,
    said_of,
    text_lines,
)
from foundation.files.report import Progress, Rejection, Report, RowRefused
from foundation.files.seen import SeenKeys

from . import cells, queue_log
from .csv_calls import CallReader, rule_words
from .loading import CHUNK_ROWS, Loader, Result, Rules, require_lines
from .mapping import CallsMap
from .records import CallRecord, broken_rule, is_ahead

NAMED = 10  # of the topics and agents that an import created, in its summary


def import_csv(
    path: str,
    *,
    source: str,
    map_path: str | None,
    now: datetime,
    report: Report,
    progress: Progress,
) -> None:
    """Load the calls of a CSV; UnusableInput before anything was written."""
    mapping = CallsMap.from_file(map_path) if map_path else None
    encoding, delimiter = (mapping.encoding, mapping.delimiter) if mapping else ("", "")
    with open_table(path, encoding=encoding, delimiter=delimiter) as table:
        mapping = mapping or CallsMap.of_our_columns(table.header)
        with said_of(path):
            table.require(mapping.columns)
        with said_of(map_path or path):
            require_lines(mapping.line_codes)
        report.open_errors(table.header, delimiter=table.delimiter, keyed=bool(mapping.id_columns))
        rules = Rules(
            create_topics=mapping.topic.unknown == "create",
            ignore_topics=mapping.topic.unknown == "ignore",
            topic_area=mapping.topic.area,
            create_agents=mapping.agent.unknown == "create",
            ignore_agents=mapping.agent.unknown == "ignore",
            customer_by=mapping.customer.by,
            ignore_customers=mapping.customer.unknown == "ignore",
            not_resolved=mapping.not_resolved,
            knows_transfers=mapping.transferred is not None,
        )
        with one_import_of("import_calls", source), closing(SeenKeys()) as seen:
            run = _CsvRun(table, mapping, Loader(source, rules), seen, CallReader(mapping, now=now), report)
            for rows in in_chunks(table, CHUNK_ROWS):
                run.load(rows)
                progress.show(report.read)
            report.blank = table.blank
            _report_what_was_made(run.loader, report)


class _CsvRun:
    """The rows of one CSV on their way into the database."""

    def __init__(
        self,
        table: Table,
        mapping: CallsMap,
        loader: Loader,
        seen: SeenKeys,
        reader: CallReader,
        report: Report,
    ):
        self.table, self.mapping, self.loader, self.seen = table, mapping, loader, seen
        self.reader, self.report = reader, report

    def load(self, rows: list[Row]) -> None:
        self.report.read += len(rows)
        keys, repeated = self._keys(rows) if self.mapping.id_columns else ({}, set())
        # A file of refused rows has the keys that its rows had; any other that is made of cells is there only once.
        composed = bool(self.mapping.id_columns) and self.table.is_error_file
        unique = bool(self.mapping.id_columns) and not self.table.is_error_file
        found: dict[str, tuple[Row, CallRecord]] = {}
        digests: dict[str, tuple[str, int]] = {}
        made = []
        for row in rows:
            if row.problem:
                self.report.reject(replace(Rejection.of_unreadable(row), key=keys.get(row.number, row.key)))
                continue
            if row.number in repeated:
                self.report.duplicates += 1
                continue
            try:
                if row.number not in keys and self.mapping.id_columns:
                    self.reader.identity(row)  # says why there is none
                call = self.reader.call(row)
            except RowRefused as error:
                self._refuse(row, error, keys)
                continue
            call.external_id = keys.get(row.number) or call.external_id
            made.append((row, call))
        seen = {} if unique else self.seen.among(call.external_id for _row, call in made)
        for row, call in made:
            digest = row.digest
            earlier = seen.get(call.external_id)
            if earlier is None:
                seen[call.external_id] = digests[call.external_id] = (digest, row.number)
                found[call.external_id] = (row, call)
            elif earlier[0] == digest:
                self.report.duplicates += 1
            else:
                self._refuse(
                    row,
                    RowRefused(
                        self.mapping.id_column or KEY_COLUMN,
                        _("row %(number)d has the same key but other content") % {"number": earlier[1]},
                        _("Keep the right one of the two rows, or choose another key in the mapping."),
                        value=call.external_id,
                    ),
                    keys,
                )
        if not unique:
            self.seen.remember(digests)
        # The place in a file of refused rows says nothing: such a key may be that of another call.
        uncertain = {key for key, (row, _call) in found.items() if composed and key != row.key}
        results = write(self.loader, [call for _row, call in found.values()], self.report, only_new=uncertain)
        for (row, _call), result in zip(found.values(), results, strict=True):
            if result.refusal is not None:
                self._refuse(row, result.refusal, keys)

    def _keys(self, rows: list[Row]) -> tuple[dict[int, str], set[int]]:
        """Keys made of cells, by the number of the row, and the numbers of the rows that only repeat an earlier one.

        A key is a hash, and the place among the rows of the file that have the same cells. A row of an error file keeps
        the key it had in its first file, as long as the cells of the key are the same.
        """
        hashes = {}
        for row in rows:
            try:
                hashes[row.number] = self.reader.identity(row)
            except RowRefused:
                continue  # `load` asks again and reports it
        kept = {
            row.number: row.key for row in rows if row.key and row.key.rpartition("-")[0] == hashes.get(row.number)
        }
        repeated = self._repeated(rows, hashes) if self.mapping.same_rows_are_one else set()
        counts = {key: number for key, (_found, number) in self.seen.among(hashes.values()).items()}
        keys = {}
        for number, key in hashes.items():
            if number in kept or number in repeated:
                continue
            counts[key] = counts.get(key, 0) + 1
            keys[number] = f"{key}-{counts[key]}"
        self.seen.remember({key: ("", count) for key, count in counts.items()})
        return keys | kept, repeated

    def _repeated(self, rows: list[Row], hashes: dict[int, str]) -> set[int]:
        """The rows that are word for word an earlier one of the file."""
        whole = {row.number: f"{hashes[row.number]}={row.digest}" for row in rows if row.number in hashes}
        seen = set(self.seen.among(whole.values()))
        repeated = set()
        for number, content in whole.items():
            if content in seen:
                repeated.add(number)
            seen.add(content)
        self.seen.remember(dict.fromkeys(seen, ("", 0)))
        return repeated

    def _refuse(self, row: Row, error: RowRefused, keys: dict[int, str]) -> None:
        error.column = error.column or self._column_of(error.value or "", row)
        self.report.reject(Rejection.of(row, error, key=keys.get(row.number, row.key)))

    def _column_of(self, value: str, row: Row) -> str:
        """The column that holds a value the database refused; "" when it came by way of the mapping."""
        return next((column for column in self.mapping.columns if value and row.cells.get(column) == value), "")


def import_queue_log(
    path: str,
    *,
    source: str,
    map_path: str | None,
    now: datetime,
    report: Report,
    progress: Progress,
) -> None:
    """Load the calls of an Asterisk queue_log. A row of the report is a call, or a line that became part of none."""
    mapping = CallsMap.from_file(map_path, queue_log=True) if map_path else CallsMap.from_data({}, queue_log=True)
    with open_bytes(path) as file:
        with said_of(path):
            lines = text_lines(file, mapping.encoding)
        with said_of(map_path or path):
            require_lines(mapping.line_codes)
        report.open_errors(["text"])
        rules = Rules(
            create_agents=mapping.agent.unknown == "create",
            ignore_agents=mapping.agent.unknown == "ignore",
            not_resolved="escalated",
            knows_transfers=True,
            lines_are_queues=True,
        )
        machine = queue_log.QueueLog(
            mapping.queues, second_level_queues=mapping.second_level_queues, agents=mapping.agent.code_of
        )
        with one_import_of("import_calls", source):
            loader = Loader(source, rules, second_level_queues=mapping.second_level_queues)
            for chunk in in_chunks(_calls_reported_by(machine, lines, progress), CHUNK_ROWS):
                _load_reported(chunk, mapping, loader, report, now)
            _report_what_was_made(loader, report)
    for event, count in machine.unknown.most_common():
        report.warn(_("unknown event %(event)s") % {"event": event}, count)
    report.preamble.append(
        _("%(lines)d lines: %(agents)d about agents, %(repeated)d with nothing new, %(unknown)d of unknown events.")
        % {
            "lines": machine.lines,
            "agents": machine.ignored.total(),
            "repeated": machine.repeated,
            "unknown": machine.unknown.total(),
        }
    )


def _calls_reported_by(
    machine: queue_log.QueueLog, lines: Iterable[str], progress: Progress
) -> Iterator[CallRecord | queue_log.RefusedLine]:
    for number, text in enumerate(lines, 1):
        if isinstance(text, LongLine):
            yield queue_log.RefusedLine(number, text.rstrip(), "fields")
        else:
            yield from machine.feed(number, text)
        progress.show(number)
    yield from machine.finish()


def _load_reported(
    chunk: list[CallRecord | queue_log.RefusedLine], mapping: CallsMap, loader: Loader, report: Report, now: datetime
) -> None:
    waves: list[dict[str, tuple[Row, CallRecord]]] = [{}]
    for item in chunk:
        report.read += 1
        try:
            if isinstance(item, queue_log.RefusedLine):
                row = Row(item.number, item.number, {"text": item.text})
                raise _refused_line(item)
            row = Row(item.first_line, item.first_line, {"text": item.first_text})
            call = _checked(item, mapping, report, now)
        except RowRefused as error:
            report.reject(Rejection.of(row, error))
            continue
        if call.external_id in waves[-1]:  # reported twice in one chunk: the second must find the first written
            waves.append({})
        waves[-1][call.external_id] = (row, call)
    for wave in waves:
        results = write(loader, [call for _row, call in wave.values()], report, with_legs=True)
        for (row, _call), result in zip(wave.values(), results, strict=True):
            if result.refusal is not None:
                report.reject(Rejection.of(row, result.refusal))


def _checked(call: CallRecord, mapping: CallsMap, report: Report, now: datetime) -> CallRecord:
    if call.caller_stated:
        try:
            call.caller = cells.caller(call.caller_stated, mapping.caller.region)
        except ValidationError as error:
            if mapping.caller.unknown == "refuse":
                raise RowRefused("caller", error.messages[0], value=call.caller_stated) from None
            call.doubts += ("caller",)
    if broken := broken_rule(call, now=now):
        raise RowRefused("epoch", *rule_words(broken), value=call.queued_at.isoformat())
    if is_ahead(now, call.queued_at, call.answered_at, call.ended_at):
        call.doubts += ("ahead",)
    return call


def _refused_line(line: queue_log.RefusedLine) -> RowRefused:
    if line.why == "queue":
        return RowRefused(
            "queue",
            _("the queue is not in [queues] of the mapping (lines %(lines)s)")
            % {"lines": ", ".join(map(str, line.lines))},
            _("Say which line it serves, then import the log again."),
            value=line.value,
        )
    return {
        "fields": RowRefused(
            "",
            _("is no line of a queue log: epoch|callid|queue|agent|event|…"),
            _("Check that the file has the format given with --format."),
            value=line.text[:80],
        ),
        "time": RowRefused(
            "epoch", _("the time is no number of seconds"), _("Correct the line, or remove it."), value=line.value
        ),
        "callid": RowRefused(
            "callid",
            _("an event of a call has no usable callid"),
            _("Correct the line, or remove it."),
            value=line.value,
        ),
    }[line.why]


def write(
    loader: Loader,
    calls: list[CallRecord],
    report: Report,
    *,
    with_legs: bool = False,
    only_new: Collection[str] = (),
) -> list[Result]:
    """Write a chunk, count what became of its calls, and return the result of each.

    What is doubtful in a call counts once the call is stored: a refused row is no doubt.
    """
    results = loader.write(calls, with_legs=with_legs, only_new=only_new)
    for outcome, count in Counter(result.outcome for result in results if result.outcome).items():
        report.count(outcome, count)
    doubts = Counter(
        name
        for call, result in zip(calls, results, strict=True)
        if result.refusal is None
        for name in set(call.doubts)
    )
    for name, count in doubts.items():
        report.warn(doubt_words(name), count)
    return results


def _report_what_was_made(loader: Loader, report: Report) -> None:
    """Name the topics and agents that the import created."""
    for sentence, made in (
        (
            ngettext(
                "created %(count)d topic: %(names)s", "created %(count)d topics: %(names)s", len(loader.new_topics)
            ),
            loader.new_topics,
        ),
        (
            ngettext(
                "created %(count)d agent: %(names)s", "created %(count)d agents: %(names)s", len(loader.new_agents)
            ),
            loader.new_agents,
        ),
    ):
        if made:
            names = ", ".join(f"“{name}”" for name in made[:NAMED]) + (", …" if len(made) > NAMED else "")
            report.remarks.append(sentence % {"count": len(made), "names": names})


def doubt_words(name: str) -> str:
    """What a doubt that was counted means."""
    return {
        "wait": _("the stated wait contradicts the moments, which were used"),
        "talk": _("the stated talk time contradicts the moments, which were used"),
        "entry": _("the moment of queueing is not given: the first one given is used for it"),
        "clock": _("the clock went backwards inside the call"),
        "no_wait": _("the wait of an answered call is not stated: it counts in no mean, and not as answered in time"),
        "no_talk": _("the talk time of an answered call is not stated: it counts in no mean"),
        "autumn": _("the time came twice when the clocks went back: taken as the first"),
        "unanswered": _("topic, agent, customer or rating of an unanswered call: not stored, since it has no contact"),
        "caller": _("the caller's number is no number: kept as given, without caller"),
        "ahead": _("a moment lies ahead of our clock: a clock or a time zone may be wrong"),
    }[name]
