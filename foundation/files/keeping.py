"""Files that people sent: stored under random names in a folder that no web server publishes, and handed out again.

They leave only through `attachment_response`, as a download that no browser opens by itself.
"""

import logging
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from django.core.files import File
from django.db.models import FileField, Model
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpResponseBase
from django.utils.translation import gettext as _

from foundation.files.accepted import CheckedFile
from foundation.files.downloads import download
from foundation.refusals import Refused

ModelT = TypeVar("ModelT", bound=Model)

log = logging.getLogger(__name__)


class FilesNotKept(Refused):
    """The folder of files is full, away or cannot be written. Nothing of the message was kept."""

    code = "files_not_kept"


def keep_files(model: type[ModelT], files: Iterable[CheckedFile], **of: Any) -> list[ModelT]:
    """Store checked files as rows of a model such as MessageAttachment, all or none; FilesNotKept where there is no room."""
    rows = [
        model(
            name=each.name,
            content_type=each.content_type,
            size=each.size,
            sha256=each.sha256,
            file=File(each.content, name="file"),
            **of,
        )
        for each in files
    ]
    field = model._meta.get_field("file")
    assert isinstance(field, FileField)
    try:
        return model._default_manager.bulk_create(rows)
    except BaseException as error:
        for row in rows:
            file: FieldFile = field.value_from_object(row)
            if file._committed:  # type: ignore[attr-defined]  # the stubs leave it out
                with suppress(OSError):
                    file.delete(save=False)
        if isinstance(error, OSError):
            log.error("a file that was sent cannot be kept: %s", error)
            raise FilesNotKept(
                _(
                    "We cannot keep files just now. What you wrote is still here: send it without the files, and them later."
                )
            ) from error
        raise


class KeptFile(Protocol):
    """A row with a file that somebody sent."""

    @property
    def pk(self) -> Any:
        """Its id."""

    @property
    def name(self) -> str:
        """As the sender called it, cleaned."""

    @property
    def content_type(self) -> str:
        """As found inside the file."""

    @property
    def sha256(self) -> str:
        """Digest of its bytes."""

    @property
    def file(self) -> File:
        """Its bytes."""


def attachment_response(attachment: KeptFile) -> HttpResponseBase:
    """The file as a download: never shown inside our site, whatever its content says."""
    try:
        content = attachment.file.open("rb")
    except FileNotFoundError:
        log.error("attachment %s has lost its file", attachment.pk)
        raise Http404 from None
    response = download(content, attachment.name, attachment.content_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
