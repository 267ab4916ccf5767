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
from customers.sensitive.restricted import shut_to
from customers.validators import normalise_phone
from foundation.masking import Kind, may_see_whole, page_shows_whole
from foundation.numbers import is_digits
from foundation.requests import Reader
from foundation.text import fold, has_digit

LAST_DIGITS = 4  # "it ends in 9001": fewer digits would name too many people
MOST_WORDS = 6  # of a name; each may cost a question of its own
MOST_NUMBERS = 500  # numbers with the same last digits that are looked through
_TELEPHONE = re.compile(r"\+?[0-9 ./()-]{4,25}")
_BETWEEN_DIGITS = str.maketrans("", "", " ./()-")


class ByPattern(OrderBy):
    """The order of a text_pattern_ops index, so that the first rows come straight from it without a sort."""

    template = (
        "%(expression)s USING ~<~ /* ASC */"  # Django looks for this word to recognise the expression of an order
    )


def by_parts(reader: Reader) -> bool:
    """Whether a part of a code or of a number finds its owner for the reader: only who sees these whole searches so."""
    return all(may_see_whole(reader, kind) for kind in (Kind.TAX_CODE, Kind.TELEPHONE))


def search_customers(queryset: QuerySet[Customer], text: str, limit: int = 20, *, reader: Reader) -> list[Customer]:
    """The customers of the queryset that the text may mean, the likeliest first, at most `limit` of those open to the reader.

    The text is a name (the beginnings of its words, in any order), a customer code, a tax code or VAT number, a plate, a
    policy number (or the beginning of each), a telephone number or its last four digits and more, or a whole e-mail
    address. Each question is answered from an index and stops at `limit`; nothing is counted or sorted.
    """
    ids = ids_for(reader, queryset, text, limit)
    found = queryset.in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def ids_for(
    reader: Reader, queryset: QuerySet[Customer], text: str, limit: int = 20, *, partly: bool = True
) -> list[int]:
    """As `found_ids`; files that ask the reader a reason come after all the others, by their number.

    Found among the others, or left out where these fill the limit, such a file would give its name away by its place.
    """
    shut = shut_to(reader)
    ids = found_ids(queryset.exclude(pk__in=shut) if shut else queryset, text, limit, partly=partly)
    return [*ids, *sorted(found_ids(queryset.filter(pk__in=shut), text, limit, partly=partly))] if shut else ids


def found_ids(queryset: QuerySet[Customer], text: str, limit: int = 20, *, partly: bool = True) -> list[int]:
    """As `search_customers`, but the ids alone: for a page that filters its own queryset by them.

    With `partly` False a tax code and a telephone number find their owner only when they are typed whole: a reader to whom
    they are shown masked could otherwise find the rest, a character at a time. Nor does a part of a name find anybody on a
    page whose reader is shown no names.
    """
    text = text.strip()
    found: dict[int, None] = {}
    for question in _questions(queryset.order_by(), text, found, partly=partly):
        found.update(dict.fromkeys(question.values_list("pk", flat=True)[: limit + len(found)]))
        if len(found) >= limit:
            break
    return list(found)[:limit]


def _questions(queryset: QuerySet, text: str, found: dict[int, None], *, partly: bool) -> Iterator[QuerySet]:
    """The questions worth asking of the text, the surest first; each is asked while `found` has room."""
    if "@" in text:
        yield _with_contact(queryset, Q(kind__in=["email", "pec"], value=text.lower()))
        return
    if has_digit(text):
        yield from _by_number(queryset, text, found, partly=partly)
        if found:
            return
    queryset = queryset.filter(merged_into__isnull=True)  # a joined file is found by its own code alone
    words = fold(text).split()[:MOST_WORDS]
    if words and not page_shows_whole(Kind.NAME):
        yield queryset.filter(search_key__in=turned(words))
    elif words:
        yield from _by_name(queryset, words, found)


def _by_number(queryset: QuerySet, text: str, found: dict[int, None], *, partly: bool) -> Iterator[QuerySet]:
    """A whole telephone number and nothing else; or codes, policy numbers and plates by their beginning, last digits."""
    code = "".join(text.split()).upper()
    plate = code.translate(_BETWEEN_DIGITS)
    if _TELEPHONE.fullmatch(text):
        with suppress(ValidationError):
            yield _with_contact(queryset, Q(kind="phone", value=normalise_phone(text)))
            if found:
                return
    yield queryset.filter(code__startswith=code)
    yield queryset.filter(tax_code__startswith=code) if partly else queryset.filter(tax_code=code)
    if len(code) == 11:
        yield queryset.filter(vat_number=code, merged_into__isnull=True)
    for each in dict.fromkeys((code, plate)):
        yield queryset.filter(pk__in=Policy.objects.filter(number__startswith=each).values("holder"))
        covered = PolicyAdherent.objects.filter(policy__number__startswith=each)
        yield queryset.filter(pk__in=covered.values("customer"))
    yield queryset.filter(pk__in=Policy.objects.exclude(plate="").filter(plate__startswith=plate).values("holder"))
    digits = plate.removeprefix("+")
    if partly and is_digits(digits) and len(digits) >= LAST_DIGITS:
        yield _with_last_digits(queryset, digits)


def _with_contact(queryset: QuerySet, condition: Q) -> QuerySet:
    return queryset.filter(pk__in=ContactPoint.objects.filter(condition).values("customer"))


def _with_last_digits(queryset: QuerySet, digits: str) -> QuerySet:
    """Asked in two steps: in one, the planner overestimates the numbers and reads the whole table of customers."""
    points = ContactPoint.objects.filter(kind=ContactPoint.Kind.PHONE).alias(backwards=Reverse("value"))
    points = points.filter(backwards__startswith=digits[::-1]).order_by(ByPattern(F("backwards")))
    return queryset.filter(pk__in=list(points.values_list("customer", flat=True)[:MOST_NUMBERS]))


def _by_name(queryset: QuerySet, words: list[str], found: dict[int, None]) -> Iterator[QuerySet]:
    """Names by the beginnings of their words.

    The key is "surname given-name", so the words as typed, or with those before the surname moved behind it, are
    usually the beginning of the key. Then one word begins the key and the others follow anywhere. Then, and for several
    words only when nothing was found, the words anywhere, all but the last one whole: the index of words reads long
    lists for short beginnings. Last, when nothing was found, the key without its blanks begins with what was typed
    without blanks: D'Angelo typed as dangelo, De Luca as deluca.
    """
    in_order = in_order_of_key(queryset)
    orders = turned(words)
    for start in dict.fromkeys(orders):
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
        joined = queryset.alias(_joined=without_blanks("search_key")).order_by(ByPattern(without_blanks("search_key")))
        for start in dict.fromkeys("".join(each.split()) for each in orders):
            yield joined.filter(_joined__startswith=start)


def in_order_of_key(queryset: QuerySet) -> QuerySet:
    """In the order of the index of names, which then gives the first of them without a sort."""
    return queryset.order_by(ByPattern(F("search_key")))


def turned(words: list[str]) -> list[str]:
    """The words as typed, and with those before the surname moved behind it."""
    return [" ".join([*words[place:], *words[:place]]) for place in range(len(words))]
