"""Commands: register a device for push messages, retire it when its platform says that it is gone, and forget it."""

import base64
import binascii
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import AppDevice, User
from customers.models.device import LONGEST_TOKEN
from customers.push_services import is_of_push_service
from foundation.refusals import Refused

MOST = 20  # devices of one person


PUBLIC_KEY_BYTES, SECRET_BYTES = 65, 16  # of a subscription: a point of P-256 that is not compressed; RFC 8291


def register_device(*, user: User, token: str, platform: str, app_version: str = "") -> tuple[AppDevice, bool]:
    """Note that the person uses the app on this device, now; returns it, and whether it is new to them.

    The same token again only says that it is there still. One of somebody else becomes this person's, and leaves the
    other. Refused for a person with twenty devices: they forget one first.
    """
    return _register(AppDevice(user=user, token=token, platform=platform, app_version=app_version))


def register_browser(*, user: User, endpoint: str, p256dh: str, auth: str, name: str) -> tuple[AppDevice, bool]:
    """Note that the person wants notifications in this browser; returns it, and whether it is new to them.

    Refused for an address that is of none of the services that we push by (WEB_PUSH_SERVICES), or keys with which nothing
    can be encrypted; otherwise as `register_device`.
    """
    if len(endpoint) > LONGEST_TOKEN or not is_of_push_service(endpoint):
        raise Refused(
            _("This browser's notifications come by a service that we do not know: use another browser."),
            code="unknown_push_service",
        )
    if _length_of(p256dh) != PUBLIC_KEY_BYTES or _length_of(auth) != SECRET_BYTES:
        raise Refused(_("The browser gave no usable keys: switch notifications on again."), code="no_keys")
    platform = AppDevice.Platform.WEB
    return _register(AppDevice(user=user, token=endpoint, platform=platform, p256dh=p256dh, auth=auth, name=name[:60]))


def retire_device(pk: int, *, at: datetime) -> bool:
    """The platform says that the device is gone: nothing is pushed to it until it registers again. False where it was before."""
    return bool(AppDevice.objects.reached().filter(pk=pk).update(retired_at=at))


def take_retirement_back(pk: int, *, at: datetime) -> None:
    """The platform's word of that moment was not to be trusted: the device is pushed to as before."""
    AppDevice.objects.filter(pk=pk, retired_at=at).update(retired_at=None)


def _register(device: AppDevice) -> tuple[AppDevice, bool]:
    mine = AppDevice.objects.filter(user=device.user)
    is_new = not mine.filter(token=device.token).exists()
    if is_new and mine.count() >= MOST:
        raise Refused(
            _("You have %(most)d devices already: forget one that you do not use any more.") % {"most": MOST},
            code="too_many_devices",
        )
    device.seen_at = timezone.now()
    given = ["user", "platform", "app_version", "p256dh", "auth", "name", "seen_at", "retired_at"]
    # One statement: two requests with the same token make one row. A device that changed hands begins again.
    AppDevice.objects.bulk_create(
        [device],
        update_conflicts=True,
        unique_fields=["token"],
        update_fields=[*given, *(["registered_at"] if is_new else [])],
    )
    return AppDevice.objects.get(token=device.token), is_new


def _length_of(value: str) -> int:
    """The bytes of a value of base64 as browsers write it, without padding; 0 for what is none."""
    try:
        return len(base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        return 0


def forget_device(device: AppDevice) -> None:
    """Nothing is pushed to it any more."""
    device.delete()
