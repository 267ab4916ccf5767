"""Rule: the language of a text. Words in double braces, dates and amounts in the right form, “if” and “for”, and nothing else.

It is a part of Django's template language: the parts that read a value and choose among sentences. What could reach the
program (attributes, other tags, other filters) is refused by name and line, so that whoever may write a text may do no more.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.template import Context, Engine, Template, TemplateSyntaxError
from django.template.base import FilterExpression, Lexer, NodeList, TextNode, TokenType, Variable, VariableNode
from django.template.defaulttags import ForNode, IfNode
from django.utils.translation import gettext as _

from foundation.dates import BEFORE_VOWEL

_ARTICLES = frozenset(BEFORE_VOWEL) | {each.capitalize() for each in BEFORE_VOWEL}
# What may follow a word after “|”, and what may be said to it; "" is without anything.
FILTERS: dict[str, frozenset[str]] = {
    "written_day": _ARTICLES | {""},
    "written_moment": _ARTICLES | {""},
    "date": frozenset({"SHORT_DATE_FORMAT", "DATE_FORMAT"}),
    "floatformat": frozenset({"2g", "2", "0g", "0"}),
}
TAGS = ("if", "elif", "else", "endif", "for", "endfor")
OPENS, CLOSES = {"if": "endif", "for": "endfor"}, {"endif": "if", "endfor": "for"}
DEEPEST = 8  # sentences inside conditions
BRACES = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
QUOTED = re.compile(r'"[^"]*"' + r"|'[^']*'")
FILTER = re.compile(r"\|\s*(\w+)")


class UnknownWord(Exception):
    """A text of notices names a word that its kind does not have, or a command left one out."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a text, for whoever writes it; `line` counts from 1, and is 0 where it is about all of it."""

    line: int
    words: str

    def __str__(self) -> str:
        return _("Line %(line)d: %(words)s") % {"line": self.line, "words": self.words} if self.line else self.words


class NotAllowed(Exception):
    """A text that is not in the language of texts; `problems` says each thing that is wrong."""

    def __init__(self, problems: list[Problem]):
        super().__init__(" ".join(str(each) for each in problems))
        self.problems = problems


class Missing(str):
    """What the template engine would print for a missing word; it raises instead."""

    __slots__ = ()

    def __mod__(self, word: object) -> str:
        raise UnknownWord(_("The text names “%(word)s”, which this kind of notice does not have.") % {"word": word})


@dataclass(frozen=True)
class Read:
    """A text that was read: `named` are the words it uses, `asked` those that its conditions look at."""

    template: Template
    named: frozenset[str]
    asked: frozenset[str]

    def made_of(self, facts: Mapping[str, Any]) -> str:
        """The text made of the facts, in the language that is active. UnknownWord for a word that is not among them."""
        return self.template.render(Context(facts, autoescape=False))


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The engine of texts: no files, no libraries to load, the filters for dates beside Django's own."""
    return Engine(string_if_invalid=Missing("%s"), autoescape=False, builtins=["foundation.templatetags.dates"])


def read(source: str, *, words: Collection[str]) -> Read:
    """The text, ready to be made of facts with these words. NotAllowed with everything that is wrong."""
    if problems := list(_wrong_marks(source)):
        raise NotAllowed(problems)
    try:
        template = engine().from_string(source)
    except TemplateSyntaxError as error:
        line = getattr(getattr(error, "token", None), "lineno", 0)
        raise NotAllowed([Problem(line, _("this cannot be read: %(error)s") % {"error": error})]) from error
    walk = _Walk(frozenset(words))
    walk.nodes(template.nodelist, frozenset())
    if walk.problems:
        raise NotAllowed(walk.problems)
    return Read(template, frozenset(walk.named), frozenset(walk.asked))


