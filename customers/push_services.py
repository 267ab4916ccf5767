"""Rule: which addresses of browsers' subscriptions may be called."""

import urllib.parse

from django.conf import settings


def is_of_push_service(endpoint: str) -> bool:
    """Rule: whether the address is of a service of WEB_PUSH_SERVICES, over HTTPS on its ordinary port.

    A browser's address comes from the visitor: without this anybody could have us call any machine. An entry is a host, one
    that begins with a dot stands for all below it; a whole origin ("http://127.0.0.1:8100") is for trials.
    """
    try:
        parts = urllib.parse.urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if f"{parts.scheme}://{parts.netloc}" in settings.WEB_PUSH_SERVICES:
        return True
    if parts.scheme != "https" or port not in (None, 443) or parts.username is not None:
        return False
    return any(host == each or (each.startswith(".") and host.endswith(each)) for each in settings.WEB_PUSH_SERVICES)
