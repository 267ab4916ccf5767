"""What a provider of texts is to us: it takes a text, and reports later what became of it, signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class NotAuthentic(Exception):
    """A report whose signature is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a text. `source_key` is the same when the report comes again; `outcome` is a word of `DeliveryReport`.

    `no_such_number`: nobody is there, so nothing need be sent there again.
    """

    source_key: str
    outcome: str
    detail: str
    no_such_number: bool = False


class Provider(Protocol):
    """Who carries the message."""

    def send(self, number: str, text: str, *, key: str) -> str:
        """Hand the text over and return the provider's receipt; a `ChannelError` where it is not taken.

        `key` is the same for the same notice, so that a provider which can tell sends it once, and reports come back with it.
        """

    def read_report(self, fields: Mapping[str, str], *, url: str, signature: str) -> Report | None:
        """What was posted to our `url`; None for a word that says nothing. NotAuthentic unless it is signed."""
