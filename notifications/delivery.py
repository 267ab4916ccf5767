"""From a queued notice to a sent message. What a worker does, and what the sweep finds.

A notice is prepared (may it still go? with which text?) a few at a time, then taken one by one: claimed by one
conditional UPDATE that is committed before anything leaves, sent outside any transaction, and its result written at
once. While the database waits for the disk, the message is made and its recipient named to the mail server. So a worker
that dies at any moment leaves one notice whose result is not known, the one it was sending: the sweep puts it in doubt
and a person decides. Why it is never sent again by itself: docs/decisions/outbox.md.
"""

import hmac
import logging
import random
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from customers.consents import is_in_force
from customers.models import Consent
from foundation.chunks import in_chunks
from notifications import addresses
from notifications.channels import InDoubt, Message, NotClaimed, NotTaken, OpenChannel, Unavailable
from notifications.channels.email import EmailChannel
from notifications.channels.inbox import InboxChannel
from notifications.channels.sms import SmsChannel
from notifications.kinds import KINDS
from notifications.models import Notice, NoticeAttachment, SuppressedAddress
from notifications.moves import check_move, move_notices
from notifications.rendering import UnknownWord
from notifications.resting import leave_alone, left_alone
from notifications.retries import delay_after
from notifications.services.decisions import suppress_address
from notifications.services.waking import wake_the_worker
from notifications.unsubscribing import unsubscribe_url

log = logging.getLogger(__name__)

State, Channel = Notice.State, Notice.Channel

PREPARED = 50  # notices made ready at a time
DEAD_AFTER = timedelta(minutes=15)  # far longer than any time-out: the worker that claimed it then has gone
LONGEST_RECEIPT = 200  # as stored
SWEPT = 20_000  # ids handed out by one sweep
ChannelOpener = Callable[[], AbstractContextManager[OpenChannel]]
CHANNELS: dict[str, ChannelOpener] = {
    Channel.EMAIL: EmailChannel,
    Channel.INBOX: InboxChannel,
    Channel.SMS: SmsChannel,
}

HANGING = timedelta(minutes=5)  # a channel that did not answer after a message is left alone for so long
OVERRUN = timedelta(minutes=15)  # of a channel that answers of most recipients that they do not exist
FEW = 5  # recipients that may not exist in any chunk


@dataclass(frozen=True, slots=True)
class Prepared:
    """What goes with a notice beside its text: whether it has files, and the Message-ID of what it answers."""

    has_files: bool
    answers: str


@dataclass(slots=True)
class Bounces:
    """The mailboxes of a chunk that do not exist by the channel's answer, and how many it was tried with."""

    tried: int = 0
    found: list[tuple[Notice, SuppressedAddress]] = field(default_factory=list)

    @property
    def are_too_many(self) -> bool:
        """Whether this is no matter of single addresses."""
        return len(self.found) >= FEW and len(self.found) * 2 > self.tried


# Three statements are written out, because they run once for each notice and the ORM takes longer than they do. To claim
# one writes down at once that the one before it has gone: one way to the database for both, and one wait for the disk.
CLAIM = """
    WITH before AS (
        UPDATE notifications_notice SET state = 'sent', sent_at = %(sent_at)s, receipt = %(receipt)s, problem = ''
        WHERE id = %(sent)s AND state = 'sending'
    )
    UPDATE notifications_notice
    SET state = 'sending', claimed_at = %(now)s, attempts = attempts + 1,
        message_id = CASE message_id WHEN '' THEN %(message_id)s ELSE message_id END
    WHERE id = (
        SELECT id FROM notifications_notice
        WHERE id = %(id)s AND state = 'queued' AND send_after <= %(now)s AND subject <> ''
        FOR UPDATE SKIP LOCKED
    )
    RETURNING attempts, message_id, subject, body_text, body_html
"""
RECORD_SENT = """
    UPDATE notifications_notice SET state = 'sent', sent_at = %(sent_at)s, receipt = %(receipt)s, problem = ''
    WHERE id = %(sent)s AND state = 'sending'
"""
STORE_TEXTS = """
    UPDATE notifications_notice AS notice
    SET subject = made.subject, body_text = made.body_text, body_html = made.body_html
    FROM unnest(%(ids)s::bigint[], %(subjects)s::text[], %(texts)s::text[], %(htmls)s::text[])
        AS made (id, subject, body_text, body_html)
    WHERE notice.id = made.id AND notice.state = 'queued' AND notice.subject = ''
"""


