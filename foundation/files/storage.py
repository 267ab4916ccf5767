"""The folder of files that people send: a file is there whole, or not at all."""

from contextlib import suppress
from typing import Any

from django.core.files.storage import FileSystemStorage


class WholeFileStorage(FileSystemStorage):
    """Django's own, which leaves the beginning of a file behind when the disk is full."""

    def _save(self, name: str, content: Any) -> str:
        try:
            return super()._save(name, content)  # type: ignore[misc]  # the stub of the class leaves it out
        except OSError:
            with suppress(OSError):
                self.delete(name)
            raise
