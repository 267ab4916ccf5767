"""Rules: everything that is wrong with a text of letters, and with the reasons that it is for.

The text is read, made of invented facts, and its obligatory parts are looked for.
"""

from collections.abc import Sequence
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from complaints.letters.codes import PARTICULAR, LetterCode, facts_to_try
from complaints.models.code import CodeList, code_of
from complaints.models.letter_text import LONGEST_BODY
from notifications.texts.checking import unseen_signs
from notifications.texts.reading import NotAllowed, Problem, read


def problems_of(code: LetterCode, body: str, *, language: str, on: date) -> list[Problem]:
    """What is wrong with the text, each thing with its line; nothing is wrong with an empty answer.

    `on` is the first day on which it would count: some parts are owed from a day on.
    """
    found = list(unseen_signs(body))
    if not body.strip():
        found.append(Problem(0, _("Write the text.")))
    if len(body) > LONGEST_BODY:
        words = {"length": len(body), "most": LONGEST_BODY}
        found.append(Problem(0, _("The text has %(length)d signs; at most %(most)d may be written here.") % words))
    if "\n" in body.strip():
        line = body.strip().index("\n")
        found.append(Problem(body.count("\n", 0, line) + 2, _("it is one paragraph: take the line breaks out.")))
    if found:
        return found
    try:
        made = read(body, words=code.words)
    except NotAllowed as error:
        return error.problems
    facts = facts_to_try(language)
    with translation.override(language):
        text = made.made_of({word: facts[word] for word in code.words})
        lacking = [
            part
            for part in code.parts
            if part.is_owed(facts, on=on) and not part.is_in(text, facts, language=language)
        ]
    if not text.strip():
        found.append(Problem(0, _("Nothing is left of it when it is made of a complaint.")))
    for part in lacking:
        named = {"part": part.name, "source": f" ({part.source})" if part.source else ""}
        found.append(Problem(0, _("Missing: %(part)s%(source)s.") % named))
    return found


def problems_of_reasons(code: LetterCode, reasons: Sequence[str]) -> list[str]:
    """What is wrong with the reasons of complaints that a version of the text would be for, in words.

    The frame is one for all letters. A paragraph that nothing but its reasons asks for needs one at least.
    """
    if reasons and not code.takes_reasons:
        return [_("This text is part of the frame, which is one for all letters: it is for no reasons.")]
    if not reasons and code.code == PARTICULAR:
        return [_("Choose the reasons: without one no letter would have the paragraph.")]
    found = [
        _("“%(word)s” is none of the %(list)s.") % {"word": word, "list": CodeList.REASON.label}
        for word in dict.fromkeys(reasons)
        if code_of(CodeList.REASON, word) is None
    ]
    if len(set(reasons)) < len(reasons):
        found.append(_("A reason is given once."))
    return found
