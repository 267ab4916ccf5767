"""Rule: the wording of a notice, made of the words of its kind. A word that the text asks for and nobody gave is a fault, never an empty place."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template import Context, Engine, engines
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from notifications.channels import Channel
from notifications.kinds import NoticeKind

CONTACTS = "contacts"  # the page with the ways to write to us, of an app further up
EXTRA = frozenset({"action_url", "action_label"})


class UnknownWord(Exception):
    """A text of notices names a word that its kind does not have, or a command left one out."""


class _Missing(str):
    """What the template engine would print for a missing word; it raises instead."""

    __slots__ = ()

    def __mod__(self, word: object) -> str:
        raise UnknownWord(f"The text names “{word}”, which this kind of notice does not have.")


@dataclass(frozen=True)
class Wording:
    """The text of a notice."""

    subject: str
    text: str
    html: str


@lru_cache(maxsize=4)
def _engine(folders: tuple[Any, ...]) -> Engine:
    """An engine that keeps the texts it has read, for as long as the folders are the same."""
    return Engine(
        dirs=list(folders),
        string_if_invalid=_Missing("%s"),
        autoescape=False,
        libraries={"i18n": "django.templatetags.i18n", "l10n": "django.templatetags.l10n"},
        builtins=[
            "django.templatetags.i18n",
            "django.contrib.humanize.templatetags.humanize",
            "foundation.templatetags.dates",
        ],
    )


def render(kind: NoticeKind, words: Mapping[str, Any], *, language: str, channel: str = Channel.EMAIL) -> Wording:
    """The subject (one line), the text and the formatted text of a notice, in a language.

    An e-mail ends with where to write to us, since nobody reads what is answered to its sender.
    UnknownWord names the word that was left out, is not one of the kind's, or is named by the text in vain.
    """
    if lacking := kind.needs - words.keys():
        raise UnknownWord(f"A notice “{kind.code}” needs: {', '.join(sorted(lacking))}.")
    if unknown := words.keys() - kind.needs - EXTRA:
        raise UnknownWord(f"A notice “{kind.code}” does not know: {', '.join(sorted(unknown))}.")
    engine = _engine(tuple(engines["django"].dirs))
    with translation.override(language):
        context = Context(kind.read(words), autoescape=False)
        subject = " ".join(engine.get_template(f"notices/{kind.code}/subject.txt").render(context).split())
        text = engine.get_template(f"notices/{kind.code}/body.txt").render(context).strip() + "\n"
        if channel != Channel.EMAIL:
            return Wording(subject[:250], text, "")
        contacts = settings.SITE_URL + reverse(CONTACTS)
        asks = _("Please do not answer this e-mail: its sender's mailbox is not read. Write to us at:")
        footer = "" if kind.is_internal else asks
        html = render_to_string(
            "notices/base.html",
            {
                "subject": subject,
                "text": text,
                "language": language,
                "action_url": words.get("action_url", ""),
                "action_label": words.get("action_label", ""),
                "footer": footer,
                "contacts": contacts,
            },
        )
    return Wording(subject[:250], f"{text}\n-- \n{footer}\n{contacts}\n" if footer else text, html)
