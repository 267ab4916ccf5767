"""Upsert rows of a file by their natural key, by chunks: each chunk is read, compared and written in one transaction.

A chunk costs a handful of statements whatever its size: one look at the stored rows, one per look-up, one COPY of the
new rows, one COPY and UPDATE of the changed ones. Rows that state what is stored already are not written.

The rules for every portfolio file (docs/formats/portfolio.md): an absent column and an empty cell leave what is
stored; `-` empties it; the same key twice is a repetition when the rows are equal and a refusal of the later one when not.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.db import DataError, IntegrityError, OperationalError, connection, models, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.chunks import in_chunks

from .cells import CLEAR, reason_of
from .command import ImportCommand
from .reading import ERROR_COLUMNS, Row, Table, open_table
from .report import Outcome, Progress, Rejection, Report, RowRefused
from .seen import SeenKeys

CHUNK_ROWS = 10_000
ATTEMPTS = 3  # at a chunk, when somebody else changes the same rows meanwhile

State = dict[str, Any]  # one row of a table: column -> stored value


class Overtaken(Exception):
    """A row changed between our reading it and our writing it; the chunk starts again."""


_REQUIRED = object()


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the file: how its text is read, and the attribute it sets.

    `empty` is what `-` stores; a field without it cannot be emptied. `extra` fields are no column of the table: the
    loader uses them itself.
    """

    column: str
    read: Callable[[str], Any]
    attribute: str = ""
    empty: Any = _REQUIRED
    extra: bool = False


@dataclass(slots=True)
class Parsed:
    """A row whose cells could be read; `given` has the attributes it sets."""

    place: int
    row: Row
    key: str
    given: State


