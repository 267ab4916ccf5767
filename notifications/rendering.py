"""Rule: the words of a notice. A word that the text asks for and nobody gave is a fault, never an empty place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context, Engine
from django.template.loader import render_to_string
from django.utils import translation

from notifications.kinds import NoticeKind

EXTRA = frozenset({"action_url", "action_label"})


class UnknownWord(Exception):
    """A text of notices names a word that its kind does not have, or a command left one out."""


class _Missing(str):
    """What the template engine would print for a missing word; it raises instead."""

    __slots__ = ()

    def __mod__(self, word: object) -> str:
        raise UnknownWord(f"The text names “{word}”, which this kind of notice does not have.")


@dataclass(frozen=True)
class Words:
    """What a notice says."""

    subject: str
    text: str
    html: str


def _engine() -> Engine:
    return Engine(
        dirs=settings.TEMPLATES[0]["DIRS"],
        string_if_invalid=_Missing("%s"),
        autoescape=False,
        libraries={"i18n": "django.templatetags.i18n", "l10n": "django.templatetags.l10n"},
        builtins=["django.templatetags.i18n", "django.contrib.humanize.templatetags.humanize"],
    )


def render(kind: NoticeKind, words: Mapping[str, Any], *, language: str) -> Words:
    """The subject (one line), the text and the formatted text of a notice, in a language.

    UnknownWord says which word was left out, is not one of the kind's, or is named by the text in vain.
    """
    if lacking := kind.needs - words.keys():
        raise UnknownWord(f"A notice “{kind.code}” needs: {', '.join(sorted(lacking))}.")
    if unknown := words.keys() - kind.needs - EXTRA:
        raise UnknownWord(f"A notice “{kind.code}” does not know: {', '.join(sorted(unknown))}.")
    engine = _engine()
    with translation.override(language):
        context = Context(dict(words), autoescape=False)
        subject = " ".join(engine.get_template(f"notices/{kind.code}/subject.txt").render(context).split())
        text = engine.get_template(f"notices/{kind.code}/body.txt").render(context).strip() + "\n"
        html = render_to_string(
            "notices/base.html",
            {
                "subject": subject,
                "text": text,
                "language": language,
                "action_url": words.get("action_url", ""),
                "action_label": words.get("action_label", ""),
            },
        )
    return Words(subject[:250], text, html)
