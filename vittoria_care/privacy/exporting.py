"""Everything that is about a person, as an archive: a PDF to read, JSON for programs, and the person's own files.

What goes in follows from the rules of each app (`vittoria_care.privacy.rules`). Rows are read a few at a time and written as they
come, so that a person of many years needs no more memory than one of a day. docs/formats/personal-data.md describes the JSON.
"""

import hashlib
import json
import logging
import mimetypes
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import IO, Any, Final

from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.text import capfirst, get_valid_filename, slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints import privacy as complaints
from contact_center import privacy as conversations
from customers.models import Customer, User
from customers.privacy import rules as customers
from foundation.dates import ROME
from foundation.privacy import Person, Rule, history_of
from notifications import privacy as notices
from vittoria_care.privacy.exported_rows import ExportedRow, Line, exported_row
from vittoria_care.privacy.people import person_of as known_person
from vittoria_care.privacy.readable_copy import ReadableCopy
from vittoria_care.privacy.rules import rows_of

log = logging.getLogger(__name__)

FORMAT: Final = "vittoria-care/personal-data"
VERSION: Final = 1
# The headings in the order of the copy; a further one comes last
ORDER: Final = (
    *(customers.YOU, customers.CONTRACTS, customers.PAYMENTS, customers.CLAIMS, customers.DOCUMENTS),
    *(customers.OPERATIONS, conversations.CONVERSATIONS, complaints.COMPLAINTS, complaints.OPINIONS),
    *(notices.NOTICES, customers.CONSENTS, customers.SIGN_IN, customers.OPENINGS, customers.RIGHTS),
)
# Columns that mean nothing to a person: the archive has them for programs
FOR_PROGRAMS: Final = frozenset(
    {
        *("version", "sha256", "content_type", "external_id", "external_key", "event_id", "key", "once", "thread"),
        *(
            "principal",
            "scope",
            "words",
            "body_html",
            "mailbox",
            "message_id",
            "attempts",
            "tries",
            "provider_reference",
        ),
        *("source", "created_at", "updated_at", "claimed_at", "send_after", "heads_complaints"),
        *("sequence", "year", "paragraphs", "recorded_by", "object_id", "response"),
    }
)
CHANGED = gettext_lazy("changed at")  # of an earlier version: until when it stood so
AT_ONCE = 200  # rows read together
AT_ONCE_WITH_BYTES = 5  # of tables that keep files in a column
CHUNK = 1 << 20  # bytes of a file read together
SIGN_EVERY = 500  # rows after which the caller is told that we are still at it
LONGEST_NAME = 80


@dataclass(frozen=True)
class Piece:
    """The rows of one table that are the person's, and what of them is given."""

    key: str
    heading: str
    name: str
    rows: models.QuerySet
    columns: list[models.Field]
    labels: Mapping[str, str]  # of the columns that a person reads; the others are for programs alone

    @property
    def file_columns(self) -> list[models.Field]:
        """Columns that keep a file, or name one."""
        return [each for each in self.columns if isinstance(each, models.FileField | models.BinaryField)]


@dataclass
class Contents:
    """What an archive holds: rows by heading, files, and the files that are lost."""

    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    lost: list[str] = field(default_factory=list)

    @property
    def all_rows(self) -> int:
        """How many pieces of information."""
        return sum(self.rows.values())


def person_of(customer: Customer) -> Person:
    """Whose data the copy of a customer has: the file, and the sign-in that is the customer's own.

    A company has none: the people who sign in for it have their own rights. Nor is the sign-in of somebody who works here
    in the copy of their file: with it they work on the files of others.
    """
    person = known_person(customer, every_sign_in=True)
    if customer.kind != Customer.Kind.PERSON:
        return replace(person, user_ids=())
    own = User.objects.filter(pk__in=person.user_ids, is_staff=False)
    return replace(person, user_ids=tuple(own.order_by("pk").values_list("pk", flat=True)))


# --- What is the person's ----------------------------------------------------------------------------------------------
def pieces_of(person: Person, rules: Sequence[Rule]) -> Iterator[Piece]:
    """The tables with something of the person, under their headings, in the order of the copy. In the language in force.

    Where several rules speak of one model, the first that fits a row decides about it.
    """
    places = {str(heading): place for place, heading in enumerate(ORDER)}
    # The rules of a heading begin with what hangs on other rows; a copy begins with those others.
    given = [rule for rule in reversed(rules) if is_given(rule)]
    for rule in sorted(given, key=lambda each: places.get(str(each.heading), len(places))):
        rows = rows_of(rule, rule.of_person(person))
        yield _piece(rule, rows)
        if (history := history_of(rule.model_class)) is not None:
            yield _earlier_versions(person, rule, rows, history)