class Loader:
    """Loads rows into one table (and what hangs on it). A subclass names the fields and states the rules.

    One instance serves one file: `columns` are those of its header. `load` takes a chunk and returns, row by row, an
    Outcome or a Rejection; nothing of a chunk is kept if it raises.
    """

    model: ClassVar[type[models.Model]]
    key: ClassVar[str]  # column of the table, and of the file unless `key_columns` names those that make it up
    key_columns: ClassVar[tuple[str, ...]] = ()
    fields: ClassVar[tuple[Field, ...]]
    sentences: Mapping[str, Any] = {}  # what `remarks` say, by their codes; `n` is how many rows each is about
    touched: ClassVar[bool] = True  # the table has created_at and updated_at

    def __init__(self, columns: Iterable[str]):
        wanted = set(columns)
        self.today = timezone.localdate()
        self.given_fields = [field for field in self.fields if field.column in wanted]
        self.columns = [*self.needed(), *(f.column for f in self.given_fields if f.column not in self.needed())]
        self.unknown = [name for name in columns if name not in self.columns and not name.startswith("#")]
        meta = self.model._meta
        self.table = meta.db_table
        key_field = meta.get_field(self.key)
        assert isinstance(key_field, models.CharField)
        assert key_field.max_length, "keys are texts of a limited length"
        self._key_limit = key_field.max_length
        names = {self.key, *(field.attribute or field.column for field in self.fields if not field.extra)}
        self.attributes = [each.column for each in meta.concrete_fields if each.column in names | self.derived()]
        defaults = {each.column: each for each in meta.concrete_fields}
        self._defaults = {name: _default(defaults[name]) for name in self.attributes}
        self._plan = [
            (field.column, field.read, field.attribute or field.column, field.empty) for field in self.given_fields
        ]
        self.doubts: list[str] = []
        self.remarks: Counter[str] = Counter()

    @classmethod
    def needed(cls) -> tuple[str, ...]:
        """The columns without which no row can be known."""
        return cls.key_columns or (cls.key,)

    # --- What a subclass may define ---

    def key_of(self, cells: dict[str, str]) -> str:
        """The key of a row; RowRefused where its cells give none. `key_columns` are all filled."""
        return cells[self.key]

    def derived(self) -> set[str]:
        """Columns of the table that the loader sets without a column of the file."""
        return set()

    def known_as(self, cursor: CursorWrapper, parsed: list[Parsed]) -> dict[str, str]:
        """Rows that are stored under another key than the file's until now: the key of the file, and the one they have."""
        return {}

    def look_up(self, parsed: list[Parsed], stored: dict[str, State]) -> None:
        """Fetch what the rules need to know of other tables, for the whole chunk at once."""

    def settle(self, parsed: Parsed, state: State, stored: State | None) -> bool:
        """Apply the rules to the row as it would be stored; raise RowRefused; True when a related row changes as well."""
        return False

    def write_related(self, cursor: CursorWrapper) -> None:
        """Write what hangs on the rows of the chunk; the states have their ids by now."""

    # --- One chunk ---

    def load(self, rows: list[Row], seen: SeenKeys) -> list[Outcome | Rejection]:
        """Load the rows; returns, in order, what became of each."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    outcomes, remembered = self._load(rows, seen)
                break
            except (Overtaken, OperationalError) as error:
                if isinstance(error, OperationalError) and not _is_deadlock(error):
                    raise
                if attempt == ATTEMPTS:
                    return self._load_halves(rows, seen, error)
            except (IntegrityError, DataError) as error:
                # Somebody stored the same key meanwhile, or the database holds a rule we do not: narrow it down.
                return self._load_halves(rows, seen, error)
        seen.remember(remembered)
        return outcomes

    def _load_halves(self, rows: list[Row], seen: SeenKeys, error: Exception) -> list[Outcome | Rejection]:
        """Load what can be loaded of a chunk that failed as a whole; the row that is at fault is refused."""
        if len(rows) == 1:
            self.doubts, self.remarks = [], Counter()
            return [_refused_by_database(rows[0], error)]
        outcomes, doubts, remarks = [], [], Counter[str]()
        for part in (rows[: len(rows) // 2], rows[len(rows) // 2 :]):
            outcomes += self.load(part, seen)
            doubts += self.doubts
            remarks += self.remarks
        self.doubts, self.remarks = doubts, remarks
        return outcomes

    def _load(
        self, rows: list[Row], seen: SeenKeys
    ) -> tuple[list[Outcome | Rejection], dict[str, tuple[int | str, int]]]:
        self.doubts, self.remarks = [], Counter()
        outcomes: list[Any] = [None] * len(rows)
        parsed: list[Parsed] = []
        for place, row in enumerate(rows):
            try:
                parsed.append(self._parse(place, row))
            except RowRefused as refusal:
                outcomes[place] = Rejection.of(row, refusal)
        keys = [each.key for each in parsed]
        earlier = seen.among(keys)
        new, changed, remembered = [], [], {}
        with connection.cursor() as cursor:
            known_as = self.known_as(cursor, parsed)
            stored = self._fetch(cursor, [*keys, *known_as.values()])
            self.look_up(parsed, stored)
            for each in parsed:
                fingerprint = hash(tuple(each.row.cells.values()))
                if before := earlier.get(each.key):
                    if before[0] == fingerprint:
                        outcomes[each.place] = Outcome.DUPLICATE
                    else:
                        outcomes[each.place] = Rejection.of(each.row, self._contradiction(before[1]))
                    continue
                old = stored.get(each.key) or stored.get(known_as.get(each.key, ""))
                state = {**(old or self._defaults), **each.given, self.key: each.key}
                try:
                    related = self.settle(each, state, old)
                except RowRefused as refusal:
                    outcomes[each.place] = Rejection.of(each.row, refusal)
                    continue
                if old is None:
                    outcomes[each.place] = Outcome.CREATED
                    new.append(state)
                elif any(state[name] != old[name] for name in self.attributes):
                    outcomes[each.place] = Outcome.UPDATED
                    changed.append(state)
                else:
                    outcomes[each.place] = Outcome.UPDATED if related else Outcome.UNCHANGED
                earlier[each.key] = (fingerprint, each.row.number)
                remembered[each.key] = earlier[each.key]
            self._insert(cursor, new)
            self._update(cursor, changed)
            self.write_related(cursor)
        return outcomes, remembered

    def _parse(self, place: int, row: Row) -> Parsed:
        if row.problem:
            raise RowRefused("", row.problem, row.hint, value="")
        cells = row.cells
        for column in self.needed():
            if not cells[column] or cells[column] == CLEAR:
                raise RowRefused(
                    column, _("The row has no %(column)s.") % {"column": column}, _("Every row needs one.")
                )
        key = self.key_of(cells)
        if len(key) > self._key_limit:
            raise RowRefused(
                self.needed()[0],
                _("The text is longer than %(limit)d characters: shorten it.") % {"limit": self._key_limit},
            )
        given: State = {}
        for column, read, attribute, empty in self._plan:
            text = cells[column]
            if not text:
                continue
            if text == CLEAR:
                if empty is _REQUIRED:
                    raise RowRefused(
                        column, _("This value cannot be emptied."), _("Write a value, or leave the cell empty.")
                    )
                given[attribute] = empty
                continue
            try:
                given[attribute] = read(text)
            except ValidationError as error:
                raise RowRefused(column, reason_of(error)) from None
        return Parsed(place, row, key, given)

    def _contradiction(self, number: int) -> RowRefused:
        columns = self.needed()
        return RowRefused(
            columns[0],
            _("An earlier row of the file has something else for the same %(column)s.")
            % {"column": ", ".join(columns)},
            _("Keep one of the two rows: this one or row %(row)d.") % {"row": number},
        )

    def _fetch(self, cursor: CursorWrapper, keys: list[str]) -> dict[str, State]:
        names = ["id", "xmin", *self.attributes]
        listed = ", ".join(f'"{name}"' for name in names[2:])
        cursor.execute(
            f'SELECT id, xmin::text, {listed} FROM "{self.table}" WHERE "{self.key}" = ANY(%s)',  # noqa: S608
            [keys],
        )
        place = names.index(self.key)
        return {values[place]: dict(zip(names, values, strict=True)) for values in cursor}

    def _insert(self, cursor: CursorWrapper, states: list[State]) -> None:
        if not states:
            return
        for state, number in zip(states, new_ids(cursor, self.model, len(states)), strict=True):
            state["id"] = number
        stored, moments, now = ["id", *self.attributes], [], timezone.now().isoformat()
        if self.touched:
            moments = ["created_at", "updated_at"]
        rows = ([*(state[name] for name in stored), *(now for _name in moments)] for state in states)
        copy_rows(cursor, self.model, stored + moments, rows)

    def _update(self, cursor: CursorWrapper, states: list[State]) -> None:
        if not states:
            return
        names = self.attributes  # the key too: a row may get the file's in place of the one it had (`known_as`)
        listed = ", ".join(f'"{name}"' for name in names)
        cursor.execute(
            f"CREATE TEMPORARY TABLE changed_rows ON COMMIT DROP AS "  # noqa: S608
            f"SELECT id, ''::text AS version, {listed} FROM \"{self.table}\" WITH NO DATA"
        )
        rows = ([state["id"], state["xmin"], *(state[name] for name in names)] for state in states)
        copy_rows(cursor, self.model, ["id", "version", *names], rows, table="changed_rows")
        sets = ", ".join(f'"{name}" = new."{name}"' for name in names)
        if self.touched:
            sets += ", updated_at = now()"
        cursor.execute(
            f'UPDATE "{self.table}" AS old SET {sets} FROM changed_rows AS new '  # noqa: S608
            "WHERE old.id = new.id AND old.xmin::text = new.version"
        )
        if cursor.rowcount != len(states):
            raise Overtaken
        cursor.execute("DROP TABLE changed_rows")


def _is_deadlock(error: OperationalError) -> bool:
    return getattr(error.__cause__, "pgcode", None) in ("40P01", "40001")


def _refused_by_database(row: Row, error: Exception) -> Rejection:
    if isinstance(error, Overtaken | OperationalError):
        return Rejection(
            row, "", "", _("Somebody else is changing this record at this moment."), _("Import the row again.")
        )
    detail = getattr(error.__cause__, "diag", None)
    rule = (detail and (detail.constraint_name or detail.message_primary)) or str(error)
    return Rejection(
        row,
        "",
        "",
        _("The database refuses the row by its rule “%(rule)s”.") % {"rule": rule},
        _("Compare the row with the rules of docs/formats/portfolio.md."),
    )


def _default(field: models.Field) -> Any:
    """What a new row has when the file states nothing: the default of the model's field, or nothing."""
    if field.has_default() and not callable(field.default):
        default = field.default
        return default.value if isinstance(default, models.Choices) else default
    return "" if isinstance(field, models.CharField | models.TextField) else None


