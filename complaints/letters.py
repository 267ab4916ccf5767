"""The answer letter: its words (`compose`), as plain text and as a PDF on A4 with an embedded font.

Nothing is stored or sent here: `services.answering` does both, and the preview of the back office neither.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.utils import translation
from django.utils.formats import date_format
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Frame, PageTemplate
from reportlab.platypus import Paragraph as Flowable

from complaints.models import Complaint
from complaints.paragraphs import Paragraph, paragraphs_of

FONTS = Path(__file__).parent / "fonts"
NO_GLYPH = "□"  # printed for what the font lacks: emoji, most scripts of Asia
BASIC = 0xFFFF  # above it (emoji) the PDF could not say which character a glyph is, to who copies or listens to it

COMPANY = "Vittoria Assicurazioni S.p.A."
OFFICE_ADDRESS = "Via Ignazio Gardella 2, 20149 Milano"

_BRAND, _INK, _QUIET, _LINE = (HexColor(each) for each in ("#0b4a54", "#10282d", "#4b6368", "#d5e0e1"))

# The frame of a letter, in its two languages
SAYS: dict[str, dict[str, Any]] = {
    "it": {
        "office": "Servizio Reclami",
        "place": "Milano, {day}",
        "subject": "Oggetto: risposta al reclamo n. {number} – {subject}",
        "dear": "Gentile {name},",
        "received": "il Suo reclamo, ricevuto il {received}, è iscritto nel nostro registro con il numero {number}.",
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
    """A letter's words: pieces of (style, text) in their order, and the legal paragraphs among them."""

    number: str
    language: str
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
    says = SAYS[language]
    legal = paragraphs_of(complaint, outcome=outcome, on=on)
    apart = [each for each in legal if each.code in ("not_treated", "copy_to_intermediary")]
    result = says["outcomes"][outcome]
    if not complaint.treatable:
        result = says["not_treatable"].format(reason=complaint.not_treatable_reason)
    with translation.override(language):
        day, received = (date_format(each, "j F Y") for each in (on, complaint.first_received_on))
    pieces = [
        ("to", complaint.complainant_name),
        ("to", complaint.address),
        ("place", says["place"].format(day=day)),
        ("subject", says["subject"].format(number=complaint.number, subject=complaint.subject)),
        ("dear", says["dear"].format(name=complaint.complainant_name)),
        ("text", says["received"].format(received=received, number=complaint.number)),
        ("outcome", result),
        *(("text", each.texts[language]) for each in apart if each.code == "not_treated"),
        ("heading", says["answer"]),
        *(("text", each) for each in _paragraphs_of(answer)),
    ]
    if reasons:
        pieces += [("heading", says["reasons"]), *(("text", each) for each in _paragraphs_of(reasons))]
    ways = [each for each in legal if each not in apart]
    if ways:
        pieces += [("heading", says["remedies"]), *(("text", each.texts[language]) for each in ways)]
    pieces += [("greeting", says["greeting"]), ("signature", signed_by), ("signature", f"{says['office']}, {COMPANY}")]
    if complaint.is_heard:
        pieces += [("copy", each.texts[language]) for each in apart if each.code == "copy_to_intermediary"]
        pieces.append(("copy", complaint.intermediary))
    said = tuple((style, text) for style, text in pieces if text)
    return Letter(complaint.number, language, said, tuple(legal))


def _paragraphs_of(text: str) -> list[str]:
    """The paragraphs that somebody wrote: blank lines part them, single line breaks stay inside."""
    return [each.strip() for each in text.replace("\r\n", "\n").split("\n\n") if each.strip()]


