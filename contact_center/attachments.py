"""Files that customers and agents send: what is accepted, how it is called and kept, and who gets it back.

Nothing that the sender says of a file is believed: its type is found inside it and has to agree with its extension, its
name is for showing only, and it is kept under a random name in a folder that no web server publishes. It leaves again
only through `attachment_response`, as a download that no browser opens by itself.
"""

import hashlib
import logging
import shlex
import subprocess
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact_center.models import Contact, Message, MessageAttachment
from customers.models import ReservedAreaAccount, User

log = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
MOST_FILES = 5
LARGEST = 10 * MEGABYTE
LARGEST_TOGETHER = 20 * MEGABYTE
LONGEST_NAME = 100
# An office document is a zip: what it would take unpacked, and of how many parts it may be made
UNPACKED_AT_MOST = 100 * MEGABYTE
PARTS_AT_MOST = 2_000
SCANNER_SECONDS = 30

# Extensions by the type found inside. Mail (.eml), web pages and drawings (.svg) are left out: they carry programs.
EXTENSIONS = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/heic": (".heic", ".heif"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "text/plain": (".txt",),
}
ACCEPTED = ",".join(extension for extensions in EXTENSIONS.values() for extension in extensions)
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_OFFICE_PARTS = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_NOT_IN_A_NAME = str.maketrans(dict.fromkeys('<>:"|?*.', "_"))


@dataclass(frozen=True)
class CheckedFile:
    """A file that passed `check_file`: safe to keep and to name."""

    name: str
    content_type: str
    size: int
    sha256: str
    content: Any


# --- Rules ------------------------------------------------------------------------------------------------------
def clean_name(stated: str) -> str:
    """What a file is called on our pages: no folders, no invisible or reversing characters, one dot, 100 characters at most."""
    last = stated.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(
        " " if unicodedata.category(each) in ("Zl", "Zp", "Zs") else each
        for each in unicodedata.normalize("NFC", last)
        if unicodedata.category(each)[0] != "C"
    )
    path = PurePosixPath(" ".join(visible.split()).strip(". ") or "file")
    extension = path.suffix.lower() if len(path.suffix) <= 10 else ""
    stem = path.name[: len(path.name) - len(extension)] if extension else path.name
    stem = stem.translate(_NOT_IN_A_NAME).strip("_ ") or "file"
    return stem[: LONGEST_NAME - len(extension)].strip() + extension


def type_of(content: Any) -> str:
    """The type found inside an open file, one of EXTENSIONS; empty for everything else. It reads, and goes back to the start."""
    content.seek(0)
    head = content.read(1024)
    content.seek(0)
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return "image/heic"
    if head.startswith(b"PK\x03\x04"):
        return _office_type(content)
    return "text/plain" if _is_text(content) else ""


def _office_type(content: Any) -> str:
    """The type of an office document without macros; ValidationError for one that would unpack to too much."""
    try:
        with zipfile.ZipFile(content) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ""
    finally:
        content.seek(0)
    if len(parts) > PARTS_AT_MOST or sum(part.file_size for part in parts) > UNPACKED_AT_MOST:
        raise ValidationError(_("is packed so tightly that it cannot be opened safely"), code="file_bomb")
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return ""
    return next((found for part, found in _OFFICE_PARTS.items() if part in names), "")


def _is_text(content: Any) -> bool:
    text = content.read()
    content.seek(0)
    if any(byte < 32 and byte not in (9, 10, 12, 13) for byte in set(text)):
        return False
    for encoding in ("utf-8", "cp1252"):
        try:
            text.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def check_file(upload: UploadedFile | File) -> CheckedFile:
    """The file with its clean name and found type; ValidationError names the file and says what to do instead."""
    name = clean_name(upload.name or "")
    try:
        if not upload.size:
            raise ValidationError(_("is empty"), code="file_empty")
        if upload.size > LARGEST:
            raise ValidationError(
                _("is larger than %(most)s") % {"most": f"{LARGEST // MEGABYTE} MB"}, code="file_too_large"
            )
        found = type_of(upload)
        if not found or not name.endswith(EXTENSIONS[found]):
            raise ValidationError(
                _("is not one of the kinds we can open (PDF, JPG, PNG, HEIC, DOCX, XLSX, TXT): save it as a PDF"),
                code="file_kind",
            )
        _scan(upload)
    except ValidationError as error:
        said = _("“%(name)s” %(wrong)s.") % {"name": name, "wrong": error.message}
        raise ValidationError(said, code=error.code) from error
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return CheckedFile(name, found, upload.size, digest.hexdigest(), upload)


