"""The reserved area's room about payments: pay an instalment, accept and pay a renewal, see what was paid. And the door of
the providers' confirmations.

Nothing changes on a GET: a payment begins with a form that is sent, and is confirmed by what the provider says.
"""

import logging
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.due import cover_of, due_for, instalment_due
from customers.models import Instalment, Payment, Policy, RenewalOffer
from customers.models.account import Right
from customers.payments.commands import ALIVE, is_open
from customers.payments.configured import can_pay_online, provider, provider_called
from customers.payments.providers import Unavailable
from customers.payments.receipts import receipt_of
from customers.payments.signatures import NotAuthentic
from customers.requests import CustomerRequest
from foundation.counting import is_within
from foundation.files.downloads import PDF, download
from foundation.form_guard import name_what_is_missing
from foundation.refusals import Refused
from notifications.payments import ask_provider, take_confirmation
from reserved_area.due_words import shown_due
from reserved_area.paying import AWAY, begin_payment, portal_return
from reserved_area.records import customer_page, one_page

log = logging.getLogger(__name__)

ASKS = 40, 300  # questions to the provider about one payment, in so many seconds: a page that waits asks every few
MOST_DUE = 50  # on the page of payments
LARGEST_CONFIRMATION = 256 * 1024  # bytes


class PayForm(forms.Form):
    """What begins a payment: the key of the attempt, so that the same form sent twice is one attempt."""

    key = forms.UUIDField(widget=forms.HiddenInput)


class AcceptForm(PayForm):
    """As `PayForm`, with the acceptance of the terms."""

    accepted = forms.BooleanField(label=gettext_lazy("I have read the terms of the renewal and accept them."))

    def full_clean(self) -> None:
        """Check what was sent; what is missing is named."""
        name_what_is_missing(self.fields)
        super().full_clean()


# --- Pay ----------------------------------------------------------------------------------------------------------------
@customer_page(right=Right.PAY)
@require_http_methods(["GET", "HEAD", "POST"])
def instalment_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """What is about to be paid, and the way to the provider's page. What is paid already leads to its payment."""
    mine = Instalment.objects.visible_to(request.user).filter(policy__holder=request.customer)
    instalment = get_object_or_404(mine.select_related("policy__holder"), pk=pk)
    attempt, is_looked_at = _attempt_of(instalment=instalment)
    if instalment.paid_on is not None:
        return _paid_already(request, attempt, instalment.policy)
    form = PayForm(request.POST or None, initial={"key": uuid.uuid4()})
    due = instalment_due(instalment, today=timezone.localdate())
    can_pay = provider() is not None and instalment.policy.state in ALIVE and not is_looked_at
    context = {"form": form, "due": due, "attempt": attempt, "can_pay": can_pay, "is_looked_at": is_looked_at}
    if request.method != "POST":
        return _pay_page(request, "reserved_area/pay.html", context)
    return _begin(request, "reserved_area/pay.html", context, instalment)


@customer_page(right=Right.PAY)
@require_http_methods(["GET", "HEAD", "POST"])
def offer_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """A renewal offer: premium, terms, until when; to pay it is to accept it."""
    mine = RenewalOffer.objects.visible_to(request.user).filter(policy__holder=request.customer)
    offer = get_object_or_404(mine.select_related("policy__holder"), pk=pk)
    attempt, is_looked_at = _attempt_of(offer=offer)
    if offer.paid_on is not None:
        return _paid_already(request, attempt, offer.policy)
    can_accept = is_open(offer, today=timezone.localdate())
    form = AcceptForm(request.POST or None, initial={"key": uuid.uuid4()})
    context = {
        "form": form,
        "offer": offer,
        "attempt": attempt,
        "is_open": can_accept,
        "can_pay": can_accept and provider() is not None and not is_looked_at,
        "is_looked_at": is_looked_at,
        "cover_until": cover_of(offer.policy),
    }
    if request.method != "POST":
        return _pay_page(request, "reserved_area/renewal.html", context)
    return _begin(request, "reserved_area/renewal.html", context, offer)


def _attempt_of(**target: Instalment | RenewalOffer) -> tuple[Payment | None, bool]:
    """The payment that settles it, or the latest whose end is not known yet; and whether a person looks at one of them.

    Until that person has decided nobody is led to pay it.
    """
    attempts = list(Payment.objects.filter(**target).that_matter().order_by("-settles", "-pk"))
    return next(iter(attempts), None), any(each.is_looked_at for each in attempts)


def _paid_already(request: CustomerRequest, payment: Payment | None, policy: Policy) -> HttpResponse:
    """Where the back button ends after paying: at the payment, or at the policy when it was paid elsewhere."""
    messages.info(request, _("It has been paid already: nothing else is owed for it."))
    if payment is not None and payment.settles:
        return redirect("portal_payment", payment.pk)
    return redirect("portal_policy", policy.pk)


