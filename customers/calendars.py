"""Commands: give out the secret address of a customer's calendar, find who it is of, take it back."""

import base64
import hashlib
import hmac
import uuid

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from customers.models import CalendarFeed, ReservedAreaAccount


def secret_of_key(key: uuid.UUID, *, under: str = "") -> str:
    """The secret of a feed: 26 letters and digits (128 bits) that follow from its key and SECRET_KEY."""
    message = f"calendar:{key}".encode()
    made = hmac.new((under or settings.SECRET_KEY).encode(), message, hashlib.sha256).digest()
    return base64.b32encode(made[:16]).decode().rstrip("=").lower()


def digest_of(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def secret_of(feed: CalendarFeed) -> str:
    """The secret of a feed, to be shown again to its owner; "" where the key it was made under is no longer known."""
    for under in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        secret = secret_of_key(feed.key, under=under)
        if digest_of(secret) == feed.digest:
            return secret
    return ""


def feed_of(account: ReservedAreaAccount) -> CalendarFeed | None:
    """The account's feed in force, if there is one."""
    return CalendarFeed.objects.filter(account=account, revoked_at__isnull=True).first()


def feed_by_secret(secret: str) -> CalendarFeed | None:
    """The feed in force that a secret opens; None for a wrong or revoked one, and where the account opens nothing today."""
    accounts = ReservedAreaAccount.objects.open_on(timezone.localdate()).filter(user__is_active=True)
    feeds = CalendarFeed.objects.select_related("account__customer")
    return feeds.filter(digest=digest_of(secret), revoked_at__isnull=True, account__in=accounts).first()


@transaction.atomic
def make_feed(account: ReservedAreaAccount) -> CalendarFeed:
    """Give out an address. Where one is in force it is returned: asked twice, there is one."""
    _lock(account)
    if (feed := feed_of(account)) is not None:
        return feed
    key = uuid.uuid4()
    return CalendarFeed.objects.create(account=account, key=key, digest=digest_of(secret_of_key(key)))


@transaction.atomic
def renew_feed(account: ReservedAreaAccount, *, seen: int | None) -> CalendarFeed:
    """Take the address back and give out another. `seen` is the id of the one that the person looked at: asked twice, it is once."""
    revoke_feed(account, seen=seen)
    return make_feed(account)


@transaction.atomic
def revoke_feed(account: ReservedAreaAccount, *, seen: int | None) -> None:
    """Take the address back: it opens nothing from now on. Another one than `seen` remains."""
    _lock(account)
    if seen is not None:
        feeds = CalendarFeed.objects.filter(account=account, pk=seen, revoked_at__isnull=True)
        feeds.update(revoked_at=timezone.now())


def _lock(account: ReservedAreaAccount) -> None:
    """One at a time for an account: two who give out addresses at the same moment give out one."""
    ReservedAreaAccount.objects.select_for_update(of=["self"]).get(pk=account.pk)