def check_files(uploads: Iterable[UploadedFile | File]) -> list[CheckedFile]:
    """All the files of one message; ValidationError lists whatever is wrong with any of them."""
    uploads = list(uploads)
    if len(uploads) > MOST_FILES:
        raise ValidationError(
            ngettext(
                "Up to %(most)d files go with a message: you chose %(n)d.",
                "Up to %(most)d files go with a message: you chose %(n)d.",
                len(uploads),
            )
            % {"most": MOST_FILES, "n": len(uploads)},
            code="too_many_files",
        )
    if sum(each.size or 0 for each in uploads) > LARGEST_TOGETHER:
        raise ValidationError(
            _("Together the files may take %(most)s: send some of them with a second message.")
            % {"most": f"{LARGEST_TOGETHER // MEGABYTE} MB"},
            code="files_too_large",
        )
    checked, wrong = [], []
    for each in uploads:
        try:
            checked.append(check_file(each))
        except ValidationError as error:
            wrong.append(error)
    if wrong:
        raise ValidationError(wrong)
    return checked


def _scan(upload: UploadedFile | File) -> None:
    """Ask the scanner of `ATTACHMENT_SCANNER`, where there is one: exit 0 is clean, 1 infected, all else that it cannot say."""
    if not settings.ATTACHMENT_SCANNER:
        return
    with tempfile.NamedTemporaryFile() as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        upload.seek(0)
        try:
            run = subprocess.run(  # noqa: S603 - the operator's own command, without a shell
                [*shlex.split(settings.ATTACHMENT_SCANNER), copy.name],
                capture_output=True,
                timeout=SCANNER_SECONDS,
                check=False,
            )
            code = run.returncode
        except (OSError, subprocess.TimeoutExpired):
            code = None
    if code == 1:
        raise ValidationError(_("was found to be dangerous by our virus scanner"), code="file_infected")
    if code != 0:
        log.error("the attachment scanner cannot say: exit %s", code)
        raise ValidationError(
            _("cannot be checked for viruses now: send your message without it, and the file later"),
            code="scanner_away",
        )


# --- Keeping ------------------------------------------------------------------------------------------------------
def keep_attachments(message: Message, files: Iterable[CheckedFile]) -> list[MessageAttachment]:
    """Store the files of a message. Call it last in the transaction: what the database undoes, no folder knows of."""
    rows = [
        MessageAttachment(
            message=message,
            name=each.name,
            content_type=each.content_type,
            size=each.size,
            sha256=each.sha256,
            file=File(each.content, name="file"),
        )
        for each in files
    ]
    try:
        return MessageAttachment.objects.bulk_create(rows)
    except BaseException:
        for row in rows:
            if row.file._committed:
                row.file.delete(save=False)
        raise


@transaction.atomic
def forget_attachments(attachments: QuerySet[MessageAttachment]) -> int:
    """Delete files with their rows, for erasure and retention; the folder is cleared once the database has agreed."""
    gone = [row.file for row in attachments.select_for_update()]
    attachments.delete()
    for file in gone:
        transaction.on_commit(partial(file.storage.delete, file.name))
    return len(gone)


class LimitedUpload(FileUploadHandler):
    """Stops reading a file that is larger than any we take, so that it fills no disk; its name is noted on the request.

    The request's other fields arrive as usual: the person is told, and what they typed stays.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin to count."""
        super().new_file(*args, **kwargs)
        self.taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the chunk on, or give the file up."""
        self.taken += len(raw_data)
        if self.taken > LARGEST:
            self.request.too_large = [*too_large(self.request), clean_name(self.file_name)]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers after this one keep the file."""


def too_large(request: Any) -> list[str]:
    """Names of the files of a request that were given up because of their size."""
    return getattr(request, "too_large", [])


# --- Handing out --------------------------------------------------------------------------------------------------
def attachment_url(attachment: MessageAttachment) -> str:
    """The address at which staff and signed-in customers fetch a file; who holds a tracking secret has one of their own."""
    return attachment.get_absolute_url()


def attachment_for(user: User, key: Any) -> MessageAttachment:
    """The file, for staff who may read messages and for the customer whose thread it is in; Http404 for everybody else."""
    found = MessageAttachment.objects.select_related("message__contact").filter(key=key)
    if user.has_perm("contact_center.view_message"):
        found = found.filter(message__contact__in=Contact.objects.visible_to(user).order_by().values("pk"))
    else:
        mine = ReservedAreaAccount.objects.filter(user=user, state=ReservedAreaAccount.State.ENROLLED)
        found = found.filter(
            ~Q(message__direction=Message.Direction.NOTE), message__contact__customer__in=mine.values("customer")
        )
    attachment = found.first()
    if attachment is None:
        raise Http404
    return attachment


def attachment_response(attachment: MessageAttachment) -> FileResponse:
    """The file as a download: never shown inside our site, whatever its content says."""
    try:
        content = attachment.file.open("rb")
    except FileNotFoundError:
        log.error("attachment %s has lost its file", attachment.pk)
        raise Http404 from None
    return FileResponse(
        content,
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.content_type,
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Robots-Tag": "noindex",
        },
    )
