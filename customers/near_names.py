"""Query: customers whose name differs by one letter from what was typed: wrong, missing, one too many, or two swapped.

Every text that is one letter away is looked up as the beginning of a name in an index that is there already: some hundreds of
lookups of a few microseconds. No table of words is kept, so nothing has to follow a change of a name, and of a person who was
erased nothing remains (docs/decisions/find-anything.md).
"""

from collections.abc import Collection, Iterable, Iterator
from string import ascii_lowercase

from django.db import connection
from django.db.models import Q, QuerySet

from customers.models import Customer
from customers.models.customer import without_blanks
from customers.search import MOST_WORDS, ByPattern, in_order_of_key, turned
from customers.sensitive.restricted import shut_to
from foundation.masking import Kind, page_shows_whole
from foundation.requests import Reader
from foundation.text import fold, has_digit

SHORTEST = 4  # letters: one letter away from a shorter text is nearly everything
SHORTEST_BESIDE = 3  # of a word beside a surname that is right
LONGEST = 16  # letters that are compared: names that agree so far are few
MOST_ORDERS = 3  # of the words
MOST_BEGINNINGS = 12  # of names, among those that are one letter away
MOST_OF_ONE_SURNAME = 2_000  # names that are looked through for a word in their midst

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
    if "@" in text or has_digit(text) or not page_shows_whole(Kind.NAME):
        return []
    if len("".join(words)) < SHORTEST:
        return []
    queryset = queryset.filter(merged_into__isnull=True)
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
    orders = turned(words)
    likeliest = dict.fromkeys(["".join(each.split()) for each in (orders[0], orders[-1], *orders[1:-1])][:MOST_ORDERS])
    return _known([near for each in likeliest for near in _near(each)], _WITHOUT_BLANKS)


def _near(text: str) -> list[str]:
    """Every text one letter away; of a long one its beginning is compared, which may be right as it is."""
    return one_letter_away(text) if len(text) <= LONGEST else [text[:LONGEST], *one_letter_away(text[:LONGEST])]


def _known(texts: list[str], key: str) -> list[str]:
    """Those of the texts with which somebody's key begins: one step down an index for each."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN.format(key=key), [texts, MOST_BEGINNINGS])
        return [text for (text,) in cursor.fetchall()]


def _found(queryset: QuerySet[Customer], words: list[str], beginnings: list[str], limit: int) -> list[int]:
    """Those whose names begin so; where there are none, those with other words between the ones that were typed."""
    found = _asked(_that_begin(queryset, beginnings), limit)
    if found or len(words) == 1:
        return found
    firsts = sorted({word for word in words if len(word) >= SHORTEST}, key=lambda word: (-len(word), word))
    found = _asked(_with_another_surname(queryset, words, firsts), limit)
    for first in firsts:
        if len(found) < limit:
            found += _beside_their_surname(queryset, first, _others(words, first), limit - len(found))
    return found


def _asked(questions: Iterable[QuerySet[Customer]], limit: int) -> list[int]:
    found: dict[int, None] = {}
    for question in questions:
        found.update(dict.fromkeys(question.values_list("pk", flat=True)[: limit + len(found)]))
        if len(found) >= limit:
            break
    return list(found)[:limit]


def _that_begin(queryset: QuerySet[Customer], beginnings: list[str]) -> Iterator[QuerySet[Customer]]:
    without = without_blanks("search_key")
    joined = queryset.alias(_joined=without).order_by(ByPattern(without))
    for beginning in beginnings:
        yield joined.filter(_joined__startswith=beginning)


def _with_another_surname(
    queryset: QuerySet[Customer], words: list[str], firsts: list[str]
) -> Iterator[QuerySet[Customer]]:
    """One of the words, corrected, begins the name, and the others follow anywhere."""
    of_surname = {f"{near} ": first for first in reversed(firsts) for near in _near(first)}
    for surname in _known(list(of_surname), _KEY):
        follow = Q()
        for other in _others(words, of_surname[surname]):
            follow &= Q(search_key__contains=f" {other}")
        yield in_order_of_key(queryset).filter(follow, search_key__startswith=surname)


def _beside_their_surname(queryset: QuerySet[Customer], first: str, others: list[str], limit: int) -> list[int]:
    """The first word begins the name as it is; of the others one stands in it with a wrong letter, and the rest as they are."""
    wanted = [
        (set(_near(wrong)), [*others[:place], *others[place + 1 :]])
        for place, wrong in enumerate(others)
        if len(wrong) >= SHORTEST_BESIDE
    ]
    if not wanted:
        return []
    called = in_order_of_key(queryset).filter(search_key__startswith=f"{first} ").values_list("pk", "search_key")
    found = []
    for pk, key in called[:MOST_OF_ONE_SURNAME]:
        words = set(key.split()[1:])
        if any(not near.isdisjoint(words) and words.issuperset(rest) for near, rest in wanted):
            found.append(pk)
            if len(found) == limit:
                break
    return found


def _others(words: list[str], first: str) -> list[str]:
    others = list(words)
    others.remove(first)
    return others
