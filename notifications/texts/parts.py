"""What a text of a kind must not lack: the parts that the law, or a promise of ours, puts into it.

A kind names its parts (`NoticeKind.parts`). They are looked for in the text as it is made of facts, in every case in which
they are owed: so a part that stands in one branch only is missed in the other. A text is refused at saving with what is missing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import formats

from foundation.dates import written_day


@dataclass(frozen=True)
class Part:
    """A part: its `name` for whoever writes, the `word` whose value must be read in the text, or `phrases` of which one must.

    `phrases` are regular expressions by language. It is owed where `when` says so of the facts, from `since` and before
    `until` (days on which the text counts): a paragraph of law begins and ends on its day. `source` is the rule. `only`
    names the form of text it belongs to, "message" or "short"; "" is for both.
    """

    name: Any
    source: str = ""
    word: str = ""
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    when: Callable[[Mapping[str, Any]], bool] = bool
    since: date | None = None
    until: date | None = None
    only: str = ""

    def is_owed(self, facts: Mapping[str, Any], *, on: date) -> bool:
        """Whether the part belongs into the text that is made of the facts and counts on the day."""
        if (self.since and on < self.since) or (self.until and on >= self.until):
            return False
        return bool(self.when(facts))

    def is_in(self, text: str, facts: Mapping[str, Any], *, language: str) -> bool:
        """Whether the text has it. Of a word that has no value in these facts there is nothing to be read."""
        plain = " ".join(text.split())
        if self.word:
            wanted = facts.get(self.word)
            several = wanted if isinstance(wanted, list) else [wanted]
            return all(each in (None, "") or any(face in plain for face in faces_of(each)) for each in several)
        return any(re.search(each, plain, re.IGNORECASE) for each in self.phrases.get(language, ()))


def faces_of(value: Any) -> list[str]:
    """Rule: how a value may look in a text, in the language that is active."""
    if isinstance(value, date):
        return [written_day(value), formats.date_format(value, "SHORT_DATE_FORMAT"), formats.date_format(value)]
    if isinstance(value, Decimal):
        plain = [formats.number_format(value, 2, force_grouping=grouped) for grouped in (True, False)]
        return (
            [*plain, formats.number_format(value, 0, force_grouping=True)] if value == value.to_integral() else plain
        )
    return [" ".join(str(value).split())]
