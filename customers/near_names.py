"""Query: customers whose name differs by one letter from what was typed: wrong, missing, one too many, or two swapped.

Every text that is one letter away is looked up as the beginning of a name in an index that is there already: some hundreds of
lookups of a few microseconds. No table of words is kept, so nothing has to follow a change of a name, and of a person who was
erased nothing remains (docs/decisions/find-anything.md).
"""

from collections.abc import Collection, Iterator
from string import ascii_lowercase

from django.db import connection
from django.db.models import Q, QuerySet

from customers.models import Customer
from customers.models.customer import without_blanks
from customers.search import MOST_WORDS, ByPattern, in_order_of_key, turned
from customers.sensitive.restricted import shut_to
from foundation.masking import Kind, page_shows_whole
from foundation.requests import Reader
from foundation.text import fold

SHORTEST = 4  # letters: one letter away from a shorter text is nearly everything
LONGEST = 40  # letters that are compared: names that agree so far are few
MOST_BEGINNINGS = 12  # of names, among those that are one letter away

_KNOWN = """
    SELECT given.text
    FROM unnest(%s::text[]) WITH ORDINALITY AS given (text, place)
    CROSS JOIN LATERAL (
        SELECT {key} AS key FROM customers_customer WHERE {key} ~>=~ given.text ORDER BY {key} USING ~<~ LIMIT 1
    ) AS next
    WHERE starts_with(next.key, given.text) ORDER BY given.place LIMIT %s
"""
_KEY, _WITHOUT_BLANKS = '"search_key"', """REPLACE("search_key", ' ', '')"""  # as the two indexes have them


def near_ids(
    reader: Reader, queryset: QuerySet[Customer], text: str, limit: int, *, besides: Collection[int] = ()
) -> list[int]:
    """Ids of at most `limit` customers of the queryset, none of `besides`; those of files that ask a reason are the last.

    Nobody for a text with digits or an address in it, nor on a page whose reader is shown no names.
    """
    words = fold(text).split()[:MOST_WORDS]
    if "@" in text or any(character.isdigit() for character in text) or not page_shows_whole(Kind.NAME):
        return []
    if len("".join(words)) < SHORTEST:
        return []
    others = queryset.exclude(pk__in=besides) if besides else queryset
    beginnings = _beginnings(words)
    shut = shut_to(reader)
    ids = _found(others.exclude(pk__in=shut) if shut else others, words, beginnings, limit)
    return [*ids, *sorted(_found(others.filter(pk__in=shut), words, beginnings, limit))] if shut else ids


def one_letter_away(text: str) -> list[str]:
    """Every text that is the given one with two letters swapped, one taken away, one more, or one changed.

    Those that begin as it does come first: few mistake the first letter.
    """
    cuts = [(text[:place], text[place:]) for place in range(len(text) + 1)]
    swapped = [before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1]
    without = [before + after[1:] for before, after in cuts if after]
    more = [before + letter + after for before, after in cuts for letter in ascii_lowercase]
    changed = [before + letter + after[1:] for before, after in cuts if after for letter in ascii_lowercase]
    texts = dict.fromkeys([*swapped, *without, *more, *changed])
    texts.pop(text, None)
    return sorted(filter(None, texts), key=lambda each: each[0] != text[0])


def _beginnings(words: list[str]) -> list[str]:
    """The beginnings of names, written without blanks, that are one letter away from the words in one of their orders."""
    joined = dict.fromkeys("".join(each.split())[:LONGEST] for each in turned(words))
    return _known([near for each in joined for near in one_letter_away(each)], _WITHOUT_BLANKS)


def _known(texts: list[str], key: str) -> list[str]:
    """Those of the texts with which somebody's key begins: one step down an index for each."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN.format(key=key), [texts, MOST_BEGINNINGS])
        return [text for (text,) in cursor.fetchall()]


def _found(queryset: QuerySet[Customer], words: list[str], beginnings: list[str], limit: int) -> list[int]:
    found: dict[int, None] = {}
    for question in _questions(queryset, words, beginnings, found):
        found.update(dict.fromkeys(question.values_list("pk", flat=True)[: limit + len(found)]))
        if len(found) >= limit:
            break
    return list(found)[:limit]


def _questions(
    queryset: QuerySet[Customer], words: list[str], beginnings: list[str], found: dict[int, None]
) -> Iterator[QuerySet[Customer]]:
    """Names that begin so; and when there are none, names with other words between those that were typed."""
    without = without_blanks("search_key")
    joined = queryset.alias(_joined=without).order_by(ByPattern(without))
    for beginning in beginnings:
        yield joined.filter(_joined__startswith=beginning)
    if found or len(words) == 1:
        return
    in_order = in_order_of_key(queryset)
    firsts = sorted({word for word in words if len(word) >= SHORTEST}, key=lambda word: (-len(word), word))
    for first in firsts:
        others = _others(words, first)
        follow = Q()
        for other in others:
            follow &= Q(search_key__contains=f" {other}")
        for surname in _known([f"{near} " for near in one_letter_away(first[:LONGEST])], _KEY):
            yield in_order.filter(follow, search_key__startswith=surname)
    for first in firsts:
        yield in_order.filter(_with_a_wrong_letter(_others(words, first)), search_key__startswith=f"{first} ")


def _others(words: list[str], first: str) -> list[str]:
    others = list(words)
    others.remove(first)
    return others


def _with_a_wrong_letter(words: list[str]) -> Q:
    """One of the words stands in the key with one letter wrong, and the others as they are."""
    condition = Q(pk__in=[])
    for place, wrong in enumerate(words):
        if len(wrong) >= SHORTEST:
            each = Q(search_key__regex=f" (?:{'|'.join(_shapes(wrong[:LONGEST]))})(?: |$)")
            for other in [*words[:place], *words[place + 1 :]]:
                each &= Q(search_key__contains=f" {other}")
            condition |= each
    return condition


def _shapes(word: str) -> list[str]:
    """The texts of `one_letter_away` as a few patterns. The word is of letters and digits alone."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    any_letter = "[^ ]"
    swapped = [before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1]
    without = [before + after[1:] for before, after in cuts if after]
    more = [before + any_letter + after for before, after in cuts]
    changed = [before + any_letter + after[1:] for before, after in cuts if after]
    return list(dict.fromkeys([*swapped, *without, *more, *changed]))
