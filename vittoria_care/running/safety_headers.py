"""Headers of every answer: what a browser may keep of it, and which powers of the device its pages may ask for."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class SafetyHeaders:
    """Middleware: no cache keeps an answer to a known person, and no page gets a power of the device.

    A request with a session or a key is from a known person: after signing out, the back button shows nothing of theirs,
    and pages added later are covered too. A view that sets Cache-Control itself is left alone.
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
