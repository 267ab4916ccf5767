"""Rules: which files that people send are accepted, how they are called, and how much may come at once.

Nothing that the sender says of a file is believed: its type is found inside it and has to agree with its extension, and
its name is for showing only. `foundation.files.keeping` stores what was accepted, and hands it out again.
"""

import base64
import copy
import email
import email.policy
import hashlib
import logging
import shlex
import subprocess
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.files.contents import paper_or_picture
from foundation.files.pictures import can_be_shown, upright, without_words

log = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
LONGEST_NAME = 100
# An office document is a zip: what it would take unpacked, and of how many parts it may be made
UNPACKED_AT_MOST = 100 * MEGABYTE
PARTS_AT_MOST = 2_000
SCANNER_SECONDS = 30

# Extensions by the type found inside. Web pages and drawings (.svg) are left out: they carry programs.
EXTENSIONS = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg", ".jfif"),
    "image/png": (".png",),
    "image/heic": (".heic", ".heif"),
    "image/webp": (".webp",),
    "image/tiff": (".tif", ".tiff"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/msword": (".doc",),
    "application/pkcs7-mime": (".p7m",),
    "message/rfc822": (".eml",),
    "text/plain": (".txt",),
}
MAIL = "message/rfc822"
KINDS = "PDF, JPG, PNG, HEIC, WEBP, TIF, DOC, DOCX, XLSX, TXT, EML, P7M"  # as people read it
ACCEPTED = ",".join(extension for extensions in EXTENSIONS.values() for extension in extensions)
# What comes in a mail beside the kinds above: other mails, signatures, the receipts of certified mail
IN_A_MAIL = {*ACCEPTED.split(","), ".p7s", ".xml", ".ics", ".gif"}
PARTS_OF_A_MAIL = 200
_OFFICE_PARTS = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_OLD_OFFICE, _OLD_WORD, _OLD_MACROS = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    *(name.encode("utf-16-le") for name in ("WordDocument", "_VBA_PROJECT")),
)
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")  # the identifier of signed data (RFC 5652), near the beginning
_NOT_IN_A_NAME = str.maketrans(dict.fromkeys('<>:"|?*.', "_"))


@dataclass(frozen=True)
class Limits:
    """How much may be sent: the number of files, and the bytes of each and of all together."""

    files: int
    each: int
    together: int

    @property
    def each_in_words(self) -> str:
        """The size of one file as people read it, such as 10 MB."""
        return f"{self.each // MEGABYTE} MB"

    @property
    def together_in_words(self) -> str:
        """The size of all files as people read it."""
        return f"{self.together // MEGABYTE} MB"


MESSAGE = Limits(files=5, each=10 * MEGABYTE, together=20 * MEGABYTE)  # with one message
CLAIM = Limits(files=20, each=20 * MEGABYTE, together=60 * MEGABYTE)  # with the report of a claim
LARGEST_OF_ALL = max(MESSAGE.each, CLAIM.each)  # beyond it no page reads on


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


def type_of(content: Any, name: str = "") -> str:
    """The type found inside an open file, one of EXTENSIONS; empty for everything else. It reads, and goes back to the start.

    A mail is text whose first lines are a mail's: it is one only under the name of one.
    """
    content.seek(0)
    head = content.read(1024)
    content.seek(0)
    if found := paper_or_picture(head):
        return found
    if head.startswith(b"PK\x03\x04"):
        return _office_type(content)
    if head.startswith(_OLD_OFFICE):
        return "application/msword" if _is_old_word(content) else ""
    if _is_signed(head):
        return "application/pkcs7-mime"
    if name.endswith(".eml"):
        return "message/rfc822" if _is_mail(content) else ""
    return "text/plain" if _is_text(content) else ""


def _office_type(content: Any) -> str:
    """The type of an office document without macros; ValidationError for one that would unpack to too much.

    What it unpacks to is measured: what its own list says of sizes is only its sender's word.
    """
    try:
        with zipfile.ZipFile(content) as packed:
            parts = packed.infolist()
            if len(parts) > PARTS_AT_MOST or _unpacks_to_too_much(packed, parts):
                raise ValidationError(_("is packed so tightly that it cannot be opened safely"), code="file_bomb")
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, RuntimeError, EOFError):
        return ""
    finally:
        content.seek(0)
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return ""
    return next((found for part, found in _OFFICE_PARTS.items() if part in names), "")


def _unpacks_to_too_much(packed: zipfile.ZipFile, parts: Iterable[zipfile.ZipInfo]) -> bool:
    """Whether the parts take more than UNPACKED_AT_MOST, or any of them another size than its list says."""
    left = UNPACKED_AT_MOST
    for part in parts:
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise zipfile.BadZipFile(part.filename)  # no office program packs so
        whole = copy.copy(part)
        whole.file_size = 2 * UNPACKED_AT_MOST  # its end is found in the part itself, whatever the list says
        taken = 0
        with packed.open(whole) as unpacked:
            while chunk := unpacked.read(256 * 1024):
                taken += len(chunk)
                if taken > left:
                    return True
        if taken != part.file_size:
            return True
        left -= taken
    return False


