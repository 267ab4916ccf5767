"""Command: one round over the mailboxes of what comes back: bounces and answers, and the receipts of certified e-mail.

Each message is kept in a transaction of its own before the mailbox hears of it. So a round may end anywhere: what was kept
and not removed is removed by the next one, and what is read twice is one row. A message that sets off a fault of ours is
kept as one that cannot be read, and the next one is read.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError
from django.utils import timezone

from notifications.channels import Channel, Unavailable
from notifications.channels.pec.receipts import Unreadable, read_receipt
from notifications.message_ids import notice_of_message_id
from notifications.models import MailboxPlace, ReturnedMessage
from notifications.returns.commands import Place, keep_return, keep_unreadable
from notifications.returns.mailbox import LARGEST, PEC, RETURNS, Fetched, Mailbox, open_mailbox
from notifications.returns.receipts import check_as_set_up, doubt_of, is_proof, keep_receipt

log = logging.getLogger(__name__)

MOST = 500  # messages of one mailbox in a round
MOST_BYTES = 100 * 1024 * 1024  # of one mailbox in a round
LARGEST_RETURN = 10 * 1024 * 1024  # bytes of a bounce or answer that is kept whole
LONGEST_ROUND = 200  # seconds for one mailbox
REMOVED_AT_ONCE = 50
# The database is away: the message has not been kept, and the round ends.
DATABASE_AWAY = (OperationalError, InterfaceError)


@dataclass
class Round:
    """What one round over a mailbox came to: new ones by kind, those known before, and how many lie there still."""

    mailbox: str
    new: Counter[str] = field(default_factory=Counter)
    receipts: int = 0
    unproved: int = 0  # of the receipts, those that prove nothing
    known: int = 0
    removed: int = 0
    waiting: int = 0
    away: str = ""

    @property
    def unreadable(self) -> int:
        """How many nobody can read; a person looks at them."""
        return self.new[ReturnedMessage.Kind.UNREADABLE]


def fetch_returns() -> list[Round]:
    """One round over each mailbox that is set up. Two rounds at once do no harm."""
    rounds = []
    if settings.RETURNS_IMAP_URL:
        rounds.append(_visit(RETURNS, settings.RETURNS_IMAP_URL, _take_return, empties=True))
    if settings.PEC_IMAP_URL:
        rounds.append(_visit(PEC, settings.PEC_IMAP_URL, _take_certified, empties=False))
    return rounds


def _visit(name: str, url: str, take: Callable[[Fetched, Place, Round], None], *, empties: bool) -> Round:
    """Read what came to a mailbox since the last round. `empties`: what is kept whole here is removed there.

    The mailbox of certified e-mail is left as it is: the law has the sender keep its receipts.
    """
    found = Round(name)
    place, _made = MailboxPlace.objects.get_or_create(name=name)
    try:
        with open_mailbox(url, writes=empties) as mailbox:
            if empties:
                _remove_kept(mailbox, name, found)
            _read(mailbox, place, take, found, empties=empties)
    except Unavailable as error:
        log.warning("the mailbox “%s” cannot be read: %s", name, error)
        found.away = str(error)
    changed = (
        {"problem": found.away[:500]}
        if found.away
        else {"problem": "", "read_at": timezone.now(), "waiting": found.waiting}
    )
    MailboxPlace.objects.filter(pk=place.pk).update(**changed)
    return found


def _read(
    mailbox: Mailbox,
    place: MailboxPlace,
    take: Callable[[Fetched, Place, Round], None],
    found: Round,
    *,
    empties: bool,
) -> None:
    last = place.last_number if place.validity == mailbox.validity else 0
    numbers = mailbox.numbers_after(last, most=MOST)
    found.waiting, size, until = len(numbers), 0, time.monotonic() + LONGEST_ROUND
    for place_in_round, number in enumerate(numbers):
        if place_in_round >= MOST or size >= MOST_BYTES or time.monotonic() > until:
            break
        fetched = mailbox.message(number, largest=LARGEST_RETURN if empties else LARGEST)
        if fetched is not None:
            size += len(fetched.raw)
            channel = Channel.EMAIL if empties else Channel.PEC
            known = found.known
            _keep(take, fetched, Place(place.name, mailbox.validity, number, channel), found)
            if mailbox.removes and found.known > known:
                _remove_second(mailbox, place.name, number)
        MailboxPlace.objects.filter(pk=place.pk).update(validity=mailbox.validity, last_number=number)
        found.waiting -= 1
        if empties and (place_in_round + 1) % REMOVED_AT_ONCE == 0:
            _remove_kept(mailbox, place.name, found)
    if empties:
        _remove_kept(mailbox, place.name, found)


def _keep(take: Callable[[Fetched, Place, Round], None], fetched: Fetched, place: Place, found: Round) -> None:
    """Keep one message, whatever it sets off."""
    try:
        try:
            take(fetched, place, found)
        except IntegrityError:
            take(fetched, place, found)  # another round kept it at the same moment: now it is known
    except DATABASE_AWAY:
        raise
    except Exception as error:
        log.error("message %d of the mailbox “%s”", place.number, place.mailbox, exc_info=error)
        problem = f"{type(error).__name__}: {error}"
        _count(keep_unreadable(fetched.raw, place, problem=problem, size=fetched.size), found)


def _take_return(fetched: Fetched, place: Place, found: Round) -> None:
    _count(keep_return(fetched.raw, place, size=fetched.size), found)


def _take_certified(fetched: Fetched, place: Place, found: Round) -> None:
    """A receipt of a notice of ours, signed by a manager, is its proof; one that is no proof is kept and listed as well.

    Whatever else comes there is kept like what comes back elsewhere.
    """
    try:
        receipt = read_receipt(fetched.raw)
    except Unreadable as error:
        log.error("message %d of the certified mailbox calls itself a receipt and is none: %s", place.number, error)
        _count(keep_unreadable(fetched.raw, place, problem=str(error), size=fetched.size), found)
        return
    notice = notice_of_message_id(receipt.message_id) if receipt is not None else None
    if receipt is None or notice is None or notice.channel != Channel.PEC:
        _take_return(fetched, place, found)
        return
    check = check_as_set_up(fetched.raw, receipt)
    is_new = keep_receipt(notice, receipt, fetched.raw, check)
    found.receipts += is_new
    found.known += not is_new
    if not is_proof(check):
        log.error("a receipt of notice %s proves nothing, its signature is %s: %s", notice.pk, check.result, check.why)
        keep_return(fetched.raw, place, size=fetched.size, doubt=doubt_of(check))
        found.unproved += is_new


def _count(kept: tuple[ReturnedMessage, bool], found: Round) -> None:
    returned, is_new = kept
    if is_new:
        found.new[str(returned.kind)] += 1
    else:
        found.known += 1


def _remove_second(mailbox: Mailbox, name: str, number: int) -> None:
    """Remove the second copy of a message whose first lies in the mailbox still, and is removed with the others."""
    if not ReturnedMessage.objects.filter(mailbox=name, validity=mailbox.validity, number=number).exists():
        mailbox.remove([number])


def _remove_kept(mailbox: Mailbox, name: str, found: Round) -> None:
    """Remove from the mailbox what is kept here whole, also by a round that ended before it came to that."""
    if not mailbox.removes:
        return
    there = ReturnedMessage.objects.filter(mailbox=name, validity=mailbox.validity, number__gt=0, is_whole=True)
    numbers = list(there.order_by("number").values_list("number", flat=True)[:MOST])
    if not numbers:
        return
    mailbox.remove(numbers)
    there.filter(number__in=numbers).update(number=0)
    found.removed += len(numbers)
