"""The answer letter: its words (`compose`), as plain text and as a tagged PDF on A4 (`letter.typ` is its layout).

This module stores and sends nothing: `services.answering` does, and the preview of the back office does not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from complaints.intermediaries.rules import gets_the_answer
from complaints.letters.codes import CODES, FRAME, PARTICULAR
from complaints.letters.paragraphs import FOR_ITS_REASONS, Needed, needed_by
from complaints.letters.texts import Texts, made_of, texts_carried, texts_on
from complaints.models import Complaint
from complaints.models.code import CodeList, label_of
from complaints.models.letter_text import LetterText
from foundation.dates import written_day
from foundation.pdf import printable, typeset

TEMPLATE = Path(__file__).parent / "letter.typ"
BULLET = "• "  # in plain text, before every way that is open after the answer

COMPANY = "Vittoria Assicurazioni S.p.A."
OFFICE_ADDRESS = "Via Ignazio Gardella 2, 20149 Milano"
APART = ("not_treated", PARTICULAR, "copy_to_intermediary")  # paragraphs that stand outside the list of ways


@dataclass(frozen=True)
class Added:
    """A paragraph of law in a letter: why it is there, the version that was in force, and its words."""

    needed: Needed
    version: LetterText
    text: str

    @property
    def code(self) -> str:
        """Which paragraph it is."""
        return self.needed.code

    @property
    def because(self) -> str:
        """Why it is there, and why in this version, in the reader's language."""
        if not self.version.reason_codes:
            return str(self.needed.because)
        reasons = ", ".join(label_of(CodeList.REASON, word) for word in self.version.reason_codes)
        return _("%(because)s; this version is for complaints about: %(reasons)s") % {
            "because": self.needed.because,
            "reasons": reasons,
        }


@dataclass(frozen=True)
class Letter:
    """A letter's words of a day: pieces of (style, text) in their order, and the versions of texts that it is made of.

    `office`, `foot` and `title` are the words of the frame that stand outside the pieces.
    """

    number: str
    language: str
    on: date
    pieces: tuple[tuple[str, str], ...]
    paragraphs: tuple[Added, ...]
    frame: tuple[str, ...]
    office: str
    foot: str
    title: str

    @property
    def text(self) -> str:
        """The letter from its greeting on, as plain text."""
        beginning = next(place for place, (style, _text) in enumerate(self.pieces) if style == "dear")
        return "\n\n".join(text for _style, text in self.pieces[beginning:])

    @property
    def versions(self) -> list[str]:
        """Names of the legal paragraphs it carries."""
        return [each.version.name for each in self.paragraphs]


def compose(
    complaint: Complaint,
    *,
    outcome: str,
    answer: str,
    reasons: str,
    on: date,
    signed_by: str,
    carrying: Sequence[str] = (),
) -> Letter:
    """The words of the answer to a complaint in the complainant's language, dated on the day.

    Of the texts in force on the day for its reasons; of those that `carrying` names, where a letter of an earlier moment is made
    again. Refused where a text that the letter owes is not in force.
    """
    language, about = complaint.answer_language, complaint.reason_codes
    if carrying:
        texts = texts_carried(carrying, on=on, language=language, reasons=about)
    else:
        texts = texts_on(on, language=language, reasons=about)
    return compose_of(
        texts,
        complaint,
        outcome=outcome,
        answer=answer,
        reasons=reasons,
        on=on,
        signed_by=signed_by,
        language=language,
    )


def compose_of(
    texts: Texts,
    complaint: Complaint,
    *,
    outcome: str,
    answer: str,
    reasons: str,
    on: date,
    signed_by: str,
    language: str,
) -> Letter:
    """The same of given texts."""
    needed = needed_by(complaint, outcome=outcome, on=on)
    texts.require([*FRAME, *(each.code for each in needed)], on=on)
    with translation.override(language):
        day, received = written_day(on), written_day(complaint.first_received_on, "il")
    facts = {
        "name": complaint.complainant_name,
        "number": complaint.number,
        "subject": complaint.subject,
        "received": received,
        "day": day,
        "reason": complaint.not_treatable_reason,
        "page": "{page}",
        "pages": "{pages}",
    }
    used: dict[str, str] = {}

    def frame(code: str) -> str:
        used[code] = texts[code].name
        return texts.made(code, facts)

    added = [Added(FOR_ITS_REASONS, each, made_of(each, facts)) for each in texts.particular]
    added += [
        Added(each, texts[each.code], _way(each.code, texts.made(each.code, facts)))
        for each in needed
        if each.code in texts
    ]
    pieces = [
        ("to", complaint.complainant_name),
        ("to", complaint.address),
        ("place", frame("place")),
        ("subject", frame("subject")),
        ("dear", frame("dear")),
        ("text", frame("received")),
        ("outcome", frame(f"outcome_{outcome}" if complaint.treatable else "outcome_not_treated")),
        *(("text", each.text) for each in added if each.code == "not_treated"),
        ("heading", frame("heading_answer")),
        *(("text", each) for each in _paragraphs_of(answer)),
    ]
    if reasons:
        pieces += [("heading", frame("heading_reasons")), *(("text", each) for each in _paragraphs_of(reasons))]
    pieces += [("law", each.text) for each in added if each.code == PARTICULAR]
    ways = [each for each in added if each.code not in APART]
    if ways:
        pieces += [("heading", frame("heading_remedies")), *(("law", each.text) for each in ways)]
    office = frame("office")
    pieces += [("greeting", frame("greeting")), ("signature", signed_by), ("signature", f"{office}, {COMPANY}")]
    if gets_the_answer(complaint, on):
        pieces += [("copy", each.text) for each in added if each.code == "copy_to_intermediary"]
        pieces.append(("copy", complaint.intermediary))
    foot, title = frame("page"), frame("title")
    written = tuple((style, text) for style, text in pieces if text)
    return Letter(complaint.number, language, on, written, tuple(added), tuple(used.values()), office, foot, title)


def _way(code: str, text: str) -> str:
    return f"{BULLET}{text}" if CODES[code].is_way else text


def _paragraphs_of(text: str) -> list[str]:
    """The paragraphs that somebody wrote: blank lines part them, single line breaks stay inside."""
    return [each.strip() for each in text.replace("\r\n", "\n").split("\n\n") if each.strip()]


# --- The PDF ------------------------------------------------------------------------------------------------------
def pdf_of(letter: Letter) -> bytes:
    """The letter on A4, tagged for screen readers, dated on its day. The same words make the same bytes."""
    values = {
        "language": letter.language,
        "title": letter.title,
        "company": COMPANY,
        "office": printable(f"{letter.office} · {OFFICE_ADDRESS}"),
        "foot": f"{COMPANY} · {OFFICE_ADDRESS}",
        "page": printable(letter.foot),
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
