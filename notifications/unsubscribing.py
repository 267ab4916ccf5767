"""The link that ends promotions with one press, by whoever holds it: no sign-in (RFC 8058)."""

from functools import lru_cache

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "notifications.unsubscribing"


def unsubscribe_link(customer_id: int | None, purpose: str) -> str:
    """What the address ends in: the customer and the purpose, signed."""
    return _signer(settings.SECRET_KEY).sign_object([customer_id, str(purpose)])


def unsubscribe_url(customer_id: int | None, purpose: str) -> str:
    """Where the e-mail promotions of a purpose are ended; whole, for the headers of a message."""
    return f"{settings.SITE_URL}{_path()}{unsubscribe_link(customer_id, purpose)}/"


@lru_cache(maxsize=2)
def _signer(key: str) -> signing.TimestampSigner:
    """What `signing.dumps` makes for each link, made once: an audience has hundreds of thousands."""
    return signing.TimestampSigner(key=key, salt=SALT)


@lru_cache(maxsize=1)
def _path() -> str:
    """The path before the signed part."""
    return reverse("unsubscribe", args=["0"]).removesuffix("0/")


def read_link(link: str) -> tuple[int, str] | None:
    """(customer, purpose) of a link of ours; None for another."""
    try:
        customer_id, purpose = signing.loads(link, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (customer_id, purpose) if isinstance(customer_id, int) else None
