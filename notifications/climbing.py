"""The next rung for notices of commands: what was refused, came back or may not go where it was to go, sent another way.

Alerts climb with their nightly plan (notifications/deadlines.py); here each notice is a single one, with the text that
was written when it was owed. It goes to the next address of the customer, to the reserved area of somebody who can open it,
to their certified address, or to the list of what a person sends by post or PEC. A letter that waits there is taken off when an address is learnt.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import ContactPoint, User
from foundation.refusals import Refused
from notifications.channels import Channel, served
from notifications.deadlines import BY_KIND, planned_kinds
from notifications.kinds import KINDS
from notifications.ladder import has_reached
from notifications.models import EMPTIED, DeliveryReport, Notice, NoticeAttachment, SuppressedAddress
from notifications.moves import move_notices
from notifications.preferences.queries import chosen_by
from notifications.preferences.rules import channels_left, may_follow
from notifications.rendering import as_email, without_footer
from notifications.services.queueing import email_of, is_enrolled, pec_of, refuse_unprintable
from notifications.services.waking import wake_after_commit

State = Notice.State

RECENT = timedelta(days=60)  # later than that nobody waits for it any more
FRESH = timedelta(days=3)  # a round looks at what happened since then: one that was missed is made up for
SETTLED_FOR = timedelta(hours=1)  # a refusal may be taken back in the first minutes (delivery._take_back)
MOST = 1_000  # looked at in one round
UNDER_WAY = (State.QUEUED, State.SENDING, State.IN_DOUBT)


def climb(now: datetime) -> int:
    """Take the next rung for what was found not to arrive, and where an address was learnt since; returns how many."""
    planned = planned_kinds(timezone.localdate(now))
    codes = [kind.code for kind in KINDS.values() if kind.climbs and kind.code not in planned]
    ours = Notice.objects.filter(kind__in=codes, customer__isnull=False, mailbox="", created_at__gte=now - RECENT)
    suppressed = SuppressedAddress.objects.in_force().filter(channel=Channel.EMAIL, address=OuterRef("value"))
    emails = ContactPoint.objects.filter(~Exists(suppressed), customer=OuterRef("customer"), kind="email")
    learnt = Exists(emails.filter(created_at__gte=now - FRESH))
    refused = ours.filter(state=State.REFUSED, claimed_at__lt=now - SETTLED_FOR)
    refused = refused.filter(learnt | Q(claimed_at__gte=now - FRESH))
    reports = DeliveryReport.objects.filter(notice=OuterRef("pk"), received_at__gte=now - FRESH)
    came_back = ours.filter(learnt | Exists(reports), state=State.SENT, arrival=Notice.Arrival.FAILED)
    letters = ours.filter(Exists(emails), state=State.QUEUED, channel=Channel.POST)
    found: list[int] = []
    for those in (refused, came_back, letters):
        found += those.exclude(EMPTIED).order_by("-pk").values_list("pk", flat=True)[:MOST]
    return sum(next_rung(pk, now) is not None for pk in found)


def climb_from(notice_ids: Iterable[int], now: datetime) -> int:
    """Take the next rung for those of the notices that may not go where they were to go; returns how many."""
    return sum(next_rung(pk, now) is not None for pk in notice_ids)


@transaction.atomic
def next_rung(notice_id: int, now: datetime) -> Notice | None:
    """Queue what follows the notice on the ladder; None where another way is under way or counts, or none is left."""
    notice = Notice.objects.select_for_update(of=("self",)).select_related("customer").get(pk=notice_id)
    kind, customer = KINDS.get(notice.kind), notice.customer
    if kind is None or customer is None or not kind.climbs or not notice.is_rendered:
        return None
    if kind.code in BY_KIND and kind.code in planned_kinds(timezone.localdate(now)):
        return None  # the nightly plan finds the next way
    if not notice.is_of_use(now):
        return None
    ways = list(Notice.objects.about(notice.matter).filter(customer=customer, kind=notice.kind))
    letter = next((way for way in ways if way.channel == Channel.POST and way.state == State.QUEUED), None)
    if any(has_reached(way, kind, now) or (way.state in UNDER_WAY and way != letter) for way in ways):
        return None
    if (found := _where(notice, ways)) is None:
        return None
    channel, address = found
    if channel == Channel.POST and any(way.channel == Channel.POST for way in ways):
        return None
    following = _copy(notice, channel, address, number=sum(way.channel == channel for way in ways) + 1, now=now)
    if letter is not None:
        why = _("It goes another way now.")
        move_notices([letter.pk], old=State.QUEUED, new=State.WITHHELD, at=now, detail=why, problem=why)
    return following


@transaction.atomic
def by_post(notice: Notice, *, by: User, reason: str, now: datetime) -> Notice:
    """A person decides that a refused notice goes by post: it is on the list of letters, and is not tried again.

    Refused for what is for one address alone, has no customer with an address of their own, has a file that cannot be printed, or is
    on the list already.
    """
    notice = Notice.objects.select_for_update(of=("self",)).select_related("customer").get(pk=notice.pk)
    kind = KINDS.get(notice.kind)
    if (
        notice.customer is None
        or kind is None
        or kind.is_confidential
        or kind.to_former
        or Channel.POST not in kind.rungs
    ):
        raise Refused(_("This notice cannot go by post."), code="not_by_post")
    ways = list(Notice.objects.about(notice.matter).filter(customer=notice.customer, kind=notice.kind))
    if not notice.is_rendered or any(way.channel == Channel.POST for way in ways):
        raise Refused(_("A letter about it is on the list already."), code="letter_already")
    refuse_unprintable([(each.name, each.content_type, bytes(each.content)) for each in notice.attachments.all()])
    number = sum(way.channel == Channel.POST for way in ways) + 1
    following = _copy(notice, Channel.POST, pec_of(notice.customer), number=number, now=now)
    why = (reason or _("It goes by post."))[:500]
    if not move_notices(
        [notice.pk], old=State.REFUSED, new=State.WITHHELD, at=now, by=by, detail=why, problem=notice.problem
    ):
        raise Refused(_("This cannot be done any more."), code="moved_on")
    return following


def _where(notice: Notice, ways: list[Notice]) -> tuple[Channel, str] | None:
    """The channel and address of the next rung: those that were tried are not tried again.

    An e-mail that the customer switched off comes after the reserved area, and only for what the law or the contract asks
    for; None where their preference leaves no other way.
    """
    customer, kind = notice.customer, KINDS[notice.kind]
    assert customer is not None, "the caller asked"
    off = chosen_by(customer).off if kind.is_chosen else frozenset()
    tried = {way.address.lower() for way in ways if way.channel == Channel.EMAIL}
    email = email_of(customer, but=tried)
    has_inbox = is_enrolled(customer) and all(way.channel != Channel.INBOX for way in ways)
    reaching = [channel for channel, reaches in ((Channel.EMAIL, email), (Channel.INBOX, has_inbox)) if reaches]
    left = channels_left(kind, off, reaching)
    if Channel.EMAIL in left:
        return Channel.EMAIL, email
    if left:
        return Channel.INBOX, ""
    if not may_follow(kind, Channel.POST, off):
        return None
    tried = {way.address.lower() for way in ways if way.channel == Channel.PEC}
    pec = pec_of(customer, but=tried)
    return (Channel.PEC if pec and Channel.PEC in served() else Channel.POST), pec


def _copy(notice: Notice, channel: Channel, address: str, *, number: int, now: datetime) -> Notice:
    """The same text on another channel, with the same files where the channel carries files."""
    text, html = without_footer(notice.body_text), ""
    if channel == Channel.EMAIL:
        is_email = notice.channel == Channel.EMAIL
        made = None if is_email else as_email(notice.subject, text, language=notice.language)
        text, html = (made.text, made.html) if made else (notice.body_text, notice.body_html)
    following = Notice.objects.create(
        kind=notice.kind,
        channel=channel,
        once=f"{notice.matter}:{channel.value}" + (f":{number}" if number > 1 else ""),
        customer=notice.customer,
        address=address,
        language=notice.language,
        subject=notice.subject,
        body_text=text,
        body_html=html,
        made_of_id=notice.made_of_id,
        thread=notice.thread,
        send_after=now,
        expires_at=notice.expires_at,
    )
    if channel != Channel.INBOX:
        NoticeAttachment.objects.bulk_create(
            NoticeAttachment(notice=following, name=each.name, content_type=each.content_type, content=each.content)
            for each in notice.attachments.all()
        )
    if channel != Channel.POST:
        wake_after_commit(following.pk)
    return following
