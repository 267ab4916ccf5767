"""The calendar of one's own deadlines: the page that gives out its address, and the address itself."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.request import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from contact_center.requests.views import miss
from customers.calendars import feed_by_secret, feed_of, make_feed, renew_feed, revoke_feed, secret_of
from customers.deadlines import deadlines_of
from customers.requests import CustomerRequest
from foundation.counting import is_within
from foundation.numbers import whole_number
from reserved_area.ics import calendar_of
from reserved_area.records import customer_page

ICS = "text/calendar; charset=utf-8"
READS_PER_HOUR = 60  # of one feed: programs ask a few times a day
HOUR = 3600


@customer_page
@require_safe
def calendar_view(request: CustomerRequest) -> HttpResponse:
    """The address, with how to use it, take it back or change it; or the button that makes one."""
    feed = feed_of(request.account)
    secret = secret_of(feed) if feed else ""
    address = settings.SITE_URL + reverse("calendar_feed", args=[secret]) if secret else ""
    context = {"feed": feed, "address": address, "webcal": "webcal://" + address.partition("://")[2]}
    return render(request, "reserved_area/calendar.html", context)


@customer_page
@require_POST
def calendar_make_view(request: CustomerRequest) -> HttpResponse:
    """Give out an address; in place of the one shown, where there is one."""
    if seen := whole_number(request.POST.get("seen", "")):
        renew_feed(request.account, seen=seen)
        messages.success(request, _("The calendar has a new address: the earlier one opens nothing any more."))
    else:
        make_feed(request.account)
    return redirect("portal_calendar")


@customer_page
@require_POST
def calendar_revoke_view(request: CustomerRequest) -> HttpResponse:
    """Take the address back."""
    revoke_feed(request.account, seen=whole_number(request.POST.get("seen", "")))
    messages.success(request, _("The address of the calendar has been revoked: it opens nothing any more."))
    return redirect("portal_calendar")


@require_safe
def feed_view(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar itself, for whoever has the address. Nothing is sent again to a program that has it already."""
    feed = feed_by_secret(secret)
    if feed is None:
        return miss(request)
    if not is_within(f"calendar:{feed.pk}", READS_PER_HOUR, HOUR):
        return HttpResponse(status=429, headers={"Retry-After": str(HOUR), "Cache-Control": "no-store"})
    customer = feed.account.customer
    text = calendar_of(deadlines_of(customer, today=timezone.localdate()), language=customer.language)
    etag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    response = HttpResponse(text, content_type=ICS, headers={"ETag": etag})
    response.headers["Content-Disposition"] = 'inline; filename="scadenze.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag=etag, response=response) or response
