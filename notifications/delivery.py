"""From a queued notice to a sent message. What a worker does, and what the sweep finds.

A notice is prepared (may it still go? with which text?) a few at a time, then taken one by one: claimed by one
conditional UPDATE that is committed before anything leaves, sent outside any transaction, and its result written at
once. While the database waits for the disk, the mail server thinks about the recipient, who was named to it. So a worker
that dies at any moment leaves one notice whose result is not known, the one it was sending: the sweep puts it in doubt
and a person decides. Why it is never sent again by itself: docs/decisions/outbox.md.
"""

import logging
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from customers.consents import is_in_force
from customers.devices import retire_device, take_retirement_back
from customers.models import Consent
from foundation.chunks import in_chunks
from notifications import addresses, pushing, rates, resting
from notifications.channels import InDoubt, Message, NotClaimed, NotTaken, OpenChannel, Unavailable
from notifications.channels.email import EmailChannel
from notifications.channels.inbox import InboxChannel
from notifications.channels.pec import PecChannel
from notifications.channels.push import PushChannel
from notifications.channels.sms import SmsChannel
from notifications.climbing import climb_from
from notifications.digest_kinds import DEADLINES_DIGEST
from notifications.kinds import KINDS, urgent_codes
from notifications.message_ids import message_id_of
from notifications.models import Notice, NoticeAttachment, SuppressedAddress
from notifications.moves import check_move, move_notices
from notifications.preferences import asking
from notifications.preferences.digests import settle_carried
from notifications.queues import BULK, PROMOTIONS, SLOW, URGENT
from notifications.rendering import UnknownWord
from notifications.retries import delay_after
from notifications.returns.tokens import return_path_of
from notifications.services.decisions import suppress_address
from notifications.services.waking import wake_soon, wake_the_worker
from notifications.unsubscribing import unsubscribe_url

log = logging.getLogger(__name__)

State, Channel = Notice.State, Notice.Channel

PREPARED = 100  # notices made ready at a time
ASKED_FOR = 20.0  # seconds; those that were made ready and did not go by then are asked again whether they may
DEAD_AFTER = timedelta(minutes=15)  # far longer than any time-out: the worker that claimed it then has gone
LONGEST_RECEIPT = 200  # as stored
SWEPT = 20_000  # ids handed out by one sweep
PROMOTIONS_SWEPT = 2_000  # those of promotions, to a queue of their own
ChannelOpener = Callable[[], AbstractContextManager[OpenChannel]]
CHANNELS: dict[str, ChannelOpener] = {
    Channel.EMAIL: EmailChannel,
    Channel.INBOX: InboxChannel,
    Channel.SMS: SmsChannel,
    Channel.PEC: PecChannel,
    Channel.PUSH: PushChannel,
}

HANGING = timedelta(minutes=5)  # a channel that did not answer after a message is left alone for so long
OVERRUN = timedelta(minutes=15)  # of a channel that answers of most recipients that they do not exist
FEW = 5  # recipients that may not exist in any chunk


@dataclass(frozen=True, slots=True)
class Prepared:
    """What goes with a notice beside its text: whether it has files, the Message-ID of what it answers, a device to push to."""

    has_files: bool
    answers: str
    target: pushing.Target | None = None


@dataclass(slots=True)
class Bounces:
    """The mailboxes of a chunk that do not exist by the channel's answer, and how many it was tried with.

    Each with what undoes that nothing goes there any more. `refused` counts the messages that were not taken one after the
    other, for whatever reason but the mailbox.
    """

    tried: int = 0
    refused: int = 0
    found: list[tuple[Notice, Callable[[datetime], None]]] = field(default_factory=list)

    @property
    def are_too_many(self) -> bool:
        """Whether this is no matter of single addresses."""
        return len(self.found) >= FEW and len(self.found) * 2 > self.tried


