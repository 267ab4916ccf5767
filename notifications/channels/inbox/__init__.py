"""The reserved area: a notice is delivered by being there to be seen."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from notifications.channels import Message


class InboxChannel:
    """Takes everything, at once."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def send(self, message: Message, claimed: Callable[[], None]) -> str:
        """Nothing has to leave."""
        claimed()
        return ""
