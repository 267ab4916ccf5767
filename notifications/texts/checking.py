"""Rule: everything that is wrong with a text. It is read, and then made of invented facts in every case there is."""

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from notifications.channels.sms import MOST_SEGMENTS, length_of
from notifications.channels.sms.segments import BASIC, EXTENDED, PLAIN
from notifications.kinds import NoticeKind
from notifications.texts.first_version import Source
from notifications.texts.mediums import Medium, is_sms
from notifications.texts.reading import NotAllowed, Problem, Read, UnknownWord, read
from notifications.texts.words import facts_of, in_words, usual_facts, words_of

LONGEST_SUBJECT = 250  # as a notice stores it
LONGEST_BODY = 12_000
LONGEST_SOURCE = {Medium.MESSAGE: LONGEST_BODY, Medium.SHORT: 2_000}
NOT_SEEN = {"\u200b", "\u200c", "\u200d", "\ufeff", "\u2060"}  # copied along from a web page or a word processor


def problems_of(kind: NoticeKind, source: Source, *, medium: str, language: str, on: date) -> dict[str, list[Problem]]:
    """What is wrong with the text, by the field it is about ("subject" or "body"); nothing is wrong with an empty answer.

    `on` is the first day on which it would count: some parts are owed from a day on.
    """
    found: dict[str, list[Problem]] = {"subject": [], "body": []}
    has_subject = medium == Medium.MESSAGE
    if has_subject:
        found["subject"] += _wrong_line(source.subject)
    found["body"] += _wrong_shape(source.body, medium)
    words, made = words_of(kind), {}
    for name, text in (("subject", source.subject), ("body", source.body)):
        if not found[name] and (text or has_subject):
            try:
                made[name] = read(text, words=words)
            except NotAllowed as error:
                found[name] += error.problems
    if is_sms(kind, medium) and not found["body"]:
        found["body"] += _wrong_letters(source.body)
    if not any(found.values()):
        with translation.override(language):
            rendered = list(_made_in_every_case(kind, made))
        _judge(kind, rendered, found, medium=medium, language=language, on=on)
    return {name: problems for name, problems in found.items() if problems}


def check(kind: NoticeKind, source: Source, *, medium: str, language: str, on: date) -> None:
    """NotAllowed with everything that is wrong with the text."""
    if found := problems_of(kind, source, medium=medium, language=language, on=on):
        raise NotAllowed([each for problems in found.values() for each in problems])


# --- As it is written ----------------------------------------------------------------------------------------------
def _wrong_line(subject: str) -> Iterator[Problem]:
    if not subject.strip():
        yield Problem(0, _("Write the subject."))
    if "\n" in subject or "\r" in subject:
        yield Problem(0, _("The subject is one line: take the line breaks out."))
    yield from unseen_signs(subject)


def _wrong_shape(body: str, medium: str) -> Iterator[Problem]:
    most = LONGEST_SOURCE[Medium(medium)]
    if not body.strip():
        yield Problem(0, _("Write the text."))
    if len(body) > most:
        words = {"length": len(body), "most": most}
        yield Problem(0, _("The text has %(length)d signs; at most %(most)d may be written here.") % words)
    yield from unseen_signs(body)


def unseen_signs(text: str) -> Iterator[Problem]:
    """Each line with a sign that nobody sees, with the sign's name: it was copied along from somewhere."""
    for number, line in enumerate(text.splitlines(), start=1):
        for sign in line:
            if sign in NOT_SEEN or (unicodedata.category(sign) == "Cc" and sign != "\t"):
                name = unicodedata.name(sign, f"U+{ord(sign):04X}")
                yield Problem(
                    number, _("a sign that nobody sees (%(name)s): write the line again by hand.") % {"name": name}
                )
                break


def _wrong_letters(body: str) -> Iterator[Problem]:
    """The signs that no SMS of the cheap alphabet has, each with what to write instead; one makes all others cost double."""
    for number, line in enumerate(body.splitlines(), start=1):
        for sign in dict.fromkeys(line.translate(PLAIN)):
            if sign in BASIC or sign in EXTENDED or sign in "\t":
                continue
            words = {"sign": sign, "name": unicodedata.name(sign, f"U+{ord(sign):04X}").lower()}
            if instead := instead_of(sign):
                advice = _("“%(sign)s” (%(name)s) is not in the alphabet of SMS: write “%(instead)s” instead.")
                yield Problem(number, advice % {**words, "instead": instead})
            else:
                yield Problem(number, _("“%(sign)s” (%(name)s) is not in the alphabet of SMS: leave it out.") % words)


def instead_of(sign: str) -> str:
    """Rule: what stands for a sign in the alphabet of SMS; nothing where nothing does, as for an emoji."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(each))
    bare = bare.translate(PLAIN)
    return bare if bare and all(each in BASIC or each in EXTENDED for each in bare) else ""


# --- As it is made -------------------------------------------------------------------------------------------------
def _made_in_every_case(
    kind: NoticeKind, made: Mapping[str, Read]
) -> Iterator[tuple[dict[str, Any], dict[str, str] | str]]:
    """The facts of each case, with the texts made of them, or why they could not be."""
    for facts in facts_of(kind):
        try:
            yield facts, {name: text.made_of(facts) for name, text in made.items()}
        except (UnknownWord, ValueError, TypeError, KeyError, AttributeError, ArithmeticError) as error:
            yield facts, str(error)


def _judge(
    kind: NoticeKind,
    rendered: list[tuple[dict[str, Any], dict[str, str] | str]],
    found: dict[str, list[Problem]],
    *,
    medium: str,
    language: str,
    on: date,
) -> None:
    """Look at the text in every case: it can be made, is not empty, has its parts, and fits where it goes. Each fault once."""
    usual = usual_facts(kind)
    seen: set[str] = set()

    def note(name: str, what: str, words: str) -> None:
        if what not in seen:
            seen.add(what)
            found[name].append(Problem(0, words))

    for facts, texts in rendered:
        case = in_words(facts, usual)
        if isinstance(texts, str):
            words = _("In one case the text cannot be made (%(case)s): %(error)s. Look at what follows “|” there.")
            note("body", "made", words % {"case": case, "error": texts})
            continue
        for name, text in texts.items():
            if not text.strip():
                note(name, f"empty {name}", _("In one case nothing is left of it: %(case)s.") % {"case": case})
        if "subject" in texts and len(" ".join(texts["subject"].split())) > LONGEST_SUBJECT:
            long = _("In one case the subject is longer than %(most)d signs: %(case)s.")
            note("subject", "long subject", long % {"most": LONGEST_SUBJECT, "case": case})
        if is_sms(kind, medium):
            length = length_of(texts["body"].translate(PLAIN).strip())
            if length.segments > MOST_SEGMENTS:
                long = _(
                    "In one case it takes %(segments)d parts of an SMS (%(units)d signs); at most %(most)d are sent: %(case)s."
                )
                given = {"segments": length.segments, "units": length.units, "most": MOST_SEGMENTS, "case": case}
                note("body", "long", long % given)
        for part in kind.parts:
            if part.only not in ("", medium) or not part.is_owed(facts, on=on):
                continue
            whole = "\n".join(texts.values())
            with translation.override(language):
                is_in = part.is_in(whole, facts, language=language)
            if not is_in:
                missing = _("Missing: %(part)s%(source)s. It is owed in this case: %(case)s.")
                source = f" ({part.source})" if part.source else ""
                note("body", f"part {part.name}", missing % {"part": part.name, "source": source, "case": case})
