"""E-mails about a sign-in: they go through the outbox, which shows what became of them."""

import uuid
from datetime import datetime, timedelta

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from customers.models import User
from notifications.account_kinds import ACCOUNT_MAIL
from notifications.models import Notice
from notifications.services import queue_notice

LATELY = timedelta(days=30)  # an address that was changed within these days still gets reports


def addresses_of_late(user: User) -> set[str]:
    """The address of the sign-in, and those that it had within the last thirty days."""
    history = apps.get_model("customers", "UserHistory")._default_manager  # made by foundation/history.py
    earlier = history.filter(pgh_obj=user, pgh_created_at__gte=timezone.now() - LATELY)
    return {user.email, *earlier.values_list("email", flat=True)}


def mail_about_sign_in(user: User, *, subject: str, text: str, address: str = "") -> Notice:
    """Inform a person by e-mail of what happened to their sign-in; at `address`, if given, instead of their own."""
    return queue_mail(address or user.email, subject=subject, text=text, user=user, language=user.language)


@transaction.atomic
def queue_mail(
    address: str,
    *,
    subject: str,
    text: str,
    user: User | None,
    language: str,
    is_typed: bool = False,
    expires_at: datetime | None = None,
) -> Notice:
    """Owe an e-mail about a sign-in. `is_typed` where somebody only typed the address; not sent after `expires_at`."""
    return queue_notice(
        ACCOUNT_MAIL,
        once=f"account-mail:{uuid.uuid4()}",
        words={"subject": subject, "text": text},
        user=user,
        address=address,
        language=language,
        is_typed=is_typed,
        expires_at=expires_at,
    )
