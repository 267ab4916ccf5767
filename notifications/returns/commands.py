"""Commands: keep a message that came back, with what follows from it; and what a person decides about one."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Consent, User
from foundation.refusals import Refused
from foundation.text import clean_line
from notifications.channels import Channel
from notifications.consents import object_to
from notifications.delivery import purpose_of
from notifications.message_ids import notice_of_message_id
from notifications.models import DeliveryReport, Notice, ReturnedMessage, SuppressedAddress
from notifications.returns import reading
from notifications.returns.matching import LATE, Match, match
from notifications.returns.reading import ReadReturn, read_return
from notifications.returns.tokens import notice_id_of
from notifications.returns.verdicts import Verdict
from notifications.services import report_delivery, suppress_address

log = logging.getLogger(__name__)

Kind, State, Effect, MatchedBy = (
    ReturnedMessage.Kind,
    ReturnedMessage.State,
    ReturnedMessage.Effect,
    ReturnedMessage.MatchedBy,
)
Outcome = DeliveryReport.Outcome
# What wants nobody's eye, whatever it is about: it is kept and listed as dealt with.
SETTLES_ITSELF = (Kind.DELAYED, Kind.RECEIPT, Kind.AUTOMATIC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lies: which mailbox, what its numbers hold for, and its number."""

    mailbox: str
    validity: int = 0
    number: int = 0
    channel: str = Channel.EMAIL  # of the notices that it may be about


@transaction.atomic
def keep_return(
    raw: bytes, place: Place, *, size: int | None = None, at: datetime | None = None, doubt: str = ""
) -> tuple[ReturnedMessage, bool]:
    """Keep the message and do what follows from it; with whether it is new. The same bytes again only say where they lie now.

    `size` is that of the whole message where `raw` is only its beginning, `at` when it came (now). With a `doubt` about it nothing
    follows, and a person reads why. A bounce is reported to its notice, whose next rung
    is then taken (climbing); where nobody is at the address, nothing goes there any more. Nothing follows from what is not
    signed by us, nor from a bounce that comes later than LATE.
    """
    digest = hashlib.sha256(raw).hexdigest()
    before = ReturnedMessage.objects.select_for_update().filter(digest=digest).defer("raw").first()
    if before is not None:
        if before.number == 0 or (before.mailbox, before.validity) != (place.mailbox, place.validity):
            before.mailbox, before.validity, before.number = place.mailbox, place.validity, place.number
            before.save(update_fields=["mailbox", "validity", "number"])
        return before, False
    read, now = read_return(raw), at or timezone.now()
    found = match(read, channel=place.channel)
    returned = _row(raw, place, read, found, digest=digest, size=size, now=now)
    if doubt:
        returned.remark = doubt[:500]
    elif read.kind in SETTLES_ITSELF or (read.kind == Kind.COMPLAINT and not read.is_for_good):
        _settle(returned, now)
    if not doubt and found.notice is not None and _is_timely(found.notice, read, returned, now):
        _follow(returned, read, found.notice, now)
    returned.save(force_insert=True)
    return returned, True


def keep_unreadable(
    raw: bytes, place: Place, *, problem: str, size: int | None = None
) -> tuple[ReturnedMessage, bool]:
    """Keep a message with which something went wrong here, as one that cannot be read: a person looks, and nothing is lost."""
    read = ReadReturn(reading.Kind.UNREADABLE, words=clean_line(problem)[:500])
    with transaction.atomic():
        digest = hashlib.sha256(raw).hexdigest()
        before = ReturnedMessage.objects.filter(digest=digest).defer("raw").first()
        if before is not None:
            return before, False
        returned = _row(raw, place, read, Match(), digest=digest, size=size, now=timezone.now())
        returned.save(force_insert=True)
    return returned, True


def _row(
    raw: bytes, place: Place, read: ReadReturn, found: Match, *, digest: str, size: int | None, now: datetime
) -> ReturnedMessage:
    return ReturnedMessage(
        mailbox=place.mailbox,
        validity=place.validity,
        number=place.number,
        digest=digest,
        raw=raw,
        size=len(raw) if size is None else size,
        is_whole=size is None or size == len(raw),
        kind=read.kind,
        verdict=read.verdict or "",
        status=read.status[:12],
        words=clean_line(read.words)[:500],
        sender=read.sender[:254],
        recipient=(read.recipients[0] if read.recipients else "")[:254].lower(),
        subject=read.subject[:250],
        written_at=read.written_at,
        received_at=now,
        notice=found.notice,
        matched_by=found.matched_by,
        remark=found.remark[:500],
    )


def _settle(returned: ReturnedMessage, now: datetime, effect: str = "") -> None:
    returned.state, returned.handled_at = State.HANDLED, now
    returned.effect = effect or returned.effect


def _is_timely(notice: Notice, read: ReadReturn, returned: ReturnedMessage, now: datetime) -> bool:
    """Whether it may be about what was sent; one that comes long after says nothing about the address of today."""
    left = notice.sent_at or notice.claimed_at
    if read.kind in (Kind.ANSWER, Kind.UNREADABLE, Kind.AUTOMATIC):
        return True
    if left is None:
        returned.remark = _("The notice has not been sent.")
        return False
    if now > left + LATE:
        returned.remark = _("It came more than %(days)d days after the notice: nothing follows by itself.") % {
            "days": LATE.days
        }
        return False
    return True


