"""What a provider of notifications is to us: it takes one for a device, and says at once when the device is gone."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

from notifications.channels import Device

TTL_SECONDS = 24 * 3600  # how long a service keeps a notification for a device that is switched off
LONGEST_WAIT = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Push:
    """What a device shows: `link` is the path of ours that it opens, `key` the same for the same notice."""

    title: str
    text: str
    link: str
    key: str

    @property
    def topic(self) -> str:
        """By which a repeated notification takes the place of the one before: 32 signs of base64url."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.key.encode()).digest()[:24]).decode()


class Provider(Protocol):
    """Who carries notifications to one platform, or several."""

    def send(self, device: Device, push: Push) -> str:
        """Hand the notification over and return the provider's receipt; a `ChannelError` where it is not taken.

        NotTaken with `no_such_mailbox` where the device is gone; Unavailable with `not_before` where we are to wait.
        """

    def close(self) -> None:
        """End the connections that were kept open."""


def wait_of(header: str | None, now: datetime | None = None) -> timedelta:
    """Rule: how long Retry-After asks us to wait, in seconds or until a moment; nothing where it cannot be read."""
    if not header:
        return timedelta(0)
    if header.strip().isdecimal() and header.isascii():
        return min(timedelta(seconds=int(header[:9])), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(header)
    except (TypeError, ValueError):
        return timedelta(0)
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - (now or datetime.now(UTC)), timedelta(0)), LONGEST_WAIT)