# --- Set-based writing ----------------------------------------------------------------------------------------


def new_ids(cursor: CursorWrapper, model: type[models.Model], count: int) -> list[int]:
    """Ids taken from the table's sequence, ascending, so that rows can be written together with what hangs on them."""
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [model._meta.db_table, count]
    )
    return [number for (number,) in cursor]


def copy_rows(
    cursor: CursorWrapper,
    model: type[models.Model],
    names: list[str],
    rows: Iterable[Iterable[Any]],
    *,
    table: str = "",
) -> None:
    """COPY rows into the model's table, or into another with columns of the same names. None becomes NULL."""
    kinds = {field.column: field for field in model._meta.concrete_fields}
    texts = [n for n in names if isinstance(kinds.get(n), models.CharField | models.TextField) or n == "version"]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    buffer.seek(0)
    listed = ", ".join(f'"{name}"' for name in names)
    force = f", FORCE_NOT_NULL ({', '.join(texts)})" if texts else ""
    statement = f'COPY "{table or model._meta.db_table}" ({listed}) FROM STDIN WITH (FORMAT csv{force})'
    with connection.wrap_database_errors:  # the driver's errors as Django's, as from any other statement
        cursor.cursor.copy_expert(statement, buffer)


def rewrite_rows(
    cursor: CursorWrapper, model: type[models.Model], names: list[str], rows: Iterable[Iterable[Any]]
) -> None:
    """Write columns of rows that exist and that the caller has locked: one COPY and one UPDATE. The first column is their id."""
    table, changed = model._meta.db_table, f"changed_{model._meta.db_table}"
    key = names[0]
    listed = ", ".join(f'"{name}"' for name in names)
    sets = ", ".join(f'"{name}" = new."{name}"' for name in names[1:])
    cursor.execute(
        f'CREATE TEMPORARY TABLE "{changed}" ON COMMIT DROP AS SELECT {listed} FROM "{table}" WITH NO DATA'  # noqa: S608
    )
    copy_rows(cursor, model, names, rows, table=changed)
    cursor.execute(
        f'UPDATE "{table}" AS old SET {sets} FROM "{changed}" AS new WHERE old."{key}" = new."{key}"'  # noqa: S608
    )
    cursor.execute(f'DROP TABLE "{changed}"')


