"""Notifications on the devices of whoever reads the reserved area: beside a notice that lies there, and never instead of one.

Each is a notice of its own, on the channel `push`, to one device: `push:NOTICE:DEVICE` is its key. No rule of the ladder finds it by
that key, and so none ever counts it as a way of the matter: a telephone takes notifications back silently. Whether the
notice was read meanwhile, the device is there still, its owner still acts for the customer and wants to be notified is asked
again before it goes. Quiet hours hold it as they hold a text (notifications/preferences).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import AppDevice, ReservedAreaAccount
from customers.models.account import Capacity
from notifications.channels import Channel, Device, served
from notifications.channels.push.configured import platforms
from notifications.kinds import KINDS
from notifications.models import Notice
from notifications.preferences.queries import Chosen, chosen_by_each
from notifications.preferences.rules import is_off
from notifications.push_kinds import DEVICE_NOTIFICATION
from notifications.queues import BULK, URGENT
from notifications.rendering import render
from notifications.services.waking import wake_soon

OF_USE_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a notification goes, and the page that it opens."""

    device: Device
    link: str


def announce(notice_ids: Iterable[int], now: datetime) -> int:
    """Queue a notification on each device of the readers of these notices of the reserved area; returns how many.

    Twice does no harm. Whatever is lost here is lost: the notice is where it was.
    """
    if Channel.PUSH not in served():
        return 0
    inbox = Notice.objects.filter(pk__in=notice_ids, channel=Channel.INBOX, state=Notice.State.SENT)
    those = [each for each in inbox.filter(read_at__isnull=True).for_list() if _is_announced(each)]
    if not those:
        return 0
    customers = {each.customer_id for each in those if each.customer_id}
    devices, chosen = _devices_of(customers, now), chosen_by_each(customers)
    wanted = []
    for notice in those:
        if _is_switched_off(notice.kind, chosen.get(notice.customer_id or 0)):
            continue
        for device in devices[notice.customer_id]:
            wording = render(
                DEVICE_NOTIFICATION, {"kind": notice.kind}, language=notice.language, channel=Channel.PUSH
            )
            ends = now + OF_USE_FOR
            wanted.append(
                Notice(
                    kind=DEVICE_NOTIFICATION.code,
                    channel=Channel.PUSH,
                    once=f"push:{notice.pk}:{device.pk}",
                    customer=notice.customer,
                    address=f"device:{device.pk}",
                    language=notice.language,
                    subject=wording.subject,
                    body_text=wording.text,
                    send_after=now,
                    expires_at=min(ends, notice.expires_at) if notice.expires_at else ends,
                )
            )
    Notice.objects.bulk_create(wanted, ignore_conflicts=True)
    _wake(wanted, {notice.pk: notice.kind for notice in those})
    return len(wanted)


def _wake(wanted: list[Notice], kinds: dict[int, str]) -> None:
    """Have the notifications sent, each by the workers of what it announces."""
    queued = Notice.objects.filter(once__in=[each.once for each in wanted], state=Notice.State.QUEUED).only("once")
    ids: dict[str, list[int]] = defaultdict(list)
    for each in queued:
        kind = KINDS.get(kinds[each.about_id or 0])
        ids[BULK if kind is not None and kind.is_bulk else URGENT].append(each.pk)
    for queue, those in ids.items():
        wake_soon(those, queue=queue)


def no_longer_owed(notices: Iterable[Notice], now: datetime) -> dict[int, str]:
    """Why some of the notifications need not go any more, by their ids."""
    notices = list(notices)
    about = Notice.objects.only("kind", "read_at").in_bulk([each.about_id for each in notices if each.about_id])
    customers = {each.customer_id for each in notices if each.customer_id}
    devices, chosen = _devices_of(customers, now), chosen_by_each(customers)
    reasons = {}
    for notice in notices:
        announced = about.get(notice.about_id or 0)
        if announced is not None and announced.read_at is not None:
            reasons[notice.pk] = _("It was read already.")
        elif announced is not None and _is_switched_off(announced.kind, chosen.get(notice.customer_id or 0)):
            reasons[notice.pk] = _("The customer does not want it on this channel.")
        elif device_id_of(notice) not in {each.pk for each in devices[notice.customer_id]}:
            reasons[notice.pk] = _("The device is not there any more, or is not one of the customer's.")
    return reasons


def targets_of(notices: Iterable[Notice]) -> dict[int, Target]:
    """The device and the page of each notification among the notices, by its id; none for one that was forgotten."""
    ids = {each.pk: device_id_of(each) for each in notices if each.channel == Channel.PUSH}
    if not ids:
        return {}
    abouts = {each.pk: each.about_id for each in notices}
    accounts = Count("user__reserved_area_accounts", filter=Q(user__reserved_area_accounts__state="enrolled"))
    found = {
        device.pk: device
        for device in AppDevice.objects.filter(pk__in=set(ids.values())).annotate(number_of_accounts=accounts)
    }
    return {
        pk: Target(
            Device(device.platform, device.token, device.p256dh, device.auth),
            # Whoever acts for several may have another chosen just now: the page of one notice would not be found.
            reverse("portal_notice", args=[abouts[pk]])
            if getattr(device, "number_of_accounts", 1) == 1
            else reverse("portal_notices"),
        )
        for pk, device_id in ids.items()
        if device_id is not None and (device := found.get(device_id)) is not None
    }


def device_id_of(notice: Notice) -> int | None:
    """The device that a notification goes to."""
    number = notice.address.removeprefix("device:")
    return int(number) if number.isdecimal() and number.isascii() else None


def _is_switched_off(code: str, chosen: Chosen | None) -> bool:
    kind = KINDS.get(code)
    return kind is not None and chosen is not None and is_off(kind, Channel.PUSH, chosen.off)


def _is_announced(notice: Notice) -> bool:
    kind = KINDS.get(notice.kind)
    return kind is not None and kind.is_announced and notice.customer_id is not None


def _devices_of(customer_ids: set[int], now: datetime) -> dict[int | None, list[AppDevice]]:
    """The devices of the people who may read for each customer, of platforms that something can be pushed to."""
    found: dict[int | None, list[AppDevice]] = defaultdict(list)
    if not customer_ids:
        return found
    accounts = ReservedAreaAccount.objects.open_on(timezone.localdate(now)).exclude(capacity=Capacity.HEIR)
    readers = defaultdict(set)
    for user, customer in accounts.filter(customer__in=customer_ids, user__is_active=True).values_list(
        "user", "customer"
    ):
        readers[user].add(customer)
    for device in AppDevice.objects.reached().filter(user__in=readers, platform__in=platforms()).order_by("pk"):
        if device.platform == AppDevice.Platform.WEB and not device.p256dh:
            continue  # registered by a program, without keys: nothing can be encrypted for it
        for customer in readers[device.user_id]:
            found[customer].append(device)
    return found