def deliver_notices(notice_ids: Iterable[int], *, channels: Mapping[str, ChannelOpener] = CHANNELS) -> Counter[str]:
    """Send those of the notices that are owed now, and return how many came to which state.

    Any number of workers may be given the same ids: each notice is sent by one of them. Over one connection for all. A
    channel that is away costs one notice an attempt and leaves its others in the queue; those of other channels go.
    """
    results: Counter[str] = Counter()
    opened: dict[str, OpenChannel] = {}
    away = left_alone(channels)
    with ExitStack() as stack:
        beside = stack.enter_context(ThreadPoolExecutor(1, "claims"))
        for ids in in_chunks(notice_ids, PREPARED):
            if _too_many_in_this_hour():
                break
            ready, held_back = _prepare(ids, timezone.now(), away)
            results.update(held_back)
            gone = results[State.SENT]
            gone_just_now: Notice | None = None
            bounces: dict[str, Bounces] = defaultdict(Bounces)
            for notice, prepared in ready:
                if notice.channel in away:
                    continue
                if notice.channel not in opened:
                    opened[notice.channel] = stack.enter_context(channels[notice.channel]())
                before, gone_just_now = gone_just_now, None
                sent = _send(notice, prepared, opened[notice.channel], bounces[notice.channel], beside, before)
                if sent is None:
                    continue  # another worker has it, or a person withheld it
                state, is_away = sent
                results[state] += 1
                if state == State.SENT:
                    gone_just_now = notice
                if bounces[notice.channel].are_too_many:
                    undone = _take_back(bounces[notice.channel])
                    results.update({State.REFUSED: -undone, State.QUEUED: undone})
                    is_away = True
                if is_away:
                    log.warning("the rest remains in the queue: %s", notice.channel)
                    away.add(notice.channel)
            if gone_just_now is not None:
                _record_sent(gone_just_now)
            _count_in_this_hour(results[State.SENT] - gone)
    return +results


# --- Before: may it still go, and with which text ----------------------------------------------------------------


def _prepare(
    ids: Iterable[int], now: datetime, away: Iterable[str]
) -> tuple[list[tuple[Notice, Prepared]], Counter[str]]:
    """Those of the notices that may go now, each with what goes with it; and what became of those that may not."""
    results: Counter[str] = Counter()
    owed = Notice.objects.owed(now).filter(pk__in=ids).exclude(channel__in=away)
    notices = list(owed)
    reasons = _reasons_to_withhold(notices, now)
    for reason in set(reasons.values()):
        those = [pk for pk, given in reasons.items() if given == reason]
        withheld = move_notices(those, old=State.QUEUED, new=State.WITHHELD, at=now, detail=reason, problem=reason)
        results[State.WITHHELD] += len(withheld)
    staying = [notice for notice in notices if notice.pk not in reasons]
    files = (
        set(NoticeAttachment.objects.filter(notice__in=staying).values_list("notice", flat=True)) if staying else ()
    )
    first_of = _first_of_threads(staying)
    ready, made = [], []
    for notice in staying:
        if not notice.is_rendered:
            try:
                wording = notice.make_wording()
            except (UnknownWord, ValueError) as error:
                problem = (_("The text cannot be made: %(error)s") % {"error": error})[:500]
                if move_notices(
                    [notice.pk], old=State.QUEUED, new=State.REFUSED, at=now, detail=problem, problem=problem
                ):
                    log.error("notice %s: %s", notice.pk, problem)
                    results[State.REFUSED] += 1
                continue
            notice.subject, notice.body_text, notice.body_html = wording.subject, wording.text, wording.html
            made.append((notice.pk, wording.subject, wording.text, wording.html))
        ready.append((notice, Prepared(notice.pk in files, first_of.get(notice.pk, ""))))
    if made:
        _store_texts(made)
    return ready, results


def _first_of_threads(notices: list[Notice]) -> dict[int, str]:
    """The Message-ID of the first e-mail of the conversation, for each notice that is a later one."""
    threads = {notice.thread for notice in notices if notice.thread and notice.channel == Channel.EMAIL}
    if not threads:
        return {}
    firsts = Notice.objects.filter(thread__in=threads, channel=Channel.EMAIL).order_by("thread", "pk")
    found = {notice.thread: notice for notice in firsts.distinct("thread").only("pk", "thread", "message_id")}
    return {
        notice.pk: found[notice.thread].message_id or message_id_of(found[notice.thread])
        for notice in notices
        if notice.thread in found and found[notice.thread].pk != notice.pk
    }


