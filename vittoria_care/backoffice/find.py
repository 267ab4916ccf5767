"""One search for everything: Ctrl+K on every page of the back office, and a page for who has no JavaScript.

Each app brings what finds its rows (`Finder`); the order is in `composition.py`. A reader finds what they may open, and nothing
of a file that asks them a reason; such a search is noted as any other.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from customers.models import Customer
from customers.sensitive.commands import note_search
from customers.sensitive.restricted import closed_to
from foundation.counting import is_within
from foundation.office.closed import RESTRICTED
from foundation.office.finding import Finder
from foundation.office.read_only import may_read
from foundation.requests import Person, StaffRequest
from foundation.slots import Slot
from foundation.text import search_words
from vittoria_care.backoffice.site import list_address

MOST = 5  # rows of a kind
FEW = 3  # of which there may be too few: then names that are nearly so are looked for as well
TOO_MANY = 429

# Everything that is looked through, in the order in which it is shown.
FINDERS: Slot[Finder[Any]] = Slot("what the search over everything finds")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was found: its name, what tells it apart, its page."""

    title: str | Promise
    line: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind, the likeliest first. `all_url` leads to the list where there is more."""

    title: str
    icon: str
    rows: list[Row]
    all_url: str = ""
    is_near: bool = False  # the name is almost the one that was typed


@dataclass(frozen=True, slots=True)
class _Kind:
    """Rows of one kind before their names are written, at most one more than is shown."""

    finder: Finder[Any]
    rows: Sequence[Model]
    is_near: bool = False


@require_safe
@never_cache
def _page(request: StaffRequest) -> HttpResponse:
    """The search and what it found; only the latter for the window that Ctrl+K opens."""
    text = search_words(request.GET.get("q", ""))
    is_part = bool(request.headers.get("HX-Request"))
    context: dict[str, Any] = {"q": text, "title": _("Find anything"), "groups": [], "is_answered": bool(text)}
    status = 200
    if text and not _may_ask(request.user):
        status = TOO_MANY
        context |= {"is_answered": False, "refusal": _("That was a lot of searches: wait a minute, then go on.")}
    elif text:
        context["groups"] = groups = list(find_anything(text, request.user))
        count = sum(len(each.rows) for each in groups)
        context["count"] = ngettext("%(n)d result", "%(n)d results", count) % {"n": count}
    if is_part:
        return TemplateResponse(request, "office/find/options.html", context, status=status)
    request.current_app = admin.site.name
    return TemplateResponse(
        request, "office/find/page.html", {**admin.site.each_context(request), **context}, status=status
    )


find_page = admin.site.admin_view(_page)


def find_anything(text: str, reader: Person) -> Iterator[Group]:
    """What the text may mean, by kinds. Noted where it names a file that asks the reader a reason."""
    kinds = [each for finder in FINDERS if may_read(reader, finder.model) for each in _of_kind(finder, text, reader)]
    shown = [(kind, row, _owner_of(row)) for kind in kinds for row in kind.rows[:MOST]]
    owners = {owner for _kind, _row, owner in shown if owner is not None}
    closed = closed_to(reader, owners)
    if closed:
        note_search(reader, found=len(owners), closed=closed)
    for kind in kinds:
        rows = [
            _shut(row) if _owner_of(row) in closed else _open(kind.finder, row, reader) for row in kind.rows[:MOST]
        ]
        yield Group(
            capfirst(kind.finder.model._meta.verbose_name_plural),
            kind.finder.icon,
            rows,
            _all_of(kind, text) if len(kind.rows) > MOST else "",
            kind.is_near,
        )


def _may_ask(reader: Person) -> bool:
    """Whether the person has not searched too often in this minute of the clock: whoever leafs through everybody does."""
    most = settings.FIND_PER_MINUTE
    return not most or is_within(f"rate:find:{reader.pk}:{int(time.time() // 60)}", most, 120)


def _of_kind(finder: Finder[Any], text: str, reader: Person) -> Iterator[_Kind]:
    """The rows that the text names; where these are few, those whose name is almost the text as well."""
    rows = finder.find(text, reader, MOST + 1)
    if rows:
        yield _Kind(finder, rows)
    if finder.near is not None and len(rows) < FEW:
        near = finder.near(text, reader, MOST, {row.pk for row in rows})
        if near:
            yield _Kind(finder, near, is_near=True)


def _owner_of(row: Model) -> int | None:
    """The customer whose file the row belongs to, as its page says."""
    return admin.site._registry[type(row)].owner_of(row)  # type: ignore[attr-defined]  # an OfficeAdmin


def _open(finder: Finder[Any], row: Model, reader: Person) -> Row:
    return Row(finder.title(row, reader), finder.line(row, reader), _address(row))


def _shut(row: Model) -> Row:
    """A row of a file that asks a reason: that it is there, and of a customer the code, as in a box of choices."""
    return Row(RESTRICTED, row.code if isinstance(row, Customer) else "", _address(row))


def _address(row: Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def _all_of(kind: _Kind, text: str) -> str:
    """The list of everything that the text names, where the list finds the same."""
    address = list_address(kind.finder.model._meta.label_lower)
    return f"{address}?{urlencode({'q': text})}" if address and kind.finder.listed and not kind.is_near else ""
