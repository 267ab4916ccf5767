"""Rule: the secret of a complaint's page, by which the complainant follows it without an account.

As for requests (docs/decisions/tracking-by-secret.md): it follows from the complaint and SECRET_KEY, is stored
nowhere, and can be computed again for the next notice.
"""

import base64
import hashlib
import hmac
from datetime import UTC

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from complaints.models import Complaint


def tracking_secret(complaint: Complaint, *, key: str = "") -> str:
    """26 letters and digits. The moment of registration is in it, so that a number given out again opens no other page."""
    registered = complaint.registered_at.astimezone(UTC).isoformat()
    message = f"complaint:{complaint.pk}:{complaint.number}:{registered}".encode()
    made = hmac.new((key or settings.SECRET_KEY).encode(), message, hashlib.sha256).digest()
    return base64.b32encode(made[:16]).decode().rstrip("=").lower()


def is_secret_of(complaint: Complaint, secret: str) -> bool:
    """Whether the secret is the complaint's, under the present key or an earlier one."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(tracking_secret(complaint, key=key), secret) for key in keys)


def tracking_place(complaint: Complaint) -> dict[str, int | str | None]:
    """What the address of the complaint's page is made of. An entry of a past register has no such page."""
    return {"year": complaint.year_id, "sequence": complaint.sequence, "secret": tracking_secret(complaint)}


def tracking_url(complaint: Complaint) -> str:
    """The whole address of the complaint's page, for a notice."""
    return settings.SITE_URL + reverse("complaint_tracking", kwargs=tracking_place(complaint))
