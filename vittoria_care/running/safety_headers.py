"""Headers of every answer: what a browser may keep of it, and which powers of the device its pages may ask for."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class SafetyHeaders:
    """Middleware: nothing that was answered to somebody known is kept, and no page uses a power that none needs.

    Known is whoever sends a session or a key: the back button shows nothing of theirs after they have signed out, and
    a page added later is covered without anybody thinking of it. A view that says how it may be kept is left alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
        response = self.get_response(request)
        if known and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        response.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response
