"""Devices from which a person signed in before: strangers who guess passwords cannot lock the person out there.

A signed cookie names the account; it holds no secret of the account, and a new password forgets it. On such a device wrong
passwords are counted apart, so that five attempts of a stranger lock out strangers alone.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from customers.models import User

ACCOUNTS_AT_MOST = 5  # on one device: a family


def _signer() -> TimestampSigner:
    """Made when it is needed: a start without a key must get as far as the checks that report it."""
    return TimestampSigner(salt="known_devices")


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the answer mark the device as one of the user's."""
    others = {pk: mark for pk, mark in _marks(request).items() if pk != str(user.pk)}
    newest = dict(list(others.items())[-(ACCOUNTS_AT_MOST - 1) :])
    mine = _marks(request).get(str(user.pk), {})
    number = mine.get("device") if mine and _is_of(mine, user) else secrets.token_hex(8)
    newest[str(user.pk)] = {"device": number, "of": _fingerprint(user)}
    response.set_cookie(
        settings.KNOWN_DEVICE_COOKIE_NAME,
        _signer().sign_object(newest, compress=True),
        max_age=settings.KNOWN_DEVICE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def known_device(request: HttpRequest, email: str) -> str:
    """The key that counts attempts on this account from the device; empty where the account never signed in."""
    marks = _marks(request)
    if not marks or not email:
        return ""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        return ""
    mark = marks.get(str(user.pk))
    return mark["device"] if mark and _is_of(mark, user) else ""


def _marks(request: HttpRequest) -> dict[str, dict[str, Any]]:
    cookie = request.COOKIES.get(settings.KNOWN_DEVICE_COOKIE_NAME, "")
    try:
        return _signer().unsign_object(cookie, max_age=settings.KNOWN_DEVICE_COOKIE_AGE) if cookie else {}
    except (BadSignature, ValueError):
        return {}


def _is_of(mark: dict[str, Any], user: User) -> bool:
    return constant_time_compare(mark.get("of", ""), _fingerprint(user))


def _fingerprint(user: User) -> str:
    """A mark of the account that changes with its password."""
    return salted_hmac("known_devices", f"{user.pk}|{user.password}", algorithm="sha256").hexdigest()[:32]
