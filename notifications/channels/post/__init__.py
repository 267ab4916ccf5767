"""The post: letters set in batches, each with its address in the window of the envelope, and a manifest for the printer.

Behind the pages of a letter come those of its files (`enclosures`). A batch is printed, put into envelopes and handed to the post by people; what went and what came back is entered by them
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
from notifications.channels.post.enclosures import Enclosure, page_counts, pages_of, with_enclosures

TEMPLATE = Path(__file__).parent / "letters.typ"
COMPANY = "Vittoria Assicurazioni S.p.A."
ADDRESS = "Via Ignazio Gardella 2, 20149 Milano"
COLUMNS = (
    "number",
    "code",
    "recipient",
    "address",
    "language",
    "subject",
    "first_page",
    "pages",
    "files",
    "sha256",
)


@dataclass(frozen=True, slots=True)
class PrintedLetter:
    """A letter as the printer gets it. `code` is on the sheet, for whoever enters that it came back.

    `enclosures` are the files behind it. `pages` are all of its pages, once the document has been made; None for a letter of which
    they were not counted.
    """

    number: int
    code: str
    recipient: tuple[str, ...]
    language: str
    subject: str
    text: str
    enclosures: tuple[Enclosure, ...] = ()
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What is printed, and how many pages of it each letter has, in order."""

    content: bytes
    pages: tuple[int, ...]


def document_of(letters: Sequence[PrintedLetter], *, title: str, on: date) -> Document:
    """All letters in one document, each from a page of its own with its files behind it; the same make the same bytes.

    NotPrintable where a file cannot be read. A document with files is not tagged: it is made to be printed.
    """
    content = pdf_of(letters, title=title, on=on)
    counts = page_counts(content)
    if not any(letter.enclosures for letter in letters):
        return Document(content, counts)
    files = [letter.enclosures for letter in letters]
    behind = [pages_of(each) if each else 0 for each in files]
    whole = with_enclosures(content, counts, files, title=title, on=on)
    return Document(whole, tuple(own + more for own, more in zip(counts, behind, strict=True)))


def pdf_of(letters: Sequence[PrintedLetter], *, title: str, on: date) -> bytes:
    """The letters alone in one document, each from a page of its own; the same letters and day make the same bytes."""
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
    """The printer's list: a line for each letter, in the order of the document, whose checksum each line names.

    `first_page` counts from 1; it and `pages` are empty where the pages were not counted.
    """
    rows, first = [], 1
    for letter in letters:
        counted = letter.pages is not None
        rows.append(
            (
                letter.number,
                letter.code,
                letter.recipient[0],
                ", ".join(letter.recipient[1:]),
                letter.language,
                letter.subject,
                first if counted else "",
                letter.pages if counted else "",
                len(letter.enclosures),
                sha256,
            )
        )
        first += letter.pages or 0
    return "".join(csv_lines(COLUMNS, rows))