def _follow(returned: ReturnedMessage, read: ReadReturn, notice: Notice, now: datetime) -> None:
    """What follows from a message about a notice of ours, by its kind."""
    if read.kind == Kind.BOUNCE:
        _follow_bounce(returned, read, notice, now)
    elif read.kind == Kind.DELAYED:
        _report(returned, notice, Outcome.ON_ITS_WAY, now)
        _settle(returned, now, Effect.REPORTED)
    elif read.kind == Kind.RECEIPT:
        # Of certified e-mail only the manager's own receipt proves anything (receipts.py)
        is_proof = read.is_for_good and notice.channel != Channel.PEC
        _report(returned, notice, Outcome.DELIVERED if is_proof else Outcome.ON_ITS_WAY, now)
        _settle(returned, now, Effect.REPORTED)
    elif read.kind == Kind.COMPLAINT and read.is_for_good:
        _follow_complaint(returned, notice, now)


def _follow_bounce(returned: ReturnedMessage, read: ReadReturn, notice: Notice, now: datetime) -> None:
    if not read.is_from_machine:
        returned.remark = _("It reads like a bounce, and no mail system sent it.")
        return
    _report(returned, notice, Outcome.FAILED, now)
    returned.effect = Effect.REPORTED
    if read.verdict == Verdict.PASSING:
        _settle(returned, now)
    elif read.verdict == Verdict.POLICY:
        log.error("a receiver refuses us, not the address: notice %s: %s", notice.pk, read.status)
    elif read.verdict == Verdict.NO_MAILBOX:
        stated = {address.lower() for address in read.recipients}
        if stated and notice.address.lower() not in stated:
            returned.remark = _("It names another address than the one that we wrote to: it may be forwarded.")
        elif _too_many(now):
            returned.remark = _("More addresses than usual were given up today: a fault of ours is likelier.")
            log.error(
                "more than %d addresses in a day do not exist by their bounces: the others wait for a person",
                settings.RETURNS_SUPPRESSED_PER_DAY,
            )
        else:
            _suppress(returned, notice, SuppressedAddress.Reason.NO_SUCH_MAILBOX, now)


def _follow_complaint(returned: ReturnedMessage, notice: Notice, now: datetime) -> None:
    """The person took it for spam. It arrived; no more offers go to them, or nothing at all where it was no offer."""
    _report(returned, notice, Outcome.DELIVERED, now)
    if notice.is_promotional and notice.customer is not None:
        object_to(
            notice.customer,
            purpose=purpose_of(notice),
            channel=Consent.Channel.EMAIL,
            source=Consent.Source.UNSUBSCRIBE,
            evidence=_("complaint of the receiving mail system, returned message %(digest)s")
            % {"digest": returned.digest[:16]},
        )
        _settle(returned, now, Effect.UNSUBSCRIBED)
    else:
        _suppress(returned, notice, SuppressedAddress.Reason.ASKED, now)


def _suppress(returned: ReturnedMessage, notice: Notice, reason: str, now: datetime) -> None:
    detail = f"{returned.status} {returned.words}".strip()
    suppress_address(channel=notice.channel, address=notice.address, reason=reason, detail=detail)
    _settle(returned, now, Effect.SUPPRESSED)


def _report(returned: ReturnedMessage, notice: Notice, outcome: str, now: datetime) -> None:
    report_delivery(
        notice,
        outcome=outcome,
        detail=f"{returned.get_kind_display()}: {returned.status} {returned.words}".strip(": "),
        source_key=f"return:{returned.digest}",
        happened_at=moment_of(returned.written_at, left=notice.sent_at or notice.claimed_at, now=now),
    )


def moment_of(written_at: datetime | None, *, left: datetime | None, now: datetime) -> datetime:
    """Rule: when it happened: the message's own date where that lies between our sending and now, else now."""
    earliest = left if left is not None else now - timedelta(days=1)
    return written_at if written_at is not None and earliest <= written_at <= now else now


def settle_receipt(raw: bytes) -> None:
    """What waited on the list because of its signature is dealt with: the signature is verified now."""
    digest = hashlib.sha256(raw).hexdigest()
    for returned in ReturnedMessage.objects.open().filter(digest=digest, kind=Kind.RECEIPT).defer("raw"):
        _settle(returned, timezone.now(), Effect.REPORTED)
        returned.remark = _("The signature is verified now.")
        returned.save(update_fields=["state", "handled_at", "effect", "remark"])


def _too_many(now: datetime) -> bool:
    most = settings.RETURNS_SUPPRESSED_PER_DAY
    since = now - timedelta(days=1)
    given_up = ReturnedMessage.objects.filter(effect=Effect.SUPPRESSED, received_at__gt=since, kind=Kind.BOUNCE)
    return bool(most) and given_up.order_by()[:most].count() >= most