# Three statements are written out, because they run once for each notice and the ORM takes longer than they do. To claim
# one writes down at once that the one before it has gone: one way to the database for both, and one wait for the disk.
# `state || ''` keeps the planner from the index of what is being sent: it has a dead entry for each notice that went, and more
# of them the longer somebody else's transaction lasts.
CLAIM = """
    WITH before AS (
        UPDATE notifications_notice SET state = 'sent', sent_at = %(sent_at)s, receipt = %(receipt)s, problem = ''
        WHERE id = %(sent)s AND state || '' = 'sending'
    )
    UPDATE notifications_notice
    SET state = 'sending', claimed_at = %(now)s, attempts = attempts + 1,
        held = CASE held WHEN 'beyond' THEN held ELSE '' END,
        message_id = CASE message_id WHEN '' THEN %(message_id)s ELSE message_id END
    WHERE id = (
        SELECT id FROM notifications_notice
        WHERE id = %(id)s AND state = 'queued' AND send_after <= %(now)s AND subject <> '' AND digest_id IS NULL
        FOR UPDATE SKIP LOCKED
    )
    RETURNING attempts, message_id, subject, body_text, body_html
"""
RECORD_SENT = """
    UPDATE notifications_notice SET state = 'sent', sent_at = %(sent_at)s, receipt = %(receipt)s, problem = ''
    WHERE id = %(sent)s AND state || '' = 'sending'
"""
STORE_TEXTS = """
    UPDATE notifications_notice AS notice
    SET subject = made.subject, body_text = made.body_text, body_html = made.body_html, made_of_id = made.made_of
    FROM unnest(%(ids)s::bigint[], %(subjects)s::text[], %(texts)s::text[], %(htmls)s::text[], %(made_of)s::bigint[])
        AS made (id, subject, body_text, body_html, made_of)
    WHERE notice.id = made.id AND notice.state = 'queued' AND notice.subject = ''
"""


def deliver_notices(
    notice_ids: Iterable[int], *, channels: Mapping[str, ChannelOpener] = CHANNELS, patient: bool = True
) -> Counter[str]:
    """Send those of the notices that are owed now, and return how many came to which state.

    Any number of workers may be given the same ids: each notice is sent by one of them. Over one connection for all. A
    channel that is away costs one notice an attempt and leaves its others in the queue; those of other channels go. Unless
    `patient`, those of a channel that is slow are handed to the workers of slow ones.
    """
    results: Counter[str] = Counter()
    opened: dict[str, OpenChannel] = {}
    standing = resting.standing_of(channels)
    away = standing.away
    slow = set() if patient else standing.slow
    handed_on: list[int] = []
    with ExitStack() as stack:
        chunks, late = in_chunks(notice_ids, PREPARED), list[int]()
        while ids := late or next(chunks, []):
            ready, held_back = _prepare(ids, timezone.now(), away)
            asked_at, late = time.monotonic(), []
            results.update(held_back)
            gone: list[Notice] = []
            gone_just_now: Notice | None = None
            bounces: dict[str, Bounces] = defaultdict(Bounces)
            for place, (notice, prepared) in enumerate(ready):
                if place and time.monotonic() - asked_at > ASKED_FOR:
                    late = [waiting.pk for waiting, _prepared in ready[place:]]
                    break
                if notice.channel in away:
                    continue
                if notice.channel in slow:
                    handed_on.append(notice.pk)
                    continue
                if notice.channel in standing.rested:
                    standing.rested.discard(notice.channel)
                    if not resting.take_trial(notice.channel):
                        away.add(notice.channel)
                        continue
                if notice.channel not in opened:
                    opened[notice.channel] = stack.enter_context(channels[notice.channel]())
                before, gone_just_now = gone_just_now, None
                begun = time.monotonic()
                sent = _send(notice, prepared, opened[notice.channel], bounces[notice.channel], before)
                if sent is None:
                    continue  # another worker has it, or a person withheld it
                state, is_away = sent
                results[state] += 1
                if state == State.SENT:
                    gone_just_now = notice
                    gone.append(notice)
                    if notice.channel in standing.unsteady:
                        standing.unsteady.discard(notice.channel)
                        resting.note_success(notice.channel)
                if bounces[notice.channel].are_too_many:
                    undone = _take_back(bounces[notice.channel])
                    results.update({State.REFUSED: -undone, State.QUEUED: undone})
                    is_away = True
                elif bounces[notice.channel].refused >= resting.REFUSED_IN_A_ROW:
                    resting.leave_alone(notice.channel, OVERRUN, notice.problem)
                    is_away = True
                if is_away:
                    log.warning("the rest remains in the queue: %s", notice.channel)
                    away.add(notice.channel)
                elif not patient and time.monotonic() - begun > resting.SLOW_SECONDS:
                    resting.note_slow(notice.channel)
                    slow.add(notice.channel)
            if gone_just_now is not None:
                _record_sent(gone_just_now)
            settle_carried(notice.pk for notice, _ready in ready if notice.kind == DEADLINES_DIGEST.code)
            rates.count(gone)
            pushing.announce([each.pk for each in gone if each.channel == Channel.INBOX], timezone.now())
    if handed_on:
        wake_soon(handed_on, queue=SLOW)
    return +results


