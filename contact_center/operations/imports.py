"""What the company's own system reports of operations: a file of receipt numbers, each with a state, a day and an answer.

Each row goes through the same commands as the desk, in a transaction of its own, so that a refused one leaves the others.
The columns are in docs/formats/operations.md.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.operations.commands import carry_out, refuse, start
from customers.models import Operation
from foundation.dates import ROME
from foundation.files.cells import long_text, read_date, reason_of, word_among
from foundation.files.reading import ERROR_COLUMNS, Row, open_table
from foundation.files.report import Outcome, Progress, Rejection, Report, RowRefused
from foundation.refusals import Refused

COLUMNS = ("number", "state", "day", "answer")
NUMBER = re.compile(r"O-([0-9]{8,18})", re.IGNORECASE)
State = Operation.State
STATES = (State.IN_PROGRESS, State.DONE, State.REFUSED)
read_state = word_among(STATES)


@dataclass(frozen=True)
class Reported:
    """A row as it was read."""

    operation: Operation
    state: str
    day: date | None
    answer: str


def import_operations(options: dict[str, Any], report: Report, progress: Progress) -> None:
    """Read the file and apply each row, counting it in the report; UnusableInput before the first row."""
    with open_table(
        options["file"],
        encoding=options["encoding"],
        delimiter=options["delimiter"],
        required=["number", "state"],
    ) as table:
        columns = [name for name in table.header if not (table.is_error_file and name in ERROR_COLUMNS)]
        for name in columns:
            if name not in COLUMNS:
                report.warn(_("the column “%(column)s” is not one of ours and was ignored") % {"column": name})
        report.open_errors(columns, delimiter=table.delimiter)
        for row in table:
            report.read += 1
            try:
                report.count(_apply(row))
            except RowRefused as refusal:
                report.reject(Rejection.of(row, refusal))
            progress.show(report.read)


def _apply(row: Row) -> Outcome:
    reported = _read(row)
    operation = reported.operation
    if operation.state == reported.state:
        return Outcome.UNCHANGED
    at = _moment(reported, timezone.now())
    try:
        with transaction.atomic():
            if reported.state == State.DONE:
                carry_out(operation, by=None, answer=reported.answer, at=at)
            elif reported.state == State.REFUSED:
                refuse(operation, by=None, answer=reported.answer, at=at)
            elif operation.state in Operation.OPEN_STATES:
                start(operation, by=None)
            else:
                words = {"state": operation.get_state_display()}
                raise RowRefused("state", _("The operation has ended: %(state)s.") % words)
    except Refused as refusal:
        column = "answer" if refusal.field == "answer" else "state"
        raise RowRefused(column, str(refusal), code=refusal.code) from refusal
    return Outcome.UPDATED


def _read(row: Row) -> Reported:
    if row.problem:
        raise RowRefused("", row.problem, row.hint, value="")
    cells = row.cells
    number = NUMBER.fullmatch(cells.get("number", ""))
    operation = Operation.objects.filter(pk=int(number[1])).first() if number else None
    if operation is None:
        raise RowRefused(
            "number", _("There is no operation with this number."), _("Write it as we gave it, such as O-00000123.")
        )
    day = _cell("day", cells, read_date)
    today = timezone.localdate()
    if day is not None and not timezone.localdate(operation.asked_at) <= day <= today:
        raise RowRefused("day", _("The day is before it was asked for, or in the future."), _("Correct the day."))
    if not cells.get("state"):
        raise RowRefused("state", _("The row has no %(column)s.") % {"column": "state"}, _("Every row needs one."))
    state = _cell("state", cells, read_state)
    assert state is not None, "it is there, and one of ours"
    return Reported(operation, state, day, _cell("answer", cells, long_text) or "")


def _cell(column: str, cells: dict[str, str], read: Any) -> Any:
    text = cells.get(column, "")
    if not text:
        return None
    try:
        return read(text)
    except ValidationError as error:
        raise RowRefused(column, reason_of(error)) from None


def _moment(reported: Reported, now: datetime) -> datetime:
    """Noon of the day reported, but neither before it was asked for nor after now."""
    if reported.day is None:
        return now
    noon = datetime.combine(reported.day, time(12), tzinfo=ROME)
    return min(max(noon, reported.operation.asked_at), now)
