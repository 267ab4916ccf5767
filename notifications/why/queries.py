"""Query: what is known of a notice, put into the sentence that says why."""

from datetime import date, datetime

from django.utils import timezone

from customers.models import ContactPoint, ReservedAreaAccount
from customers.models.account import Capacity
from notifications.channels import Channel, served
from notifications.kinds import KINDS, NoticeKind
from notifications.models import Notice, PreferenceChange, SuppressedAddress
from notifications.preferences.asking import switched_off_on
from notifications.preferences.groups import key_of
from notifications.preferences.rules import is_off
from notifications.why.sentence import Facts, Way, sentence

State = Notice.State
GONE_OR_GOING = (State.QUEUED, State.SENDING, State.SENT, State.IN_DOUBT)


def why(notice: Notice) -> str:
    """Why the person got the notice, or did not, in one sentence in the language of now."""
    return sentence(facts_of(notice, timezone.now()))


def facts_of(notice: Notice, now: datetime) -> Facts:
    """The facts of the sentence, as they were when the notice was written: a handful of queries, for one notice."""
    kind = KINDS.get(notice.kind)
    off = _off_at(notice) if kind is not None and kind.is_chosen else frozenset()
    others = [way for way in _ways(notice) if way.pk != notice.pk]
    hold = notice.holds.first()
    words = notice.words or {}
    email = _email_way(notice, others, kind, off)
    return Facts(
        what=notice.wording.subject,
        kind=kind,
        state=notice.state,
        channel=notice.channel,
        moment=notice.sent_at or notice.send_after,
        now=now,
        address=notice.address,
        problem=notice.problem,
        came_back=notice.arrival == Notice.Arrival.FAILED,
        is_served=notice.channel in served(),
        held_until=hold.until if hold is not None else None,
        together=_together(notice),
        email=email,
        inbox=_inbox_way(notice, others),
        is_off=kind is not None and is_off(kind, notice.channel, off),
        off_on=_off_on(notice, kind) if email is Way.OFF else None,
        basis=str(words.get("basis", "")),
        allowed_on=date.fromisoformat(words["allowed_on"]) if words.get("allowed_on") else None,
    )


def _ways(notice: Notice) -> list[Notice]:
    if notice.matter == notice.once or notice.customer_id is None:
        return [notice]
    return list(Notice.objects.about(notice.matter).filter(kind=notice.kind, customer=notice.customer_id).for_list())


def _together(notice: Notice) -> int:
    """How many deadlines the message lists that it is, or that carries it; 0 for one by itself."""
    carrier = notice.digest_id or notice.pk
    waits_or_went = Notice.objects.filter(digest=carrier).exclude(state__in=[State.WITHHELD, State.REFUSED])
    return waits_or_went.count()


def _off_at(notice: Notice) -> frozenset[str]:
    """What was switched off when it was written, or has been since where it has not gone yet."""
    changes = PreferenceChange.objects.filter(customer=notice.customer_id)
    last = changes.filter(at__lte=notice.sent_at or timezone.now()).order_by("-at", "-pk").first()
    return frozenset(last.after["off"]) if last is not None else frozenset()


def _off_on(notice: Notice, kind: NoticeKind | None) -> date | None:
    if kind is None or notice.customer_id is None:
        return None
    since = switched_off_on(notice.customer_id, key_of(kind.group, Channel.EMAIL))
    return timezone.localdate(since) if since is not None else None


def _email_way(notice: Notice, others: list[Notice], kind: NoticeKind | None, off: frozenset[str]) -> Way:
    emails = [way for way in others if way.channel == Channel.EMAIL]
    if any(way.state in GONE_OR_GOING and way.arrival != Notice.Arrival.FAILED for way in emails):
        return Way.TAKEN
    if any(way.state == State.REFUSED or way.arrival == Notice.Arrival.FAILED for way in emails):
        return Way.FAILED
    if kind is not None and is_off(kind, Channel.EMAIL, off):
        return Way.OFF
    points = ContactPoint.objects.filter(customer=notice.customer_id, kind="email", created_at__lte=notice.created_at)
    values = list(points.values_list("value", flat=True)) if notice.customer_id is not None else []
    if not values:
        return Way.MISSING
    stopped = SuppressedAddress.objects.in_force().filter(channel=Channel.EMAIL, address__in=values)
    return Way.STOPPED if stopped.values("address").distinct().count() == len(set(values)) else Way.UNUSED


def _inbox_way(notice: Notice, others: list[Notice]) -> Way:
    for way in others:
        if way.channel == Channel.INBOX and way.state in GONE_OR_GOING:
            is_late = way.read_at is None and way.sent_at is not None and way.sent_at < notice.created_at
            return Way.UNOPENED if is_late else Way.TAKEN
    accounts = ReservedAreaAccount.objects.open_on(timezone.localdate(notice.created_at)).exclude(
        capacity=Capacity.HEIR
    )
    has_account = (
        notice.customer_id is not None
        and accounts.filter(customer=notice.customer_id, enrolled_at__lte=notice.created_at).exists()
    )
    return Way.UNUSED if has_account else Way.MISSING
