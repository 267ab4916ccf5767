"""Commands: owe a notice. It is written in the transaction of the command that owes it, and sent by a worker afterwards."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from customers.models import ContactPoint, Customer, ReservedAreaAccount, User
from notifications.kinds import EMAIL, INBOX, NoticeKind
from notifications.models import Notice, NoticeAttachment, SuppressedAddress
from notifications.rendering import render
from notifications.services.waking import wake_after_commit


def queue_notice(
    kind: NoticeKind,
    *,
    once: str,
    words: Mapping[str, Any],
    channel: str = EMAIL,
    customer: Customer | None = None,
    user: User | None = None,
    address: str = "",
    language: str = "",
    attachments: Iterable[tuple[str, str, bytes]] = (),
    send_after: datetime | None = None,
    expires_at: datetime | None = None,
) -> Notice:
    """Write one notice on one channel, with its text rendered now, and return it.

    `once` says what it is about in words another run would use too ("request-received:17"): where a notice with that
    key exists, that one is returned and nothing is written. `attachments` are (file name, content type, bytes). Not
    sent before `send_after`, nor after `expires_at`.
    Must be called inside the transaction that owes it. UnknownWord when the words do not fit the kind.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A notice is queued in the transaction of the command that owes it.")
    language = language or (customer.language if customer else "") or (user.language if user else "") or "it"
    said = render(kind, words, language=language)
    wanted = Notice(
        kind=kind.code,
        channel=channel,
        once=once,
        customer=customer,
        user=user,
        address=address or (user.email if user and channel == EMAIL else ""),
        language=language,
        subject=said.subject,
        body_text=said.text,
        body_html=said.html if channel == EMAIL else "",
        is_promotional=kind.is_promotional,
        send_after=send_after or timezone.now(),
        expires_at=expires_at,
    )
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
    except IntegrityError:
        # The same again, by this command or another; anything else the database refuses is a bug.
        if (before := Notice.objects.filter(once=once).first()) is None:
            raise
        return before
    NoticeAttachment.objects.bulk_create(
        NoticeAttachment(notice=wanted, name=name, content_type=content_type, content=content)
        for name, content_type, content in attachments
    )
    if wanted.send_after <= timezone.now():
        wake_after_commit(wanted.pk)
    return wanted


def tell_customer(
    kind: NoticeKind,
    *,
    once: str,
    words: Mapping[str, Any],
    customer: Customer,
    address: str = "",
    attachments: Iterable[tuple[str, str, bytes]] = (),
) -> list[Notice]:
    """Queue a notice to a customer on each channel of its kind that reaches them; the keys end in the channel's name.

    By e-mail to `address`, or else to the customer's own address; in the reserved area when they are enrolled, or when
    nothing else reaches them.
    """
    attachments = list(attachments)
    told = []
    email = address or email_of(customer)
    if EMAIL in kind.channels and email:
        told.append(
            queue_notice(
                kind,
                once=f"{once}:{EMAIL.value}",
                words=words,
                customer=customer,
                address=email,
                attachments=attachments,
            )
        )
    if INBOX in kind.channels and (not told or is_enrolled(customer)):
        told.append(queue_notice(kind, once=f"{once}:{INBOX.value}", words=words, channel=INBOX, customer=customer))
    return told


def email_of(customer: Customer) -> str:
    """The customer's e-mail address: the one they answered from before one that was only stated; else nothing.

    An address to which nothing goes any more is passed over. `notifications.deadlines` says the same in SQL.
    """
    suppressed = SuppressedAddress.objects.in_force().filter(channel=EMAIL, address=OuterRef("value"))
    points = ContactPoint.objects.filter(~Exists(suppressed), customer=customer, kind=ContactPoint.Kind.EMAIL)
    return points.order_by(F("verified_at").desc(nulls_last=True), "pk").values_list("value", flat=True).first() or ""


def is_enrolled(customer: Customer) -> bool:
    """Whether the customer has a place in the reserved area."""
    enrolled = ReservedAreaAccount.State.ENROLLED
    return ReservedAreaAccount.objects.filter(customer=customer, state=enrolled).exists()
