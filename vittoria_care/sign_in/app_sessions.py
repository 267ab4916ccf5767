"""The session of the app: the one that its token names stands in the request in place of a cookie's.

So everything that asks a session or its user holds for the app as it does for a page: the limits of a session, the second
factor of staff, the author of the history, the list of one's sign-ins. A token is taken by the API and by the app's own
sign-in; pages take cookies alone.
"""

import contextlib
from collections.abc import Callable

from allauth.headless import app_settings
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from foundation.api import problems as api

HEADER = "X-Session-Token"
SIGN_IN = "/accesso/app/"
FROM_APP = "signed_in_by_app"  # in the session
LONGEST_TOKEN = 64
DAY = 86_400  # seconds


@receiver(user_logged_in, dispatch_uid="app_sessions.began")
def _began(request: HttpRequest, **_signal: object) -> None:
    """Note that the app signed in, and keep its session for as long as the limits let it last."""
    if is_app(request):
        request.session[FROM_APP] = True
        request.session.set_expiry(settings.APP_SESSION_DAYS * DAY)


def is_app(request: HttpRequest) -> bool:
    """Whether the request came to the app's own sign-in."""
    return request.path_info.startswith(SIGN_IN)


class AppSessions:
    """Middleware: puts the session of X-Session-Token into the request. The API answers a token of none with 401."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request.headers.get(HEADER)
        for_api = request.path_info.startswith(api.ADDRESSES)
        if token is None or not (for_api or is_app(request)):
            return self.get_response(request)
        session = session_of(token)
        if session is None and for_api:
            return api.problem_answer(401, "signed_out", _("This sign-in has ended: please sign in again."))
        if session is None:
            return self.get_response(request)  # allauth says what to do about it
        visit, request.session = request.session, session
        try:
            return self.get_response(request)
        finally:
            save(request.session)
            request.session = visit


def session_of(token: str) -> SessionBase | None:
    """The session that a token names; None where there is none, or it has ended."""
    if not (token.isascii() and token.isalnum() and len(token) <= LONGEST_TOKEN):
        return None
    return app_settings.TOKEN_STRATEGY.lookup_session(token)


def save(session: SessionBase) -> None:
    """Store what was noted in the session since it was read."""
    if session.modified and not session.is_empty():
        with contextlib.suppress(UpdateError):  # it was ended meanwhile: it remains so
            session.save()
        session.modified = False
