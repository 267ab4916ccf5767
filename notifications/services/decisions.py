"""Commands: what a person decides about a notice or an address, and what the customer does with one."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import User
from customers.visibility import reach_of
from foundation.refusals import Refused
from notifications.models import Notice, SuppressedAddress, SuppressedAddressQuerySet
from notifications.moves import move_notices
from notifications.rendering import UnknownWord
from notifications.services.waking import wake_after_commit

State = Notice.State
WRITTEN_BEFORE = timedelta(days=4)  # a refused notice was tried for three days at the most


@transaction.atomic
def confirm_sent(notice: Notice, *, by: User, reason: str = "") -> Notice:
    """A notice in doubt went: somebody found out. Refused when it is not in doubt."""
    return _decide(notice, State.IN_DOUBT, State.SENT, by=by, detail=reason, sent_at=notice.claimed_at)


@transaction.atomic
def send_again(notice: Notice, *, by: User, reason: str = "") -> Notice:
    """A notice in doubt is sent again, with the same Message-ID. Refused when it is not in doubt."""
    return _again(notice, State.IN_DOUBT, by=by, detail=reason)


@transaction.atomic
def try_again(notice: Notice, *, by: User, reason: str = "") -> Notice:
    """A notice that the channel refused is tried once more from the beginning. Refused when it was not refused."""
    return _again(notice, State.REFUSED, by=by, detail=reason)


@transaction.atomic
def withhold(notice: Notice, *, reason: str, by: User) -> Notice:
    """A notice that waits, was refused by the channel or is in doubt is not to go. Refused when it is on its way or gone.

    Where one was in doubt, nobody knows whether it went, and it is not sent again.
    """
    old = notice.state if notice.state in (State.REFUSED, State.IN_DOUBT) else State.QUEUED
    return _decide(notice, old, State.WITHHELD, by=by, detail=reason, problem=reason[:500])


@transaction.atomic
def record_sent_by_hand(notice: Notice, *, how: str, by: User) -> Notice:
    """A person has sent it by post or PEC; `how` is by which, with what proves it (the number of a registered letter).

    Its text is the one the list showed, and remains from now on. Refused when it does not wait for a person (any
    more), or when its text cannot be made.
    """
    if notice.channel != Notice.Channel.POST:
        raise Refused(_("This notice is not one that a person sends."), code="not_by_hand")
    fields: dict[str, object] = {}
    if not notice.is_rendered:
        try:
            wording = notice.make_wording()
        except (UnknownWord, ValueError) as error:
            raise Refused(_("The text cannot be made: %(error)s") % {"error": error}, code="no_text") from error
        fields = {"subject": wording.subject, "body_text": wording.text, "made_of_id": wording.text_id}
    return _decide(notice, State.QUEUED, State.SENT, by=by, detail=how, sent_at=timezone.now(), **fields)


@transaction.atomic
def suppress_address(
    *, channel: str, address: str, reason: str, detail: str = "", by: User | None = None
) -> SuppressedAddress:
    """Send nothing to the address any more; a row that suppresses it already is left as it is."""
    suppressed, _created = SuppressedAddress.objects.get_or_create(
        channel=channel,
        address=address.strip().lower(),
        lifted_at=None,
        defaults={"reason": reason, "detail": detail[:500], "by": by},
    )
    return suppressed


@transaction.atomic
def lift_suppression(suppressed: SuppressedAddress, *, by: User, why: str = "") -> SuppressedAddress:
    """The address may be written to again; the row names the person who lifted it, and why. Refused when it was lifted before."""
    suppressed = SuppressedAddress.objects.select_for_update().get(pk=suppressed.pk)
    if suppressed.lifted_at is not None:
        raise Refused(_("This was lifted already."), code="lifted_already")
    suppressed.lifted_at, suppressed.lifted_by, suppressed.lifted_why = timezone.now(), by, why[:500]
    suppressed.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
    return suppressed


@transaction.atomic
def lift_suppressions(
    suppressed: SuppressedAddressQuerySet, *, by: User, send_again: bool, why: str = ""
) -> tuple[int, int]:
    """Lift many at once, after a mail server muted them wrongly; returns how many addresses and how many notices.

    `send_again` puts the notices that were refused at these addresses since then, and are still of use, back in the queue.
    `why` is kept with each address.
    """
    now = timezone.now()
    rows = list(suppressed.in_force().select_for_update().order_by("pk"))
    lifted_rows = SuppressedAddress.objects.filter(pk__in=[row.pk for row in rows])
    lifted_rows.update(lifted_at=now, lifted_by=by, lifted_why=why[:500])
    if not rows or not send_again:
        return len(rows), 0
    reason = why or _("The address may be written to again.")
    queued = move_notices(
        refused_at(rows, now),
        old=State.REFUSED,
        new=State.QUEUED,
        at=now,
        by=by,
        detail=reason,
        send_after=now,
        attempts=0,
        problem="",
    )
    for pk in queued:
        wake_after_commit(pk)
    return len(rows), len(queued)


def refused_at(rows: list[SuppressedAddress], now: datetime) -> list[int]:
    """The notices that were refused at these addresses since they were suppressed, and are still of use."""
    if not rows:
        return []
    lifted = {(row.channel, row.address) for row in rows}
    first = min(row.since for row in rows) - WRITTEN_BEFORE
    refused = Notice.objects.in_trouble().filter(state=State.REFUSED, created_at__gte=first).of_use(now)
    refused = refused.filter(digest__isnull=True)  # the others move with the message that carries them
    return [
        pk
        for pk, channel, address in refused.values_list("pk", "channel", "address")
        if (channel, address.lower()) in lifted
    ]


@transaction.atomic
def mark_read(notice: Notice, *, by: User) -> Notice:
    """The customer opened a notice of the reserved area; the first time counts. Refused for anybody else."""
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    if notice.customer_id is None or reach_of(by).customer_id != notice.customer_id:
        raise Refused(_("Only the customer it was written to reads a notice."), code="not_yours")
    if notice.read_at is None and notice.state == State.SENT:
        notice.read_at = timezone.now()
        notice.save(update_fields=["read_at"])
        carried = Notice.objects.filter(digest=notice.pk, state=State.SENT, read_at__isnull=True)
        carried.update(read_at=notice.read_at)
    return notice


def _again(notice: Notice, old: str, *, by: User, detail: str) -> Notice:
    now = timezone.now()
    if not notice.is_of_use(now):
        raise Refused(_("It is no longer of use: the event it announces is past."), code="expired")
    fields: dict[str, object] = {
        "send_after": now,
        "attempts": 0,
        "problem": "",
        "digest": None,
    }  # by itself, if another carried it
    decided = _decide(notice, old, State.QUEUED, by=by, detail=detail, **fields)
    wake_after_commit(notice.pk)
    return decided


def _decide(notice: Notice, old: str, new: str, *, by: User, detail: str, **fields: object) -> Notice:
    """Move the notice; Refused when it is not what the person saw any more."""
    if not move_notices([notice.pk], old=old, new=new, at=timezone.now(), by=by, detail=detail, **fields):
        raise Refused(_("This cannot be done any more."), code="moved_on")
    notice.refresh_from_db()
    return notice
