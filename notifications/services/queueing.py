"""Commands: owe a notice. It is written in the transaction of the command that owes it, and sent by a worker afterwards."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import ContactPoint, Customer, ReservedAreaAccount, User
from customers.models.account import Capacity
from foundation.refusals import Refused
from foundation.written_once import WrittenOnce
from notifications.channels import served
from notifications.channels.post.enclosures import Enclosure, NotPrintable, pages_of
from notifications.kinds import EMAIL, INBOX, PEC, POST, SMS, NoticeKind
from notifications.ladder import MOBILE
from notifications.models import Notice, NoticeAttachment, NoticeEvent, SuppressedAddress
from notifications.preferences.queries import chosen_by
from notifications.preferences.rules import channels_left, may_follow
from notifications.queues import BULK, URGENT
from notifications.rendering import render
from notifications.services.waking import wake_after_commit

TYPED_PER_DAY = 5  # e-mails of one kind to a mailbox that somebody typed, in 24 hours


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
    thread: str = "",
    is_typed: bool = False,
) -> Notice:
    """Write one notice on one channel, with its text rendered now, and return it.

    `once` names what it is about in words another run would use too ("request-received:17"): where a notice with that
    key exists, that one is returned and nothing is written. `attachments` are (file name, content type, bytes). Not
    sent before `send_after`, nor after `expires_at`. `thread` names the conversation it belongs to ("request:17"): its
    later e-mails answer the first. `is_typed` is for an address that is nobody's as far as we know, but was typed by
    the person who set the e-mail off: beyond TYPED_PER_DAY the notice is kept and withheld, so that nobody's mailbox
    is filled from here. Must be called inside the transaction that owes it. UnknownWord when the words do not fit the
    kind.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A notice is queued in the transaction of the command that owes it.")
    language = language or (customer.language if customer else "") or (user.language if user else "") or "it"
    wording = render(kind, words, language=language, channel=channel)
    wanted = Notice(
        kind=kind.code,
        channel=channel,
        once=once,
        customer=customer,
        user=user,
        address=address or (user.email if user and channel == EMAIL else ""),
        language=language,
        subject=wording.subject,
        body_text=wording.text,
        body_html=wording.html if channel == EMAIL else "",
        made_of_id=wording.text_id,
        is_promotional=kind.is_promotional,
        thread=thread,
        mailbox=mailbox_of(address) if is_typed else "",
        send_after=send_after or timezone.now(),
        expires_at=expires_at,
    )
    before, had_today = _before(wanted)
    if before is not None:
        return before
    if had_today >= TYPED_PER_DAY:
        wanted.state = Notice.State.WITHHELD
        wanted.problem = _(
            "Too many e-mails to this address in a day: somebody typed it on our forms again and again."
        )
    attachments = list(attachments)
    if channel == POST:
        refuse_unprintable(attachments)
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
            if wanted.state == Notice.State.WITHHELD:
                NoticeEvent.objects.create(
                    notice=wanted, old=Notice.State.QUEUED, new=wanted.state, detail=wanted.problem
                )
    except IntegrityError:
        # The same again, by this command or another; anything else the database refuses is a bug.
        if (before := Notice.objects.filter(once=once).first()) is None:
            raise
        return before
    NoticeAttachment.objects.bulk_create(
        NoticeAttachment(notice=wanted, name=name, content_type=content_type, content=content)
        for name, content_type, content in attachments
    )
    if wanted.state == Notice.State.QUEUED and channel in served() and wanted.send_after <= timezone.now():
        wake_after_commit(wanted.pk, queue=BULK if kind.is_bulk else URGENT)
    return wanted


def refuse_unprintable(attachments: Iterable[tuple[str, str, bytes]]) -> None:
    """Refused, in words for whoever writes the letter, where these files cannot go behind it: before it waits, not at the printer."""
    try:
        pages_of([Enclosure(name, content) for name, _content_type, content in attachments])
    except NotPrintable as error:
        raise Refused(str(error), code="not_printable") from error


def mailbox_of(address: str) -> str:
    """Rule: the mailbox behind an address, for counting: a part after a plus sign is its owner's own affair."""
    name, _at, domain = address.strip().lower().rpartition("@")
    return f"{name.partition('+')[0] or name}@{domain}"


_SAME = WrittenOnce(
    lambda once: Notice.objects.filter(once=once).order_by().values_list("once"),
    "the key of the notice",
)
_SAME_OR_TO_MAILBOX = WrittenOnce(
    lambda once, mailbox, kind, since: (
        Notice.objects.filter(
            Q(once=once) | Q(mailbox=mailbox, kind=kind, created_at__gt=since) & ~Q(state=Notice.State.WITHHELD)
        )
        .order_by()
        .values_list("once")[: TYPED_PER_DAY + 1]
    ),
    *("the key of the notice", "the mailbox", "the kind", datetime(1, 1, 1, tzinfo=UTC)),
)


def _before(notice: Notice) -> tuple[Notice | None, int]:
    """The notice with the same key, if there is one; and how many of the kind the typed mailbox had in a day.

    In one query, because a public form waits for it. Two at the same moment may both be the last of the day.
    """
    if notice.mailbox:
        since = timezone.now() - timedelta(days=1)
        found = _SAME_OR_TO_MAILBOX.rows(notice.once, notice.mailbox, notice.kind, since)
    else:
        found = _SAME.rows(notice.once)
    before = Notice.objects.get(once=notice.once) if (notice.once,) in found else None
    return before, len(found)


