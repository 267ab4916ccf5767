"""The menu of the reserved area: one list. On a phone four places are under the thumb and the others behind “More”."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from customers.models import ReservedAreaAccount
from customers.models.account import Right
from customers.requests import CustomerRequest
from foundation.addresses import address
from foundation.written_once import WrittenOnce
from reserved_area.notices import notices_for
from reserved_area.records import customer_page

MOST_COUNTED = 100  # unread notices
NOBODY = -1  # the id of no customer


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
    right: Right | None = None  # it is there for people who have the right
    for_heirs: bool = False

    def is_for(self, account: ReservedAreaAccount) -> bool:
        """Whether a person who acts by the account may open it."""
        return (self.for_heirs or not account.is_of_heir) and (self.right is None or account.may(self.right))


HOME = "reserved_area"
PLACES = (
    Place(HOME, pgettext_lazy("menu of the reserved area", "Home"), "house", under_thumb=True, for_heirs=True),
    Place("portal_policies", _("Policies"), "shield-check", under_thumb=True, for_heirs=True),
    Place("portal_claims", _("Claims"), "life-ring", under_thumb=True, for_heirs=True),
    Place("portal_requests", _("Requests"), "chat-dots", under_thumb=True),
    Place("portal_documents", _("Documents"), "file-earmark-text", also=("calendario/",), for_heirs=True),
    Place("portal_payments", _("Payments"), "credit-card", also=("rinnovi/",)),
    Place("portal_operations", _("Operations"), "list-check"),
    Place("portal_call_backs", _("Call-backs"), "telephone-inbound"),
    Place("portal_notices", _("Notices"), "inbox", also=("notifiche/",), counts_unread=True),
    Place("portal_complaints", _("Complaints"), "megaphone"),
    Place("portal_feedback", _("Your opinions"), "bar-chart-line"),
    Place("portal_consents", _("Consents"), "check-circle"),
    Place("portal_people", _("People"), "people", right=Right.PEOPLE),
    Place("portal_profile", _("Profile"), "person-circle", also=("per-conto-di/", "accesso/")),
    Place("portal_my_data", _("My data"), "lock"),
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
        ShownPlace(place, url, _is_within(path, place, url)) for place in places if (url := address(place.address))
    ]
    return Menu(shown, any(each.is_here and not each.place.under_thumb for each in shown))


def _is_within(path: str, place: Place, url: str) -> bool:
    if place.address == HOME:
        return path == url
    return path.startswith((url, *(address(HOME) + folder for folder in place.also)))


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the menu, how many notices are unread, what the person may do and as whom they write. Made only where the menu is drawn."""
    return {
        "menu": SimpleLazyObject(lambda: menu_at(request.path, _places_for(request))),
        "unread_notices": SimpleLazyObject(lambda: _unread(request)),
        "may": SimpleLazyObject(lambda: _may(request)),
        "writes_as": SimpleLazyObject(lambda: _writes_as(request)),
    }


def _places_for(request: HttpRequest) -> list[Place]:
    account = getattr(request, "account", None)
    return [place for place in PLACES if account is None or place.is_for(account)]


def _may(request: HttpRequest) -> dict[str, bool]:
    """By right, whether the person has it for the customer of the page; on a page of no customer it is not in question."""
    account = getattr(request, "account", None)
    rights = {right.value: account is None or account.may(right) for right in Right}
    return rights | {"read": account is None or not account.is_of_heir}  # what the customer wrote, received and paid


def _writes_as(request: HttpRequest) -> str:
    """Whose drafts the browser puts back: of one person, and of one customer that they act for."""
    account = getattr(request, "account", None)
    return f"{request.user.pk}-{account.pk}" if account is not None else str(request.user.pk or "")


def _unread(request: HttpRequest) -> int:
    account = getattr(request, "account", None)
    if account is None or account.is_of_heir:
        return 0
    return len(_UNREAD.rows(account.customer_id))


# Every page of the reserved area but the home asks it.
_UNREAD = WrittenOnce(
    lambda customer: notices_for(customer).unread().order_by().values_list("pk")[:MOST_COUNTED], NOBODY
)


@customer_page(for_heirs=True)
@require_safe
def more_view(request: CustomerRequest) -> HttpResponse:
    """The places that are not under the thumb, and the way out."""
    return render(request, "reserved_area/more.html")