# --- Before: may it still go, and with which text ----------------------------------------------------------------


def _prepare(
    ids: Iterable[int], now: datetime, away: Iterable[str]
) -> tuple[list[tuple[Notice, Prepared]], Counter[str]]:
    """Those of the notices that may go now, each with what goes with it; and what became of those that may not.

    One whose address is not the customer's any more is given the address of this moment. Where there is none on its channel,
    its kind may have another way, which is taken at once. So it is where the customer switched its channel off meanwhile; what
    quiet hours hold remains in the queue until they end.
    """
    results: Counter[str] = Counter()
    notices = list(Notice.objects.owed(now).filter(pk__in=ids).exclude(channel__in=away))
    if full := rates.used_up({notice.kind for notice in notices}):
        notices = [each for each in notices if not full & {rates.ALL, each.channel, each.kind}]
    reasons = reasons_to_withhold(notices, now)
    chosen = asking.choices_about(notices)
    unwanted = asking.reasons_to_withhold([notice for notice in notices if notice.pk not in reasons], chosen, now)
    reasons |= unwanted
    unreachable = addresses.reasons_to_withhold([notice for notice in notices if notice.pk not in reasons])
    reasons |= unreachable
    for reason in set(reasons.values()):
        those = [pk for pk, given in reasons.items() if given == reason]
        withheld = move_notices(those, old=State.QUEUED, new=State.WITHHELD, at=now, detail=reason, problem=reason)
        results[State.WITHHELD] += len(withheld)
    climb_from([*unwanted, *unreachable], now)
    held = asking.hold_for_quiet_hours([notice for notice in notices if notice.pk not in reasons], chosen, now)
    staying = [notice for notice in notices if notice.pk not in reasons and notice.pk not in held]
    if limited := rates.held_back(staying, now):
        staying = _hold_back(staying, limited)
    targets = pushing.targets_of(staying)
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
            made.append((notice.pk, wording.subject, wording.text, wording.html, wording.text_id))
        ready.append((notice, Prepared(notice.pk in files, first_of.get(notice.pk, ""), targets.get(notice.pk))))
    if made:
        _store_texts(made)
    return ready, results


def _hold_back(notices: list[Notice], limited: Mapping[int, rates.HeldBack]) -> list[Notice]:
    """Mark what a limit for one person or address concerns; returns the notices that go now all the same."""
    for limit in set(limited.values()):
        those = [pk for pk, each in limited.items() if each == limit]
        waiting = Notice.objects.filter(pk__in=those, state=State.QUEUED)
        if limit.held == Notice.Held.BEYOND:
            waiting.update(held=limit.held)
        else:
            waiting.update(held=limit.held, send_after=limit.until, problem=limit.why)
        log.error("%s (%s): notices %s", limit.why, limit.held, ", ".join(str(pk) for pk in those))
    return [each for each in notices if each.pk not in limited or limited[each.pk].held == Notice.Held.BEYOND]


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