def tell_customer(
    kind: NoticeKind,
    *,
    once: str,
    words: Mapping[str, Any],
    customer: Customer,
    address: str = "",
    language: str = "",
    attachments: Iterable[tuple[str, str, bytes]] = (),
    thread: str = "",
    is_typed: bool = False,
) -> list[Notice]:
    """Queue a notice to a customer on each channel of its kind that reaches them; the keys end in the channel's name.

    In `language`, or else the customer's. By e-mail to `address`, or else to the customer's own address; in the reserved
    area when they can open it. Where neither reaches the customer, the first of the kind's further channels that does: a
    text to their telephone, their certified address, or else the list of what a person sends by post or PEC. An inbox that
    nobody opens is no channel. What the customer switched off is left out (notifications/preferences), and of what the law
    asks for it only chooses the channel: where nothing may go, nothing is queued.
    """
    attachments = list(attachments)
    off = chosen_by(customer).off if kind.is_chosen else frozenset()
    queue = partial(queue_notice, kind, words=words, customer=customer, language=language, thread=thread)
    email = (address or email_of(customer)) if EMAIL in kind.channels else ""
    has_inbox = INBOX in kind.channels and is_enrolled(customer)
    mobile = ""
    if SMS in kind.rungs and SMS in served() and (not (email or has_inbox) or off):
        mobile = mobile_of(customer)
    reaching = [channel for channel, reaches in ((EMAIL, email), (INBOX, has_inbox)) if reaches]
    first = channels_left(kind, off, [*reaching, SMS] if mobile else reaching)
    queued = []
    if EMAIL in first:
        key = f"{once}:{EMAIL.value}"
        queued.append(queue(once=key, address=email, attachments=attachments, is_typed=is_typed))
    if INBOX in first:
        queued.append(queue(once=f"{once}:{INBOX.value}", channel=INBOX))
    if not queued and SMS in first:
        queued.append(queue(once=f"{once}:{SMS.value}", channel=SMS, address=mobile))
    elif (
        not queued
        and PEC in kind.rungs
        and PEC in served()
        and may_follow(kind, PEC, off)
        and (pec := pec_of(customer))
    ):
        queued.append(queue(once=f"{once}:{PEC.value}", channel=PEC, address=pec, attachments=attachments))
    elif not queued and POST in kind.rungs and may_follow(kind, POST, off):
        key = f"{once}:{POST.value}"
        queued.append(queue(once=key, channel=POST, address=pec_of(customer), attachments=attachments))
    return queued


def email_of(customer: Customer, *, but: Collection[str] = ()) -> str:
    """The customer's e-mail address: the one they answered from before one that was only stated; else nothing.

    An address to which nothing goes any more, or one of `but`, is passed over. `notifications.deadlines` has the same rule in SQL.
    """
    suppressed = SuppressedAddress.objects.in_force().filter(channel=EMAIL, address=OuterRef("value"))
    points = ContactPoint.objects.filter(~Exists(suppressed), customer=customer, kind=ContactPoint.Kind.EMAIL)
    points = points.exclude(value__in=but) if but else points
    return points.order_by(F("verified_at").desc(nulls_last=True), "pk").values_list("value", flat=True).first() or ""


def mobile_of(customer: Customer) -> str:
    """The telephone a text is sent to, with the same preference as among e-mail addresses; else nothing."""
    suppressed = SuppressedAddress.objects.in_force().filter(channel=SMS, address=OuterRef("value"))
    points = ContactPoint.objects.filter(~Exists(suppressed), customer=customer, kind=ContactPoint.Kind.PHONE)
    points = points.filter(value__startswith=MOBILE).order_by(F("verified_at").desc(nulls_last=True), "pk")
    return points.values_list("value", flat=True).first() or ""


def is_own_address(customer: Customer, address: str) -> bool:
    """Whether the address is one that we know as the customer's."""
    kinds = (ContactPoint.Kind.EMAIL, ContactPoint.Kind.PEC)
    return ContactPoint.objects.filter(customer=customer, kind__in=kinds, value=address.strip().lower()).exists()


def pec_of(customer: Customer, *, but: Collection[str] = ()) -> str:
    """The customer's certified address to which something may go, and which is none of `but`; else nothing."""
    suppressed = SuppressedAddress.objects.in_force().filter(channel=PEC, address=OuterRef("value"))
    points = ContactPoint.objects.filter(~Exists(suppressed), customer=customer, kind=ContactPoint.Kind.PEC)
    points = points.exclude(value__in=but) if but else points
    return points.order_by(F("verified_at").desc(nulls_last=True), "pk").values_list("value", flat=True).first() or ""


def is_enrolled(customer: Customer) -> bool:
    """Whether somebody opens the reserved area for the customer and reads what is written there; an heir does not."""
    return bool(_READERS.rows(customer.pk, timezone.localdate()))


def _readers(customer: int, today: date) -> QuerySet:
    accounts = ReservedAreaAccount.objects.open_on(today).exclude(capacity=Capacity.HEIR)
    return accounts.filter(customer=customer, user__is_active=True).order_by().values_list("pk")[:1]


_READERS = WrittenOnce(_readers, -1, date.min)
