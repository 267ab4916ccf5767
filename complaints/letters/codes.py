"""The texts of letters that there are: what each is, which words it may use, and what must not be missing from it.

The words themselves are rows (`LetterText`), so that they change on a day and not with a release. What a text is for, and what the
law wants in it, is here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.texts.parts import Part

FIRST_DAY = date(2016, 5, 3)  # Provvedimento 46/2016: the letter as it is today
ARBITER_SINCE = date(2026, 1, 15)
LANGUAGES = ("it", "en")


class Place(models.TextChoices):
    """Which part of a letter a text belongs to."""

    FRAME = "frame", _("frame of the letter")
    LAW = "law", _("paragraphs that the law adds")


@dataclass(frozen=True)
class LetterCode:
    """A text of letters. `words` may stand in it in double braces, `parts` must be in it.

    `is_way`: one of the ways that are open after the answer, which are one list. `owed_from`, of a paragraph: from this day on a
    letter that needs it and finds none in force is refused; None for what a letter may go without. `when`, of a paragraph: in
    which letters it stands, as `paragraphs.py` has it.
    """

    code: str
    name: Any
    place: Place
    words: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    is_way: bool = False
    owed_from: date | None = FIRST_DAY
    when: Any = ""

    @property
    def takes_reasons(self) -> bool:
        """Whether a version of it may be for complaints about some reasons alone; the frame is one for all letters."""
        return self.place == Place.LAW


def _says(name: Any, it: str, en: str, source: str = "") -> Part:
    return Part(name, source=source, phrases={"it": (it,), "en": (en,)}, when=lambda _facts: True)


def _names(name: Any, word: str) -> Part:
    return Part(name, word=word, when=lambda _facts: True)


NUMBER = _names(_("the number of the complaint"), "number")
IVASS = (
    _says(_("that the complainant may turn to IVASS"), r"IVASS", r"IVASS", "art. 8 Reg. ISVAP 24/2008"),
    _says(_("the postal address of IVASS"), r"via del Quirinale 21", r"via del Quirinale 21"),
    _says(
        _("the certified address of IVASS"),
        r"tutela\.consumatore@pec\.ivass\.it",
        r"tutela\.consumatore@pec\.ivass\.it",
    ),
)
ARBITER = (
    _says(
        _("that the complainant may turn to the Insurance Arbiter"),
        r"Arbitro Assicurativo",
        r"Insurance Arbiter",
        "d.m. 215/2024; Provv. IVASS 163/2025",
    ),
    _says(_("the site of the Arbiter"), r"www\.arbitroassicurativo\.org", r"www\.arbitroassicurativo\.org"),
    _says(_("the twelve months for the appeal"), r"dodici mesi|12 mesi", r"twelve months|12 months"),
)
MEDIATION = (
    _says(_("mediation, with its decree"), r"mediazione.*28", r"mediation.*28", "d.lgs. 28/2010, art. 5"),
    _says(_("that it comes before the court"), r"giudice|autorità giudiziaria", r"court"),
)
NEGOTIATION = (
    _says(_("assisted negotiation, with its decree"), r"negoziazione assistita.*132", r"assisted negotiation.*132",
          "d.l. 132/2014, art. 3"),
    _says(_("that it comes before the court"), r"giudice|autorità giudiziaria", r"court"),
)  # fmt: skip

_FRAME = (
    LetterCode("office", _("name of the office"), Place.FRAME),
    LetterCode("place", _("place and day"), Place.FRAME, ("day",), (_names(_("the day of the letter"), "day"),)),
    LetterCode("subject", _("line of subject"), Place.FRAME, ("number", "subject"), (NUMBER,)),
    LetterCode("dear", _("greeting at the beginning"), Place.FRAME, ("name",), (_names(_("the name"), "name"),)),
    LetterCode(
        "received",
        _("what was received, and when"),
        Place.FRAME,
        ("number", "received", "name", "subject"),
        (NUMBER, _names(_("the day of receipt"), "received")),
    ),
    LetterCode("outcome_upheld", _("outcome: upheld"), Place.FRAME, ("number",)),
    LetterCode("outcome_in_part", _("outcome: upheld in part"), Place.FRAME, ("number",)),
    LetterCode("outcome_settled", _("outcome: settled"), Place.FRAME, ("number",)),
    LetterCode("outcome_rejected", _("outcome: rejected"), Place.FRAME, ("number",)),
    LetterCode(
        "outcome_not_treated",
        _("outcome: not treated"),
        Place.FRAME,
        ("number", "reason"),
        (_names(_("why it is not treated"), "reason"),),
    ),
    LetterCode("heading_answer", _("heading of the answer"), Place.FRAME),
    LetterCode("heading_reasons", _("heading of the reasons"), Place.FRAME),
    LetterCode("heading_remedies", _("heading of the ways that are open"), Place.FRAME),
    LetterCode("greeting", _("greeting at the end"), Place.FRAME),
    LetterCode(
        "page",
        _("foot of each page"),
        Place.FRAME,
        ("number", "page", "pages"),
        (NUMBER, _names(_("the number of the page"), "page")),
    ),
    LetterCode("title", _("title of the document"), Place.FRAME, ("number",), (NUMBER,)),
)
_ANY = ("name", "number", "subject", "received", "day")
_NOT_IN_FULL = _("in letters that do not uphold the complaint in full")
PARTICULAR = "particular"  # the one paragraph that no rule asks for but the reasons that it names
_LAW = (
    LetterCode(
        "not_treated",
        _("what it means that it was not treated"),
        Place.LAW,
        _ANY,
        when=_("in letters about a complaint that is classified as one that cannot be treated"),
    ),
    LetterCode(
        PARTICULAR,
        _("paragraph for particular reasons"),
        Place.LAW,
        _ANY,
        owed_from=None,
        when=_("in every letter about one of its reasons, whatever the outcome"),
    ),
    LetterCode("remedies", _("the sentence before the ways that are open"), Place.LAW, _ANY, when=_NOT_IN_FULL),
    LetterCode("ivass", _("complaint to IVASS"), Place.LAW, _ANY, IVASS, is_way=True, when=_NOT_IN_FULL),
    LetterCode(
        "arbiter",
        _("Insurance Arbiter"),
        Place.LAW,
        _ANY,
        ARBITER,
        is_way=True,
        owed_from=ARBITER_SINCE,
        when=_NOT_IN_FULL,
    ),
    LetterCode(
        "mediation",
        _("mediation"),
        Place.LAW,
        _ANY,
        MEDIATION,
        is_way=True,
        when=_(
            "in letters that do not uphold the complaint in full, about any insurance contract; about one for vehicles or boats "
            "where it is not about the damage that they caused"
        ),
    ),
    LetterCode(
        "negotiation",
        _("assisted negotiation"),
        Place.LAW,
        _ANY,
        NEGOTIATION,
        is_way=True,
        when=_("in letters that do not uphold the complaint in full, about damage by vehicles or boats"),
    ),
    LetterCode(
        "consob",
        _("Consob, for what a bank or an intermediary of investments did"),
        Place.LAW,
        _ANY,
        (_says(_("that the complainant may turn to Consob"), r"Consob", r"Consob"),),
        is_way=True,
        owed_from=None,
        when=_(
            "in letters that do not uphold the complaint in full, about how another intermediary sold a product of investment"
        ),
    ),
    LetterCode(
        "covip",
        _("Covip, for pension funds"),
        Place.LAW,
        _ANY,
        (_says(_("that the complainant may turn to Covip"), r"Covip", r"Covip"),),
        is_way=True,
        owed_from=None,
        when=_("in letters that do not uphold the complaint in full, about a pension fund"),
    ),
    LetterCode(
        "copy_to_intermediary",
        _("copy to the intermediary"),
        Place.LAW,
        _ANY,
        when=_("in letters about the conduct of an intermediary that gets a copy"),
    ),
)
CODES: Mapping[str, LetterCode] = {each.code: each for each in (*_FRAME, *_LAW)}
FRAME = tuple(each.code for each in _FRAME)
LAW = tuple(each.code for each in _LAW)

# What each word stands for, and facts to try a text with: those of an invented complaint.
WORDS: Mapping[str, tuple[Any, Mapping[str, str]]] = {
    "day": (_("the day of the letter, in words"), {"it": "8 ottobre 2026", "en": "8 October 2026"}),
    "received": (_("the day of receipt, in words, with its article"), {"it": "l’8 settembre 2026", "en": "8 September 2026"}),
    "number": (_("the number in the register"), {"it": "2026/17", "en": "2026/17"}),
    "subject": (_("the subject of the complaint"), {"it": "Conteggio del premio", "en": "Amount of the premium"}),
    "name": (_("the complainant’s name"), {"it": "Maria Rossi", "en": "Maria Rossi"}),
    "reason": (_("why it cannot be treated"), {"it": "Riguarda un’altra impresa.", "en": "It is about another company."}),
    "page": (_("the number of the page"), {"it": "1", "en": "1"}),
    "pages": (_("how many pages there are"), {"it": "2", "en": "2"}),
}  # fmt: skip


def facts_to_try(language: str) -> dict[str, str]:
    """The facts of an invented complaint, in a language."""
    return {word: values[language] for word, (_label, values) in WORDS.items()}


def words_beside(code: LetterCode) -> list[tuple[str, Any, str]]:
    """The words that the text may use, for beside the editor: the word, what it stands for, and how it is written."""
    return [(word, WORDS[word][0], f"{{{{ {word} }}}}") for word in code.words]
