"""The letter in the browser, beside what is being written: its pieces, why each paragraph is in it, how it reads, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.letters.codes import LetterCode, facts_to_try
from complaints.letters.compose import BULLET, Added, Letter, compose, compose_of
from complaints.letters.readability import Figures, figures_of
from complaints.letters.texts import texts_on
from complaints.models import Complaint
from complaints.models.code import CodeList, label_of
from complaints.models.letter_text import LetterText
from foundation.refusals import Refused
from notifications.texts.reading import NotAllowed, UnknownWord

EMPTY = "…"


@dataclass(frozen=True)
class Block:
    """Pieces of one style that stand together; the ways that are open are one list."""

    style: str
    texts: list[str]


@dataclass(frozen=True)
class Shown:
    """A letter as a page shows it. `problems` say what is still missing, in words; `figures` are of what was written.

    `about` names the reason of the invented complaint, where a text is for some reasons alone.
    """

    blocks: list[Block] = field(default_factory=list)
    paragraphs: tuple[Added, ...] = ()
    figures: Figures | None = None
    problems: list[str] = field(default_factory=list)
    language: str = "it"
    about: str = ""


def blocks_of(letter: Letter) -> list[Block]:
    """The pieces of the letter for a page."""
    blocks: list[Block] = []
    for (style, is_way), group in groupby(letter.pieces, key=lambda piece: (piece[0], piece[1].startswith(BULLET))):
        texts = [text.removeprefix(BULLET) if style == "law" else text for _style, text in group]
        if style == "law" and is_way:
            blocks.append(Block("ways", texts))
        else:
            blocks += [Block(style, [text]) for text in texts]
    return blocks


def answer_shown(complaint: Complaint, *, outcome: str, answer: str, reasons: str, signed_by: str) -> Shown:
    """The letter as far as it has been written, dated today. Nothing is refused: what is missing is said beside it."""
    figures = figures_of("\n\n".join(filter(None, [answer, reasons])))
    problems = []
    if not complaint.ramo:
        problems.append(
            _("Say first which line of business (ramo) it is about: the ways that the letter must name depend on it.")
        )
    if outcome not in Complaint.Outcome.values or outcome == Complaint.Outcome.OPEN:
        return Shown(figures=figures, problems=[*problems, _("Give the outcome.")])
    if not answer.strip():
        problems.append(_("Write the answer."))
    try:
        letter = compose(
            complaint,
            outcome=outcome,
            answer=answer.strip() or EMPTY,
            reasons=reasons.strip(),
            on=timezone.localdate(),
            signed_by=signed_by,
        )
    except Refused as refusal:
        return Shown(figures=figures, problems=[*problems, str(refusal)])
    return Shown(blocks_of(letter), letter.paragraphs, figures, problems, letter.language)


# --- A text that is being written -----------------------------------------------------------------------------------
def invented_complaint(code: LetterCode, language: str, *, reasons: Sequence[str] = ()) -> tuple[Complaint, str]:
    """A complaint whose letter has the text, about the reasons, and the outcome; nothing of it is stored."""
    facts = facts_to_try(language)
    outcome = Complaint.Outcome.REJECTED
    matter: dict[str, Any] = {"ramo": "10"}  # of which both ways to court are named
    if code.code.removeprefix("outcome_") in Complaint.Outcome.values:
        outcome = Complaint.Outcome(code.code.removeprefix("outcome_"))
    if code.code == "consob":
        matter = {"ramo": "III", "area": Complaint.Area.COMMERCIAL, "intermediary_stated": "Banca del Ponte, Pavia"}
    if code.code == "covip":
        matter = {"ramo": "VI"}
    if code.code == "copy_to_intermediary":
        matter |= {"about_conduct": True, "intermediary_stated": "Broker Rossi, Pavia"}
    if code.code in ("outcome_not_treated", "not_treated"):
        matter |= {"treatable": False, "not_treatable_reason": facts["reason"]}
    year, _slash, sequence = facts["number"].partition("/")
    complaint = Complaint(
        year_id=int(year),
        sequence=int(sequence),
        complainant_name=facts["name"],
        subject=facts["subject"],
        language=language,
        received_on=timezone.localdate(),
        reason_codes=list(reasons),
        **matter,
    )
    return complaint, outcome


def text_shown(text: LetterText, code: LetterCode) -> Shown:
    """A letter of an invented complaint that has the text in its place; what cannot be made is said.

    Where the text is for some reasons, the complaint is about the first of them.
    """
    of_it = text.reason_codes[:1]
    complaint, outcome = invented_complaint(code, text.language, reasons=of_it)
    about = ", ".join(label_of(CodeList.REASON, word) for word in of_it)
    today = timezone.localdate()
    words = {"it": ("Abbiamo riesaminato la Sua pratica.", "Le condizioni escludono il caso.")}
    answer, reasons = words.get(text.language, ("We have looked at your case again.", "The conditions exclude it."))
    try:
        letter = compose_of(
            texts_on(today, language=text.language, reasons=of_it).with_one(text),
            complaint,
            outcome=outcome,
            answer=answer,
            reasons=reasons,
            on=today,
            signed_by="Anna Bianchi",
            language=text.language,
        )
    except NotAllowed as error:
        return Shown(problems=[str(each) for each in error.problems], figures=figures_of(text.body))
    except (Refused, UnknownWord) as error:
        return Shown(problems=[str(error)], figures=figures_of(text.body))
    return Shown(blocks_of(letter), letter.paragraphs, figures_of(text.body), [], text.language, about)
