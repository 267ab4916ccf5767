"""Rule: the secret of an enquiry's page, by which an intermediary that has no sign-in gives its position.

As for complaints (`complaints/tracking.py`): it follows from the enquiry and SECRET_KEY, is stored nowhere, and can be
computed again for a reminder.
"""

import base64
import hashlib
import hmac
from datetime import UTC

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from complaints.models import Enquiry
from customers.models import AgencyMember


def enquiry_secret(enquiry: Enquiry, *, key: str = "") -> str:
    """26 letters and digits. The moment at which it was asked is in it, so that a number given out again opens no other page."""
    message = f"enquiry:{enquiry.pk}:{enquiry.made_at.astimezone(UTC).isoformat()}".encode()
    made = hmac.new((key or settings.SECRET_KEY).encode(), message, hashlib.sha256).digest()
    return base64.b32encode(made[:16]).decode().rstrip("=").lower()


def is_secret_of(enquiry: Enquiry, secret: str) -> bool:
    """Whether the secret is the enquiry's, under the present key or an earlier one."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(enquiry_secret(enquiry, key=key), secret) for key in keys)


def has_sign_in(enquiry: Enquiry) -> bool:
    """Whether somebody of the intermediary signs in here: an active member of an active agency of ours."""
    agency = enquiry.intermediary.agency
    if agency is None or not agency.is_active:
        return False
    return AgencyMember.objects.filter(agency=agency, is_active=True, user__is_active=True).exists()


def answer_place(enquiry: Enquiry) -> dict[str, int | str]:
    """What the address of the enquiry's page is made of."""
    return {"pk": enquiry.pk, "secret": enquiry_secret(enquiry)}


def answer_url(enquiry: Enquiry) -> str:
    """The whole address at which the intermediary gives its position, for a notice: by sign-in where somebody has one."""
    if has_sign_in(enquiry):
        return settings.SITE_URL + reverse("admin:complaints_enquiry_change", args=[enquiry.pk])
    return settings.SITE_URL + reverse("enquiry_answer", kwargs=answer_place(enquiry))
