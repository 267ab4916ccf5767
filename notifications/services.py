"""Commands: owe a notice. It is written in the transaction of the command that owes it, and sent by a worker afterwards."""

import logging
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import ContactPoint, Customer, ReservedAreaAccount, User
from customers.refusals import Refused
from customers.visibility import reach_of
from notifications.kinds import EMAIL, INBOX, NoticeKind
from notifications.models import Notice, NoticeAttachment
from notifications.rendering import render

log = logging.getLogger(__name__)


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
    send_after: Any = None,
) -> Notice:
    """Write one notice on one channel, with its text rendered now, and return it.

    `once` says what it is about in words another run would use too ("request-received:17"): where a notice with that
    key exists, that one is returned and nothing is written. `attachments` are (file name, content type, bytes).
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
    )
    if (before := Notice.objects.filter(once=once).first()) is not None:
        return before
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
    except IntegrityError:
        # Another transaction was first with the same key; anything else the database refuses is a bug.
        if (before := Notice.objects.filter(once=once).first()) is None:
            raise
        return before
    NoticeAttachment.objects.bulk_create(
        NoticeAttachment(notice=wanted, name=name, content_type=content_type, content=content)
        for name, content_type, content in attachments
    )
    transaction.on_commit(partial(wake_the_worker, wanted.pk), robust=True)
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


@transaction.atomic
def mark_read(notice: Notice, *, by: User) -> Notice:
    """The customer opened a notice of the reserved area; the first time counts. Refused for anybody else."""
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    if notice.customer_id is None or reach_of(by).customer_id != notice.customer_id:
        raise Refused(_("Only the customer it was written to reads a notice."), code="not_yours")
    if notice.read_at is None and notice.state == Notice.State.SENT:
        notice.read_at = timezone.now()
        notice.save(update_fields=["read_at"])
    return notice


def email_of(customer: Customer) -> str:
    """The customer's e-mail address: the one they answered from before one that was only stated; else nothing."""
    points = ContactPoint.objects.filter(customer=customer, kind=ContactPoint.Kind.EMAIL)
    return points.order_by(F("verified_at").desc(nulls_last=True), "pk").values_list("value", flat=True).first() or ""


def is_enrolled(customer: Customer) -> bool:
    """Whether the customer has a place in the reserved area."""
    enrolled = ReservedAreaAccount.State.ENROLLED
    return ReservedAreaAccount.objects.filter(customer=customer, state=enrolled).exists()


def wake_the_worker(*notice_ids: int) -> None:
    """Tell a worker that notices wait. A broker that is away is no fault: the sweep finds what a wake-up lost."""
    log.debug("notices wait: %s", notice_ids)