def _wrong_marks(source: str) -> Iterator[Problem]:
    """What can be said before the text is taken apart: braces without their pair, tags and filters that are not known."""
    opened: list[tuple[str, int]] = []
    for token in Lexer(source).tokenize():
        line, contents = token.lineno or 1, token.contents
        if token.token_type == TokenType.TEXT:
            for found in BRACES.finditer(contents):
                at = line + contents.count("\n", 0, found.start())
                yield Problem(at, _("“%(mark)s” without its pair; both belong on the same line.") % {"mark": found[0]})
        elif token.token_type in (TokenType.VAR, TokenType.BLOCK):
            for name in FILTER.findall(QUOTED.sub('""', contents)):
                if name not in FILTERS:
                    allowed = {"name": name, "allowed": ", ".join(sorted(FILTERS))}
                    yield Problem(line, _("“|%(name)s” is not allowed; allowed: %(allowed)s.") % allowed)
        if token.token_type == TokenType.BLOCK:
            tag = contents.split()[0] if contents.split() else ""
            if tag not in TAGS:
                allowed = {"name": tag, "allowed": ", ".join(TAGS)}
                yield Problem(line, _("the instruction “%(name)s” is not allowed; allowed: %(allowed)s.") % allowed)
            elif tag in OPENS:
                opened.append((tag, line))
                if len(opened) == DEEPEST + 1:
                    deep = _("more than %(most)d conditions inside each other: write it more simply.")
                    yield Problem(line, deep % {"most": DEEPEST})
            elif tag in CLOSES:
                if not opened or opened[-1][0] != CLOSES[tag]:
                    yield Problem(line, _("“%(name)s” closes nothing that is open here.") % {"name": tag})
                else:
                    opened.pop()
            elif not opened or opened[-1][0] != "if":
                yield Problem(line, _("“%(name)s” stands outside of an “if”.") % {"name": tag})
    for tag, line in opened:
        names = {"name": tag, "end": OPENS[tag]}
        yield Problem(line, _("“%(name)s” is never closed: “%(end)s” is missing.") % names)


@dataclass
class _Walk:
    """One way through a text that was taken apart."""

    words: frozenset[str]
    problems: list[Problem] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)

    def nodes(self, nodes: NodeList, own: frozenset[str]) -> None:
        """Look at the nodes; `own` are the words that a “for” around them brings."""
        for node in nodes:
            line = (node.token.lineno if node.token is not None else 0) or 0
            if isinstance(node, TextNode):
                continue
            if isinstance(node, VariableNode):
                self._expression(node.filter_expression, line, own)
            elif isinstance(node, IfNode):
                for condition, inner in node.conditions_nodelists:
                    for expression in _expressions(condition):
                        self.asked |= self._expression(expression, line, own)
                    self.nodes(inner, own)
            elif (
                isinstance(node, ForNode)
                and isinstance(node.sequence, FilterExpression)
                and isinstance(node.nodelist_loop, NodeList)
            ):
                self.asked |= self._expression(node.sequence, line, own)
                self.nodes(node.nodelist_loop, own | set(node.loopvars))
            else:
                self.problems.append(Problem(line, _("this instruction is not allowed in a text.")))

    def _expression(self, expression: FilterExpression, line: int, own: frozenset[str]) -> set[str]:
        """The words of the kind that it reads; what is wrong with it is noted."""
        found = set()
        if isinstance(expression.var, Variable):
            found = self._variable(expression.var, line, own)
        for function, arguments in expression.filters:
            name = getattr(function, "_filter_name", "")
            given = "".join(str(value) for is_variable, value in arguments if not is_variable)
            if name not in FILTERS:
                continue  # named by `_wrong_marks`
            if given not in FILTERS[name] or any(is_variable for is_variable, _value in arguments):
                allowed = ", ".join(f'"{each}"' for each in sorted(FILTERS[name]) if each)
                words = {"name": name, "allowed": allowed}
                self.problems.append(
                    Problem(line, _("after “%(name)s” only one of these may stand: %(allowed)s.") % words)
                )
        return found

    def _variable(self, variable: Variable, line: int, own: frozenset[str]) -> set[str]:
        if variable.translate:
            self.problems.append(
                Problem(line, _("write the sentence itself: “_(…)” is for the texts in the project's files."))
            )
        if variable.lookups is None:
            return set()  # a number or a phrase in quotes
        name = variable.lookups[0]
        if len(variable.lookups) > 1:
            words = {"name": ".".join(map(str, variable.lookups))}
            self.problems.append(
                Problem(line, _("“%(name)s”: a word has no parts; write it without the dot.") % words)
            )
            return set()
        if name in own:
            return set()
        if name not in self.words:
            words = {"name": name, "allowed": ", ".join(sorted(self.words))}
            self.problems.append(
                Problem(line, _("the word “%(name)s” is not known for this notice; allowed: %(allowed)s.") % words)
            )
            return set()
        self.named.add(name)
        return {name}


def _expressions(condition: Any) -> Iterator[FilterExpression]:
    """What a condition compares, whatever joins it; nothing for “else”."""
    if condition is None:
        return
    if isinstance(getattr(condition, "value", None), FilterExpression):
        yield condition.value
        return
    for side in ("first", "second"):
        yield from _expressions(getattr(condition, side, None))
