"""The words of a promotion's message: facts in, what `kinds.PROMOTION` needs out; and a preview of it."""

from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from notifications.channels import Channel
from notifications.channels.sms import Length, length_of
from notifications.rendering import Wording, render
from notifications.unsubscribing import unsubscribe_url
from promotions.audience.query import purpose_of
from promotions.kinds import PROMOTION
from promotions.models import Promotion


def link_of(key: UUID) -> str:
    """Where a message leads: the page of the offer, whole."""
    return f"{settings.SITE_URL}{_path()}{key}/"


@lru_cache(maxsize=1)
def _path() -> str:
    """The path before the key."""
    return reverse("promotion_link", args=[UUID(int=0)]).removesuffix(f"{UUID(int=0)}/")


def words_of(
    promotion: Promotion, *, channel: str, customer: Customer, key: UUID, allowed_on: date | None
) -> dict[str, Any]:
    """The words of one message. `allowed_on` is the day of the consent; None for a similar product, without one."""
    purpose = purpose_of(promotion, channel)
    return {
        "name": customer.letter_name,
        "subject": promotion.subject,
        "text": promotion.sms_text if channel == Channel.SMS else promotion.text,
        "sender": promotion.sender_name,
        "controller": promotion.controller_name,
        "basis": "consent" if allowed_on else "similar",
        "allowed_on": allowed_on.isoformat() if allowed_on else None,
        "purpose": purpose,
        "channel": str(channel),
        "stop_url": unsubscribe_url(customer.pk, purpose),
        "action_url": link_of(key),
        "action_label": _("See the offer"),
    }


def preview_of(promotion: Promotion, channel: str) -> tuple[Wording, Length | None]:
    """The message as an invented person would get it, in Italian; of an SMS also how long it is."""
    somebody = Customer(pk=0, first_name="Maria", last_name="Rossi")
    words = words_of(promotion, channel=channel, customer=somebody, key=UUID(int=0), allowed_on=date(2026, 1, 10))
    made = render(PROMOTION, words, language="it", channel=channel)
    return made, length_of(made.text.strip()) if channel == Channel.SMS else None
