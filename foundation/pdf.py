"""Documents as PDF: a Typst template, filled with plain values, in the typefaces that the project brings.

Every document is tagged (PDF/UA-1), so that a screen reader reads it in order, and holds all that it needs to be shown in
many years (PDF/A-2a). Words are given as data and never as markup: nothing that somebody wrote can change the layout.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst
from django.utils import timezone
from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent / "fonts"
STANDARDS: Final = ("a-2a", "ua-1")  # ISO 19005-2, to be kept; ISO 14289-1, to be listened to
REMEMBERED: Final = 10  # documents
NO_GLYPH = "□"  # printed for what the fonts lack: emoji, most scripts of Asia


def typeset(template: Path, values: Mapping[str, Any], *, on: date) -> bytes:
    """Return the PDF that a template makes of the values (read there as `sys.inputs.values`, JSON), dated on the day.

    The same values and day make the same bytes. Texts must have passed `printable`: PDF/UA refuses a character that no
    font has. Raises typst.TypstError when the template is wrong.
    """
    noon = timezone.make_aware(datetime.combine(on, time(12)))
    return typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"values": json.dumps(values)},
        pdf_standards=list(STANDARDS),
        timestamp=int(noon.timestamp()),
    )


def forget_typeset() -> None:
    """Have Typst forget what it worked out for earlier documents, which for a long one is tens of megabytes.

    It keeps the work of its last ten documents for those to come. A process that sets many long ones after the other, none like the
    one before, would only grow: ten empty ones take their place.
    """
    for _turn in range(REMEMBERED + 1):
        typst.compile(b"", ignore_system_fonts=True)


def printable(text: str) -> str:
    """The text as the fonts can print it: □ for what they lack, nothing for what has no shape of its own."""
    known = _characters()
    shown = (
        each if each == "\n" or (ord(each) in known and each.isprintable()) else _stand_in(each)
        for each in text.replace("\r\n", "\n").replace("\r", "\n")
    )
    return "".join(shown)


def _stand_in(character: str) -> str:
    if character.isspace():
        return " "
    return NO_GLYPH if character.isprintable() and not 0xFE00 <= ord(character) <= 0xFE0F else ""


@cache
def _characters() -> frozenset[int]:
    """The code points that the ordinary weights have a glyph for; the bold ones have the same."""
    known: set[int] = set()
    for path in FONTS.glob("*.ttf"):
        if "Bold" not in path.name:
            with TTFont(path, lazy=True) as font:
                known |= set(font.getBestCmap())
    return frozenset(known)
