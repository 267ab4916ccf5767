"""The link that ends promotions with one press, by whoever holds it: no sign-in (RFC 8058)."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "notifications.unsubscribing"


def unsubscribe_link(customer_id: int | None, purpose: str) -> str:
    """What the address ends in: the customer and the purpose, signed."""
    return signing.dumps([customer_id, str(purpose)], salt=SALT)


def unsubscribe_url(customer_id: int | None, purpose: str) -> str:
    """Where the e-mail promotions of a purpose are ended; whole, for the headers of a message."""
    return settings.SITE_URL + reverse("unsubscribe", args=[unsubscribe_link(customer_id, purpose)])


def read_link(link: str) -> tuple[int, str] | None:
    """(customer, purpose) of a link of ours; None for another."""
    try:
        customer_id, purpose = signing.loads(link, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (customer_id, purpose) if isinstance(customer_id, int) else None
