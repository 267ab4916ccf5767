"""The first version of a text: that of the project's files, with its sentences out of the catalogue into the text itself.

A file marks its sentences for translation. Whoever edits wants to read them: `{% translate "Dear Customer," %}` becomes
“Gentile Cliente,” in Italian, and what a sentence is given ("with day=ends_on|…") stands in it as a word. The result says
the same as the file, with the instructions of `reading.py` alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template import Context, Engine, engines
from django.template.base import Lexer, Token, TokenType
from django.templatetags.i18n import BlockTranslateNode
from django.utils import translation

from notifications.kinds import NoticeKind
from notifications.texts.mediums import FILES, Medium
from notifications.texts.reading import Missing

GIVEN = re.compile(r"%\((\w+)\)s")
SUBJECT = "subject.txt"


@dataclass(frozen=True)
class Source:
    """A text as it is written: one line of subject, empty for an SMS, and the body."""

    subject: str
    body: str


@lru_cache(maxsize=4)
def _engine(folders: tuple[Any, ...]) -> Engine:
    """An engine that keeps the texts it has read, for as long as the folders are the same."""
    return Engine(
        dirs=list(folders),
        string_if_invalid=Missing("%s"),
        autoescape=False,
        libraries={"i18n": "django.templatetags.i18n", "l10n": "django.templatetags.l10n"},
        builtins=[
            "django.templatetags.i18n",
            "django.contrib.humanize.templatetags.humanize",
            "foundation.templatetags.dates",
        ],
    )


def file_engine() -> Engine:
    """The engine of the texts in the project's files."""
    return _engine(tuple(engines["django"].dirs))


@lru_cache(maxsize=512)
def first_version(kind: NoticeKind, medium: Medium, language: str) -> Source:
    """The text of the kind's files in the language, as it would be edited."""
    with translation.override(language):
        subject = _written_out(_file(kind, SUBJECT)) if medium == Medium.MESSAGE else ""
        return Source(" ".join(subject.split()), _written_out(_file(kind, FILES[medium])).strip() + "\n")


def _file(kind: NoticeKind, name: str) -> str:
    return file_engine().get_template(f"notices/{kind.code}/{name}").source


def _written_out(source: str) -> str:
    return "".join(_pieces(iter(Lexer(source).tokenize())))


def _pieces(tokens: Iterator[Token]) -> Iterator[str]:
    """The text piece by piece, with the sentences of the language that is active."""
    for token in tokens:
        tag = token.contents.split()[0] if token.token_type == TokenType.BLOCK else ""
        if token.token_type == TokenType.TEXT:
            yield token.contents
        elif token.token_type == TokenType.VAR:
            yield f"{{{{ {token.contents} }}}}"
        elif tag in ("blocktranslate", "blocktrans"):
            yield _sentence("".join(_until_end(token, tokens)))
        elif tag in ("translate", "trans"):
            yield file_engine().from_string(_tag(token)).render(Context())
        elif token.token_type == TokenType.BLOCK:
            yield _tag(token)


def _until_end(first: Token, tokens: Iterator[Token]) -> Iterator[str]:
    """The whole of a sentence's instruction, from its beginning to its end."""
    yield _tag(first)
    for token in tokens:
        if token.token_type == TokenType.TEXT:
            yield token.contents
        elif token.token_type == TokenType.VAR:
            yield f"{{{{ {token.contents} }}}}"
        else:
            yield _tag(token)
            if token.contents in ("endblocktranslate", "endblocktrans"):
                return


def _sentence(source: str) -> str:
    """A sentence with its words in it; of one that counts, the one for one and the one for several."""
    node = next(each for each in file_engine().from_string(source).nodelist if isinstance(each, BlockTranslateNode))
    given = {name: value.token for name, value in node.extra_context.items()}
    one, _names = node.render_token_list(node.singular)
    if not node.plural:
        return _filled(translation.gettext(one), given)
    assert node.counter is not None, "a plural counts something"
    assert node.countervar is not None, "and calls it by a name"
    counted = node.counter.token
    given[node.countervar] = counted
    several, _names = node.render_token_list(node.plural)
    single = _filled(translation.ngettext(one, several, 1), given)
    plural = _filled(translation.ngettext(one, several, 2), given)
    return single if single == plural else f"{{% if {counted} == 1 %}}{single}{{% else %}}{plural}{{% endif %}}"


def _filled(sentence: str, given: dict[str, str]) -> str:
    written = GIVEN.sub(lambda found: f"{{{{ {given.get(found[1], found[1])} }}}}", sentence)
    return written.replace("%%", "%")


def _tag(token: Token) -> str:
    return f"{{% {token.contents} %}}"
