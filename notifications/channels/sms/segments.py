"""Rule: what a text takes on its way to a telephone: the alphabet it needs, and the segments that are paid for."""

import math
from dataclasses import dataclass

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
