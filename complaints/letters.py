"""The answer letter: its words (`compose`), as plain text and as a tagged PDF on A4 (`letter.typ` is its layout).

This module stores and sends nothing: `services.answering` does, and the preview of the back office does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from django.utils import translation

from complaints.models import Complaint
from complaints.paragraphs import Paragraph, paragraphs_of
from foundation.dates import written_day
from foundation.pdf import printable, typeset

TEMPLATE = Path(__file__).parent / "letter.typ"
BULLET = "• "  # in plain text, before every way that is open after the answer

COMPANY = "Vittoria Assicurazioni S.p.A."
OFFICE_ADDRESS = "Via Ignazio Gardella 2, 20149 Milano"

# The frame of a letter, in its two languages
WORDS: dict[str, dict[str, Any]] = {
    "it": {
        "office": "Servizio Reclami",
        "place": "Milano, {day}",
        "subject": "Oggetto: risposta al reclamo n. {number} – {subject}",
        "dear": "Gentile {name},",
        "received": "il Suo reclamo, ricevuto {received}, è iscritto nel nostro registro con il numero {number}.",
        "outcomes": {
            "upheld": "Il reclamo è accolto.",
            "in_part": "Il reclamo è accolto in parte.",
            "settled": "Il reclamo è definito con un accordo (transatto).",
            "rejected": "Il reclamo non può essere accolto.",
        },
        "not_treatable": "Il reclamo non può essere trattato. Motivo: {reason}",
        "answer": "La nostra risposta",
        "reasons": "I motivi",
        "remedies": "Che cosa può fare ora",
        "greeting": "Cordiali saluti",
        "page": "{number} – pagina {page} di {pages}",
        "title": "Risposta al reclamo {number}",
    },
    "en": {
        "office": "Complaints Office",
        "place": "Milan, {day}",
        "subject": "Subject: answer to complaint no. {number} – {subject}",
        "dear": "Dear {name},",
        "received": "your complaint, received on {received}, is entered in our register under the number {number}.",
        "outcomes": {
            "upheld": "The complaint is upheld.",
            "in_part": "The complaint is upheld in part.",
            "settled": "The complaint is settled by an agreement.",
            "rejected": "The complaint cannot be upheld.",
        },
        "not_treatable": "The complaint cannot be treated. Reason: {reason}",
        "answer": "Our answer",
        "reasons": "The reasons",
        "remedies": "What you may do now",
        "greeting": "Yours sincerely",
        "page": "{number} – page {page} of {pages}",
        "title": "Answer to complaint {number}",
    },
}


@dataclass(frozen=True)
class Letter:
    """A letter's words of a day: pieces of (style, text) in their order, and the legal paragraphs among them."""

    number: str
    language: str
    on: date
    pieces: tuple[tuple[str, str], ...]
    paragraphs: tuple[Paragraph, ...]

    @property
    def text(self) -> str:
        """The letter from its greeting on, as plain text."""
        beginning = next(place for place, (style, _text) in enumerate(self.pieces) if style == "dear")
        return "\n\n".join(text for _style, text in self.pieces[beginning:])

    @property
    def versions(self) -> list[str]:
        """Names of the legal paragraphs it carries."""
        return [each.name for each in self.paragraphs]


def compose(complaint: Complaint, *, outcome: str, answer: str, reasons: str, on: date, signed_by: str) -> Letter:
    """The words of the answer to a complaint in the complainant's language, dated on the day."""
    language = complaint.answer_language
    words = WORDS[language]
    legal = paragraphs_of(complaint, outcome=outcome, on=on)
    apart = [each for each in legal if each.code in ("not_treated", "copy_to_intermediary")]
    result = words["outcomes"][outcome]
    if not complaint.treatable:
        result = words["not_treatable"].format(reason=complaint.not_treatable_reason)
    with translation.override(language):
        day, received = written_day(on), written_day(complaint.first_received_on, "il")
    pieces = [
        ("to", complaint.complainant_name),
        ("to", complaint.address),
        ("place", words["place"].format(day=day)),
        ("subject", words["subject"].format(number=complaint.number, subject=complaint.subject)),
        ("dear", words["dear"].format(name=complaint.complainant_name)),
        ("text", words["received"].format(received=received, number=complaint.number)),
        ("outcome", result),
        *(("text", _typographic(each.texts[language])) for each in apart if each.code == "not_treated"),
        ("heading", words["answer"]),
        *(("text", each) for each in _paragraphs_of(answer)),
    ]
    if reasons:
        pieces += [("heading", words["reasons"]), *(("text", each) for each in _paragraphs_of(reasons))]
    ways = [each for each in legal if each not in apart]
    if ways:
        pieces += [("heading", words["remedies"]), *(("law", _typographic(each.texts[language])) for each in ways)]
    pieces += [
        ("greeting", words["greeting"]),
        ("signature", signed_by),
        ("signature", f"{words['office']}, {COMPANY}"),
    ]
    if complaint.is_heard:
        pieces += [
            ("copy", _typographic(each.texts[language])) for each in apart if each.code == "copy_to_intermediary"
        ]
        pieces.append(("copy", complaint.intermediary))
    written = tuple((style, text) for style, text in pieces if text)
    return Letter(complaint.number, language, on, written, tuple(legal))


def _paragraphs_of(text: str) -> list[str]:
    """The paragraphs that somebody wrote: blank lines part them, single line breaks stay inside."""
    return [each.strip() for each in text.replace("\r\n", "\n").split("\n\n") if each.strip()]


def _typographic(text: str) -> str:
    """Our own words with the apostrophe that the rest of the letter has."""
    return text.replace("'", "’")


# --- The PDF ------------------------------------------------------------------------------------------------------
def pdf_of(letter: Letter) -> bytes:
    """The letter on A4, tagged for screen readers, dated on its day. The same words make the same bytes."""
    words = WORDS[letter.language]
    values = {
        "language": letter.language,
        "title": words["title"].format(number=letter.number),
        "company": COMPANY,
        "office": f"{words['office']} · {OFFICE_ADDRESS}",
        "foot": f"{COMPANY} · {OFFICE_ADDRESS}",
        "page": words["page"].format(number=letter.number, page="{page}", pages="{pages}"),
        "pieces": [*_blocks(letter)],
    }
    return typeset(TEMPLATE, values, on=letter.on)


def _blocks(letter: Letter) -> Iterator[tuple[str, str | list[str]]]:
    """Yield the pieces as the layout takes them: the ways that the law names, one after the other, are one list."""
    for is_way, group in groupby(letter.pieces, key=lambda piece: piece[1].startswith(BULLET) and piece[0] == "law"):
        if is_way:
            yield "ways", [printable(text.removeprefix(BULLET)) for _style, text in group]
        else:
            yield from ((style, printable(text)) for style, text in group)
