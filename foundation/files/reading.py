"""Read a CSV file that somebody else wrote: any encoding, any delimiter, one row in memory at a time.

What makes the whole file useless (absent, not text, wrong delimiter, a column missing) raises `UnusableInput` before
the first row is given out, so that a command can stop having written nothing. What is wrong with one row is stated on
that row (`Row.problem`), and reading goes on.
"""

import codecs
import csv
import difflib
import gzip
import hashlib
import io
import os
import shutil
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO, cast

from django.utils.translation import gettext as _

CHUNK_BYTES = 1 << 18
LONGEST_LINE = 4 << 20  # characters: no row of real data comes near it
LONGEST_CELL = csv.field_size_limit()
LONG_LINE_KEPT = 500  # characters of a line that is too long, for the error file
DELIMITERS = (",", ";", "\t", "|")
BYTE_ORDER_MARKS = (  # the longer ones first: UTF-32's begins like UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# An error file of ours begins with these, then come the cells of the row as they were. Corrected, it can be read again.
ERROR_COLUMNS = ("row", "line", "column", "value", "reason", "hint")
# After these, where the key of a row is made of its cells and of its place in the file: the key it had there.
KEY_COLUMN = "row key"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"  # .xls and other files of the same container
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class UnusableInput(Exception):
    """The file, or an argument, cannot be used at all; the message is for the person who gave it."""


@contextmanager
def said_of(path: str) -> Iterator[None]:
    """Put the file's name before what is found wrong with it, unless the sentence has it already."""
    try:
        yield
    except UnusableInput as error:
        if path == "-" or path in str(error):
            raise
        raise UnusableInput(f"{path}: {error}") from error


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the file.

    `number` counts records from 1 after the header; `line` is the physical line it begins at (they part where a
    quoted cell holds line breaks). `cells` maps column name to text without surrounding blanks. `problem` is why
    the record cannot be read; then `cells` holds what could be separated, for the error file. `key` is what an error
    file of ours remembers: the key the row had in the file it was refused from.
    """

    number: int
    line: int
    cells: dict[str, str]
    problem: str = ""
    hint: str = ""
    key: str = ""

    @property
    def digest(self) -> str:
        """The same for rows that are equal word for word: 24 hexadecimal digits."""
        return hashlib.blake2b("\x1f".join(self.cells.values()).encode(), digest_size=12).hexdigest()


# --- Bytes ----------------------------------------------------------------------------------------------------------


@contextmanager
def open_bytes(path: str) -> Iterator[BinaryIO]:
    """The bytes of a file (gzip unpacked) or, for "-", of standard input, so that they can be read twice.

    Raises UnusableInput when the file is absent, a directory, forbidden, empty, or a workbook.
    """
    source: BinaryIO
    with ExitStack() as stack:
        try:
            if path == "-":
                source = stack.enter_context(tempfile.TemporaryFile())
                shutil.copyfileobj(sys.stdin.buffer, source)
                source.seek(0)
            else:
                source = stack.enter_context(open(path, "rb"))
            if source.read(2) == b"\x1f\x8b":
                source.seek(0)
                source = cast(BinaryIO, stack.enter_context(gzip.open(source, "rb")))  # it is one in all but name
            source.seek(0)
            head = source.read(4)
            source.seek(0)
        except FileNotFoundError:
            raise UnusableInput(_("There is no file “%(path)s”.") % {"path": path}) from None
        except IsADirectoryError:
            raise UnusableInput(_("“%(path)s” is a folder, not a file.") % {"path": path}) from None
        except PermissionError:
            raise UnusableInput(_("“%(path)s” may not be read: permission denied.") % {"path": path}) from None
        except (OSError, EOFError) as error:
            raise UnusableInput(_("“%(path)s” cannot be read: %(error)s.") % {"path": path, "error": error}) from error
        if not head:
            raise UnusableInput(_("“%(path)s” is empty.") % {"path": path})
        if head in (b"PK\x03\x04", OLD_WORKBOOK):
            raise UnusableInput(_("“%(path)s” is a workbook or an archive: save it as CSV.") % {"path": path})
        yield source


def find_encoding(head: bytes, declared: str = "") -> tuple[str, int]:
    """The encoding and the length in bytes of the byte-order mark, given the first bytes of a file.

    A byte-order mark beats what was declared; without either it is UTF-8. Raises UnusableInput for an unknown name.
    """
    for mark, name in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return name, len(mark)
    name = declared or "utf-8"
    try:
        info = codecs.lookup(name)
    except LookupError:
        info = None
    if info is None or not info._is_text_encoding:
        raise UnusableInput(
            _("There is no text encoding “%(name)s”. Usual ones: utf-8, windows-1252, iso-8859-15, utf-16.")
            % {"name": name}
        )
    name = "utf-8" if info.name == "utf-8-sig" else info.name
    if name == "utf-8" and head.count(0) > len(head) // 4:
        raise UnusableInput(
            _("The file looks like UTF-16 without a byte-order mark: declare the encoding “utf-16-le” or “utf-16-be”.")
        )
    return name, 0


def _decoded(source: BinaryIO, encoding: str, skip: int) -> Iterator[str]:
    """The text of the file by pieces; UnusableInput names the byte and the line that do not decode."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    source.seek(skip)
    offset, line = skip, 1
    while True:
        try:
            chunk = source.read(CHUNK_BYTES)
        except (OSError, EOFError) as error:  # a gzip cut short
            raise UnusableInput(_("The file cannot be read to its end: %(error)s.") % {"error": error}) from error
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            held = len(error.object) - len(chunk)  # bytes of a character begun in the chunk before
            line += error.object[: error.start].decode(encoding, "replace").count("\n")
            raise UnusableInput(
                _(
                    "The file is not %(encoding)s: byte 0x%(value)02X at offset %(offset)d (line %(line)d) does not "
                    "decode. Declare its encoding, for instance windows-1252."
                )
                % {
                    "encoding": encoding,
                    "value": error.object[error.start],
                    "offset": offset - held + error.start,
                    "line": line,
                }
            ) from None
        offset += len(chunk)
        line += text.count("\n")
        if text:
            yield text
        if not chunk:
            return


def text_lines(source: BinaryIO, encoding: str = "", *, check: bool = True) -> Iterator[str]:
    """The physical lines of a text, each with its line ending; memory holds one chunk.

    With `check`, the whole file is decoded once beforehand, so that UnusableInput comes before the first line.
    """
    source.seek(0)
    name, skip = find_encoding(source.read(4096), encoding)
    if check:
        for _text in _decoded(source, name, skip):
            pass
    return _split_lines(_decoded(source, name, skip))


def _split_lines(texts: Iterable[str]) -> Iterator[str]:
    pending, too_long = "", None
    for text in texts:
        # newline="" splits at \n, \r\n and \r and leaves them; str.splitlines would split at form feeds as well
        lines = list(io.StringIO(pending + text, newline=""))
        pending = "" if lines[-1].endswith("\n") else lines.pop()
        if too_long is not None and (lines or pending.endswith("\r")):
            yield too_long  # its last piece has come
            too_long = None
            if lines:
                del lines[0]
            else:
                pending = ""
        yield from lines
        if too_long is not None:
            pending = ""
        elif len(pending) > LONGEST_LINE:
            too_long, pending = LongLine(pending[:LONG_LINE_KEPT]), ""
    if too_long is not None:
        yield too_long
    if pending:
        yield pending


class LongLine(str):
    """The beginning of a line of more than LONGEST_LINE characters; the rest was not kept."""

    __slots__ = ()

    def __new__(cls, text: str) -> "LongLine":
        """In one line and without quotes, so that it ends where the line did."""
        return super().__new__(cls, text.translate({10: " ", 13: " ", 34: None}) + "\n")


# --- Rows -----------------------------------------------------------------------------------------------------------


class _Feed:
    """Lines on their way to the CSV reader; those of a record that fails can be put back."""

    def __init__(self, lines: Iterator[str]):
        self.lines, self.line = lines, 0
        self.given: list[str] = []
        self.back: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        text = self.back.popleft() if self.back else next(self.lines)
        self.line += 1
        self.given.append(text)
        return text

    def put_back_all_but_first(self) -> None:
        self.back.extendleft(reversed(self.given[1:]))
        self.line -= len(self.given) - 1


class Table:
    """A CSV file with its header read; iterate it (once) for its rows.

    `header` has the column names in order, `delimiter` and `encoding` what was found, `blank` how many empty records
    were passed over so far.
    """

    def __init__(self, source: BinaryIO, *, encoding: str = "", delimiter: str = "", check: bool = True):
        source.seek(0)
        head = source.read(4096)
        if found := _delimiter_of_ours(head):
            delimiter = found
            encoding = _encoding_of_ours(source, head, encoding)
        self.is_error_file = bool(found)
        self.encoding, _skip = find_encoding(head, encoding)
        self.blank = 0
        self._feed = _Feed(text_lines(source, self.encoding if not _skip else encoding, check=check))
        self.delimiter, cells = self._read_header(delimiter)
        self._own = len(ERROR_COLUMNS) if self.is_error_file else 0
        self.keyed = self.is_error_file and cells[self._own : self._own + 1] == [KEY_COLUMN]
        self._own += self.keyed
        self.header = _named(cells[self._own :])
        if self.is_error_file:
            self.header = [_as_before(name) for name in self.header]
        self._width = len(self.header)

    def _read_header(self, declared: str) -> tuple[str, list[str]]:
        if declared and (len(declared) != 1 or declared in '"\r\n\0'):
            raise UnusableInput(_("The delimiter must be one character, not “%(text)s”.") % {"text": declared})
        found: dict[str, list[str]] = {}
        for delimiter in [declared] if declared else DELIMITERS:
            while True:
                self._feed.given.clear()
                try:
                    cells = next(csv.reader(self._feed, delimiter=delimiter, strict=True))
                except StopIteration:
                    raise UnusableInput(_("The file has no header: it holds nothing but blank lines.")) from None
                except csv.Error:
                    cells = []
                    break
                if cells and any(cell.strip() for cell in cells):
                    break
            found[delimiter] = cells
            self._feed.back.extendleft(reversed(self._feed.given))  # each candidate reads the same lines
            self._feed.line -= len(self._feed.given)
        delimiter = max(found, key=lambda each: len(found[each]))
        if len(found[delimiter]) < 2 and not all(found.values()):
            raise UnusableInput(_("The header cannot be read: a quote in it is opened and never closed."))
        if len(found[delimiter]) == 1:
            other = next((each for each in DELIMITERS if each != delimiter and each in found[delimiter][0]), None)
            if other:
                raise UnusableInput(
                    _(
                        "Wrong delimiter? Read with %(used)s the header is one column, “%(header)s”; "
                        "it contains %(other)s."
                    )
                    % {"used": repr(delimiter), "header": found[delimiter][0][:80], "other": repr(other)}
                )
        self._feed.given.clear()
        next(csv.reader(self._feed, delimiter=delimiter, strict=True))
        return delimiter, found[delimiter]

    def require(self, columns: Iterable[str]) -> None:
        """Refuse the file, naming what it lacks and what it has that is nearest, unless every column is there."""
        for column in columns:
            if column in self.header:
                continue
            near = difflib.get_close_matches(column.casefold(), [name.casefold() for name in self.header], 1, 0.5)
            nearest = next((name for name in self.header if near and name.casefold() == near[0]), None)
            if nearest:
                raise UnusableInput(
                    _("The column “%(column)s” is missing. Is it “%(nearest)s”?")
                    % {"column": column, "nearest": nearest}
                )
            raise UnusableInput(
                _("The column “%(column)s” is missing. The file has: %(header)s.")
                % {"column": column, "header": ", ".join(self.header)}
            )

    def __iter__(self) -> Iterator[Row]:
        number = 0
        reader = csv.reader(self._feed, delimiter=self.delimiter, strict=True)
        while True:
            self._feed.given.clear()
            line = self._feed.line + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                # One stray quote must not swallow the rows after it: only its own line is refused.
                number += 1
                first = self._feed.given[0]
                self._feed.put_back_all_but_first()
                reader = csv.reader(self._feed, delimiter=self.delimiter, strict=True)
                yield Row(
                    number,
                    line,
                    self._cells(first.rstrip("\r\n").split(self.delimiter)[self._own :]),
                    *_unreadable(error),
                )
                continue
            if type(self._feed.given[0]) is LongLine or any(type(text) is LongLine for text in self._feed.given[1:]):
                number += 1
                yield Row(
                    number,
                    line,
                    self._cells(cells[self._own :]),
                    _("the line is longer than %(most)d MB") % {"most": LONGEST_LINE >> 20},
                    _("Check where the file lost its line ends, and export it again."),
                )
                continue
            if not any(cells) or not any(cell.strip() for cell in cells):
                self.blank += 1
                continue
            number += 1
            row = self._row(number, line, cells[self._own :])
            yield replace(row, key=cells[self._own - 1].strip()) if self.keyed and len(cells) >= self._own else row

    def _row(self, number: int, line: int, cells: list[str]) -> Row:
        width = len(cells)
        if width > self._width and not any(cell.strip() for cell in cells[self._width :]):
            width = self._width  # a delimiter too many at the end of the line means nothing
        if 1 < width < self._width and self._feed.line == line and self._feed.given[-1].endswith(("\n", "\r")):
            cells = [*cells, *[""] * (self._width - width)]  # spreadsheets leave out blank cells at the end of a row
            width = self._width
        problem = hint = ""
        if width != self._width:
            problem = _("the row has %(found)d cells, the header %(expected)d") % {
                "found": width,
                "expected": self._width,
            }
            if self._feed.line > line:
                problem += " " + _("(it runs from line %(first)d to line %(last)d)") % {
                    "first": line,
                    "last": self._feed.line,
                }
            hint = _("Quote the cells that contain the delimiter, or add the missing ones.")
        elif any("\0" in cell for cell in cells):
            problem, hint = _("the row contains a NUL character"), _("Export the file again: the row is damaged.")
        return Row(number, line, self._cells(cells), problem, hint)

    def _cells(self, cells: list[str]) -> dict[str, str]:
        named = {name: cell.strip() for name, cell in zip(self.header, cells, strict=False)}
        if self.is_error_file:
            named = {name: without_formula_guard(value) for name, value in named.items()}
        return named


@contextmanager
def open_table(
    path: str, *, encoding: str = "", delimiter: str = "", required: Iterable[str] = (), check: bool = True
) -> Iterator[Table]:
    """Open a CSV by path ("-" for standard input) and see to it that the required columns are there.

    The delimiter is found in the header when it is not declared; an error file of ours is recognised and read as
    what it is. Raises UnusableInput, always before the first row.
    """
    with open_bytes(path) as source:
        with said_of(path):
            table = Table(source, encoding=encoding, delimiter=delimiter, check=check)
            table.require(required)
        yield table


def _delimiter_of_ours(head: bytes) -> str:
    """The delimiter of an error file of ours, also as a spreadsheet saves it; "" for any other file."""
    encoding = next((name for mark, name in BYTE_ORDER_MARKS if head.startswith(mark)), "utf-8")
    first = head.decode(encoding, "replace").lstrip("\ufeff").split("\n", 1)[0]
    for delimiter in DELIMITERS:
        names = first.split(delimiter, len(ERROR_COLUMNS))[: len(ERROR_COLUMNS)]
        if tuple(name.strip().strip('"') for name in names) == ERROR_COLUMNS:
            return delimiter
    return ""


def _encoding_of_ours(source: BinaryIO, head: bytes, declared: str) -> str:
    """UTF-8, as an error file was written; else what was declared, or what a spreadsheet in Western Europe saves."""
    if any(head.startswith(mark) for mark, _name in BYTE_ORDER_MARKS):
        return ""
    try:
        for _text in _decoded(source, "utf-8", 0):
            pass
    except UnusableInput:
        return declared if declared and codecs.lookup(find_encoding(b"", declared)[0]).name != "utf-8" else "cp1252"
    return "utf-8"


def _unreadable(error: csv.Error) -> tuple[str, str]:
    """Reason and correction for a record that cannot be taken apart."""
    if "field limit" in str(error):
        return (
            _("a cell is longer than %(most)d characters") % {"most": LONGEST_CELL},
            _("Shorten it, or close the quote that is opened in it."),
        )
    return (
        _("the quotes of the row do not match (%(error)s)") % {"error": error},
        _("Double the quotes inside a quoted cell and close each quote that is opened."),
    )


def _named(cells: list[str]) -> list[str]:
    """Column names in order; a column without one is called by its place ("#3"). Two of the same name are refused."""
    names = [cell.strip() or f"#{place}" for place, cell in enumerate(cells, 1)]
    while len(names) > 1 and not cells[len(names) - 1].strip():
        names.pop()
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise UnusableInput(
            _("The header has the column “%(column)s” twice: rename one of them.") % {"column": twice[0]}
        )
    if any("\0" in name for name in names):
        raise UnusableInput(_("The header contains NUL characters: this is no CSV, or its encoding is another one."))
    return names


# --- Cells a spreadsheet would run ----------------------------------------------------------------------------------


def with_formula_guard(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet would take it for a formula."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def without_formula_guard(text: str) -> str:
    """The inverse of `with_formula_guard`, for an error file that was corrected and is read again."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def apart_from_ours(name: str) -> str:
    """The name an input's column has in the error file, where `row`, `line` and so on are our own."""
    return f"original {name}" if name in (*ERROR_COLUMNS, KEY_COLUMN) else name


def _as_before(name: str) -> str:
    rest = name.removeprefix("original ")
    return rest if rest in (*ERROR_COLUMNS, KEY_COLUMN) else name


def same_file(one: str, other: str) -> bool:
    """Whether two paths are one existing file."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False
