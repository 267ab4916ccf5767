"""Passkeys: keys that a telephone, a computer or a security key holds, opened by a finger, a face or a PIN.

Every passkey is stored with the user verified, and asks for it each time: it is two factors in one step. Customers add one
to get in with fewer steps, and are asked for none because they have one; for staff it is a second factor like a code.
allauth keeps and checks them; its pages run scripts inside the page, which our policy refuses: static/js/passkeys.js does.
"""

from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.headless.mfa.inputs import AddWebAuthnInput
from allauth.headless.mfa.views import ManageWebAuthnView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import auto_generate_recovery_codes
from allauth.mfa.signals import authenticator_added
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal.auth import WebAuthn, begin_registration
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django import forms
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import KnownDevice, User
from customers.user_agents import device_in_words
from foundation.requests import signed_in_user

from .second_factor import is_staff

PASSKEYS_AT_MOST = 10  # of one person
NAME_AT_MOST = 60  # characters
OFFER = "offers_passkey"  # in the session: the first page offers a passkey

NOT_ACCEPTED = gettext_lazy(
    "This passkey was not accepted. It may have been removed, or the page was open for too long: try again, or sign in "
    "another way."
)
NEEDS_SCRIPTS = gettext_lazy(
    "Nothing came from the passkey: it needs the scripts of this page, which your browser does not run. Allow them, or go on "
    "in another way."
)
NOT_STORED = gettext_lazy(
    "The passkey was not stored: the page was open for too long, or the device did not ask for a finger, a face or a PIN. "
    "Try again."
)
# What a browser sends is read by libraries that were made for what a browser sends: anything else is refused all the same.
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)


# --- What a person has
def passkeys_of(user: User) -> list[Authenticator]:
    """The user's passkeys, the newest first."""
    return list(
        Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).order_by("-created_at", "-pk")
    )


def signs_in_alone(passkey: Authenticator) -> bool:
    """Whether a sign-in with this passkey needs no password: it was stored with the user verified by the device."""
    return passkey.wrap().authenticator_data.is_user_verified()


def used_one_that_needs_more(request: HttpRequest, user: User) -> bool:
    """Whether the sign-in under way is by a passkey that is no proof alone; asked at every door, the app's too."""
    keys = [each["id"] for each in get_authentication_records(request, user) if each.get("passwordless")]
    passkeys = Authenticator.objects.filter(user=user, pk__in=keys)
    return len(passkeys) < len(set(keys)) or not all(signs_in_alone(each) for each in passkeys)


def offer_passkey(request: HttpRequest, device: KnownDevice) -> None:
    """Let the first page offer a passkey to a customer who has none: once on each device, whatever they answer."""
    user = device.user
    if device.passkey_offered_at is not None or is_staff(user) or passkeys_of(user):
        return
    device.passkey_offered_at = timezone.now()
    device.save(update_fields=["passkey_offered_at"])
    request.session[OFFER] = True


def refuse_too_many(user: User) -> None:
    """ValidationError where the user has as many passkeys as there can be."""
    if len(passkeys_of(user)) >= PASSKEYS_AT_MOST:
        text = _("You have %(most)d passkeys, the most there can be. Remove one that you do not use.")
        raise ValidationError(text % {"most": PASSKEYS_AT_MOST}, code="too_many_passkeys")


# --- Forms
class _Answer(forms.Form):
    """What the browser answered for a passkey; refused in words."""

    credential = forms.JSONField(required=False, error_messages={"invalid": NOT_ACCEPTED})

    def clean_credential(self) -> Authenticator:
        """The passkey that answered."""
        if not self.cleaned_data["credential"]:
            raise ValidationError(NEEDS_SCRIPTS, code="no_answer")
        try:
            return super().clean_credential()  # type: ignore[misc]  # of the form that this stands before
        except UNREADABLE as error:
            raise ValidationError(NOT_ACCEPTED, code="passkey_not_accepted") from error
        except ValidationError as error:
            if getattr(error, "code", "") != "incorrect_code":
                raise
            raise ValidationError(NOT_ACCEPTED, code="passkey_not_accepted") from error


class SignInForm(_Answer, LoginWebAuthnForm):
    """A sign-in by a passkey alone."""


class SecondFactorForm(_Answer, AuthenticateWebAuthnForm):
    """A passkey as the second factor."""


class AgainForm(_Answer, ReauthenticateWebAuthnForm):
    """A passkey once more, before something that concerns the sign-in."""


