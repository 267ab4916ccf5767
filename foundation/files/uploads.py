"""Reading files from a request: what is too large for any page, and what the disk has no room for, is given up by name.

The rest of the form arrives as usual, so that nothing else of it is lost.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.files.uploadhandler import FileUploadHandler, SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from foundation.files.accepted import LARGEST_OF_ALL, MESSAGE, Limits, clean_name

ViewT = TypeVar("ViewT", bound=Callable[..., Any])

log = logging.getLogger(__name__)


def takes_files(limits: Limits) -> Callable[[ViewT], ViewT]:
    """Mark a view that takes more files than a message has; the outermost of its decorators."""

    def marked(view: ViewT) -> ViewT:
        view.file_limits = limits  # type: ignore[attr-defined]  # read by `limits_at`
        return view

    return marked


def limits_at(path: str) -> Limits:
    """How much the page at an address takes; that of a message where nothing else is said."""
    return stated_limits(path) or MESSAGE


def stated_limits(path: str) -> Limits | None:
    """How much the view at an address says that it takes; None where it says nothing."""
    try:
        view = resolve(path).func
    except Resolver404:
        return None
    return getattr(view, "file_limits", None)


class UploadRequest(HttpRequest):
    """A request on which an upload handler has noted the names of the files that were given up. Only annotations name it."""

    too_large: list[str]
    no_room: list[str]


class LimitedUpload(FileUploadHandler):
    """Stops reading a file that is larger than any we take, so that it fills no disk; its name is noted on the request.

    The request's other fields arrive as usual: the person is informed, and what they typed remains.
    """

    request: UploadRequest

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin to count."""
        super().new_file(*args, **kwargs)
        self.taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the chunk on, or give the file up."""
        self.taken += len(raw_data)
        if self.taken > LARGEST_OF_ALL:
            self.request.too_large = [*too_large(self.request), clean_name(self.file_name or "")]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers after this one keep the file."""


class UploadOnDisk(TemporaryFileUploadHandler):
    """Django's own for large files, but where the disk is full the file is given up instead of the whole form."""

    request: UploadRequest

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a temporary file."""
        with self._room():
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write one more piece."""
        with self._room():
            super().receive_data_chunk(raw_data, start)

    @contextmanager
    def _room(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            log.error("a file that is being sent cannot be written: %s", error)
            self.request.no_room = [*no_room(self.request), clean_name(self.file_name or "")]
            raise SkipFile from error


def no_room(request: HttpRequest) -> list[str]:
    """Names of the files of a request for which there was no room while they were sent."""
    return getattr(request, "no_room", [])


def too_large(request: HttpRequest) -> list[str]:
    """Names of the files of a request that were given up because of their size."""
    return getattr(request, "too_large", [])