def is_given(rule: Rule) -> bool:
    """Whether the rows of a rule are in a copy. A link between two tables, which has no facts of its own, is not."""
    is_link = bool(rule.model_class._meta.auto_created)
    return not rule.not_exported and not is_link and bool(rule.ways or rule.found_by)


def is_of_staff_alone(rule: Rule) -> bool:
    """Whether the rows say something of people who work here and of nobody else: their absence needs no explanation."""
    return str(rule.heading) == str(customers.STAFF) and not rule.personal


def _piece(rule: Rule, rows: models.QuerySet) -> Piece:
    names = set(rule.exported_columns())
    columns = [each for each in rule.model_class._meta.fields if each.name in names]
    return Piece(
        key=rule.name.lower(),
        heading=str(rule.heading),
        name=capfirst(rule.plural),
        rows=rows.order_by("pk"),
        columns=columns,
        labels=labels_of(rule, columns),
    )


def _earlier_versions(person: Person, rule: Rule, rows: models.QuerySet, history: type[models.Model]) -> Piece:
    """The earlier versions of the rows: those of when they were the person's, whoever's they are now."""
    own = [way for way in rule.customer if "__" not in way and way != "pk"]
    if own and "pk" not in rule.customer and not rule.only:
        which = Q()
        for way in own:
            which |= Q(**{f"{way}__in": person.customer_ids})
    else:
        which = Q(pgh_obj__in=rows.values("pk"))
    names = {*rule.exported_columns()} - {"id"}
    columns = [each for each in history._meta.fields if each.name in names or each.name == "pgh_created_at"]
    return Piece(
        key=f"{rule.name.lower()}.history",
        heading=str(rule.heading),
        name=_("%(name)s: earlier versions") % {"name": capfirst(rule.plural)},
        rows=history._base_manager.filter(which).order_by("pk"),
        columns=columns,
        labels=labels_of(rule, columns),
    )


def labels_of(rule: Rule, columns: Iterable[models.Field]) -> dict[str, str]:
    """What a person reads before each column. Keys, versions, counts and what nobody named say nothing to them, and have none."""
    found: dict[str, str] = {}
    for each in columns:
        is_key = each.name in FOR_PROGRAMS or isinstance(each, models.AutoField | models.UUIDField)
        label = str(CHANGED) if each.name == "pgh_created_at" else rule.label_of(each)
        if label and (each.name in rule.labels or not is_key):
            found[each.name] = label
    return found


# --- The archive ------------------------------------------------------------------------------------------------------
def write_archive(
    customer: Customer,
    person: Person,
    rules: Sequence[Rule],
    to: IO[bytes],
    *,
    language: str,
    made_at: datetime,
    still_at_it: Callable[[], None] = lambda: None,
) -> Contents:
    """Write the ZIP of everything that is about the person; returns what is in it. `still_at_it` is called now and then.

    OSError where there is no room; whatever `still_at_it` raises ends it.
    """
    with translation.override(language), tempfile.TemporaryFile() as facts:
        contents = Contents()
        with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            files = _Files(archive, contents, made_at)
            copy = ReadableCopy(customer, made_at=made_at)
            _write(facts, _beginning(customer, language, made_at) + '"contents": [')
            is_first = True
            for piece in pieces_of(person, rules):
                is_first = _write_piece(piece, person, facts, copy, files, is_first, still_at_it)
            left_out = [*_left_out(rules)]
            for each in left_out:
                copy.note(_("What is not in this copy, and why"), f"{each['what']}: {each['why']}")
            for name, pdf in copy.finish():
                files.write(name, [pdf])
            _write(facts, f'\n], "not_included": {_json(left_out)}}}\n')
            facts.seek(0)
            stem = _("my-data")
            files.write(f"{stem}.json", iter(lambda: facts.read(CHUNK), b""))
        return contents


def _write_piece(
    piece: Piece,
    person: Person,
    facts: IO[bytes],
    copy: ReadableCopy,
    files: "_Files",
    is_first: bool,
    still_at_it: Callable[[], None],
) -> bool:
    """Write the rows of a piece, if there are any; returns whether the next one is still the first."""
    references = [each.name for each in piece.columns if isinstance(each, models.ForeignKey)]
    has_bytes = any(isinstance(each, models.BinaryField) for each in piece.columns)
    rows = piece.rows.select_related(*references) if references else piece.rows
    number = 0
    for row in rows.iterator(chunk_size=AT_ONCE_WITH_BYTES if has_bytes else AT_ONCE):
        given = exported_row(
            row,
            [each for each in piece.columns if each not in piece.file_columns],
            person=person,
            labels=piece.labels,
        )
        for column in piece.file_columns:
            _give_file(row, column, piece, given, files)
        if number == 0:
            head = {"key": piece.key, "heading": piece.heading, "name": piece.name}
            _write(facts, ("\n" if is_first else ",\n") + _json(head)[:-1] + ', "rows": [')
        _write(facts, ("\n" if number == 0 else ",\n") + _json(given.facts))
        for name, pdf in copy.add(piece.heading, piece.name, given):
            files.write(name, [pdf])
        number += 1
        if number % SIGN_EVERY == 0:
            still_at_it()
    if number:
        _write(facts, "\n]}")
        files.contents.rows[piece.heading] = files.contents.rows.get(piece.heading, 0) + number
        still_at_it()
    return is_first and not number


