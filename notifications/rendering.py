"""Rule: the wording of a notice, made of the words of its kind. A word that the text asks for and nobody gave is a fault, never an empty place."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from notifications.channels import Channel
from notifications.kinds import NoticeKind
from notifications.texts.first_version import SUBJECT, file_engine
from notifications.texts.in_force import text_in_force
from notifications.texts.mediums import FILES, Medium, medium_of
from notifications.texts.reading import UnknownWord

__all__ = ["UnknownWord", "Wording", "as_email", "render", "without_footer", "wording_of"]

log = logging.getLogger(__name__)

CONTACTS = "contacts"  # the page with the ways to write to us, of an app further up
FOOTER = "\n-- \n"
LONGEST_SUBJECT = 250  # as a notice stores it
EXTRA = frozenset({"action_url", "action_label"})


@dataclass(frozen=True)
class Wording:
    """The text of a notice."""

    subject: str
    text: str
    html: str
    text_id: int | None = None  # the approved text it was made of; none of the project's files
    version: int = 0


def render(
    kind: NoticeKind,
    words: Mapping[str, Any],
    *,
    language: str,
    channel: str = Channel.EMAIL,
    at: datetime | None = None,
) -> Wording:
    """The subject (one line), the text and the formatted text of a notice, in a language, as they count now or `at` a moment.

    An approved text (notifications/texts/) goes before the one in the project's files. To a telephone goes the short text
    where the kind has one, with the subject of the long one. An e-mail ends with where to write to us, since nobody reads
    what is answered to its sender. UnknownWord names the word that was left out, is not one of the kind's, or is named by
    the text in vain.
    """
    if lacking := kind.needs - words.keys():
        raise UnknownWord(f"A notice “{kind.code}” needs: {', '.join(sorted(lacking))}.")
    if unknown := words.keys() - kind.needs - kind.may - EXTRA:
        raise UnknownWord(f"A notice “{kind.code}” does not know: {', '.join(sorted(unknown))}.")
    with translation.override(language):
        given = kind.read(words)
        made = _made(kind, given, medium_of(kind, channel), language, at or timezone.now())
        if channel != Channel.EMAIL:
            return made
        action = {name: str(given[name]) for name in EXTRA if name in given}
        email = _as_email(made.subject, made.text, language, has_footer=not kind.is_internal, **action)
        return replace(email, text_id=made.text_id, version=made.version)


def _made(kind: NoticeKind, facts: Mapping[str, Any], medium: Medium, language: str, at: datetime) -> Wording:
    """The text that counts, made of the facts; the file's where an approved one cannot be made of them, and the log says so."""
    found = text_in_force(kind, medium, language, at)
    long = found if medium == Medium.MESSAGE else text_in_force(kind, Medium.MESSAGE, language, at)
    try:
        subject = long.subject.made_of(facts) if long else _of_file(kind, SUBJECT, facts)
        body = found.body.made_of(facts) if found else _of_file(kind, FILES[medium], facts)
    except Exception as error:
        if found is None and long is None:
            raise
        # Checked in every case before its approval; a case that nobody thought of must not stop what a command owes.
        number = next(each.number for each in (found, long) if each is not None)
        log.error("notice %s: version %s of its text cannot be made, the file's goes: %s", kind.code, number, error)
        found, subject = None, _of_file(kind, SUBJECT, facts)
        body = _of_file(kind, FILES[medium], facts)
    one_line = " ".join(subject.split())[:LONGEST_SUBJECT]
    which = (found.pk, found.number) if found else (None, 0)
    return Wording(one_line, body.strip() + "\n", "", *which)


def _of_file(kind: NoticeKind, name: str, facts: Mapping[str, Any]) -> str:
    return file_engine().get_template(f"notices/{kind.code}/{name}").render(Context(facts, autoescape=False))


def wording_of(kind: NoticeKind, subject: str, text: str, *, language: str, facts: Mapping[str, Any]) -> Wording:
    """A text that was made of facts, as an e-mail: for looking at one that does not count yet."""
    with translation.override(language):
        action = {name: str(facts[name]) for name in EXTRA if name in facts}
        return _as_email(subject, text, language, has_footer=not kind.is_internal, **action)


def as_email(subject: str, text: str, *, language: str) -> Wording:
    """The wording of an e-mail made of a text that was written for another channel."""
    with translation.override(language):
        return _as_email(subject, text, language, has_footer=True)


def without_footer(text: str) -> str:
    """The text of an e-mail without what only an e-mail ends with."""
    return text.partition(FOOTER)[0]


def _as_email(
    subject: str, text: str, language: str, *, has_footer: bool, action_url: str = "", action_label: str = ""
) -> Wording:
    contacts = settings.SITE_URL + reverse(CONTACTS)
    if settings.RETURNS_ADDRESS:  # where an answer goes, and waits for an agent (notifications/returns)
        asks = _(
            "An answer to this e-mail is read by a person, but not at once. To be answered sooner, write to us at:"
        )
    else:
        asks = _("Please do not answer this e-mail: its sender's mailbox is not read. Write to us at:")
    footer = asks if has_footer else ""
    html = render_to_string(
        "notices/base.html",
        {
            "subject": subject,
            "text": text,
            "language": language,
            "action_url": action_url,
            "action_label": action_label,
            "footer": footer,
            "contacts": contacts,
        },
    )
    return Wording(subject, f"{text}{FOOTER}{footer}\n{contacts}\n" if footer else text, html)
