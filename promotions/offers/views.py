"""The pages that a message leads to, by the secret in its address: the link that counts, the offer, asking about it."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contact_center.call_backs.queries import free_slots, own_hours
from contact_center.models import CallBack
from foundation.form_guard import allowed
from foundation.refusals import Refused
from notifications.unsubscribing import unsubscribe_link
from promotions.audience.query import purpose_of
from promotions.models import Promotion, Recipient
from promotions.offers.asking_agency import ask_agency
from promotions.offers.forms import AskForm
from promotions.offers.visits import count_visit

ASKED_PER_HOUR = 10


@never_cache
@require_safe
def link_view(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The address in a message: counts that it was followed, and leads on to the offer."""
    recipient = _recipient(key)
    if request.method == "GET":
        count_visit(recipient, at=timezone.now(), program=request.headers.get("User-Agent", ""))
    return redirect("promotion_offer", key=key)


@never_cache
def offer_view(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The offer, with a form to ask the agency about it: GET shows, POST asks."""
    recipient = _recipient(key)
    now = timezone.now()
    is_sent = request.method == "POST"
    form = AskForm(
        request.POST if is_sent else None,
        slots=free_slots(now, is_chosen=is_sent),
        own=own_hours(recipient.customer, now),
    )
    refusal: Any = None
    if is_sent and form.is_valid():
        if form.is_trapped:
            return redirect("promotion_asked", key=key)
        if not allowed(request, "offer", ASKED_PER_HOUR, 3_600):
            return render(request, "429.html", status=429)
        given = form.cleaned_data
        try:
            ask_agency(
                recipient,
                text=given["text"],
                phone=given["phone"],
                submission_key=given["submission_key"],
                call_at=given["slot"],
            )
        except Refused as refused:
            if refused.field in form.fields:
                form.add_error(refused.field, str(refused))
            else:
                refusal = refused
        else:
            return redirect("promotion_asked", key=key)
    return render(request, "promotions/offer.html", _context(recipient) | {"form": form, "refusal": refusal})


@never_cache
@require_safe
def asked_view(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What happens next, after the agency was asked."""
    recipient = _recipient(key)
    call_back = CallBack.objects.booked().filter(contact=recipient.contact_id or 0).first()
    return render(request, "promotions/asked.html", _context(recipient) | {"call_back": call_back})


def _recipient(key: uuid.UUID) -> Recipient:
    """Who was written to with the key; not found for anything else."""
    found = Recipient.objects.filter(key=key, state=Recipient.State.WRITTEN)
    recipient = found.select_related("promotion__agency", "customer__agency").first()
    if recipient is None:
        raise Http404
    return recipient


def _context(recipient: Recipient) -> dict[str, Any]:
    promotion = recipient.promotion
    is_past = promotion.not_after is not None and promotion.not_after < timezone.now()
    return {
        "promotion": promotion,
        "recipient": recipient,
        "agency": recipient.customer.agency,
        "is_withdrawn": promotion.state == Promotion.State.STOPPED,
        "is_past": is_past,
        "stop_link": unsubscribe_link(recipient.customer_id, purpose_of(promotion, recipient.channel)),
    }
