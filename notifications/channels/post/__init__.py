"""The post: letters set in batches, each with its address in the window of the envelope, and a manifest for the printer.

A batch is printed, put into envelopes and handed to the post by people; what went and what came back is entered by them
(notifications/letters/). Here is only what the printer gets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import override

from foundation.dates import written_day
from foundation.files.spreadsheets import csv_lines
from foundation.pdf import printable, typeset

TEMPLATE = Path(__file__).parent / "letters.typ"
COMPANY = "Vittoria Assicurazioni S.p.A."
ADDRESS = "Via Ignazio Gardella 2, 20149 Milano"
COLUMNS = ("number", "code", "recipient", "address", "language", "subject", "sha256")


@dataclass(frozen=True, slots=True)
class PrintedLetter:
    """A letter as the printer gets it. `code` is on the sheet, for whoever enters that it came back."""

    number: int
    code: str
    recipient: tuple[str, ...]
    language: str
    subject: str
    text: str


def pdf_of(letters: Sequence[PrintedLetter], *, title: str, on: date) -> bytes:
    """All letters in one document, each from a page of its own; the same letters and day make the same bytes."""
    values = {
        "title": title,
        "company": COMPANY,
        "address": ADDRESS,
        "letters": [
            {
                "number": letter.number,
                "code": letter.code,
                "recipient": [printable(line) for line in letter.recipient],
                "day": _day(on, letter.language),
                "language": letter.language,
                "subject": printable(letter.subject),
                "paragraphs": [printable(part) for part in letter.text.strip().split("\n\n")],
            }
            for letter in letters
        ],
    }
    return typeset(TEMPLATE, values, on=on)


def _day(on: date, language: str) -> str:
    with override(language):
        return f"Milano, {written_day(on)}"


def manifest_of(letters: Sequence[PrintedLetter], *, sha256: str) -> str:
    """The printer's list: a line for each letter, in the order of the document, whose checksum each line names."""
    rows = (
        (
            letter.number,
            letter.code,
            letter.recipient[0],
            ", ".join(letter.recipient[1:]),
            letter.language,
            letter.subject,
            sha256,
        )
        for letter in letters
    )
    return "".join(csv_lines(COLUMNS, rows))
