"""Which provider carries notifications to which platform here (PUSH_PROVIDERS)."""

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .fcm import Fcm
from .file import FileProvider
from .providers import Provider
from .vapid import public_key_of, read_private_key
from .web import WebPush

WEB, APP = ("web",), ("ios", "android")
KNOWN = ("web", "fcm", "file")


def providers() -> dict[str, Provider]:
    """The provider of each platform; a platform that is left out gets nothing. ImproperlyConfigured says what is missing."""
    found: dict[str, Provider] = {}
    for name in settings.PUSH_PROVIDERS:
        if name == "file":
            kept = FileProvider()
            found = dict.fromkeys((*WEB, *APP), kept) | found
        elif name == "web":
            found |= dict.fromkeys(WEB, _web())
        elif name == "fcm":
            found |= dict.fromkeys(APP, _fcm())
        else:
            raise ImproperlyConfigured(f"PUSH_PROVIDERS names {name!r}: it may name {', '.join(KNOWN)}.")
    return found


def platforms() -> tuple[str, ...]:
    """The platforms to which something can be pushed here: nobody is asked to allow what never comes."""
    names = settings.PUSH_PROVIDERS
    return (*(WEB if {"web", "file"} & set(names) else ()), *(APP if {"fcm", "file"} & set(names) else ()))


def browser_key() -> str:
    """The key that a browser subscribes with, in base64url; empty where browsers are not served."""
    if "web" not in platforms() or not settings.WEB_PUSH_PRIVATE_KEY:
        return ""
    return public_key_of(read_private_key(settings.WEB_PUSH_PRIVATE_KEY))


def _web() -> WebPush:
    if not settings.WEB_PUSH_PRIVATE_KEY or not settings.WEB_PUSH_CONTACT:
        raise ImproperlyConfigured("PUSH_PROVIDERS names web: set WEB_PUSH_PRIVATE_KEY and WEB_PUSH_CONTACT.")
    return WebPush(private_key=read_private_key(settings.WEB_PUSH_PRIVATE_KEY), contact=settings.WEB_PUSH_CONTACT)


def _fcm() -> Fcm:
    if not settings.FCM_CREDENTIALS:
        raise ImproperlyConfigured("PUSH_PROVIDERS names fcm: set FCM_CREDENTIALS to the file of the service account.")
    return Fcm.of_file(Path(settings.FCM_CREDENTIALS), api_url=settings.FCM_API_URL)
