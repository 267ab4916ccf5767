"""How long a session lasts: idle customers, and everybody after some hours, sign in again.

The guard of the second factor limits how long staff may be idle (vittoria_care/sign_in/second_factor.py).
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foundation.api import problems as api
from foundation.page_before import page_before

from .app_sessions import DAY, FROM_APP
from .events import follow_session
from .second_factor import is_open, is_staff

BEGAN = "signed_in_at"  # in the session: when it began, in seconds
DID = "customer_seen_at"  # in the session: when a customer last did something, to the minute (in the app, to the hour)
HOUR = 3600  # seconds


@receiver(user_logged_in, dispatch_uid="session_limits.began")
def _began(request: HttpRequest, **_signal: object) -> None:
    request.session[BEGAN] = int(time.time())
    request.session.pop(DID, None)


class SessionLimits:
    """Middleware: ends a session that is over. On pages that everybody may see the visit goes on without it.

    So a request written on a public page is still accepted; elsewhere the sign-in leads back to the page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/static/") or not request.user.is_authenticated:
            return self.get_response(request)
        over = _why_over(request)
        if not over:
            follow_session(request)
            return self.get_response(request)
        logout(request)
        if is_open(request.path):
            return self.get_response(request)
        return _to_sign_in(request, over)


def _why_over(request: HttpRequest) -> str:
    """Why the session is over, in words; empty while it is not. Notes that the person is doing something now."""
    now, staff = int(time.time()), is_staff(request.user)
    began = request.session.setdefault(BEGAN, now)  # a session from before there was a limit begins now
    if request.session.get(FROM_APP) and not staff:
        return _why_over_in_app(request, now, began)
    hours = settings.STAFF_SESSION_HOURS if staff else settings.CUSTOMER_SESSION_HOURS
    if hours and now - began >= hours * 3600:
        return _("You signed in %(hours)d hours ago: for your safety, please sign in again.") % {"hours": hours}
    minutes = settings.CUSTOMER_IDLE_MINUTES
    if staff or not minutes:
        return ""
    seen = request.session.get(DID, now)
    if now - seen >= minutes * 60:
        return _("Nothing was done for %(minutes)d minutes: for your safety, please sign in again.") % {
            "minutes": minutes
        }
    if DID not in request.session or now - seen >= 60:
        request.session[DID] = now
    return ""


def _why_over_in_app(request: HttpRequest, now: int, began: int) -> str:
    """The same of the app, which lasts longer: a telephone has a lock of its own, and asks again before money is paid out."""
    days = settings.APP_SESSION_DAYS
    if days and now - began >= days * DAY:
        return _("You signed in %(days)d days ago: for your safety, please sign in again.") % {"days": days}
    days, seen = settings.APP_IDLE_DAYS, request.session.get(DID, now)
    if days and now - seen >= days * DAY:
        return _("The app was not used for %(days)d days: for your safety, please sign in again.") % {"days": days}
    if DID not in request.session or now - seen >= HOUR:
        request.session[DID] = now
    return ""


def _to_sign_in(request: HttpRequest, over: str) -> HttpResponse:
    if request.path.startswith(api.ADDRESSES):
        return api.problem_answer(401, "signed_out", over)
    messages.info(request, over)
    is_part = bool(request.headers.get("HX-Request"))
    after = (
        request.get_full_path()
        if request.method in ("GET", "HEAD") and not is_part
        else page_before(request, default="")
    )
    address = reverse("account_login")
    if after:
        address = f"{address}?{urlencode({REDIRECT_FIELD_NAME: after})}"
    if is_part:
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


@login_required
@require_POST
def present_view(request: HttpRequest) -> HttpResponse:
    """Called by a page while a person types in it, so that writing for long is not idle."""
    return HttpResponse(status=204)
