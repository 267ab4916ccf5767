"""Finding a customer from whatever the caller can give."""

import re
from collections.abc import Iterator
from contextlib import suppress

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.core.exceptions import ValidationError
from django.db.models import F, OrderBy, Q, QuerySet
from django.db.models.functions import Reverse

from customers.models import ContactPoint, Customer, Policy, PolicyAdherent
from customers.models.customer import without_blanks
from customers.validators import normalise_phone
from foundation.numbers import is_digits
from foundation.text import fold

LAST_DIGITS = 4  # "it ends in 9001": fewer digits would name too many people
MOST_WORDS = 6  # of a name; each may cost a question of its own
MOST_NUMBERS = 500  # numbers with the same last digits that are looked through
_TELEPHONE = re.compile(r"\+?[0-9 ./()-]{4,25}")
_BETWEEN_DIGITS = str.maketrans("", "", " ./()-")


class _ByPattern(OrderBy):
    """The order of a text_pattern_ops index, so that the first rows come straight from it without a sort."""

    template = (
        "%(expression)s USING ~<~ /* ASC */"  # Django looks for this word to recognise the expression of an order
    )


def search_customers(queryset: QuerySet[Customer], text: str, limit: int = 20) -> list[Customer]:
    """The customers of the queryset that the text may mean, the likeliest first, at most `limit`.

    The text is a name (the beginnings of its words, in any order), a customer code, a tax code or VAT number, a plate, a
    policy number (or the beginning of each), a telephone number or its last four digits and more, or a whole e-mail
    address. Each question is answered from an index and stops at `limit`; nothing is counted or sorted.
    """
    ids = found_ids(queryset, text, limit)
    found = queryset.in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def found_ids(queryset: QuerySet[Customer], text: str, limit: int = 20) -> list[int]:
    """As `search_customers`, but the ids alone: for a page that filters its own queryset by them."""
    text = text.strip()
    found: dict[int, None] = {}
    for question in _questions(queryset.order_by(), text, found):
        found.update(dict.fromkeys(question.values_list("pk", flat=True)[: limit + len(found)]))
        if len(found) >= limit:
            break
    return list(found)[:limit]


def _questions(queryset: QuerySet, text: str, found: dict[int, None]) -> Iterator[QuerySet]:
    """The questions worth asking of the text, the surest first; each is asked while `found` has room."""
    if "@" in text:
        yield _with_contact(queryset, Q(kind__in=["email", "pec"], value=text.lower()))
        return
    if any(character.isdigit() for character in text):
        yield from _by_number(queryset, text, found)
        if found:
            return
    words = fold(text).split()[:MOST_WORDS]
    if words:
        yield from _by_name(queryset, words, found)


def _by_number(queryset: QuerySet, text: str, found: dict[int, None]) -> Iterator[QuerySet]:
    """A whole telephone number and nothing else; or codes, policy numbers and plates by their beginning, last digits."""
    code = "".join(text.split()).upper()
    plate = code.translate(_BETWEEN_DIGITS)
    if _TELEPHONE.fullmatch(text):
        with suppress(ValidationError):
            yield _with_contact(queryset, Q(kind="phone", value=normalise_phone(text)))
            if found:
                return
    yield queryset.filter(code__startswith=code)
    yield queryset.filter(tax_code__startswith=code)
    if len(code) == 11:
        yield queryset.filter(vat_number=code)
    for each in dict.fromkeys((code, plate)):
        yield queryset.filter(pk__in=Policy.objects.filter(number__startswith=each).values("holder"))
        covered = PolicyAdherent.objects.filter(policy__number__startswith=each)
        yield queryset.filter(pk__in=covered.values("customer"))
    yield queryset.filter(pk__in=Policy.objects.exclude(plate="").filter(plate__startswith=plate).values("holder"))
    digits = plate.removeprefix("+")
    if is_digits(digits) and len(digits) >= LAST_DIGITS:
        yield _with_last_digits(queryset, digits)


def _with_contact(queryset: QuerySet, condition: Q) -> QuerySet:
    return queryset.filter(pk__in=ContactPoint.objects.filter(condition).values("customer"))


def _with_last_digits(queryset: QuerySet, digits: str) -> QuerySet:
    """Asked in two steps: in one, the planner overestimates the numbers and reads the whole table of customers."""
    points = ContactPoint.objects.filter(kind=ContactPoint.Kind.PHONE).alias(backwards=Reverse("value"))
    points = points.filter(backwards__startswith=digits[::-1]).order_by(_ByPattern(F("backwards")))
    return queryset.filter(pk__in=list(points.values_list("customer", flat=True)[:MOST_NUMBERS]))


def _by_name(queryset: QuerySet, words: list[str], found: dict[int, None]) -> Iterator[QuerySet]:
    """Names by the beginnings of their words.

    The key is "surname given-name", so the words as typed, or with those before the surname moved behind it, are
    usually the beginning of the key. Then one word begins the key and the others follow anywhere. Then, and for several
    words only when nothing was found, the words anywhere, all but the last one whole: the index of words reads long
    lists for short beginnings. Last, when nothing was found, the key without its blanks begins with what was typed
    without blanks: D'Angelo typed as dangelo, De Luca as deluca.
    """
    in_order = queryset.order_by(_ByPattern(F("search_key")))
    turned = [" ".join([*words[place:], *words[:place]]) for place in range(len(words))]
    for start in dict.fromkeys(turned):
        yield in_order.filter(search_key__startswith=start)
    if len(words) > 1:
        for first in sorted({word for word in words if len(word) > 1}, key=lambda word: (-len(word), word)):
            others = list(words)
            others.remove(first)
            follow = Q()
            for other in others:
                follow &= Q(search_key__contains=f" {other}")
            yield in_order.filter(follow, search_key__startswith=first)
    if len(words) == 1 or not found:
        anywhere = SearchQuery(" & ".join(words) + ":*", search_type="raw", config="simple")
        yield queryset.alias(_words=SearchVector("search_key", config="simple")).filter(_words=anywhere)
    if not found:
        joined = queryset.alias(_joined=without_blanks("search_key")).order_by(
            _ByPattern(without_blanks("search_key"))
        )
        for start in dict.fromkeys("".join(each.split()) for each in turned):
            yield joined.filter(_joined__startswith=start)
