"""The public pages of a request: choose how to write, and follow what was written by number and secret."""

import hmac

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contact_center.models import Message, WebFormRequest
from contact_center.services.opening import digest_of


@require_safe
def contacts_view(request: HttpRequest) -> HttpResponse:
    """The ways to reach us."""
    return render(request, "contact_center/contacts.html")


@require_safe
@never_cache
def tracking_view(request: HttpRequest, number: str, secret: str) -> HttpResponse:
    """A request and its thread, for who holds its secret; 404 for a wrong number or secret alike."""
    form = get_object_or_404(WebFormRequest.objects.select_related("contact"), tracking_digest=digest_of(secret))
    if not hmac.compare_digest(form.contact.number, number):
        raise Http404
    thread = form.contact.messages.exclude(direction=Message.Direction.NOTE)
    return render(
        request, "contact_center/tracking.html", {"contact": form.contact, "form_sent": form, "thread": thread}
    )
