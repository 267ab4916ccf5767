"""The codes that a past register names: found by word or by name, created where the mapping lets it."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from itertools import count

from django.utils.translation import gettext as _

from complaints.models import Code
from complaints.models.code import KNOWN, LONGEST_WORD, codes_of
from complaints.past.mapping import CREATE, IGNORE, LISTS, PastMap
from foundation.files.report import RowRefused
from foundation.text import clean_line, fold

LONGEST_NAME = 120
CREATED_PLACE = 1_000  # after those that the office chose itself


class PastCodes:
    """Finds the codes of one file's texts, and remembers them; `new` names those that it created."""

    def __init__(self, mapping: PastMap):
        self.mapping = mapping
        self.new: list[str] = []
        self._words: dict[str, dict[str, str]] = {}
        self._taken: set[tuple[str, str]] = set()  # words that others took meanwhile, by section

    def learn(self, texts: Iterable[tuple[str, str, date]]) -> None:
        """Create what is missing and may be created: section of the mapping, text, day of receipt. Within the chunk's transaction.

        A created code may be given until the last day on which a complaint of the file with it was received. A few statements,
        however many texts.
        """
        last: dict[tuple[str, str], date] = {}
        for section, text, received_on in texts:
            if self._may_create(section):
                last[section, text] = max(received_on, last.get((section, text), received_on))
        known: dict[tuple[str, str], date] = {}
        missing: dict[tuple[str, str], date] = {}
        for (section, text), received_on in last.items():
            word = self._find(section, text)
            found, key = (missing, text) if word is None else (known, word)
            found[section, key] = max(received_on, found.get((section, key), received_on))
        self._prolong(known)
        self._create(missing)

    def word_of(self, section: str, text: str) -> str:
        """The word of a text, "" where the mapping ignores what is unknown; RowRefused where it does not."""
        if (word := self._find(section, text)) is not None:
            return word
        if self._unknown(section) == IGNORE:
            return ""
        raise RowRefused(
            self._column(section),
            _("is none of the %(list)s") % {"list": LISTS[section].label},
            _("Add it to values in the mapping."),
            value=text,
        )

    def forget(self) -> None:
        """Read the codes again: some were created, or a transaction that created some was undone."""
        KNOWN.forget()
        self._words.clear()
        self._taken.clear()

    def _find(self, section: str, text: str) -> str | None:
        if section not in self._words:
            known: dict[str, str] = {}
            for code in codes_of(LISTS[section]):
                for name in (code.name_en, code.name):
                    known.setdefault(fold(name), code.word)
            self._words[section] = known | {code.word: code.word for code in codes_of(LISTS[section])}
        words = self._words[section]
        return words.get(text) or words.get(fold(_name(text)))

    def _prolong(self, last: Mapping[tuple[str, str], date]) -> None:
        """Let codes of an earlier chunk or file be given until the day, by section and word; one without an end has none."""
        if not last:
            return
        days = {(str(LISTS[section]), word): day for (section, word), day in last.items()}
        ended = Code.objects.filter(
            list__in={code_list for code_list, _word in days},
            word__in={word for _list, word in days},
            valid_to__lt=max(days.values()),
        )
        late = []
        for code in ended.select_for_update().order_by("pk"):
            day, ends_on = days.get((code.list, code.word)), code.valid_to
            if day is not None and ends_on is not None and ends_on < day:
                code.valid_to = day
                late.append(code)
        Code.objects.bulk_update(late, ["valid_to"])

    def _create(self, missing: Mapping[tuple[str, str], date]) -> None:
        """Create a code for each section and text. Another import may take a word at this moment: then the next one is tried."""
        wanted: dict[tuple[str, str], tuple[str, date]] = {}  # by section and folded name
        for (section, text), received_on in missing.items():
            name = _name(text)
            _same, last = wanted.get((section, fold(name)), (name, received_on))
            wanted[section, fold(name)] = (name, max(received_on, last))
        while wanted:
            words = self._free_words({key: name for key, (name, _last) in wanted.items()})
            Code.objects.bulk_create(
                [self._code(section, words[section, folded], *wanted[section, folded]) for section, folded in wanted],
                ignore_conflicts=True,
            )
            rows = Code.objects.filter(
                list__in={LISTS[section] for section, _folded in wanted}, word__in=list(words.values())
            )
            stored = {(code.list, code.word): code.name for code in rows}
            for section, folded in tuple(wanted):
                word = words[section, folded]
                if fold(stored[str(LISTS[section]), word]) == folded:
                    name, _last = wanted.pop((section, folded))
                    self._words[section] |= {folded: word, word: word}
                    self.new += [name] if name not in self.new else []
                else:
                    self._taken.add((section, word))

    def _free_words(self, names: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
        """A word for each name that no code of its list has, as far as we know."""
        taken = {*self._taken, *((section, word) for section, words in self._words.items() for word in words.values())}
        found: dict[tuple[str, str], str] = {}
        for (section, folded), name in names.items():
            word = next(each for each in map(partial(_word, name), count(1)) if (section, each) not in taken)
            taken.add((section, word))
            found[section, folded] = word
        return found

    def _code(self, section: str, word: str, name: str, last: date) -> Code:
        area = self.mapping.reasons.area if section == "reasons" else ""
        return Code(
            list=LISTS[section], word=word, name=name, name_en=name, area=area, valid_to=last, place=CREATED_PLACE
        )

    def _may_create(self, section: str) -> bool:
        return self._unknown(section) == CREATE

    def _unknown(self, section: str) -> str:
        return self.mapping.reasons.unknown if section == "reasons" else self.mapping.codes[section].unknown

    def _column(self, section: str) -> str:
        if section == "reasons":
            return self.mapping.reasons.columns[0]
        return self.mapping.codes[section].column


def _name(text: str) -> str:
    return clean_line(text)[:LONGEST_NAME].rstrip()


def _word(name: str, number: int) -> str:
    """A word for a name: its letters and digits, short enough, with a number from the second on."""
    ending = "" if number == 1 else f"_{number}"
    plain = re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_") or "code"
    return plain[: LONGEST_WORD - len(ending)].rstrip("_") + ending
