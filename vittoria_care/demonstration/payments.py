"""The page of the demonstration's provider of payments: a bank's page in little, with every way in which a payment goes.

`/demo/pagamenti/…` exists only where the sandbox takes the payments, and never in production. What it confirms goes
through the same door as a real provider's: signed, kept, compared, booked.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.models import PaymentEvent
from customers.payments.configured import is_sandbox_open
from customers.payments.sandbox import SLOW, Page, Sandbox, confirmation_of, count_confirmation, end_page, page_of
from notifications.payments import take_confirmation

Word = PaymentEvent.Word
LESS = Decimal("0.01")  # euro that a forged page takes less


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a payment goes: what the sandbox then says, how often it confirms it, and when it reports it if asked."""

    label: Any
    word: str
    confirms: int = 1
    after: timedelta | None = timedelta()
    goes_back: bool = True
    is_forged: bool = False


WAYS: dict[str, Way] = {
    "paga": Way(gettext_lazy("Pay"), Word.PAID),
    "rifiuta": Way(gettext_lazy("The card is refused"), Word.REFUSED),
    "abbandona": Way(gettext_lazy("Leave without paying"), Word.ABANDONED),
    "prima": Way(gettext_lazy("Pay, and never come back: the confirmation comes alone"), Word.PAID, goes_back=False),
    "due-volte": Way(gettext_lazy("Pay: the confirmation comes twice"), Word.PAID, confirms=2),
    "lenta": Way(gettext_lazy("Pay by a slow bank: no confirmation, known after a while"), Word.PAID, 0, SLOW),
    "dopo": Way(gettext_lazy("Pay: the confirmation comes hours later"), Word.PAID, 0, None),
    "altro-importo": Way(gettext_lazy("Pay another amount"), Word.PAID, is_forged=True),
}
LATER = "conferma"  # sends what a bank held back


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout_view(request: HttpRequest, page_id: str) -> HttpResponse:
    """The sum, and the ways; chosen once. What was held back is confirmed from here too."""
    page = page_of(page_id) if is_sandbox_open() else None
    if page is None:
        raise Http404
    if request.method != "POST":
        return _shown(request, page)
    chosen = request.POST.get("way", "")
    if chosen == LATER and page.word:
        _confirm(page)
        return redirect(request.path)
    way = WAYS.get(chosen)
    if way is None or not page.is_open:
        return _shown(request, page, status=409)
    amount = str(Decimal(page.amount) - LESS) if way.is_forged else ""
    reason = _("card refused by the bank") if way.word == Word.REFUSED else ""
    page = end_page(page, way.word, reason=reason, amount=amount, after=way.after)
    for _time in range(way.confirms):
        page = _confirm(page)
    return redirect(_way_back(page) if way.goes_back else request.path)


def _confirm(page: Page) -> Page:
    """Confirm what happened on the page, by the door of all providers."""
    now = timezone.now()
    body, headers = confirmation_of(page, now=now)
    take_confirmation(Sandbox(), body, headers, now=now)
    return count_confirmation(page)


def _way_back(page: Page) -> str:
    """The address to return to, on whichever of its names this machine was called."""
    return urlsplit(page.return_url).path


def _shown(request: HttpRequest, page: Page, status: int = 200) -> HttpResponse:
    first, *others = WAYS.items()
    context = {
        "payment_page": page,
        "amount": Decimal(page.amount),
        "first": first,
        "others": others,
        "return_url": _way_back(page),
        "later": LATER,
    }
    return render(request, "demo/payment.html", context, status=status)


urlpatterns = [path("<str:page_id>/", checkout_view, name="demo_payment")]
