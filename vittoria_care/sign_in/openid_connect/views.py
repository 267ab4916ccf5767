"""The pages of a sign-in by OpenID Connect: to the provider, back from it, and the enrolment of who has no sign-in yet."""

import time
import uuid
from dataclasses import dataclass
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from allauth.socialaccount.internal.flows.login import record_authentication
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.models import Customer
from customers.models.sign_in_address import MOST_TRIES
from customers.validators import normalise_email
from foundation.form_guard import GuardedForm, allowed
from foundation.page_before import page_before
from foundation.refusals import Refused
from foundation.requests import signed_in_user
from notifications.enrolment import code_digest, enrol_identified, is_proved_address, send_enrolment_code
from reserved_area.enrolment import TERMS_VERSION
from reserved_area.operations import CodeForm

from . import adapter
from .adapter import PROVED, Callback, configured, error_page
from .identities import Identity, link_identity, unlink_identity

PER_MINUTE, MINUTE = 30, 60
LASTS = 1800  # seconds from the provider's word to the end of the enrolment
TOO_MANY, UNPROCESSABLE = 429, 422


@never_cache
@require_safe
def login_view(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the provider. Asked for by another site, the person confirms first that they want it."""
    entry = configured(provider_id)
    if entry is None:
        raise Http404
    if not allowed(request, "openid", PER_MINUTE, MINUTE):
        return render(request, "429.html", status=TOO_MANY)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return render(request, "socialaccount/login.html", {"provider": entry, "query": request.GET.urlencode()})
    try:
        return adapter.SocialAdapter(request).get_provider(request, entry.id).redirect_from_request(request)
    except OAuth2Error as error:
        return error_page(request, entry, getattr(error, "code", ""))


@never_cache
@require_safe
def callback_view(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider, with a code for the tokens or with its error."""
    if configured(provider_id) is None:
        raise Http404
    return Callback.adapter_view(adapter.Adapter(request, provider_id))(request)


# --- Enrolment -----------------------------------------------------------------------------------------------------
class IdentityEnrolmentForm(GuardedForm):
    """The address to sign in with, and the terms: who the person is, is proved."""

    email = forms.CharField(
        label=gettext_lazy("Your e-mail address"),
        max_length=254,
        help_text=gettext_lazy("We write there, and you can sign in with it as well."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    terms = forms.BooleanField(label=gettext_lazy("I have read the terms of the reserved area and accept them."))

    field_order = ("email", "terms")

    def clean_email(self) -> str:
        return normalise_email(self.cleaned_data["email"])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_view(request: HttpRequest) -> HttpResponse:
    """A place in the reserved area for a customer whom a provider vouches for.

    An address that is proved (by the provider, or by us before) opens it at once; to any other goes a code, which is
    written on the next page. An address that somebody else signs in with looks the same.
    """
    if (proved := _proved(request)) is None:
        return _begin_again(request)
    form = IdentityEnrolmentForm(request.POST or None, initial={"email": proved.identity.email})
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            email = form.cleaned_data["email"]
            if form.is_trapped:
                return redirect("account_login")
            if is_proved_address(proved.customer, email, claimed=proved.identity.email):
                return _enrol(request, proved, email)
            if _send_code(request, proved, email, form.cleaned_data["submission_key"]):
                return redirect("identity_enrolment_code")
            form.add_error(None, _("Too many attempts: wait an hour, or call one of the toll-free numbers."))
            status = TOO_MANY
    context = {
        "form": form,
        "customer": proved.customer,
        "provider": proved.identity.provider,
        "terms_version": TERMS_VERSION,
    }
    return render(request, "socialaccount/enrolment.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_code_view(request: HttpRequest) -> HttpResponse:
    """Write the code that came to the address, in the session in which the provider vouched; it ends after five wrong tries."""
    if (proved := _proved(request)) is None:
        return _begin_again(request)
    waits = proved.waits
    if waits is None:
        return redirect("identity_enrolment")
    form = CodeForm(request.POST or None)
    status = 200
    is_over = waits["tries"] >= MOST_TRIES or time.time() >= waits["until"]
    if request.method == "POST" and not is_over:
        status = UNPROCESSABLE
        if form.is_valid():
            given = code_digest(uuid.UUID(waits["key"]), form.cleaned_data["code"])
            if constant_time_compare(waits["digest"], given):
                return _enrol(request, proved, waits["email"])
            waits["tries"] += 1
            request.session.modified = True
            is_over = waits["tries"] >= MOST_TRIES
            form.add_error("code", _("This is not the code that we sent: look at it once more."))
    context = {"form": form, "email": waits["email"], "is_over": is_over}
    return render(request, "socialaccount/enrolment_code.html", context, status=status)


@dataclass(frozen=True)
class Proved:
    """A customer without a sign-in, the identity that a provider vouches for, and the code that they are to write."""

    customer: Customer
    identity: Identity
    waits: dict[str, Any] | None


def _proved(request: HttpRequest) -> Proved | None:
    """Whom a provider vouched for in this session, within the last half hour."""
    said: dict[str, Any] = request.session.get(PROVED) or {}
    entry = configured(said.get("provider", ""))
    if request.user.is_authenticated or entry is None or time.time() - said["at"] > LASTS:
        return None
    customer = Customer.objects.filter(pk=said["customer"]).first()
    if customer is None:
        return None
    identity = Identity(entry, sub="", tax_code=customer.tax_code, email=said["email"])
    return Proved(customer, identity, said.get("waits"))


def _begin_again(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("after_sign_in")
    messages.info(request, _("It took too long: sign in with your digital identity once more."))
    return redirect("account_login")


def _send_code(request: HttpRequest, proved: Proved, email: str, key: uuid.UUID) -> bool:
    """Send a code to the address, once for a page; False where there were too many."""
    if proved.waits is not None and proved.waits["key"] == str(key):
        return True
    if not ratelimit.consume(request, action="enrol_mailbox", key=email):
        return False
    digest = send_enrolment_code(proved.customer, email=email, language=get_language() or "it", submission_key=key)
    request.session[PROVED]["waits"] = {
        "email": email,
        "key": str(key),
        "digest": digest,
        "until": int(time.time()) + settings.PROOF_CODE_MINUTES * 60,
        "tries": 0,
    }
    request.session.modified = True
    return True


def _enrol(request: HttpRequest, proved: Proved, email: str) -> HttpResponse:
    """Make the account, link the identity, and sign the person in."""
    try:
        account = enrol_identified(proved.customer, email=email, terms_version=TERMS_VERSION).account
        row = link_identity(account.user, proved.identity)
    except Refused as refusal:
        messages.info(request, str(refusal))
        return redirect("account_login")
    request.session.pop(PROVED, None)
    record_authentication(request, SocialLogin(user=account.user, account=row))
    messages.success(request, _("Welcome: your reserved area is open."))
    return perform_login(request, account.user, email_verification="none")


# --- Links ---------------------------------------------------------------------------------------------------------
@login_required
@require_POST
@reauthentication_required
def unlink_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a linked identity of one's own away."""
    if unlink_identity(signed_in_user(request), pk=pk):
        messages.success(request, _("It is no longer linked to your sign-in."))
    return redirect(page_before(request, default="mfa_index"))