def _give_file(row: models.Model, column: models.Field, piece: Piece, given: ExportedRow, files: "_Files") -> None:
    """Put the row's file into the archive, and name it in the row."""
    value = column.value_from_object(row)
    if not value:
        return
    given.facts[column.name] = fact = files.add(row, value, folder=piece.key.partition(".")[2].partition("/")[0])
    label = str(_("File"))
    text = fact["path"] or _("%(name)s: this file is lost") % {"name": fact["name"]}
    given.lines.append(Line(label, text))


class _Files:
    """The files of the archive, each with what it was called, its place, its size and its checksum."""

    def __init__(self, archive: zipfile.ZipFile, contents: Contents, made_at: datetime) -> None:
        self.archive = archive
        self.contents = contents
        self.made_at = timezone.localtime(made_at, ROME)

    def add(self, row: models.Model, value: Any, *, folder: str) -> dict[str, Any]:
        """Copy the file of a row. A lost one is named as such, and counted."""
        name = _name_of(row)
        path = str(PurePosixPath(_("files"), folder, f"{row.pk}-{_safe(name)}"))
        fact: dict[str, Any] = {"name": name, "path": path, "size": None, "sha256": None}
        if isinstance(value, bytes | memoryview):
            fact["size"], fact["sha256"] = self.write(path, [bytes(value)])
        else:
            try:
                with default_storage.open(str(value), "rb") as content:
                    fact["size"], fact["sha256"] = self.write(path, iter(lambda: content.read(CHUNK), b""))
            except FileNotFoundError:
                log.error("the file of %s %s is lost", row._meta.label, row.pk)
                self.contents.lost.append(path)
                return fact | {"path": None}
        self.contents.files += 1
        return fact

    def write(self, path: str, content: Iterable[bytes]) -> tuple[int, str]:
        """Write a file of the archive; returns its size and its SHA-256."""
        entry = zipfile.ZipInfo(path, date_time=self.made_at.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        size, digest = 0, hashlib.sha256()
        with self.archive.open(entry, "w", force_zip64=True) as target:
            for chunk in content:
                target.write(chunk)
                size += len(chunk)
                digest.update(chunk)
        return size, digest.hexdigest()


def _name_of(row: models.Model) -> str:
    """What the file was called by who sent it, or what its row is."""
    if isinstance(name := getattr(row, "name", None), str) and name:
        return name
    extension = mimetypes.guess_extension(getattr(row, "content_type", "") or "application/pdf") or ""
    return f"{slugify(str(row._meta.verbose_name))}{extension}"


def _safe(name: str) -> str:
    """The name without what a file system or an unpacking program could mistake."""
    stem, dot, extension = get_valid_filename(f"x{name}")[1:].rpartition(".")
    stem, extension = (stem, extension[:10]) if dot else (extension, "")
    return (stem.strip(".")[:LONGEST_NAME] or "file") + (f".{extension}" if extension else "")


# --- The JSON ---------------------------------------------------------------------------------------------------------
def _beginning(customer: Customer, language: str, made_at: datetime) -> str:
    head = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": made_at.astimezone(UTC).isoformat(timespec="seconds"),
        "language": language,
        "customer": customer.code,
    }
    return _json(head)[:-1] + ",\n"


def _left_out(rules: Sequence[Rule]) -> Iterator[dict[str, str]]:
    """What of the person is not in the copy, with the reason; each is said once."""
    said: set[tuple[str, str]] = set()
    for rule in rules:
        if is_of_staff_alone(rule):
            continue
        name = capfirst(rule.plural)
        reasons = [(name, str(rule.not_exported))] if rule.not_exported else []
        if not reasons:
            label = {each.name: rule.label_of(each) for each in rule.model_class._meta.fields}
            reasons = [(f"{name} ({label[column]})", str(why)) for column, why in rule.kept_back.items()]
        for what, why in reasons:
            if (what, why) not in said:
                said.add((what, why))
                yield {"what": what, "why": why}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _write(to: IO[bytes], text: str) -> None:
    to.write(text.encode())
