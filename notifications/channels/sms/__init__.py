"""Short messages to a telephone, through the provider that SMS_PROVIDER names.

A message is paid for by the segment, and a telephone joins at most a few: what is longer than MOST_SEGMENTS is refused
before it leaves. The receipt names the segments, what they cost (SMS_SEGMENT_PRICE), and the provider's own word.
"""

import re
from collections.abc import Callable
from types import TracebackType
from typing import Self

from django.conf import settings

from notifications.channels import Message, NotTaken

from .configured import provider
from .segments import PLAIN, Length, length_of

__all__ = ["MOST_SEGMENTS", "Length", "SmsChannel", "length_of"]

MOST_SEGMENTS = 3
NUMBER = re.compile(r"\+[1-9][0-9]{4,14}")


class SmsChannel:
    """Hands texts to the provider of the settings. The receipt has the provider's word and what the message took."""

    def __init__(self) -> None:
        self._provider = provider()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def send(self, message: Message, claimed: Callable[[], None]) -> str:
        """Send the text; NotTaken for what is no number, or a text of more than MOST_SEGMENTS."""
        if not NUMBER.fullmatch(message.address):
            raise NotTaken("This is not a telephone number in the international form.")
        text = message.text.translate(PLAIN).strip()
        length = length_of(text)
        if length.segments > MOST_SEGMENTS:
            raise NotTaken(f"The text takes {length.segments} segments; at most {MOST_SEGMENTS} are sent.")
        claimed()
        word = self._provider.send(message.address, text, key=message.message_id)
        cost = f" = {length.segments * settings.SMS_SEGMENT_PRICE} EUR" if settings.SMS_SEGMENT_PRICE else ""
        return f"{length.segments} x {length.alphabet} ({length.units}){cost}: {word}"
