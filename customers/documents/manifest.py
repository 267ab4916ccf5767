"""The manifest of `import_documents`: a CSV beside the files, a row for each, as described in docs/formats/documents.md.

Rows are loaded one by one, each in a transaction of its own: what a row costs is its file. What the rows name of the
portfolio is looked up by chunks.
"""

import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.documents.commands import Became, Content, Facts, Kept
from customers.models import Claim, Customer, Document, Policy, PolicyAdherent
from customers.models.document import EXTENSIONS, OF_A_POLICY
from foundation.files.cells import CLEAR, read_date, reason_of, text_up_to, word_among
from foundation.files.contents import paper_or_picture
from foundation.files.reading import Row
from foundation.files.report import Outcome, Rejection, RowRefused
from foundation.files.seen import SeenKeys

CHUNK_ROWS = 500
MEGABYTE = 1024 * 1024
LARGEST = 20 * MEGABYTE
END_OF_PDF = b"%%EOF"
HEAD, TAIL = 1024, 2048  # bytes in which a file shows what it is, and a PDF its end

OUTCOMES = {Became.NEW: Outcome.CREATED, Became.VERSION: Outcome.UPDATED, Became.SAME: Outcome.UNCHANGED}


class Receive(Protocol):
    """The command that takes a document in: `keep_document`, or one of an app above that does more."""

    def __call__(self, *, source: str, external_key: str, facts: Facts, content: Content) -> Kept:
        """Keep the document under its key."""


_text = text_up_to(150)


def _read_sha256(text: str) -> str:
    digest = text.lower()
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ValidationError(_("A SHA-256 has 64 letters and digits, 0 to 9 and a to f."), code="sha256_shape")
    return digest


# Column -> how its text is read, and whether `-` may empty it.
READERS: dict[str, tuple[Callable[[str], Any], bool]] = {
    "kind": (word_among(Document.Kind.values), False),
    "title": (_text, False),
    "policy": (str, True),
    "claim": (str, True),
    "customer": (str, False),
    "dated_on": (read_date, False),
    "valid_from": (read_date, True),
    "valid_to": (read_date, True),
    "sha256": (_read_sha256, False),
}
NEEDED = ("key", "file")
LONGEST_KEY = 100


@dataclass(slots=True)
class _Parsed:
    """A row whose cells could be read; `given` has those that are not empty, None where `-` empties one."""

    place: int
    row: Row
    key: str
    file: str
    given: dict[str, Any]