def _is_old_word(content: Any) -> bool:
    """Whether a document of the old kind is Word's, and without macros."""
    whole = content.read()
    content.seek(0)
    return _OLD_WORD in whole and _OLD_MACROS not in whole


def _is_signed(head: bytes) -> bool:
    """Whether it is a signed envelope (.p7m), as bytes or as letters."""
    if head.startswith((b"-----BEGIN PKCS7-----", b"-----BEGIN CMS-----")):
        return True
    if head.startswith(b"MI"):  # the same in letters, without a heading
        with suppress(ValueError):
            head = base64.b64decode(b"".join(head.split())[:64])
    return head[:1] == b"\x30" and _SIGNED_DATA in head[:32]


def _is_mail(content: Any) -> bool:
    """Whether it is a mail, and carries no file of a kind that we would not take by itself."""
    whole = content.read()
    content.seek(0)
    mail = email.message_from_bytes(whole, policy=email.policy.compat32)
    if not mail["From"] or not (mail["Date"] or mail["Received"] or mail["Message-ID"]):
        return False
    parts = list(islice(mail.walk(), PARTS_OF_A_MAIL + 1))
    names = (clean_name(str(each.get_filename())) for each in parts if each.get_filename())
    return len(parts) <= PARTS_OF_A_MAIL and all(PurePosixPath(name).suffix in IN_A_MAIL for name in names)


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


def check_file(
    upload: UploadedFile | File,
    limits: Limits = MESSAGE,
    *,
    turns: bool = False,
    from_page: bool = False,
    keeps_mail: bool = False,
) -> CheckedFile:
    """The file with its clean name and found type; ValidationError names the file and says what to do instead.

    A picture loses what its camera wrote beside it; with `turns` it is turned upright as well (`foundation.files.pictures`).
    With `from_page` whoever sends it is there to choose it again, so a picture that came in half is refused. With
    `keeps_mail` what is called .eml is a mail whatever it holds: an original that the law has us keep as it came.
    What was changed is kept on disk, so that many files take no more memory than one.
    """
    name = clean_name(upload.name or "")
    try:
        if not upload.size:
            raise ValidationError(_("is empty"), code="file_empty")
        if upload.size > limits.each:
            raise ValidationError(_("is larger than %(most)s") % {"most": limits.each_in_words}, code="file_too_large")
        found = MAIL if keeps_mail and name.endswith(EXTENSIONS[MAIL]) else type_of(upload, name)
        if not found or not name.endswith(EXTENSIONS[found]):
            raise ValidationError(
                _("is not one of the kinds we can open (%(kinds)s): save it as a PDF") % {"kinds": KINDS},
                code="file_kind",
            )
        if from_page and not can_be_shown(_whole(upload), found):
            raise ValidationError(
                _("is damaged and cannot be opened: take the photograph again, or choose another file"),
                code="file_damaged",
            )
        _scan(upload)
    except ValidationError as error:
        sentence = _("“%(name)s” %(wrong)s.") % {"name": name, "wrong": error.message}
        raise ValidationError(sentence, code=error.code) from error
    if found.startswith("image/"):
        upload = _tidied(upload, found, turns=turns)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return CheckedFile(name, found, upload.size, digest.hexdigest(), upload)


def _whole(upload: UploadedFile | File) -> bytes:
    upload.seek(0)
    whole = upload.read()
    upload.seek(0)
    return whole


def _tidied(upload: UploadedFile | File, content_type: str, *, turns: bool) -> UploadedFile | File:
    """The picture without its place and whatever else its camera wrote, and the right way up where that is asked."""
    whole = _whole(upload)
    clean = without_words(whole, content_type)
    if turns:
        clean = upright(clean, content_type)
    if clean == whole:
        return upload
    kept = TemporaryUploadedFile(upload.name or "", content_type, len(clean), None)
    kept.write(clean)
    kept.seek(0)
    return kept


def check_files(
    uploads: Iterable[UploadedFile | File], limits: Limits = MESSAGE, *, keeps_mail: bool = False
) -> list[CheckedFile]:
    """All the files of one message; ValidationError lists whatever is wrong with any of them."""
    uploads = list(uploads)
    if len(uploads) > limits.files:
        raise ValidationError(
            ngettext(
                "Up to %(most)d files go with a message: you chose %(n)d.",
                "Up to %(most)d files go with a message: you chose %(n)d.",
                len(uploads),
            )
            % {"most": limits.files, "n": len(uploads)},
            code="too_many_files",
        )
    if sum(each.size or 0 for each in uploads) > limits.together:
        raise ValidationError(
            _("Together the files may take %(most)s: send some of them with a second message.")
            % {"most": limits.together_in_words},
            code="files_too_large",
        )
    checked, wrong = [], []
    for each in uploads:
        try:
            checked.append(check_file(each, limits, from_page=True, keeps_mail=keeps_mail))
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
