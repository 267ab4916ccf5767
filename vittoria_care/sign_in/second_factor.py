"""The second factor: who must have one, which pages need it, and how long staff may be away.

allauth asks for the code at sign-in; this module decides from whom a code is asked, and closes the pages to a
member of staff who has not set one up yet.
"""

import time
from collections.abc import Callable

from allauth.account.signals import authentication_step_completed, user_logged_in
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from customers import roles
from customers.models import User
from foundation.api import problems as api
from foundation.page_before import page_before

from .changes import report_reset
from .known_devices import forget_all_remembered
from .secrets_at_rest import seal, unseal

PASSED = "second_factor_passed_by"  # in the session: the key of the user who passed it
SEEN = "staff_seen_at"  # in the session: when a member of staff last did something, to the minute
# What is a second factor by itself; recovery codes only stand in for it. A passkey obliges staff alone: customers add one
# to get in with fewer steps, and are asked for a second factor when they have set up an authenticator app.
OF_STAFF = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
OF_CUSTOMERS = [Authenticator.Type.TOTP]

# Where staff may go before the second factor: to sign in, to set it up, and what everybody may see.
OPEN = ("/accesso/", "/lingua/", "/contatti/", "/static/")
OPEN_PAGES = frozenset(
    {
        *("/", "/privacy/", "/accessibilita/", "/healthz", "/readyz", "/metrics"),
        *("/app.webmanifest", "/service-worker.js", "/fuori-rete/"),
    }
)
# Where a second factor is changed: a person who has one must have passed it in this session.
KEPT = "/accesso/secondo-fattore/"
KEPT_IN_APP = "/accesso/app/v1/account/"
STILL_HERE = "/backoffice/presente/"  # where a page reports that somebody is writing
ASKING = tuple(
    f"{KEPT}{page}/" for page in ("authenticate", "reauthenticate", "webauthn/login", "webauthn/reauthenticate")
)
# Sessions and devices: not open to staff before the second factor, though under OPEN
DEVICES = "/accesso/dispositivi/"


class SecondFactorAdapter(DefaultMFAAdapter):
    """What allauth asks of the project: secrets are stored encrypted, so that a copy of the database shows none."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """For which site a passkey is: our name, and the host that the person came to."""
        return super().get_public_key_credential_rp_entity() | {"name": settings.MFA_TOTP_ISSUER}

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)


def is_staff(user: User | AnonymousUser) -> bool:
    """Whether the person works for the company or an agency: by `is_staff`, or by their role."""
    return isinstance(user, User) and (user.is_staff or user.has_role(roles.STAFF))


def is_open(path: str) -> bool:
    """Whether everybody may go there, whoever they are and however they signed in."""
    return path in OPEN_PAGES or (path.startswith(OPEN) and not path.startswith(DEVICES))


# --- What the session remembers ------------------------------------------------------------------------------------
@receiver(user_logged_in, dispatch_uid="second_factor.signed_in")
def _signed_in(request: HttpRequest, user: User, **_signal: object) -> None:
    """Note that a person with a second factor has passed it, or uses a device they trust: allauth has checked it."""
    if has_second_factor(user):
        request.session[PASSED] = user.pk


@receiver(authentication_step_completed, dispatch_uid="second_factor.code")
def _gave_a_code(request: HttpRequest, user: User, method: str, **_signal: object) -> None:
    if method == "mfa":
        request.session[PASSED] = user.pk


@receiver(authenticator_added, dispatch_uid="second_factor.added")
def _set_one_up(request: HttpRequest, user: User, **_signal: object) -> None:
    request.session[PASSED] = user.pk


@receiver(authenticator_removed, dispatch_uid="second_factor.removed")
def _took_it_away(request: HttpRequest, user: User, **_signal: object) -> None:
    if not has_second_factor(user):
        request.session.pop(PASSED, None)


def has_passed(request: HttpRequest) -> bool:
    """Whether this session belongs to somebody who passed a second factor in it."""
    return request.session.get(PASSED) == request.user.pk


# --- The guard -----------------------------------------------------------------------------------------------------
class StaffGuard:
    """Middleware: sends staff without a second factor to set one up, and staff who were away too long to sign in again.

    Every address is guarded but those of OPEN and OPEN_PAGES, so that a new page is guarded from the start.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith((KEPT, KEPT_IN_APP, DEVICES)) and not request.path.startswith(ASKING):
            user = request.user
            if user.is_authenticated and not has_passed(request) and has_second_factor(user):
                return _led_to_second_factor(request)
        if not is_open(request.path) and is_staff(request.user):
            if _was_away(request):
                return _signed_out(request)
            if settings.STAFF_SECOND_FACTOR != "optional" and not has_passed(request):
                return _led_to_second_factor(request)
        return self.get_response(request)


