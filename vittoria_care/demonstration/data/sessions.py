"""Where the first customer is signed in, besides the browser of whoever looks, and the device that remembers them."""

from datetime import timedelta
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.utils import timezone

from customers.models import AppDevice, KnownDevice, User
from notifications.models import Notice
from notifications.pushing import announce
from vittoria_care.sign_in.known_devices import mark_of

from .sign_ins import CUSTOMERS

DAYS_OF_THE_APP = 90
ANNOUNCED = 3  # of the unread notices, on the telephone
# What calls itself so; the network address, of those kept for examples; days since the sign-in, hours since the last use.
IN_THE_APP = (
    ("VittoriaCare/3.2 (iPhone; iOS 19.1)", "203.0.113.24", 12, 9),
    ("VittoriaCare/3.1 (iPad; iPadOS 19.0)", "203.0.113.24", 33, 120),
)
BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)


def make_sessions() -> None:
    """Two sessions of the app, which hold nothing and open nothing, the devices with it, and one remembered device."""
    user, now = User.objects.get(email=CUSTOMERS[1][1]), timezone.now()
    for user_agent, address, days, hours in IN_THE_APP:
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        store.set_expiry(timedelta(days=DAYS_OF_THE_APP - days))
        store.create()
        UserSession.objects.create(
            user=user,
            session_key=store.session_key,
            ip=address,
            user_agent=user_agent,
            created_at=now - timedelta(days=days),
            last_seen_at=now - timedelta(hours=hours),
            data={"app": True},
        )
    phone, tablet = (
        AppDevice(user=user, platform="ios", token=f"demonstration-{name}", app_version=version, name=name)
        for name, version in (("iPhone", "3.2"), ("iPad", "3.1"))
    )
    phone.registered_at, tablet.registered_at = now - timedelta(days=12), now - timedelta(days=33)
    tablet.retired_at = now - timedelta(days=4)  # the app was taken off it
    AppDevice.objects.bulk_create([phone, tablet])
    waiting = Notice.objects.filter(customer__reserved_area_accounts__user=user, channel=Notice.Channel.INBOX)
    announce(waiting.unread().order_by("-sent_at").values_list("pk", flat=True)[:ANNOUNCED], now)
    KnownDevice.objects.create(
        user=user,
        number="demonstration",
        password_mark=mark_of(user),
        user_agent=BROWSER,
        first_used_at=now - timedelta(days=71),
        last_used_at=now - timedelta(days=9),
        remembered_until=now + timedelta(days=settings.CUSTOMER_REMEMBERED_DAYS - 9),
    )
