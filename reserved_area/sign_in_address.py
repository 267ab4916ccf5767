"""The reserved area's page about the address that one signs in with: write the new one, then the code that came to it."""

import time
import uuid

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from customers.models import SignInAddressChange
from customers.requests import CustomerRequest
from customers.sessions import go_on_alone
from customers.validators import normalise_email
from foundation.form_guard import GuardedForm
from foundation.refusals import Refused
from foundation.text import CleanedForm
from notifications.sign_in_address import ask_address_change, confirm_address_change
from reserved_area.operations import CodeForm
from reserved_area.records import customer_page

LOOKED = ("GET", "HEAD", "POST")
CONFLICT, UNPROCESSABLE = 409, 422


class AddressFields(CleanedForm, forms.Form):
    """The new address."""

    new = forms.CharField(
        label=gettext_lazy("New e-mail address"),
        max_length=254,
        help_text=gettext_lazy("We send a code there: nothing is changed before you have written it here."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_new(self) -> str:
        return normalise_email(self.cleaned_data["new"])


class AddressForm(AddressFields, GuardedForm):
    """The same on a page."""

    field_order = ("new",)


@customer_page(for_heirs=True)
@require_http_methods(LOOKED)
@reauthentication_required
def address_view(request: CustomerRequest) -> HttpResponse:
    """Ask for another address. What one reads is the same whether the address is somebody else's or not."""
    if not proved_lately(request):
        messages.info(request, _("To change your address, sign in once more first."))
        logout(request)
        return redirect_to_login(reverse("portal_sign_in_address"))
    form = AddressForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid() and form.is_trapped:
            return redirect("portal_profile")
        if form.is_valid():
            try:
                change = ask_address_change(
                    request.account,
                    new=form.cleaned_data["new"],
                    key=form.cleaned_data["submission_key"],
                    by=request.user,
                    channel=SignInAddressChange.Channel.PORTAL,
                )
            except Refused as refusal:
                form.add_error(refusal.field or None, str(refusal))
                status = CONFLICT
            else:
                return redirect("portal_sign_in_address_code", key=change.key)
    return render(request, "reserved_area/sign_in_address.html", {"form": form}, status=status)


def proved_lately(request: HttpRequest) -> bool:
    """Whether a person without a password or a second factor signed in a moment ago; of others the page before asks."""
    if get_reauthentication_flows(request.user):
        return True
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT


@customer_page(for_heirs=True)
@require_http_methods(LOOKED)
def code_view(request: CustomerRequest, key: uuid.UUID) -> HttpResponse:
    """Write the code that came to the new address, which changes it. This session remains, all others end."""
    change = get_object_or_404(SignInAddressChange, key=key, user=request.user)
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                change = confirm_address_change(change, code=form.cleaned_data["code"])
            except Refused as refusal:
                form.add_error("code", str(refusal))
            else:
                go_on_alone(request, change.user)
                messages.success(
                    request, _("From now on you sign in with %(address)s.") % {"address": change.user.email}
                )
                return redirect("portal_profile")
    change.refresh_from_db()
    if change.changed_at is not None and status == 200:
        return redirect("portal_profile")
    context = {"form": form, "change": change, "is_over": not change.may_be_proved}
    return render(request, "reserved_area/sign_in_address_code.html", context, status=status)