# --- One file -------------------------------------------------------------------------------------------------


class LoadsRows(Protocol):
    """What loads the rows of a file, a chunk at a time: a `Loader`, or one of another making."""

    unknown: list[str]  # columns of the file that it does not read
    doubts: list[str]  # about rows of the last chunk that were loaded all the same
    remarks: Counter[str]  # what became of rows of the last chunk that is no doubt, by the codes of `sentences`
    sentences: Mapping[str, Any]  # the remarks in words, with `n`: how many rows each is about

    def load(self, rows: list[Row], seen: SeenKeys) -> list[Outcome | Rejection]:
        """Load the rows; returns, in order, what became of each."""


def load_table(
    table: Table, loader: LoadsRows, report: Report, progress: Progress, *, chunk_rows: int = CHUNK_ROWS
) -> None:
    """Load a whole file, counting each row once in the report."""
    ours = ERROR_COLUMNS if table.is_error_file else ()
    for name in loader.unknown:
        if name not in ours:
            report.warn(_("the column “%(column)s” is not one of ours and was ignored") % {"column": name})
    remarks: Counter[str] = Counter()
    with closing(SeenKeys()) as seen:
        for rows in in_chunks(table, chunk_rows):
            for outcome in loader.load(rows, seen):
                report.read += 1
                if isinstance(outcome, Rejection):
                    report.reject(outcome)
                else:
                    report.count(outcome)
            for doubt in loader.doubts:
                report.warn(doubt)
            remarks += loader.remarks
            progress.show(report.read)
    report.remarks += [str(loader.sentences[code] % {"n": number}) for code, number in remarks.items()]


class PortfolioCommand(ImportCommand):
    """An `import_…` of a portfolio file; the subclass names its loader."""

    loader: ClassVar[type[Loader]]

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--delimiter", default="", help="one character; found in the header when not given")
        parser.add_argument("--encoding", default="", help="such as windows-1252; UTF-8 when not given")

    def load(self, options: dict[str, Any], report: Report, progress: Progress) -> None:
        """Read and load the file; UnusableInput before anything is written when it cannot be used."""
        with open_table(
            options["file"],
            encoding=options["encoding"],
            delimiter=options["delimiter"],
            required=self.loader.needed(),
        ) as table:
            columns = [name for name in table.header if not (table.is_error_file and name in ERROR_COLUMNS)]
            loader = self.loader(columns)
            report.open_errors(columns, delimiter=table.delimiter)
            load_table(table, loader, report, progress)