def _was_away(request: HttpRequest) -> bool:
    """Whether the person did nothing for STAFF_IDLE_MINUTES (0: no limit); notes that they are doing something now.

    Requests that a page sends by itself, to stay fresh, do not count, whatever their method. Typing does: a page reports it
    at STILL_HERE.
    """
    if not settings.STAFF_IDLE_MINUTES:
        return False
    now = int(time.time())
    seen = request.session.get(SEEN, now)
    if now - seen > settings.STAFF_IDLE_MINUTES * 60:
        return True
    by_a_person = (
        request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        or "HX-Request" in request.headers
        or request.path == STILL_HERE
    )
    if SEEN not in request.session or (by_a_person and now - seen >= 60):
        request.session[SEEN] = now
    return False


def _signed_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    minutes = settings.STAFF_IDLE_MINUTES
    text = ngettext(
        "You were away for more than %(minutes)d minute: please sign in again.",
        "You were away for more than %(minutes)d minutes: please sign in again.",
        minutes,
    )
    return _away(request, reverse("account_login"), text % {"minutes": minutes}, code="signed_out", status=401)


def _led_to_second_factor(request: HttpRequest) -> HttpResponse:
    """To the page that asks for a second factor; to the one that sets one up where there is none."""
    text = ""
    if is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
        door, text = reverse("mfa_reauthenticate"), _("This page asks for a code of your authenticator app.")
    elif has_second_factor(request.user):
        door, text = reverse("mfa_reauthenticate_webauthn"), _("This page asks for your passkey.")
    else:
        door = reverse("mfa_activate_totp")
    return _away(request, door, text, code="second_factor_required", status=403)


def _away(request: HttpRequest, door: str, text: str, *, code: str, status: int) -> HttpResponse:
    if request.path.startswith((api.ADDRESSES, KEPT_IN_APP)):
        return api.problem_answer(status, code, text or _("Set up a second factor first."))
    if text:
        messages.info(request, text)
    is_page = request.method == "GET" and not request.headers.get("HX-Request")
    after = request.get_full_path() if is_page else page_before(request, default="")
    address = f"{door}?{urlencode({REDIRECT_FIELD_NAME: after})}" if after else door
    if request.headers.get("HX-Request"):  # a part of a page: the whole page goes
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


@require_POST
def still_here_view(request: HttpRequest) -> HttpResponse:
    """Somebody is writing, and the guard has noted it: 204, or 403 for a person who is not signed in."""
    return HttpResponse(status=204 if request.user.is_authenticated else 403)


# --- The command ---------------------------------------------------------------------------------------------------
def has_second_factor(user: User | AnonymousUser) -> bool:
    """Whether the user is asked for a second factor at sign-in."""
    return is_mfa_enabled(user, OF_STAFF if is_staff(user) else OF_CUSTOMERS)


@transaction.atomic
def reset_second_factor(user: User, *, by: User) -> bool:
    """Take away the second factor, passkeys included, of a person who lost their telephone; False when there is none.

    A device that was remembered is so no longer. A member of staff must set up another at the next sign-in. It is reported by e-mail to every address that the person
    had lately, and to the other administrators.
    """
    gone, _rows = Authenticator.objects.filter(user=user).delete()
    forget_all_remembered(user)
    if gone:
        report_reset(user, by=by)
    return bool(gone)
