"""What an import did: every row counted once, the refused ones written out, the exit code that follows."""

import csv
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Self, TextIO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .reading import ERROR_COLUMNS, KEY_COLUMN, Row, UnusableInput, apart_from_ours, same_file, with_formula_guard

DONE, SOME_REJECTED, UNUSABLE = 0, 1, 2  # exit codes
SHOWN = 5  # kinds of refusal shown on the terminal
SHOWN_CHARACTERS = 60  # of a value, there
_QUOTED_OR_NUMBER = re.compile(r"“[^”]*”|\d+")
PROGRESS_SECONDS = 0.5


class Outcome(StrEnum):
    """What became of a row that was not refused; the counts of a report are named so."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicates"


class RowRefused(Exception):
    """A row that cannot be loaded: because of which column, why, and what to do about it; `code` is for programs.

    `value` is what is shown of it; without one, what the row has in the column.
    """

    def __init__(
        self, column: str, reason: str, hint: str = "", *, value: str | None = None, code: str = "unreadable"
    ):
        super().__init__(reason)
        self.column, self.reason, self.hint, self.value, self.code = column, reason, hint, value, code


@dataclass(frozen=True, slots=True)
class Rejection:
    """One row that was not loaded: which, because of which cell, why, and what to do about it.

    `key` is the key the row has in this file where the file gives none; the error file carries it.
    """

    row: Row
    column: str
    value: str
    reason: str
    hint: str = ""
    key: str = ""

    @classmethod
    def of_unreadable(cls, row: Row) -> "Rejection":
        """The rejection of a row that could not even be read (`row.problem`)."""
        return cls(row, "", "", row.problem, row.hint)

    @classmethod
    def of(cls, row: Row, refusal: "RowRefused", *, key: str = "") -> "Rejection":
        """The rejection of a row that was refused; without a value of its own, the refusal shows that of its column."""
        value = row.cells.get(refusal.column, "") if refusal.value is None else refusal.value
        return cls(row, refusal.column, value, refusal.reason, refusal.hint, key)

    @property
    def kind(self) -> tuple[str, str]:
        """Column and rule: the reason without the values and numbers of this one row."""
        rule = _QUOTED_OR_NUMBER.sub("…", self.reason)
        return self.column, rule.replace(self.value, "…") if self.value else rule


class ErrorFile:
    """The refused rows as CSV: row, line, column, value, reason, hint, then the cells as they were (a column of the
    input that is called as one of these gets “original ” in front). With `keyed`, the key of the row stands between.

    It is UTF-8 with a byte-order mark and has the delimiter of the input, so that a spreadsheet opens it. Cells that a spreadsheet would run as formulas get an apostrophe in front; the readers here take it off again
    when the file is corrected and imported. Only its owner may read the file: it holds people's data.
    Raises UnusableInput when the file cannot be written or is the input itself.
    """

    def __init__(
        self, path: str, columns: Iterable[str], *, input_path: str = "-", delimiter: str = ",", keyed: bool = False
    ):
        if input_path != "-" and same_file(path, input_path):
            raise UnusableInput(_("The error file may not be the file that is read: %(path)s.") % {"path": path})
        self.path, self.columns, self.keyed = path, list(columns), keyed
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise UnusableInput(
                _("The error file “%(path)s” cannot be written: %(error)s.") % {"path": path, "error": error.strerror}
            ) from error
        self._file = os.fdopen(handle, "w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file, delimiter=delimiter)
        ours = [*ERROR_COLUMNS, KEY_COLUMN] if keyed else ERROR_COLUMNS
        self._writer.writerow([*ours, *map(apart_from_ours, self.columns)])

    def write(self, rejection: Rejection) -> None:
        row = rejection.row
        texts = [rejection.column, rejection.value, rejection.reason, rejection.hint]
        texts += [rejection.key] if self.keyed else []
        texts += [row.cells.get(column, "") for column in self.columns]
        self._writer.writerow([row.number, row.line, *(with_formula_guard(text).replace("\0", "") for text in texts)])

    def close(self) -> None:
        self._file.close()


@dataclass
class Report:
    """The counts of one import.

    read = created + updated + unchanged + duplicates + rejected: a row is in exactly one of them. `duplicates` are
    rows that repeat an earlier row of the same file word for word; `warnings` counts what was loaded with a doubt;
    `blank` rows hold nothing and are none of these.
    """

    errors_path: str = ""  # where the refused rows go, if anywhere
    input_path: str = "-"
    errors: ErrorFile | None = None
    dry_run: bool = False
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    rejected: int = 0
    blank: int = 0
    warnings: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    firsts: dict[tuple[str, str], Rejection] = field(default_factory=dict)
    preamble: list[str] = field(default_factory=list)  # what the person should know before the counts
    remarks: list[str] = field(default_factory=list)  # and after them, a sentence each
    started: float = field(default_factory=time.monotonic)

    def open_errors(self, columns: list[str], *, delimiter: str = ",", keyed: bool = False) -> None:
        """Create the error file, if one was asked for; to be called once the input is known to be usable."""
        if self.errors_path:
            self.errors = ErrorFile(
                self.errors_path, columns, input_path=self.input_path, delimiter=delimiter, keyed=keyed
            )

    def close(self) -> None:
        """Close the error file."""
        if self.errors:
            self.errors.close()

    def count(self, outcome: Outcome, number: int = 1) -> None:
        """Count rows that were not refused; they count as read elsewhere."""
        setattr(self, outcome.value, getattr(self, outcome.value) + number)

    def reject(self, rejection: Rejection) -> None:
        """Count a refused row and write it to the error file; the row counts as read elsewhere."""
        self.rejected += 1
        kind = rejection.kind
        if kind not in self.reasons and len(self.reasons) >= 1000:  # reasons that quote values must not fill memory
            kind = ("", _("other reasons"))
        self.reasons[kind] += 1
        self.firsts.setdefault(kind, rejection)
        if self.errors:
            self.errors.write(rejection)

    def warn(self, text: str, count: int = 1) -> None:
        """Count rows that were loaded although something in them is doubtful."""
        self.warnings[text] += count

    @property
    def is_balanced(self) -> bool:
        return self.read == self.created + self.updated + self.unchanged + self.duplicates + self.rejected

    @property
    def exit_code(self) -> int:
        """0 when every row was loaded, 1 when some were refused."""
        return SOME_REJECTED if self.rejected else DONE

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def one_line(self) -> str:
        """The counts for a script to read: fixed English names, in a fixed order."""
        counts = ("read", "created", "updated", "unchanged", "duplicates", "rejected")
        line = " ".join(f"{name}={getattr(self, name)}" for name in counts)
        rate = self.read / self.seconds if self.seconds else 0
        return (
            f"{line} seconds={self.seconds:.1f} rows_per_second={rate:.0f} dry_run={'yes' if self.dry_run else 'no'}"
        )

    def summary(self) -> list[str]:
        """The lines for a person: what was loaded, what was refused and why, then `one_line`.

        Raises AssertionError when a row was lost or counted twice: that is a bug, never the file's fault.
        """
        assert self.is_balanced, f"the counts do not add up: {self.one_line}"
        lines = [
            *self.preamble,
            ngettext("%(count)d row read", "%(count)d rows read", self.read) % {"count": self.read}
            + ": "
            + _(
                "%(created)d new, %(updated)d changed, %(unchanged)d unchanged, %(duplicates)d repeated in the file, "
                "%(rejected)d refused."
            )
            % {
                "created": self.created,
                "updated": self.updated,
                "unchanged": self.unchanged,
                "duplicates": self.duplicates,
                "rejected": self.rejected,
            },
        ]
        lines += [self._refused(kind, count) for kind, count in self.reasons.most_common(SHOWN)]
        if len(self.reasons) > SHOWN:
            lines.append(_("  and %(count)d other kinds of refusal") % {"count": len(self.reasons) - SHOWN})
        lines += [
            _("  doubtful %(count)d: %(text)s") % {"count": n, "text": t} for t, n in self.warnings.most_common()
        ]
        lines += [f"  {remark}" for remark in self.remarks]
        if self.blank:
            lines.append(_("  %(count)d blank rows were skipped") % {"count": self.blank})
        if self.rejected and self.errors:
            lines.append(_("The refused rows are in %(path)s.") % {"path": self.errors.path})
        elif self.rejected:
            lines.append(_("Give --errors FILE to have the refused rows written out."))
        if self.dry_run:
            lines.append(_("Trial run: nothing was written."))
        return [*lines, self.one_line]

    def _refused(self, kind: tuple[str, str], count: int) -> str:
        """A kind of refusal in a line: how many rows, column, reason, the first row with its value, and the hint."""
        column, rule = kind
        first = self.firsts[kind]
        reason = first.reason if first.kind == kind else rule
        facts = {
            "count": count,
            "reason": f"{column}: {reason}" if column else reason,
            "row": first.row.number,
            "value": first.value[:SHOWN_CHARACTERS],
        }
        if first.value and first.value not in reason:
            line = _("  refused %(count)d: %(reason)s (first in row %(row)d: “%(value)s”)") % facts
        else:
            line = _("  refused %(count)d: %(reason)s (first in row %(row)d)") % facts
        return f"{line}. {first.hint}" if first.hint else line


class Progress:
    """Rows so far and rows a second, rewritten in place on a terminal; silent anywhere else."""

    def __init__(self, stream: TextIO | None = None):
        self._stream = stream or sys.stderr
        self._on = self._stream.isatty()
        self._started = self._shown = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._on:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def show(self, rows: int) -> None:
        now = time.monotonic()
        if not self._on or now - self._shown < PROGRESS_SECONDS:
            return
        self._shown = now
        rate = rows / (now - self._started)
        self._stream.write("\r\x1b[K" + _("%(rows)d rows, %(rate)d a second") % {"rows": rows, "rate": rate})
        self._stream.flush()