class ManifestLoader:
    """Loads documents from the rows of a manifest whose files are in `folder`, or in folders below it."""

    def __init__(self, columns: Iterable[str], *, folder: Path, source: str, receive: Receive):
        columns = list(columns)
        self.folder, self.source, self.receive = folder.resolve(), source, receive
        self.unknown = [name for name in columns if name not in (*NEEDED, *READERS) and not name.startswith("#")]
        self.columns = [name for name in columns if name in READERS]
        self.doubts: list[str] = []
        self.remarks: Counter[str] = Counter()  # it has none
        self.sentences: Mapping[str, Any] = {}
        self.stored: list[str] = []  # files written so far; a trial run deletes them again
        self.today = timezone.localdate()

    def load(self, rows: list[Row], seen: SeenKeys) -> list[Outcome | Rejection]:
        """Load the rows; returns, in order, what became of each."""
        self.doubts = []
        outcomes: list[Any] = [None] * len(rows)
        parsed = []
        for place, row in enumerate(rows):
            try:
                parsed.append(self._parse(place, row))
            except RowRefused as refusal:
                outcomes[place] = Rejection.of(row, refusal)
        earlier = seen.among(each.key for each in parsed)
        known = _Known(self.source, parsed)
        for each in parsed:
            fingerprint = hash(tuple(each.row.cells.values()))
            before, doubts = earlier.get(each.key), len(self.doubts)
            try:
                if before is None:
                    outcomes[each.place] = self._load(each, known)
                    earlier[each.key] = (fingerprint, each.row.number)
                    seen.remember({each.key: earlier[each.key]})
                elif before[0] == fingerprint:
                    outcomes[each.place] = Outcome.DUPLICATE
                else:
                    raise _contradiction(before[1])
            except RowRefused as refusal:
                del self.doubts[doubts:]  # nobody loaded what was doubtful
                outcomes[each.place] = Rejection.of(each.row, refusal)
        return outcomes

    def _parse(self, place: int, row: Row) -> _Parsed:
        if row.problem:
            raise RowRefused("", row.problem, row.hint, value="")
        for column in NEEDED:
            if row.cells[column] in ("", CLEAR):
                raise RowRefused(
                    column, _("The row has no %(column)s.") % {"column": column}, _("Every row needs one.")
                )
        key = row.cells["key"]
        if len(key) > LONGEST_KEY:
            raise RowRefused(
                "key", _("The text is longer than %(limit)d characters: shorten it.") % {"limit": LONGEST_KEY}
            )
        given: dict[str, Any] = {}
        for column in self.columns:
            read, may_be_emptied = READERS[column]
            if not (text := row.cells[column]):
                continue
            if text == CLEAR:
                if not may_be_emptied:
                    raise RowRefused(
                        column, _("This value cannot be emptied."), _("Write a value, or leave the cell empty.")
                    )
                given[column] = None
                continue
            try:
                given[column] = read(text)
            except ValidationError as error:
                raise RowRefused(column, reason_of(error)) from None
        return _Parsed(place, row, key, row.cells["file"], given)

    def _load(self, parsed: _Parsed, known: "_Known") -> Outcome:
        facts = self._settle(parsed, known)
        content = self._read(parsed)
        try:
            kept = self.receive(source=self.source, external_key=parsed.key, facts=facts, content=content)
        except IntegrityError:
            raise RowRefused(
                "key", _("Somebody else is changing this record at this moment."), _("Import the row again.")
            ) from None
        except OSError as error:
            raise RowRefused(
                "file",
                _("The file cannot be kept: %(error)s.") % {"error": error.strerror or error},
                _("Make room where files are kept (MEDIA_ROOT), then import the row again."),
            ) from None
        if kept.stored:
            self.stored.append(kept.stored)
        return OUTCOMES[kept.became]

    # --- What the row says of the document ---
    def _settle(self, parsed: _Parsed, known: "_Known") -> Facts:
        """The facts as they would be kept: those of the version there is, with what the row gives."""
        given, stored = parsed.given, known.documents.get(parsed.key)
        kind: str = given.get("kind") or (stored.kind if stored else "")
        title: str = given.get("title") or (stored.title if stored else "")
        dated_on: date | None = given.get("dated_on") or (stored.dated_on if stored else None)
        for column, value in (("kind", kind), ("title", title), ("dated_on", dated_on)):
            if not value:
                raise RowRefused(
                    column,
                    _("A new document needs its %(column)s.") % {"column": column},
                    _("Fill the column “%(column)s”.") % {"column": column},
                )
        assert dated_on is not None
        claim = known.named("claim", given, stored)
        policy = known.named("policy", given, stored)
        if claim is not None and policy is None and "policy" not in given:
            policy = claim.policy
        if claim is not None and policy != claim.policy:
            raise RowRefused(
                "policy" if "policy" in given else "claim",
                _("The claim is under another policy."),
                _("Correct one of the two, or leave “policy” empty."),
            )
        if policy is None and kind in OF_A_POLICY:
            raise RowRefused("policy", _("A document of this kind is about a policy."), _("Fill the column “policy”."))
        customer = given.get("customer") and known.named("customer", given, None)
        if not customer:
            customer = stored.customer if stored else claim.customer if claim else policy.holder if policy else None
        if customer is None:
            raise RowRefused(
                "customer",
                _("Nobody is named whose document it is."),
                _("Fill “customer”, “policy” or “claim”."),
            )
        self._doubt_whose(customer, policy, claim, known)
        if dated_on > self.today:
            raise RowRefused("dated_on", _("The date is in the future."), _("Correct the day."))
        valid_from: date | None = given.get("valid_from", stored.valid_from if stored else None)
        valid_to: date | None = given.get("valid_to", stored.valid_to if stored else None)
        if valid_from and valid_to and valid_to < valid_from:
            raise RowRefused(
                "valid_to" if "valid_to" in given else "valid_from",
                _("It is valid until a day before it begins to be."),
                _("Compare “valid_from” and “valid_to”: are day and month exchanged?"),
            )
        return Facts(customer, policy, claim, kind, title, dated_on, valid_from, valid_to)

    def _doubt_whose(self, customer: Customer, policy: Policy | None, claim: Claim | None, known: "_Known") -> None:
        theirs = (
            (policy is None and claim is None)
            or (claim is not None and claim.customer_id == customer.pk)
            or (policy is not None and policy.holder_id == customer.pk)
            or (policy is not None and (policy.pk, customer.pk) in known.adherences)
        )
        if not theirs:
            self.doubts.append(_("the customer neither holds the policy nor is covered by it"))

    # --- The file ---
    def _read(self, parsed: _Parsed) -> Content:
        """The content of the row's file; RowRefused for one that is elsewhere, unreadable, too large or of no kind of ours."""
        path = self._within(parsed.file)
        try:
            with path.open("rb") as file:
                whole = file.read(LARGEST + 1)
        except OSError as error:
            raise RowRefused("file", _("The file cannot be read: %(error)s.") % {"error": error.strerror}) from None
        if not whole:
            raise RowRefused("file", _("The file is empty."), _("Export it again."))
        if len(whole) > LARGEST:
            raise RowRefused(
                "file",
                _("The file is larger than %(most)d MB.") % {"most": LARGEST // MEGABYTE},
                _("Make it smaller: customers open it on a phone."),
            )
        found = paper_or_picture(whole[:HEAD])
        if found not in EXTENSIONS:
            raise RowRefused(
                "file",
                _("The file is no PDF, JPEG or PNG, whatever its name says."),
                _("Export the document as a PDF."),
            )
        if found == "application/pdf" and END_OF_PDF not in whole[-TAIL:]:
            self.doubts.append(_("the PDF has no end: it may have been cut off"))
        digest = hashlib.sha256(whole).hexdigest()
        stated = parsed.given.get("sha256")
        if stated is not None and stated != digest:
            raise RowRefused(
                "sha256",
                _("The file is not the one that the manifest describes: its checksum is another."),
                _("Copy the file once more; it has %(digest)s.") % {"digest": digest},
            )
        return Content(found, len(whole), digest, io.BytesIO(whole))

    def _within(self, stated: str) -> Path:
        """The file's path; RowRefused where it leads out of the manifest's folder or to no file."""
        name = PurePosixPath(stated.replace("\\", "/"))
        outside = RowRefused(
            "file",
            _("The path leads out of the manifest's folder."),
            _("Put the file beside the manifest, or into a folder below it."),
        )
        if name.is_absolute() or ".." in name.parts or re.match(r"[A-Za-z]:", stated):
            raise outside
        try:
            path = (self.folder / name).resolve()
        except (OSError, RuntimeError, ValueError):  # a circle of links, or characters that no name has
            raise outside from None
        if not path.is_relative_to(self.folder):
            raise outside
        if not path.is_file():
            raise RowRefused(
                "file",
                _("There is no file of this name."),
                _("Look at capitals and folders: the path is counted from the manifest."),
            )
        return path


def _contradiction(number: int) -> RowRefused:
    return RowRefused(
        "key",
        _("An earlier row of the file has something else for the same %(column)s.") % {"column": "key"},
        _("Keep one of the two rows: this one or row %(row)d.") % {"row": number},
    )


class _Known:
    """What the rows of a chunk name, found in a query for each table."""

    def __init__(self, source: str, parsed: list[_Parsed]):
        def named(column: str) -> set[str]:
            return {text for each in parsed if (text := each.given.get(column))}

        current = Document.objects.current().for_list().select_related("policy__holder", "claim__policy")
        keys = [each.key for each in parsed]
        self.documents = {each.external_key: each for each in current.filter(source=source, external_key__in=keys)}
        claims = Claim.objects.select_related("policy__holder", "customer").filter(number__in=named("claim"))
        policies = Policy.objects.select_related("holder").filter(number__in=named("policy"))
        self._rows: dict[str, dict[str, Any]] = {
            "claim": {each.number: each for each in claims},
            "policy": {each.number: each for each in policies},
            "customer": {
                each.code: each.merged_into or each
                for each in Customer.objects.filter(code__in=named("customer")).select_related("merged_into")
            },
        }
        adherences = PolicyAdherent.objects.filter(customer__code__in=named("customer"))
        self.adherences = set(adherences.values_list("policy", "customer"))

    def named(self, column: str, given: dict[str, Any], stored: Document | None) -> Any:
        """The row of the portfolio that the cell names, or that of the version there is; RowRefused where there is none."""
        if column not in given:
            return getattr(stored, column) if stored else None
        if given[column] is None:
            return None
        found = self._rows[column].get(given[column])
        if found is None:
            raise RowRefused(column, *_missing(column))
        return found


def _missing(column: str) -> tuple[str, str]:
    """Why nothing was found, and what to do about it."""
    if column == "policy":
        return (
            _("There is no policy with this number."),
            _("Correct the number, or load the policy with import_policies first."),
        )
    if column == "claim":
        return (
            _("There is no claim with this number."),
            _("Correct the number, or load the claim with import_claims first."),
        )
    return (
        _("There is no customer with this code."),
        _("Correct the code, or load the customer with import_customers first."),
    )
