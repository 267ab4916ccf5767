"""Where the page of a command leads back to: the page of ours that led to it, where that says so in the address."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

BACK = "torna"


def page_to_go_back_to(request: HttpRequest) -> str | None:
    """The page of ours that the address names; None where it names none: an address elsewhere is never followed."""
    named = request.GET.get(BACK, "")
    if not named.startswith("/") or not url_has_allowed_host_and_scheme(named, allowed_hosts=None):
        return None
    try:
        resolve(urlsplit(named).path)
    except Resolver404:
        return None
    return named


def leading_back(address: str, page: str | None, **more: str) -> str:
    """The address of a command whose page leads back to `page`, with further words for it."""
    words = more | ({BACK: page} if page else {})
    return f"{address}?{urlencode(words)}" if words else address
