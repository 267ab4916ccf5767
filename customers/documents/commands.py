"""Commands: keep a document as the company's system gives it, and write down that somebody opened one."""

from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from customers.models import Claim, Customer, Document, DocumentOpening, Policy, User


@dataclass(frozen=True)
class Facts:
    """What is known of a document beside its file: whose it is, what it is about, what it is."""

    customer: Customer
    policy: Policy | None
    claim: Claim | None
    kind: str
    title: str
    dated_on: date
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Content:
    """The file of a document: its type as found inside (`Document` knows which open), its bytes, and their digest."""

    content_type: str
    size: int
    sha256: str
    file: IO[bytes]


class Became(StrEnum):
    """What became of a document that was to be kept."""

    NEW = "new"
    VERSION = "version"
    SAME = "same"


@dataclass(frozen=True)
class Kept:
    """A document as it is now, what became of it, and the file that was written for it ("" where none was)."""

    document: Document
    became: Became
    is_new_content: bool
    stored: str = ""


@transaction.atomic
def keep_document(*, source: str, external_key: str, facts: Facts, content: Content) -> Kept:
    """Keep a document under the key that its source gives it.

    The same facts and content again change nothing; others are a new version, and the one before remains, marked as
    replaced. Nobody signs: the source does. OSError where the file cannot be written; IntegrityError where the same
    key is being kept at this moment by somebody else.
    """
    current = (
        Document.objects.select_for_update(of=["self"])
        .current()
        .filter(source=source, external_key=external_key)
        .first()
    )
    if current is not None and current.sha256 == content.sha256 and _facts_of(current) == facts:
        return Kept(current, Became.SAME, is_new_content=False)
    if current is not None:
        current.replaced_at = timezone.now()
        current.save(update_fields=["replaced_at"])
    document = Document(
        source=source,
        external_key=external_key,
        version=current.version + 1 if current else 1,
        replaces=current,
        content_type=content.content_type,
        size=content.size,
        sha256=content.sha256,
        **{each.name: getattr(facts, each.name) for each in fields(facts)},
    )
    if shared := _stored_already(content):
        document.file = shared
        document.save(force_insert=True)
    else:
        document.file = File(content.file, name="file")
        try:
            document.save(force_insert=True)
        except BaseException:
            if document.file._committed:
                discard([document.file.name])
            raise
    became = Became.VERSION if current else Became.NEW
    is_new_content = current is None or current.sha256 != content.sha256
    return Kept(document, became, is_new_content, stored="" if shared else document.file.name)


def _facts_of(document: Document) -> Facts:
    return Facts(**{each.name: getattr(document, each.name) for each in fields(Facts)})


def _stored_already(content: Content) -> str:
    """Where a file of the very same bytes is kept, if one is: the conditions of a product are thousands of documents."""
    same = Document.objects.filter(sha256=content.sha256, size=content.size).order_by("-pk")
    name = same.values_list("file", flat=True).first()
    return name if name and default_storage.exists(name) else ""


def discard(stored: list[str]) -> None:
    """Delete files that were written for documents that the database does not keep after all."""
    for name in stored:
        with suppress(OSError):
            default_storage.delete(name)


def record_opening(document: Document, *, by: User, door: str) -> DocumentOpening:
    """Write down that the file was opened. Each opening is a row of its own."""
    return DocumentOpening.objects.create(document=document, user=by, door=door)