# --- The PDF ------------------------------------------------------------------------------------------------------
def pdf_of(letter: Letter) -> bytes:
    """The letter on A4. The same words make the same bytes."""
    styles = _styles()
    says = SAYS[letter.language]
    content = BytesIO()
    document = BaseDocTemplate(
        content,
        pagesize=A4,
        title=says["title"].format(number=letter.number),
        author=COMPANY,
        lang=letter.language,
        invariant=1,
        leftMargin=25 * mm,
        rightMargin=25 * mm,
    )
    width, height = A4
    first = Frame(25 * mm, 24 * mm, width - 50 * mm, height - 66 * mm, 0, 0, 0, 0)
    later = Frame(25 * mm, 24 * mm, width - 50 * mm, height - 50 * mm, 0, 0, 0, 0)
    document.addPageTemplates(
        [
            PageTemplate("first", [first], onPage=_letterhead(says["office"]), autoNextPageTemplate="later"),
            PageTemplate("later", [later], onPage=_band),
        ]
    )

    class Numbered(Canvas):
        """Writes the foot of each page once their number is known."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.pages: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self.pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for page, state in enumerate(self.pages, start=1):
                self.__dict__.update(state)
                foot = says["page"].format(number=letter.number, page=page, pages=len(self.pages))
                self.setFont("Letter", 8)
                self.setFillColor(_QUIET)
                self.drawRightString(width - 25 * mm, 13 * mm, foot)
                self.drawString(25 * mm, 13 * mm, f"{COMPANY} · {OFFICE_ADDRESS}")
                super().showPage()
            super().save()

    story: list[Any] = []
    for style, text in letter.pieces:
        if style in ("heading", "greeting"):
            story.append(CondPageBreak(35 * mm))  # never the last line of a page
        story.append(Flowable(_markup(text), styles[style]))
    document.build(story, canvasmaker=Numbered)
    return content.getvalue()


def _letterhead(office: str) -> Any:
    def draw(canvas: Canvas, document: Any) -> None:
        _band(canvas, document)
        top = A4[1] - 24 * mm
        canvas.setFillColor(_BRAND)
        canvas.setFont("Letter-Bold", 15)
        canvas.drawString(25 * mm, top, COMPANY)
        canvas.setFillColor(_QUIET)
        canvas.setFont("Letter", 9)
        canvas.drawString(25 * mm, top - 5.5 * mm, f"{office} · {OFFICE_ADDRESS}")
        canvas.setStrokeColor(_LINE)
        canvas.line(25 * mm, top - 9.5 * mm, A4[0] - 25 * mm, top - 9.5 * mm)

    return draw


def _band(canvas: Canvas, document: Any) -> None:
    canvas.setFillColor(_BRAND)
    canvas.rect(0, A4[1] - 7 * mm, A4[0], 7 * mm, stroke=0, fill=1)


def _markup(text: str) -> str:
    return escape(printable(text)).replace("\n", "<br/>")


def printable(text: str) -> str:
    """The text as the font can print it: □ for what it lacks, nothing for what has no shape of its own."""
    known = _face().charToGlyph
    shown = (
        each if each == "\n" or (ord(each) in known and ord(each) <= BASIC and each.isprintable()) else _stand_in(each)
        for each in text.replace("\r\n", "\n").replace("\r", "\n")
    )
    return "".join(shown)


def _stand_in(character: str) -> str:
    if character.isspace():
        return " "
    return NO_GLYPH if character.isprintable() and not 0xFE00 <= ord(character) <= 0xFE0F else ""


@cache
def _face() -> Any:
    """Register the two fonts with reportlab, once in a process; returns the face of the ordinary one."""
    for name, file in (("Letter", "DejaVuSansCondensed"), ("Letter-Bold", "DejaVuSansCondensed-Bold")):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{file}.ttf"))
    return pdfmetrics.getFont("Letter").face


@cache
def _styles() -> dict[str, ParagraphStyle]:
    _face()
    text = ParagraphStyle("text", fontName="Letter", fontSize=10, leading=14.5, textColor=_INK, spaceAfter=7)

    def like(name: str, **changes: Any) -> ParagraphStyle:
        return ParagraphStyle(name, text, **changes)

    return {
        "text": text,
        "to": like("to", leftIndent=85 * mm, spaceAfter=0),
        "place": like("place", spaceBefore=14, spaceAfter=12, alignment=TA_RIGHT),
        "subject": like("subject", fontName="Letter-Bold", spaceAfter=12),
        "dear": like("dear"),
        "outcome": like("outcome", fontName="Letter-Bold"),
        "heading": like(
            "heading", fontName="Letter-Bold", fontSize=11.5, textColor=_BRAND, spaceBefore=6, spaceAfter=4
        ),
        "greeting": like("greeting", spaceBefore=10),
        "signature": like("signature", spaceAfter=0),
        "copy": like("copy", fontSize=9, textColor=_QUIET, spaceBefore=8, spaceAfter=0),
    }
