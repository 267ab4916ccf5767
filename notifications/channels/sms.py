"""Short messages to a telephone, through the provider that SMS_PROVIDER names; "file" keeps each as a file.

A message is paid for by the segment, and a telephone joins at most a few: what is longer than MOST_SEGMENTS is refused
before it leaves.
"""

import json
import math
import os
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from django.conf import settings

from . import Message, NotTaken, Unavailable

MOST_SEGMENTS = 3
NUMBER = re.compile(r"\+[1-9][0-9]{4,14}")
# GSM 03.38: what takes seven bits, and what takes fourteen (an escape before it).
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")
# Signs that typography puts in place of plain ones, each of which would make the whole text two bytes a sign.
PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "…": "...", "\xa0": " ", "È": "E'"})


@dataclass(frozen=True)
class Length:
    """How a text is sent: `alphabet` is "GSM-7" or "UCS-2", `units` what it takes of it, `segments` what is paid for."""

    alphabet: str
    units: int
    segments: int


def length_of(text: str) -> Length:
    """Rule: the segments of a text. One holds 160 signs of GSM-7 or 70 of UCS-2; of several each holds 153, or 67."""
    if all(sign in BASIC or sign in EXTENDED for sign in text):
        units = sum(2 if sign in EXTENDED else 1 for sign in text)
        alphabet, alone, joined = "GSM-7", 160, 153
    else:
        units = len(text.encode("utf-16-be")) // 2
        alphabet, alone, joined = "UCS-2", 70, 67
    return Length(alphabet, units, 1 if units <= alone else math.ceil(units / joined))


class Provider(Protocol):
    """Who carries the message."""

    def send(self, number: str, text: str, *, key: str) -> str:
        """Hand the text over and return the provider's receipt; a `ChannelError` where it is not taken.

        `key` is the same for the same notice, so that a provider which can tell sends it once.
        """


class FileProvider:
    """Keeps each message as a file of JSON under SMS_FILE_PATH; it appears whole or not at all. Names sort by time."""

    def send(self, number: str, text: str, *, key: str) -> str:
        folder, now = Path(settings.SMS_FILE_PATH), time.time()
        name = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now))
        name += f"-{int(now % 1 * 1e6):06d}-{secrets.token_hex(4)}.json"
        length = length_of(text)
        kept = {
            "to": number,
            "text": text,
            "key": key,
            "alphabet": length.alphabet,
            "segments": length.segments,
            "sent_at": datetime.fromtimestamp(now, UTC).isoformat(),
        }
        try:
            folder.mkdir(parents=True, exist_ok=True)
            partial = folder / f".{name}"
            partial.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
            os.replace(partial, folder / name)
        except OSError as error:
            raise Unavailable(f"{type(error).__name__}: {error}", for_all=True, is_ours=True) from error
        return name


PROVIDERS: Mapping[str, Callable[[], Provider]] = {"file": FileProvider}


class SmsChannel:
    """Hands texts to the provider of the settings. The receipt has the provider's word and what the message took."""

    def __init__(self) -> None:
        self._provider = PROVIDERS[settings.SMS_PROVIDER]()

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
        return f"{length.segments} x {length.alphabet} ({length.units}): {word}"
