"""Channels: address and text in, receipt out. They know no models; what went wrong they say by one of three errors."""

from dataclasses import dataclass, field


class ChannelError(Exception):
    """A message that was not handed over; the text is what the other side said."""


class Refused(ChannelError):
    """The message will never be taken: tell a person. `no_such_mailbox`: nothing ever will be, at this address."""

    def __init__(self, words: str, *, no_such_mailbox: bool = False):
        super().__init__(words)
        self.no_such_mailbox = no_such_mailbox


class Unavailable(ChannelError):
    """The message was not taken this time: try later. `for_all`: it is no use trying the next one now either."""

    def __init__(self, words: str, *, for_all: bool = False):
        super().__init__(words)
        self.for_all = for_all


class InDoubt(ChannelError):
    """The message was handed over and no answer came: it may have gone."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a channel sends. `attachments` are (file name, content type, content)."""

    address: str
    subject: str
    text: str
    html: str = ""
    language: str = "it"
    message_id: str = ""
    is_promotional: bool = False
    attachments: list[tuple[str, str, bytes]] = field(default_factory=list)
