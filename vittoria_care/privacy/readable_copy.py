"""The copy of a person's data as a PDF that is read like a letter: in their language, under headings in plain words.

A person of many years has too much for one document: it is set in parts of `ROWS_OF_A_PART` rows, so that a copy of any length
needs the memory of one part.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers.models import Customer
from foundation.dates import ROME, written_moment
from foundation.pdf import forget_typeset, printable, typeset
from vittoria_care.privacy.exported_rows import ExportedRow

TEMPLATE = Path(__file__).parent / "personal_data.typ"
COMPANY = "Vittoria Assicurazioni S.p.A."
ADDRESS = "Via Ignazio Gardella 2, 20149 Milano"
ROWS_OF_A_PART = 500
LONGEST_TEXT = 20_000  # characters of one text: what is longer is whole in the file for programs


@dataclass
class _Section:
    heading: str
    notes: list[str] = field(default_factory=list)
    pieces: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


class ReadableCopy:
    """Takes the rows in their order, and gives out the parts as they are full: `add` and `finish` yield (file name, PDF)."""

    def __init__(self, customer: Customer, *, made_at: datetime) -> None:
        self.customer = customer
        self.made_at = made_at
        self.part = 1
        self._sections: list[_Section] = []
        self._rows = 0

    def add(self, heading: str, piece: str, row: ExportedRow) -> Iterator[tuple[str, bytes]]:
        """Take a row; yields the part before it where that one is full."""
        if self._rows >= ROWS_OF_A_PART:
            yield self._set(is_last=False)
        section = self._section(heading)
        section.pieces.setdefault(piece, []).append(
            {
                "title": _printed(row.title),
                "lines": [[_printed(each.label), _printed(each.text)] for each in row.lines if not each.is_long],
                "long": [[_printed(each.label), _printed(each.text)] for each in row.lines if each.is_long],
            }
        )
        self._rows += 1

    def note(self, heading: str, text: str) -> None:
        """Say something under a heading."""
        self._section(heading).notes.append(_printed(text))

    def finish(self) -> Iterator[tuple[str, bytes]]:
        """Yield the last part."""
        yield self._set(is_last=True)

    def _section(self, heading: str) -> _Section:
        if not self._sections or self._sections[-1].heading != _printed(heading):
            self._sections.append(_Section(_printed(heading)))
        return self._sections[-1]

    def _set(self, *, is_last: bool) -> tuple[str, bytes]:
        is_only = is_last and self.part == 1
        title = _("Your data") if is_only else _("Your data, part %(number)d") % {"number": self.part}
        stem = _("my-data")
        name = f"{stem}.pdf" if is_only else f"{stem}-{self.part:02d}.pdf"
        values = {
            "language": get_language(),
            "title": title,
            "company": COMPANY,
            "foot": f"{COMPANY} · {ADDRESS}",
            "page": _("page {page} of {pages}"),
            "contents": _("Contents"),
            "lead": _lead(),
            "about": [
                [_("Customer"), _printed(self.customer.letter_name)],
                [_("Customer code"), _printed(self.customer.code)],
                [_("Made on"), written_moment(self.made_at)],
            ],
            "sections": [
                {
                    "heading": each.heading,
                    "notes": each.notes,
                    "pieces": [{"name": name, "rows": rows} for name, rows in each.pieces.items()],
                }
                for each in self._sections
            ],
        }
        self._sections, self._rows = [], 0
        self.part += 1
        pdf = typeset(TEMPLATE, values, on=timezone.localdate(self.made_at, ROME))
        if not is_only:
            forget_typeset()
        return name, pdf


def _lead() -> list[str]:
    return [
        _(
            "This is everything that our customer service holds about you, as art. 15 of the General Data Protection "
            "Regulation (GDPR) gives you the right to have it."
        ),
        _(
            "Beside this document are your own files, in the folder “%(folder)s”, and the same data for a program in "
            "“%(file)s” (art. 20 GDPR)."
        )
        % {"folder": _("files"), "file": _("my-data") + ".json"},
        _(
            "If something is not right, you can correct it in your reserved area, under My data, or write to us: we "
            "answer within a month."
        ),
    ]


def _printed(text: str) -> str:
    """What can be printed of a text; a very long one is cut, with a word where it is whole."""
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT] + "… " + _("(the whole text is in the file for programs)")
    return printable(text)
