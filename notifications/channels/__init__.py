"""Channels: address and text in, receipt out. They know no models, and raise one of three errors for what went wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    """The ways a notice takes, as they are stored."""

    EMAIL = "email", _("e-mail")
    SMS = "sms", _("SMS")
    PUSH = "push", _("notification on a device")
    INBOX = "inbox", _("reserved area")
    PEC = "pec", _("PEC")
    POST = "post", _("post or PEC, by hand")


# Those that a worker knows how to send on. By post a person sends.
AUTOMATIC = (Channel.EMAIL, Channel.INBOX, Channel.SMS, Channel.PEC, Channel.PUSH)


def served() -> tuple[Channel, ...]:
    """The channels that this installation serves: a notice on another one waits."""
    needed = {
        Channel.SMS: settings.SMS_PROVIDER,
        Channel.PEC: settings.PEC_BACKEND,
        Channel.PUSH: settings.PUSH_PROVIDERS,
    }
    return tuple(each for each in AUTOMATIC if needed.get(each, True))


class ChannelError(Exception):
    """A message that was not handed over; the text is what the other side answered."""


class NotTaken(ChannelError):
    """The message will never be taken: a person has to know. `no_such_mailbox`: nothing is, at this address."""

    def __init__(self, words: str, *, no_such_mailbox: bool = False):
        super().__init__(words)
        self.no_such_mailbox = no_such_mailbox


class Unavailable(ChannelError):
    """The message was not taken this time: try later. `for_all`: it is no use trying the next one now either.

    `is_ours`: the other side refuses us, not this message; somebody has to put our settings right. `not_before`: how long
    the other side asked us to wait.
    """

    def __init__(
        self, words: str, *, for_all: bool = False, is_ours: bool = False, not_before: timedelta = timedelta(0)
    ):
        super().__init__(words)
        self.for_all, self.is_ours, self.not_before = for_all, is_ours, not_before


class InDoubt(ChannelError):
    """The message was handed over and no answer came: it may have gone. `timed_out`: the other side hangs."""

    def __init__(self, words: str, *, timed_out: bool = False):
        super().__init__(words)
        self.timed_out = timed_out


class NotClaimed(Exception):
    """The message may not leave: somebody else has its notice, or the database did not answer (`__cause__`)."""


@dataclass(frozen=True, slots=True)
class Device:
    """Where a notification goes: the platform and its token; of a browser also the keys that only it can read with."""

    platform: str
    token: str
    p256dh: str = ""
    auth: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What a channel sends. `attachments` are (file name, content type, content).

    `answers` is the Message-ID of the first message of the conversation; `is_personal` is for what a person wrote;
    `return_path` is where a mail server sends what comes back about it, and where an answer goes; empty: to the sender.
    `unsubscribe_url` is where one press, or the reader's mail program, ends such messages. `device` is where a notification
    goes, and `link` the path of ours that it opens.
    """

    address: str
    subject: str
    text: str
    html: str = ""
    language: str = "it"
    message_id: str = ""
    unsubscribe_url: str = ""
    answers: str = ""
    is_personal: bool = False
    return_path: str = ""
    attachments: list[tuple[str, str, bytes]] = field(default_factory=list)
    device: Device | None = None
    link: str = ""


class OpenChannel(Protocol):
    """A channel while a chunk of messages is handed over."""

    def send(self, message: Message, claimed: Callable[[], None]) -> str:
        """Send the message and return the receipt; a `ChannelError` where it is not taken.

        `claimed` is called before anything leaves that cannot be taken back: it returns once the message may go, and
        raises NotClaimed where it may not. What can be made ready is made ready before.
        """