def _pay_page(request: CustomerRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page before paying; its form may lead to the provider's pages, and to no others."""
    page = render(request, template, {**context, "agency": request.customer.agency}, status=status)
    used = provider()
    if used is not None and used.origin:
        page._csp_update = {"form-action": [used.origin]}  # type: ignore[attr-defined]  # read by django-csp
    return page


def _begin(
    request: CustomerRequest, template: str, context: dict[str, Any], about: Instalment | RenewalOffer
) -> HttpResponse:
    """Begin the payment, or go on with the open one, and lead to the provider's page."""
    form, used = context["form"], provider()
    if used is None:
        raise Http404
    if not form.is_valid():
        return _pay_page(request, template, context, status=422)
    try:
        begun = begin_payment(
            about,
            key=form.cleaned_data["key"],
            provider=used,
            return_url=portal_return(),
            language=request.customer.language,
            by=request.user,
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _pay_page(request, template, context, status=409)
    except Unavailable as problem:
        log.warning("the provider of payments is away: %s", problem)
        form.add_error(None, str(AWAY))
        return _pay_page(request, template, context, status=503)
    return redirect(begun.checkout_url) if begun.checkout_url else redirect("portal_payment", begun.payment.pk)


# --- What was paid --------------------------------------------------------------------------------------------------------
@customer_page
@require_safe
def payments_view(request: CustomerRequest) -> HttpResponse:
    """What is due now, with the way to pay it; every payment one made or began here; and the instalments paid elsewhere."""
    mine = Payment.objects.visible_to(request.user).for_list().with_looked_at()
    payments, pages = one_page(request, mine)
    paid_here = Payment.objects.filter(instalment=OuterRef("pk"), settles=True)
    elsewhere = Instalment.objects.filter(~Exists(paid_here), policy__holder=request.customer, paid_on__isnull=False)
    elsewhere = elsewhere.select_related("policy").order_by("-paid_on", "-pk")
    paid_elsewhere, pages_elsewhere = one_page(request, elsewhere, name="rate")
    dues = due_for(request.customer, today=timezone.localdate(), most=MOST_DUE)
    return render(
        request,
        "reserved_area/payments.html",
        {
            "shown_dues": [shown_due(each) for each in dues],
            "can_pay": can_pay_online(),
            "payments": payments,
            "page": pages,
            "paid_elsewhere": paid_elsewhere,
            "page_elsewhere": pages_elsewhere,
        },
    )


@customer_page
@require_safe
def payment_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """One payment: also where the provider's page leads back to. While its end is not known, it says so and asks again."""
    payment = _mine(request, pk)
    is_looked_at = not payment.settles and payment.incidents.open().exists()
    return render(
        request,
        "reserved_area/payment.html",
        {
            "payment": payment,
            "refund": getattr(payment, "refund", None),
            "is_looked_at": is_looked_at,
            "was_looked_at": not is_looked_at and payment.incidents.exists(),
            "again_url": _again_url(payment),
            "agency": request.customer.agency,
        },
    )


@customer_page(right=Right.PAY)
@require_POST
def check_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """Ask the provider now. A page that waits sends this by itself and is answered with the state alone."""
    payment = _mine(request, pk)
    is_answered = True
    if payment.is_open and is_within(f"payment-asked:{payment.pk}", *ASKS):
        try:
            ask_provider(payment, now=timezone.now())
        except Unavailable as problem:
            log.warning("the provider of payments is away: %s", problem)
            is_answered = False
        payment = _mine(request, pk)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"state": payment.state})
    if payment.is_open and not is_answered:
        messages.info(request, _("The payment service does not answer now: we go on asking it."))
    return redirect("portal_payment", payment.pk)


@customer_page
@require_safe
def receipt_view(request: CustomerRequest, pk: int) -> HttpResponseBase:
    """The receipt of a payment that came, as a file."""
    payment = _mine(request, pk)
    if payment.paid_at is None:
        raise Http404
    return download(receipt_of(payment, language=get_language() or "it"), f"{payment.number}.pdf", PDF)


def _mine(request: CustomerRequest, pk: int) -> Payment:
    rows = Payment.objects.visible_to(request.user).for_list().select_related("offer", "instalment")
    return get_object_or_404(rows, pk=pk)


def _again_url(payment: Payment) -> str:
    """Where to pay what an attempt did not pay; "" where nothing is owed for it any more, or a person looks at it."""
    about: dict[str, Instalment | RenewalOffer] = {}
    if payment.instalment is not None:
        about = {"instalment": payment.instalment}
    elif payment.offer is not None:
        about = {"offer": payment.offer}
    if payment.settles or not about or _attempt_of(**about)[1]:
        return ""
    if payment.instalment is not None and payment.instalment.paid_on is None:
        return reverse("portal_pay", args=[payment.instalment_id])
    if payment.offer is not None and payment.offer.paid_on is None:
        return reverse("portal_renewal", args=[payment.offer_id])
    return ""


# --- The providers' door ----------------------------------------------------------------------------------------------------
@csrf_exempt
@require_POST
def confirmation_view(request: HttpRequest, code: str) -> HttpResponse:
    """A provider confirms something: answered with 200 once it is committed. Anything unsigned is 400, and nothing of it kept."""
    used = provider_called(code)
    if used is None:
        raise Http404
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_CONFIRMATION:
        return HttpResponse(status=413)
    try:
        take_confirmation(used, request.body, request.headers, now=timezone.now())
    except NotAuthentic as problem:
        log.warning("a confirmation that is not %s's: %s", code, problem)
        return _answer(400)
    except (KeyError, TypeError, ValueError) as problem:
        log.error("a confirmation of %s that cannot be read: %s", code, problem)
        return _answer(400)
    return _answer(200)


def _answer(status: int) -> HttpResponse:
    answer = HttpResponse(status=status)
    patch_cache_control(answer, no_store=True)
    return answer