def _store_texts(made: list[tuple[int, str, str, str]]) -> None:
    """Store the texts of those that still wait and have none: a worker that claims a notice finds its final text."""
    columns = [list(column) for column in zip(*made, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(STORE_TEXTS, dict(zip(("ids", "subjects", "texts", "htmls"), columns, strict=True)))


def message_id_of(notice: Notice) -> str:
    """The Message-ID of a notice: always the same one, and nobody else can make it up."""
    signed = hmac.digest(settings.SECRET_KEY.encode(), f"notice:{notice.pk}".encode(), "sha256").hex()[:24]
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
    return f"<notice.{notice.pk}.{signed}@{host}>"


def _reasons_to_withhold(notices: list[Notice], now: datetime) -> dict[int, str]:
    """Why a notice may not go after all, by its id: asked again now, because days may lie between.

    Whether it is still owed is asked of its kind; whether its address is still the customer's, of the customer: a notice
    to one that was corrected is given the address of this moment.
    """
    reasons = {
        notice.pk: _("It came too late: the event it announces is past.")
        for notice in notices
        if not notice.is_of_use(now)
    }
    asked: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        kind = KINDS.get(notice.kind)
        if kind is not None and kind.still_owed and notice.pk not in reasons:
            asked[kind.still_owed].append(notice)
    for question, those in asked.items():
        reasons |= import_string(question)(those, now)
    reasons |= addresses.reasons_to_withhold([notice for notice in notices if notice.pk not in reasons])
    promotions = [notice for notice in notices if notice.is_promotional and notice.pk not in reasons]
    allowed = _consents(promotions) if promotions else set()
    for notice in promotions:
        if (notice.customer_id, notice.channel, _purpose_of(notice)) not in allowed:
            reasons[notice.pk] = _("The customer does not consent to promotions on this channel.")
    return reasons


def _purpose_of(notice: Notice) -> str:
    """The purpose of the consent that a promotion needs: its kind's."""
    kind = KINDS.get(notice.kind)
    return str(kind.consent if kind is not None else Consent.Purpose.AGENCY_PROMOTIONS)


def _consents(notices: list[Notice]) -> set[tuple[int, str, str]]:
    """(customer, channel of ours, purpose) whose consent is in force."""
    ours = {Consent.Channel.PORTAL: Channel.INBOX}
    last_events = Consent.objects.filter(
        customer__in={notice.customer_id for notice in notices if notice.customer_id},
        purpose__in={_purpose_of(notice) for notice in notices},
    ).in_force()
    return {
        (consent.customer_id, ours.get(consent.channel, consent.channel), consent.purpose)
        for consent in last_events
        if is_in_force(consent.event, purpose=consent.purpose)
    }


# --- The rate guard: something may be going round in circles ------------------------------------------------------


def _key_of_this_hour() -> str:
    return f"notices-sent:{timezone.now():%Y%m%d%H}"


def _too_many_in_this_hour() -> bool:
    """Whether more has gone out in this hour than ever should; logs it as an error.

    What is held back remains in the queue. The count is in the cache: where that is away, nothing is held back.
    """
    if not (most := settings.NOTICES_PER_HOUR):
        return False
    try:
        gone = cache.get(_key_of_this_hour(), 0)
    except Exception as error:
        log.warning("the notices of this hour cannot be counted: %s", error)
        return False
    if gone >= most:
        log.error("%d notices have gone out in one hour: the rest waits (NOTICES_PER_HOUR is %d).", gone, most)
    return gone >= most


def _count_in_this_hour(number: int) -> None:
    if settings.NOTICES_PER_HOUR and number:
        with suppress(Exception):  # a cache that is away
            cache.add(_key_of_this_hour(), 0, 7200)
            cache.incr(_key_of_this_hour(), number)


# --- The one notice -----------------------------------------------------------------------------------------------


class Claim:
    """The claim of a notice, under way on the worker's connection while its message is made.

    Committed by itself, together with the word that `gone`, the one before it, has gone.
    """

    def __init__(self, notice: Notice, gone: Notice | None, beside: Executor):
        check_move(State.QUEUED, State.SENDING)
        self._notice = notice
        self._read = self._what_goes()
        self._error: NotClaimed | None = None
        given = {"id": notice.pk, "now": timezone.now(), "message_id": notice.message_id, **_gone_now(gone)}
        is_asked, cursor = threading.Event(), connection.cursor()

        def ask() -> tuple[Any, ...] | None:
            is_asked.set()
            with cursor:
                cursor.execute(CLAIM, given)
                return cursor.fetchone()

        self._answer = beside.submit(ask)
        is_asked.wait()  # or the message would be made first: Python runs one of two threads until it waits

    def _what_goes(self) -> tuple[str, ...]:
        return self._notice.message_id, self._notice.subject, self._notice.body_text, self._notice.body_html

    @property
    def is_as_read(self) -> bool:
        """Whether what was claimed is what the message was made of: another worker may have made the text first."""
        return self._read == self._what_goes()

    def wait(self) -> None:
        """Return when the notice is this worker's, with the text it was read with; else NotClaimed."""
        if self._error is None:
            try:
                row = self._answer.result()
            except Exception as error:
                self._error = NotClaimed()
                raise self._error from error
            if row is None:
                self._error = NotClaimed()
            else:
                notice = self._notice
                notice.attempts, notice.message_id, notice.subject, notice.body_text, notice.body_html = row
        if self._error is not None:
            raise self._error
        if not self.is_as_read:
            raise NotClaimed


def _send(
    notice: Notice,
    prepared: Prepared,
    channel: OpenChannel,
    bounces: Bounces,
    beside: Executor,
    gone: Notice | None,
) -> tuple[str, bool] | None:
    """Claim the notice and hand it to its channel, with its text as it is stored.

    Returns its state, which is recorded unless it has gone, and whether the channel is away; None when the notice is not to
    be had any more.
    """
    notice.message_id = notice.message_id or message_id_of(notice)
    files = _files(notice) if prepared.has_files else []
    claim = Claim(notice, gone, beside)
    try:
        return _hand_over(notice, prepared.answers, files, channel, bounces, claim.wait)
    except NotClaimed as error:
        if error.__cause__ is not None:
            raise error.__cause__ from None
        if claim.is_as_read:
            return None
    return _hand_over(notice, prepared.answers, files, channel, bounces, lambda: None)


def _hand_over(
    notice: Notice,
    answers: str,
    files: list[tuple[str, str, bytes]],
    channel: OpenChannel,
    bounces: Bounces,
    claimed: Callable[[], None],
) -> tuple[str, bool]:
    """The one attempt; NotClaimed, before anything else is made of it, where the notice is not this worker's."""
    kind = KINDS.get(notice.kind)
    message = Message(
        address=notice.address,
        subject=notice.subject,
        text=notice.body_text,
        html=notice.body_html,
        language=notice.language,
        message_id=notice.message_id,
        unsubscribe_url=unsubscribe_url(notice.customer_id, _purpose_of(notice)) if notice.is_promotional else "",
        answers=answers,
        is_personal=kind is not None and kind.is_personal,
        attachments=files,
    )
    try:
        notice.receipt = channel.send(message, claimed) or ""
    except Exception as error:
        claimed()
        bounces.tried += 1
        return _not_sent(notice, error, bounces)
    bounces.tried += 1
    return State.SENT, False


def _not_sent(notice: Notice, error: Exception, bounces: Bounces) -> tuple[str, bool]:
    """Record what became of a notice that was not sent, or perhaps was; its state, and whether the channel is away."""
    if isinstance(error, NotTaken):
        return _refuse(notice, error, bounces), False
    if isinstance(error, Unavailable):
        if error.is_ours:
            log.error("the other side refuses us, not the message: %s: %s", notice.channel, error)
        return _put_off(notice, str(error)), error.for_all
    if isinstance(error, InDoubt):
        if error.timed_out:
            leave_alone(notice.channel, HANGING)
        return _record(notice, State.IN_DOUBT, problem=str(error)), error.timed_out
    # A fault of ours: where it happened does not show whether the message went.
    log.error("notice %s", notice.pk, exc_info=error)
    return _record(notice, State.IN_DOUBT, problem=f"{type(error).__name__}: {error}"), False


def _files(notice: Notice) -> list[tuple[str, str, bytes]]:
    return [(each.name, each.content_type, bytes(each.content)) for each in notice.attachments.all()]


@transaction.atomic
def _refuse(notice: Notice, error: NotTaken, bounces: Bounces) -> str:
    """The channel refused, with its words; where nobody is at the address, nothing goes there any more."""
    if error.no_such_mailbox:
        reason = SuppressedAddress.Reason.NO_SUCH_MAILBOX
        suppressed = suppress_address(channel=notice.channel, address=notice.address, reason=reason, detail=str(error))
        bounces.found.append((notice, suppressed))
    return _record(notice, State.REFUSED, problem=str(error))


@transaction.atomic
def _take_back(bounces: Bounces) -> int:
    """Most mailboxes of a chunk do not exist, all at once: the fault is ours or the relay's, so nobody is muted for it.

    Their suppressions are lifted and the notices put off; those that were tried for three days remain as they are.
    Returns how many were put off.
    """
    now, taken_back = timezone.now(), 0
    log.error(
        "%d of %d recipients do not exist by the mail server's answer: none is suppressed, the channel rests. Look at "
        "the relay's settings: %s",
        len(bounces.found),
        bounces.tried,
        bounces.found[-1][0].pk,
    )
    problem = _("Too many addresses were refused at once: the mail server's word is not taken for it.")
    for notice, suppressed in bounces.found:
        delay = delay_after(notice.attempts, chance=random.random())  # noqa: S311 - to spread, not to hide
        if delay is None:
            continue
        SuppressedAddress.objects.filter(pk=suppressed.pk, lifted_at__isnull=True).update(lifted_at=now)
        taken_back += len(
            move_notices(
                [notice.pk],
                old=State.REFUSED,
                new=State.QUEUED,
                at=now,
                detail=problem,
                problem=problem,
                send_after=now + max(delay, OVERRUN),
            )
        )
    for channel in {notice.channel for notice, _suppressed in bounces.found}:
        leave_alone(channel, OVERRUN)
    bounces.found.clear()
    return taken_back


def _put_off(notice: Notice, problem: str) -> str:
    """Back to the queue for a while; refused when it has been tried for about three days."""
    delay = delay_after(notice.attempts, chance=random.random())  # noqa: S311 - to spread, not to hide
    if delay is None:
        given_up = _("Given up after %(attempts)d attempts: %(problem)s")
        return _record(notice, State.REFUSED, problem=given_up % {"attempts": notice.attempts, "problem": problem})
    return _record(notice, State.QUEUED, problem=problem, send_after=timezone.now() + delay)


def _record(notice: Notice, state: str, *, problem: str, **fields: Any) -> str:
    """Record what became of a notice that this worker holds, where it was not sent."""
    problem = problem.replace("\0", "")[:500]
    move_notices(
        [notice.pk], old=State.SENDING, new=state, at=timezone.now(), detail=problem, problem=problem, **fields
    )
    return state


def _record_sent(notice: Notice) -> None:
    """Write down that the notice has gone, where no other is claimed after it."""
    with connection.cursor() as cursor:
        cursor.execute(RECORD_SENT, _gone_now(notice))


def _gone_now(notice: Notice | None) -> dict[str, Any]:
    """The ordinary end, a hundred thousand times: no statement of its own, and no event."""
    check_move(State.SENDING, State.SENT)
    receipt = notice.receipt[:LONGEST_RECEIPT] if notice else ""
    return {"sent": notice.pk if notice else None, "sent_at": timezone.now(), "receipt": receipt}


# --- The sweep ----------------------------------------------------------------------------------------------------


def flag_stuck(now: datetime) -> int:
    """Put in doubt what a worker that is not there any more was sending; returns how many."""
    ids = list(Notice.objects.left_by_the_dead(now - DEAD_AFTER).values_list("pk", flat=True)[:SWEPT])
    problem = _("The worker ended while it was sending this: it may have gone.")
    stuck = move_notices(ids, old=State.SENDING, new=State.IN_DOUBT, at=now, detail=problem, problem=problem)
    if stuck:
        log.error("notices in doubt, for a person to decide: %d", len(stuck))
    return len(stuck)


def owed_ids(now: datetime, limit: int | None = SWEPT) -> list[int]:
    """The notices that are owed now, oldest first."""
    return list(Notice.objects.owed(now).values_list("pk", flat=True)[:limit])


def sweep() -> tuple[int, int]:
    """What beat does every minute: show what is in doubt, and wake workers for all that is owed.

    Returns how many notices were put in doubt and how many were handed out. Two at once do no harm.
    """
    now = timezone.now()
    stuck = flag_stuck(now)
    owed = owed_ids(now)
    if owed:
        wake_the_worker(owed)
    return stuck, len(owed)