class AddForm(AddWebAuthnForm):
    """A new passkey and its name."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("So that you recognise it in the list, such as “My telephone”."),
        max_length=NAME_AT_MOST,
        required=False,
    )
    credential = forms.JSONField(required=False, error_messages={"invalid": NOT_STORED})
    passwordless = None  # each of ours is

    def clean(self) -> dict[str, Any]:
        """The browser's answer, checked; refused in words."""
        if not self.errors and not self.cleaned_data["credential"]:
            raise ValidationError(NEEDS_SCRIPTS, code="no_answer")
        refuse_too_many(self.user)
        try:
            return super().clean()
        except UNREADABLE as error:
            raise ValidationError(NOT_STORED, code="passkey_not_stored") from error
        except ValidationError as error:
            raise ValidationError(NOT_STORED, code="passkey_not_stored") from error


class AddInAppInput(AddWebAuthnInput):
    """A new passkey as the app sends it: as many of them as on the page."""

    def clean(self) -> dict[str, Any]:
        """Refused in the words of the page."""
        refuse_too_many(self.user)
        return super().clean()


class RenameForm(EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_AT_MOST)


# --- The command
@transaction.atomic
def add_passkey(request: HttpRequest, *, name: str, credential: dict[str, Any]) -> bool:
    """Store a passkey whose answer was checked and report it; returns whether recovery codes were made with it.

    Those stand in for a second factor, so a customer, who is asked for none because of a passkey, gets none.
    """
    user = signed_in_user(request)
    passkey = WebAuthn.add(user, name, credential).instance
    request.session.pop(OFFER, None)
    authenticator_added.send(sender=Authenticator, request=request, user=user, authenticator=passkey)
    adapter = account_adapter(request)
    adapter.add_message(request, messages.SUCCESS, "mfa/messages/webauthn_added.txt")
    adapter.send_notification_mail("mfa/email/webauthn_added", user, {"name": name})
    return is_staff(user) and auto_generate_recovery_codes(request) is not None


# --- Pages
class AddView(AddWebAuthnView):
    """Add a passkey. The password, or another proof, was given lately."""

    def get_form_kwargs(self) -> dict[str, Any]:
        """The name that is proposed is that of the device."""
        device = device_in_words(self.request.headers.get("User-Agent", ""))
        return super().get_form_kwargs() | {"initial": {"name": device[:NAME_AT_MOST]}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the browser is asked for: a key that is found without the person's address, and opened by the person alone."""
        context = super().get_context_data(**kwargs)
        options = begin_registration(signed_in_user(self.request), passwordless=True)
        return context | {"js_data": {"creation_options": options}}

    def form_valid(self, form: Any) -> HttpResponse:
        """Store it, and go where it stands in the list; or to the codes that were made with it."""
        made = form.cleaned_data
        has_codes = add_passkey(self.request, name=made["name"], credential=made["credential"])
        return redirect("mfa_view_recovery_codes" if has_codes else "devices")


class InAppView(ManageWebAuthnView):
    """Passkeys by the app: allauth's, with the limit of the page."""

    input_class = ManageWebAuthnView.input_class | {"POST": AddInAppInput}


class SignInView(LoginWebAuthnView):
    """Sign in by a passkey, and go on to the page that was asked for."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign the holder of the passkey in."""
        passkey = form.cleaned_data["credential"]
        login = Login(user=passkey.user, redirect_url=get_next_redirect_url(self.request))
        return perform_passwordless_login(self.request, passkey, login)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Back to the sign-in page, which says what is wrong and still leads to the page asked for."""
        _show_errors(self.request, form)
        after = get_next_redirect_url(self.request)
        return HttpResponseRedirect(reverse("account_login", query={REDIRECT_FIELD_NAME: after} if after else None))


class AgainView(ReauthenticateWebAuthnView):
    """Confirm by a passkey that it is still the same person."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """The page again, with what is wrong."""
        _show_errors(self.request, form)
        return HttpResponseRedirect(self.passthrough_next_url(self.request.path))


class RemoveView(RemoveWebAuthnView):
    """Take a passkey away."""

    def get_success_url(self) -> str:
        """The list it was taken from."""
        return reverse("devices")


def _show_errors(request: HttpRequest, form: forms.Form) -> None:
    for message in form.errors.get("credential", []):
        messages.error(request, str(message))


@login_required
def to_devices(request: HttpRequest) -> HttpResponse:
    """In place of allauth's list of passkeys: ours has them beside sessions and devices."""
    return redirect("devices")
