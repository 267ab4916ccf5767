"""The menu of the reserved area: one list. On a phone four places are under the thumb and the others behind “More”."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from customers.requests import CustomerRequest
from reserved_area.notices import inbox_for
from reserved_area.records import customer_page

MOST_COUNTED = 100  # unread notices


@dataclass(frozen=True)
class Place:
    """A room of the menu: the name of its address, what people call it, an icon of static/img/icons.svg.

    `also` are the folders of its pages that are not under its own address.
    """

    address: str
    label: str | Promise
    icon: str
    also: tuple[str, ...] = ()
    under_thumb: bool = False
    counts_unread: bool = False


HOME = "reserved_area"
PLACES = (
    Place(HOME, pgettext_lazy("menu of the reserved area", "Home"), "house", under_thumb=True),
    Place("portal_policies", _("Policies"), "shield-check", under_thumb=True),
    Place("portal_claims", _("Claims"), "life-ring", under_thumb=True),
    Place("portal_requests", _("Requests"), "chat-dots", under_thumb=True),
    Place("portal_documents", _("Documents"), "file-earmark-text", also=("calendario/",)),
    Place("portal_payments", _("Payments"), "credit-card", also=("rinnovi/",)),
    Place("portal_operations", _("Operations"), "list-check"),
    Place("portal_call_backs", _("Call-backs"), "telephone-inbound"),
    Place("portal_notices", _("Notices"), "inbox", counts_unread=True),
    Place("portal_complaints", _("Complaints"), "megaphone"),
    Place("portal_consents", _("Consents"), "check-circle"),
    Place("portal_profile", _("Profile"), "person-circle"),
)


@dataclass(frozen=True)
class ShownPlace:
    """A place as a page draws it."""

    place: Place
    url: str
    is_here: bool


@dataclass(frozen=True)
class Menu:
    """The places in order, and whether the one that is open is behind “More”."""

    places: list[ShownPlace]
    is_behind_more: bool

    @property
    def behind_more(self) -> list[ShownPlace]:
        """Those that a phone has no room for."""
        return [each for each in self.places if not each.place.under_thumb]


def menu_at(path: str, places: Iterable[Place] = PLACES) -> Menu:
    """The menu as a page at this path shows it: its own room is marked, also on the pages within the room."""
    shown = [
        ShownPlace(place, url, _is_within(path, place, url)) for place in places if (url := reverse(place.address))
    ]
    return Menu(shown, any(each.is_here and not each.place.under_thumb for each in shown))


def _is_within(path: str, place: Place, url: str) -> bool:
    if place.address == HOME:
        return path == url
    return path.startswith((url, *(reverse(HOME) + folder for folder in place.also)))


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the menu, and how many notices are unread. Made only where the menu is drawn."""
    return {
        "menu": SimpleLazyObject(lambda: menu_at(request.path)),
        "unread_notices": SimpleLazyObject(lambda: _unread(request)),
    }


def _unread(request: HttpRequest) -> int:
    customer = getattr(request, "customer", None)
    return inbox_for(customer).unread().order_by()[:MOST_COUNTED].count() if customer is not None else 0


@customer_page
@require_safe
def more_view(request: CustomerRequest) -> HttpResponse:
    """The places that are not under the thumb, and the way out."""
    return render(request, "reserved_area/more.html")
