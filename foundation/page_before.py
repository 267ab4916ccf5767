"""The page of ours from which a form was sent: where a person comes back to after signing in."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def page_before(request: HttpRequest, *, default: str | None = None) -> str:
    """The page of ours that a form was sent from, to come back to after signing in; else `default`, or the form's address."""
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(came_from)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return request.get_full_path() if default is None else default
