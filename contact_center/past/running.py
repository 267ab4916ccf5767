"""One import of an earlier help desk from beginning to end: read, group by ticket, write in chunks, count every row once."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact_center.past.figures import sentences_about
from contact_center.past.grouping import RowsByTicket
from contact_center.past.loading import CHUNK_ROWS, CLOSE, TicketLoader
from contact_center.past.mapping import TicketsMap
from contact_center.past.tickets import Ticket, TicketReader
from foundation.chunks import in_chunks
from foundation.files.one_at_a_time import one_import_of
from foundation.files.reading import Row, Table, open_table, said_of
from foundation.files.report import Outcome, Progress, Rejection, Report, RowRefused

COMMAND = "import_contacts"
MOST_EVENTS = 2_000  # rows of one ticket: what has more is no ticket
NAMED = 10  # of the topics that an import created, in its summary


def import_contacts(
    path: str,
    *,
    source: str,
    map_path: str,
    open_tickets: str = CLOSE,
    now: datetime,
    report: Report,
    progress: Progress,
) -> None:
    """Load the tickets of an earlier help desk from a CSV; UnusableInput before anything was written."""
    mapping = TicketsMap.from_file(map_path)
    with open_table(path, encoding=mapping.encoding, delimiter=mapping.delimiter) as table:
        with said_of(path):
            table.require(mapping.columns)
        report.open_errors(table.header, delimiter=table.delimiter)
        with one_import_of(COMMAND, source), closing(RowsByTicket(table.header)) as rows:
            reader = TicketReader(mapping, now=now)
            run = _Run(TicketLoader(source, mapping, open_tickets=open_tickets), reader, report)
            run.group(table, rows)
            for tickets in run.chunks(rows):
                run.load(tickets)
                progress.show(run.done)
        report.blank = table.blank
        _report_what_was_made(run.loader.links.new_topics, report)
        report.remarks += sentences_about(source)


class _Run:
    """The rows of one file on their way into the contacts."""

    def __init__(self, loader: TicketLoader, reader: TicketReader, report: Report):
        self.loader, self.reader, self.report = loader, reader, report
        self.done = 0  # rows that were loaded or refused

    def group(self, table: Table, rows: RowsByTicket) -> None:
        """Keep each row under its ticket; what has none is refused."""
        for chunk in in_chunks(table, CHUNK_ROWS):
            self.report.read += len(chunk)
            kept = []
            for row in chunk:
                if row.problem:
                    self.report.reject(Rejection.of_unreadable(row))
                    continue
                try:
                    kept.append((self.reader.key(row), row))
                except RowRefused as refusal:
                    self.report.reject(Rejection.of(row, refusal))
            rows.keep(kept)

    def chunks(self, rows: RowsByTicket) -> Iterator[list[tuple[Ticket, list[Row]]]]:
        """Tickets with their rows, as many as a chunk holds; those with a row that cannot be used are refused whole."""
        chunk: list[tuple[Ticket, list[Row]]] = []
        size = 0
        for key, found in rows.tickets():
            its = list(islice(found, MOST_EVENTS + 1))
            if len(its) > MOST_EVENTS:
                self._refuse_too_many(its, found)
                continue
            ticket, refused = self.reader.ticket(key, its)
            if refused:
                self._refuse_whole(its, refused)
                continue
            chunk.append((ticket, its))
            size += len(its)
            if size >= CHUNK_ROWS:
                yield chunk
                chunk, size = [], 0
        if chunk:
            yield chunk

    def load(self, tickets: list[tuple[Ticket, list[Row]]]) -> None:
        """Write a chunk of tickets: each of their rows is counted once."""
        results = self.loader.write([ticket for ticket, _rows in tickets])
        for (ticket, rows), result in zip(tickets, results, strict=True):
            self.done += len(rows)
            if result.refusal is not None:
                result.refusal.column = result.refusal.column or self.reader.mapping.ticket
                at_fault = [row for row in rows if result.number in (None, row.number)]
                self._refuse_whole(rows, [(row, result.refusal) for row in at_fault])
                continue
            self.report.count(Outcome.DUPLICATE, len(ticket.repeated))
            for outcome in result.outcomes.values():
                self.report.count(outcome)

    def _refuse_whole(self, rows: list[Row], refused: list[tuple[Row, RowRefused]]) -> None:
        """Refuse the rows of a ticket: those at fault with their reason, the others because of these."""
        reasons = {row.number: refusal for row, refusal in refused}
        first = min(reasons)
        for row in rows:
            refusal = reasons.get(row.number) or RowRefused(
                self.reader.mapping.ticket,
                _("row %(number)d of the same ticket is refused") % {"number": first},
                _("A ticket is loaded whole: correct that row, and import both."),
            )
            self.report.reject(Rejection.of(row, refusal))

    def _refuse_too_many(self, rows: list[Row], more: Iterator[Row]) -> None:
        for some in (rows, more):
            for row in some:
                refusal = RowRefused(
                    self.reader.mapping.ticket,
                    _("the ticket has more than %(most)d rows") % {"most": MOST_EVENTS},
                    _("Check which column holds the number of the ticket."),
                )
                self.report.reject(Rejection.of(row, refusal))


def _report_what_was_made(names: list[str], report: Report) -> None:
    if names:
        listed = ", ".join(f"“{name}”" for name in names[:NAMED]) + (", …" if len(names) > NAMED else "")
        report.remarks.append(
            ngettext("created %(count)d topic: %(names)s", "created %(count)d topics: %(names)s", len(names))
            % {"count": len(names), "names": listed}
        )
