"""Devices from which a person signed in before, and those of them on which no second factor is asked for a while.

A signed cookie names, for each account, a number; the number is a row (`KnownDevice`) that the person sees and takes away.
The cookie holds no secret of the account, and a new password makes it worthless.

- On a known device wrong passwords are counted apart: strangers who guess lock out strangers alone.
- A sign-in from a device that is not known is reported to the person.
- A device that the person asked to remember is let in without a second factor until `remembered_until`, however often it
  is used in between: what a thief carries away opens nothing for ever.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from customers.models import KnownDevice, User
from customers.models.known_device import KnownDeviceQuerySet
from customers.sessions import KNOWN_DAYS

ACCOUNTS_AT_MOST = 5  # on one device: a family
DEVICES_AT_MOST = 20  # of one person: the one that was not used for longest makes room


def _signer() -> TimestampSigner:
    """Made when it is needed: a start without a key must get as far as the checks that report it."""
    return TimestampSigner(salt="known_devices")


@transaction.atomic
def note_device(
    request: HttpRequest, response: HttpResponse, user: User, *, until: datetime | None
) -> tuple[KnownDevice, bool]:
    """Let the answer mark the device as one of the user's; returns it, and whether it was not known before.

    `until` is when its being remembered ends, for a person who asked for it now; None leaves that as it is.
    """
    now = timezone.now()
    number = _numbers(request).get(str(user.pk), "")
    device = devices_of(user).select_for_update().filter(number=number).first()  # locked: it may be forgotten just now
    is_new = device is None
    if device is None:
        _make_room(user)
        device = KnownDevice(user=user, number=secrets.token_hex(16), password_mark=mark_of(user), first_used_at=now)
    device.user_agent = request.headers.get("User-Agent", "")[:300]
    device.last_used_at = max(now, device.first_used_at)
    device.remembered_until = until or device.remembered_until
    device.save()
    _name_in_cookie(request, response, user, device.number)
    return device, is_new


def _make_room(user: User) -> None:
    too_many = KnownDevice.objects.filter(user=user).order_by("-last_used_at", "-pk")[DEVICES_AT_MOST - 1 :]
    KnownDevice.objects.filter(pk__in=list(too_many.values_list("pk", flat=True))).delete()


def _name_in_cookie(request: HttpRequest, response: HttpResponse, user: User, number: str) -> None:
    others = {pk: other for pk, other in _numbers(request).items() if pk != str(user.pk)}
    newest = dict(list(others.items())[-(ACCOUNTS_AT_MOST - 1) :])
    response.set_cookie(
        settings.KNOWN_DEVICE_COOKIE_NAME,
        _signer().sign_object({**newest, str(user.pk): number}, compress=True),
        max_age=timedelta(days=KNOWN_DAYS),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def known_device(request: HttpRequest, email: str) -> str:
    """The key that counts attempts on this account from the device; empty where the account never signed in."""
    if not email or not _numbers(request):
        return ""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    device = device_of(request, user) if user is not None else None
    return device.number if device else ""


def device_of(request: HttpRequest, user: User) -> KnownDevice | None:
    """The device of the request, where the user signed in on it with the password of now."""
    number = _numbers(request).get(str(user.pk))
    return devices_of(user).filter(number=number).first() if number else None


def devices_of(user: User) -> KnownDeviceQuerySet:
    """The devices that count: those which signed in with the password of now."""
    return KnownDevice.objects.filter(user=user, password_mark=mark_of(user))


def is_remembered(request: HttpRequest, user: User) -> bool:
    """Whether the person asked that no second factor be asked on this device, and the time is not over."""
    number = _numbers(request).get(str(user.pk))
    return bool(number) and devices_of(user).remembered().filter(number=number).exists()


def forget_all_remembered(user: User) -> None:
    """Ask for the second factor everywhere again: it was taken away, or changed."""
    KnownDevice.objects.filter(user=user).update(remembered_until=None)


@transaction.atomic
def keep_one_device(request: HttpRequest, user: User) -> None:
    """After a new password: forget every device of the user but the one that chose it, which has to be remembered again."""
    number = _numbers(request).get(str(user.pk), "")
    mine = KnownDevice.objects.filter(user=user, number=number)
    mine.update(password_mark=mark_of(user), remembered_until=None)
    KnownDevice.objects.filter(user=user).exclude(number=number).delete()


def _numbers(request: HttpRequest) -> dict[str, str]:
    """The device's number for each account of the cookie, by the key of the user; empty for a cookie that is not ours."""
    cookie = request.COOKIES.get(settings.KNOWN_DEVICE_COOKIE_NAME, "")
    try:
        named = _signer().unsign_object(cookie, max_age=timedelta(days=KNOWN_DAYS)) if cookie else {}
    except (BadSignature, ValueError):
        return {}
    return {pk: number for pk, number in named.items() if isinstance(number, str)}


def mark_of(user: User) -> str:
    """A mark of the account that changes with its password."""
    return salted_hmac("known_devices", f"{user.pk}|{user.password}", algorithm="sha256").hexdigest()[:32]