# --- By a person ------------------------------------------------------------------------------------------------------
def _locked(returned: ReturnedMessage) -> ReturnedMessage:
    rows = ReturnedMessage.objects.select_for_update(of=("self",)).select_related("notice__customer").defer("raw")
    return rows.get(pk=returned.pk)


@transaction.atomic
def close_return(returned: ReturnedMessage, *, by: User, remark: str = "", effect: str = "") -> ReturnedMessage:
    """A person has dealt with it; `effect` is what followed. Refused where somebody has done so before."""
    returned = _locked(returned)
    if returned.state == State.HANDLED:
        raise Refused(_("This was dealt with already."), code="handled_already")
    returned.state, returned.handled_at, returned.handled_by = State.HANDLED, timezone.now(), by
    returned.remark, returned.effect = (remark or returned.remark)[:500], effect or returned.effect
    returned.save(update_fields=["state", "handled_at", "handled_by", "remark", "effect"])
    return returned


@transaction.atomic
def reopen_return(returned: ReturnedMessage, *, by: User, remark: str) -> ReturnedMessage:
    """It has to be looked at again, such as an automatic answer that a person wrote. Refused where it is open."""
    returned = _locked(returned)
    if returned.state == State.OPEN:
        raise Refused(_("This is open already."), code="open_already")
    returned.state, returned.handled_at, returned.handled_by, returned.remark = State.OPEN, None, None, remark[:500]
    returned.save(update_fields=["state", "handled_at", "handled_by", "remark"])
    return returned


def notice_named(text: str) -> Notice | None:
    """The e-mail or certified e-mail that a person names: by its number, its unique key, its Message-ID or its return path."""
    text = text.strip()
    channels = Notice.objects.filter(channel__in=(Channel.EMAIL, Channel.PEC))
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return channels.filter(pk=int(text)).first()
    token = text.partition("+")[2].partition("@")[0] or text
    if (number := notice_id_of(token)) is not None:
        return channels.filter(pk=number).first()
    message_id = text if text.startswith("<") else f"<{text}>"
    return notice_of_message_id(message_id) or channels.filter(once=text).first()


@transaction.atomic
def match_return(returned: ReturnedMessage, *, notice: Notice, by: User) -> ReturnedMessage:
    """A person found the notice that it is about. What did not arrive is reported to it; an address is given up by a person.

    Refused for one whose notice is known, and for a notice that was not sent.
    """
    returned = _locked(returned)
    if returned.notice_id is not None:
        raise Refused(_("Its notice is known already."), code="matched_already")
    if notice.sent_at is None and notice.claimed_at is None:
        raise Refused(_("This notice has not been sent: nothing of it can come back."), code="not_sent")
    returned.notice, returned.matched_by = notice, MatchedBy.PERSON
    if returned.kind == Kind.BOUNCE:
        now = timezone.now()
        report_delivery(
            notice,
            outcome=Outcome.FAILED,
            detail=f"{returned.get_kind_display()}: {returned.status} {returned.words}".strip(": "),
            source_key=f"return:{returned.digest}",
            happened_at=moment_of(returned.written_at, left=notice.sent_at or notice.claimed_at, now=now),
            by=by,
        )
        returned.effect = Effect.REPORTED
    returned.save(update_fields=["notice", "matched_by", "effect"])
    return returned


@transaction.atomic
def suppress_from_return(returned: ReturnedMessage, *, by: User, remark: str) -> ReturnedMessage:
    """Nothing goes any more to the address that it is about; and it is dealt with. Refused where it names none."""
    returned = _locked(returned)
    address = returned.address
    if not address or returned.effect == Effect.SUPPRESSED:
        raise Refused(_("There is no address here to which something still goes."), code="no_address")
    asked = returned.kind in (Kind.ANSWER, Kind.COMPLAINT)
    reason = SuppressedAddress.Reason.ASKED if asked else SuppressedAddress.Reason.BY_HAND
    channel = returned.notice.channel if returned.notice is not None else Channel.EMAIL
    suppress_address(channel=channel, address=address, reason=reason, detail=remark or returned.words, by=by)
    if returned.state == State.HANDLED:
        returned.effect = Effect.SUPPRESSED
        returned.save(update_fields=["effect"])
        return returned
    return close_return(returned, by=by, remark=remark, effect=Effect.SUPPRESSED)


@transaction.atomic
def close_returns(*, kind: str, until: datetime, words: str, remark: str, by: User, most: int) -> int:
    """Deal with many alike, the oldest first: those of the kind that came until a moment, with these words; returns how many.

    After an hour in which a receiver refused us. Answers of people are dealt with one by one.
    """
    open_ones = ReturnedMessage.objects.open().problems().filter(kind=kind, received_at__lte=until)
    if words:
        open_ones = open_ones.filter(words__icontains=words)
    locked = open_ones.select_for_update(skip_locked=True).order_by("received_at", "pk")
    ids = list(locked.values_list("pk", flat=True)[:most])
    changed = {"state": State.HANDLED, "handled_at": timezone.now(), "handled_by": by, "remark": remark[:500]}
    return ReturnedMessage.objects.filter(pk__in=ids).update(**changed)