def _store_texts(made: list[tuple[int, str, str, str, int | None]]) -> None:
    """Store the texts of those that still wait and have none: a worker that claims a notice finds its final text."""
    columns = [list(column) for column in zip(*made, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(STORE_TEXTS, dict(zip(("ids", "subjects", "texts", "htmls", "made_of"), columns, strict=True)))


def reasons_to_withhold(notices: list[Notice], now: datetime) -> dict[int, str]:
    """Why a notice may not go after all, by its id: asked again now, because days may lie between.

    Whether it is still owed is asked of its kind, and whether a promotion is still consented to, of the customer.
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
    promotions = [
        each for each in notices if each.is_promotional and each.pk not in reasons and not _asks_itself(each)
    ]
    allowed = _consents(promotions) if promotions else set()
    for notice in promotions:
        if (notice.customer_id, notice.channel, purpose_of(notice)) not in allowed:
            reasons[notice.pk] = _("The customer does not consent to promotions on this channel.")
    return reasons


def _asks_itself(notice: Notice) -> bool:
    kind = KINDS.get(notice.kind)
    return kind is not None and kind.asks_itself


def purpose_of(notice: Notice) -> str:
    """The purpose of the consent that a promotion needs: its own, or else its kind's."""
    kind = KINDS.get(notice.kind)
    if kind is not None and kind.asks_itself and notice.words:
        return str(notice.words["purpose"])
    return str(kind.consent if kind is not None else Consent.Purpose.AGENCY_PROMOTIONS)


def _consents(notices: list[Notice]) -> set[tuple[int, str, str]]:
    """(customer, channel of ours, purpose) whose consent is in force."""
    ours = {Consent.Channel.PORTAL: Channel.INBOX}
    last_events = Consent.objects.filter(
        customer__in={notice.customer_id for notice in notices if notice.customer_id},
        purpose__in={purpose_of(notice) for notice in notices},
    ).in_force()
    return {
        (consent.customer_id, ours.get(consent.channel, consent.channel), consent.purpose)
        for consent in last_events
        if is_in_force(consent.event, purpose=consent.purpose)
    }


# --- The one notice -----------------------------------------------------------------------------------------------


class Claim:
    """The claim of a notice: asked for once, when the channel wants to know, and while its own answers are on their way.

    Committed by itself, together with the word that `gone`, the one before it, has gone.
    """

    def __init__(self, notice: Notice, gone: Notice | None):
        check_move(State.QUEUED, State.SENDING)
        self._notice, self._gone = notice, gone
        self._read = self._what_goes()
        self._is_asked = False
        self._error: NotClaimed | None = None

    def _what_goes(self) -> tuple[str, ...]:
        return self._notice.message_id, self._notice.subject, self._notice.body_text, self._notice.body_html

    @property
    def is_as_read(self) -> bool:
        """Whether what was claimed is what the message was made of: another worker may have made the text first."""
        return self._read == self._what_goes()

    def wait(self) -> None:
        """Return when the notice is this worker's, with the text it was read with; else NotClaimed."""
        if not self._is_asked:
            self._is_asked = True
            self._ask()
        if self._error is not None:
            raise self._error
        if not self.is_as_read:
            raise NotClaimed

    def _ask(self) -> None:
        notice = self._notice
        given = {
            "id": notice.pk,
            "now": timezone.now(),
            "message_id": notice.message_id,
            **_gone_now(self._gone),
        }
        try:
            with connection.cursor() as cursor:
                cursor.execute(CLAIM, given)
                row = cursor.fetchone()
        except Exception as error:
            self._error = NotClaimed()
            raise self._error from error
        if row is None:
            self._error = NotClaimed()
        else:
            notice.attempts, notice.message_id, notice.subject, notice.body_text, notice.body_html = row


def _send(
    notice: Notice,
    prepared: Prepared,
    channel: OpenChannel,
    bounces: Bounces,
    gone: Notice | None,
) -> tuple[str, bool] | None:
    """Claim the notice and hand it to its channel, with its text as it is stored.

    Returns its state, which is recorded unless it has gone, and whether the channel is away; None when the notice is not to
    be had any more.
    """
    notice.message_id = notice.message_id or message_id_of(notice)
    files = _files(notice) if prepared.has_files else []
    claim = Claim(notice, gone)
    try:
        return _hand_over(notice, prepared, files, channel, bounces, claim.wait)
    except NotClaimed as error:
        if error.__cause__ is not None:
            raise error.__cause__ from None
        if claim.is_as_read:
            return None
    return _hand_over(notice, prepared, files, channel, bounces, lambda: None)


def _hand_over(
    notice: Notice,
    prepared: Prepared,
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
        unsubscribe_url=_ends_it(notice) if notice.is_promotional else "",
        answers=prepared.answers,
        is_personal=kind is not None and kind.is_personal,
        attachments=files,
        return_path=return_path_of(notice.pk) if notice.channel == Channel.EMAIL else "",
        device=prepared.target.device if prepared.target else None,
        link=prepared.target.link if prepared.target else "",
    )
    try:
        notice.receipt = channel.send(message, claimed) or ""
    except Exception as error:
        claimed()
        bounces.tried += 1
        if not (isinstance(error, NotTaken) and error.no_such_mailbox):
            bounces.refused += 1
        return _not_sent(notice, error, bounces)
    bounces.tried += 1
    bounces.refused = 0
    return State.SENT, False


def _not_sent(notice: Notice, error: Exception, bounces: Bounces) -> tuple[str, bool]:
    """Record what became of a notice that was not sent, or perhaps was; its state, and whether the channel is away."""
    if isinstance(error, NotTaken):
        return _refuse(notice, error, bounces), False
    if isinstance(error, Unavailable):
        if error.is_ours:
            log.error("the other side refuses us, not the message: %s: %s", notice.channel, error)
        if error.for_all:
            resting.note_failure(notice.channel, str(error), is_ours=error.is_ours)
        return _put_off(notice, str(error), at_least=error.not_before), error.for_all
    if isinstance(error, InDoubt):
        if error.timed_out:
            resting.leave_alone(notice.channel, HANGING, str(error))
        return _record(notice, State.IN_DOUBT, problem=str(error)), error.timed_out
    # A fault of ours: where it happened does not show whether the message went.
    log.error("notice %s", notice.pk, exc_info=error)
    return _record(notice, State.IN_DOUBT, problem=f"{type(error).__name__}: {error}"), False


def _ends_it(notice: Notice) -> str:
    """The address that ends such messages: the one that stands in the text, where it does."""
    in_text = (notice.words or {}).get("stop_url") if _asks_itself(notice) else None
    return in_text or unsubscribe_url(notice.customer_id, purpose_of(notice))


def _files(notice: Notice) -> list[tuple[str, str, bytes]]:
    return [(each.name, each.content_type, bytes(each.content)) for each in notice.attachments.all()]


@transaction.atomic
def _refuse(notice: Notice, error: NotTaken, bounces: Bounces) -> str:
    """The channel refused, with its words; where nobody is at the address, nothing goes there any more."""
    if error.no_such_mailbox and notice.channel == Channel.PUSH:
        device, now = pushing.device_id_of(notice), timezone.now()
        if device is not None and retire_device(device, at=now):
            bounces.found.append((notice, partial(_bring_back, device, now)))
    elif error.no_such_mailbox:
        reason = SuppressedAddress.Reason.NO_SUCH_MAILBOX
        suppressed = suppress_address(channel=notice.channel, address=notice.address, reason=reason, detail=str(error))
        bounces.found.append((notice, partial(_lift, suppressed)))
    return _record(notice, State.REFUSED, problem=str(error))


def _bring_back(device: int, retired_at: datetime, _at: datetime) -> None:
    take_retirement_back(device, at=retired_at)


def _lift(suppressed: SuppressedAddress, at: datetime) -> None:
    SuppressedAddress.objects.filter(pk=suppressed.pk, lifted_at__isnull=True).update(
        lifted_at=at, lifted_why=_("The mail server's word was not taken: it said the same of most.")
    )


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
    for notice, undo in bounces.found:
        delay = delay_after(notice.attempts, chance=random.random())  # noqa: S311 - to spread, not to hide
        if delay is None:
            continue
        undo(now)
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
    for channel in {notice.channel for notice, _undo in bounces.found}:
        resting.leave_alone(channel, OVERRUN, problem, is_ours=True)
    bounces.found.clear()
    return taken_back


def _put_off(notice: Notice, problem: str, *, at_least: timedelta = timedelta(0)) -> str:
    """Back to the queue for a while, as long as the other side asked for; refused when it has been tried for about three days."""
    delay = delay_after(notice.attempts, chance=random.random())  # noqa: S311 - to spread, not to hide
    if delay is None:
        given_up = _("Given up after %(attempts)d attempts: %(problem)s")
        return _record(notice, State.REFUSED, problem=given_up % {"attempts": notice.attempts, "problem": problem})
    return _record(notice, State.QUEUED, problem=problem, send_after=timezone.now() + max(delay, at_least))


def _record(notice: Notice, state: str, *, problem: str, **fields: Any) -> str:
    """Record what became of a notice that this worker holds, where it was not sent."""
    notice.problem = problem = problem.replace("\0", "")[:500]
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
    """Put in doubt what a worker that is not there any more was sending; returns how many.

    A notification on a device goes back to the queue: sent twice, it takes its own place.
    """
    left = Notice.objects.left_by_the_dead(now - DEAD_AFTER)
    problem = _("The worker ended while it was sending this: it may have gone.")
    pushes = list(left.filter(channel=Channel.PUSH).values_list("pk", flat=True)[:SWEPT])
    move_notices(pushes, old=State.SENDING, new=State.QUEUED, at=now, detail=problem, problem=problem)
    ids = list(left.exclude(channel=Channel.PUSH).values_list("pk", flat=True)[:SWEPT])
    stuck = move_notices(ids, old=State.SENDING, new=State.IN_DOUBT, at=now, detail=problem, problem=problem)
    if stuck:
        log.error("notices in doubt, for a person to decide: %d", len(stuck))
    return len(stuck)


def owed_ids(now: datetime, limit: int | None = SWEPT) -> list[int]:
    """The notices that are owed now, oldest first, and promotions after all others."""
    owed = Notice.objects.owed(now).order_by("is_promotional", "send_after", "pk")
    return list(owed.values_list("pk", flat=True)[:limit])


def owed_by_queue(now: datetime) -> dict[str, list[int]]:
    """The notices that are owed now, by the queue of the workers that are to send them, each oldest first."""
    away, slow, urgent = resting.resting(now), resting.slow_channels(now), urgent_codes()
    owed = Notice.objects.owed(now).exclude(channel__in=away)
    prompt = owed.exclude(channel__in=slow) if slow else owed
    those = {
        URGENT: prompt.filter(kind__in=urgent, is_promotional=False)[:SWEPT],
        BULK: prompt.exclude(kind__in=urgent).filter(is_promotional=False)[:SWEPT],
    }
    if slow:
        those[SLOW] = owed.filter(channel__in=slow, is_promotional=False)[:SWEPT]
    if rates.room_for_promotions():
        those[PROMOTIONS] = owed.filter(is_promotional=True)[:PROMOTIONS_SWEPT]
    return {queue: list(found.values_list("pk", flat=True)) for queue, found in those.items()}


def sweep() -> tuple[int, int]:
    """What beat does every minute: show what is in doubt, and wake workers for all that is owed.

    Each queue has workers of its own, so that nobody's code stands behind alerts to many, and neither behind a slow channel
    or promotions. Returns how many notices were put in doubt and how many were handed out. Two at once do no harm.
    """
    now = timezone.now()
    stuck, number = flag_stuck(now), 0
    settle_carried()  # where a worker ended before it came to it
    for queue, ids in owed_by_queue(now).items():
        if ids:
            wake_the_worker(ids, queue=queue)
            number += len(ids)
    return stuck, number
