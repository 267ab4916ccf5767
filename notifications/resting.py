"""The circuit of each channel: after some failures in a row it rests, longer each time, and then one worker tries one notice.

The state is a row of the database (`ChannelCircuit`), the same for all workers, and shown to people with a button that has
the channel tried now. What rests leaves its notices in the queue. A channel that answers and takes seconds for each
message does not rest: it is marked slow, and its notices go to workers of their own (notifications/queues.py).
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import User
from foundation.refusals import Refused
from notifications.models import ChannelCircuit

log = logging.getLogger(__name__)

IN_A_ROW = 3  # failures of a channel as a whole, after which it rests
REFUSED_IN_A_ROW = 20  # single messages that were not taken, after which it is no matter of single messages
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(minutes=15)  # of a rest; each is twice the one before
TRIAL = timedelta(minutes=2)  # within which a worker that tries the channel has its result, or has died
SLOW_SECONDS = 3.0  # for one message: from then on the channel's others go to the workers of slow ones
SLOW_FOR = timedelta(minutes=10)


@dataclass(slots=True)
class Standing:
    """How the channels stand for a worker that begins: which rest, which failed last time, which are slow."""

    away: set[str] = field(default_factory=set)
    rested: set[str] = field(default_factory=set)  # for long enough: whoever has something to send asks `take_trial`
    unsteady: set[str] = field(default_factory=set)  # a success of these is to be written down
    slow: set[str] = field(default_factory=set)


def standing_of(channels: Iterable[str]) -> Standing:
    """How the channels stand now."""
    now, found = timezone.now(), Standing()
    for circuit in ChannelCircuit.objects.filter(channel__in=list(channels)):
        if circuit.rests_until is not None:
            (found.away if circuit.rests_until > now else found.rested).add(circuit.channel)
        if circuit.failures or circuit.rests_until is not None:
            found.unsteady.add(circuit.channel)
        if circuit.slow_until is not None and circuit.slow_until > now:
            found.slow.add(circuit.channel)
    return found


def resting(now: datetime) -> set[str]:
    """The channels that rest, without trying any."""
    return set(ChannelCircuit.objects.filter(rests_until__gt=now).values_list("channel", flat=True))


def slow_channels(now: datetime) -> set[str]:
    """The channels whose notices are for the workers of slow ones."""
    return set(ChannelCircuit.objects.filter(slow_until__gt=now).values_list("channel", flat=True))


def take_trial(channel: str) -> bool:
    """Whether this worker is the one that tries a channel that has rested: one at a time, by a conditional UPDATE."""
    now = timezone.now()
    free = Q(tried_at__isnull=True) | Q(tried_at__lt=now - TRIAL)
    return bool(ChannelCircuit.objects.filter(free, channel=channel, rests_until__lte=now).update(tried_at=now))


def note_failure(channel: str, cause: str, *, is_ours: bool = False) -> None:
    """The channel as a whole did not take anything: after IN_A_ROW of these, or when it was being tried, it rests."""
    now = timezone.now()
    with transaction.atomic():
        circuit = _locked(channel)
        circuit.failures += 1
        circuit.cause, circuit.is_ours = _one_line(cause), is_ours
        if circuit.rests_until is not None or circuit.failures >= IN_A_ROW:
            before = timedelta(seconds=circuit.pause_seconds)
            _open(circuit, min(max(before * 2, SHORTEST), LONGEST), now)
        circuit.save()


def note_success(channel: str) -> None:
    """The channel took something: it is used as ever."""
    circuits = ChannelCircuit.objects.filter(channel=channel)
    closed = {"failures": 0, "pause_seconds": 0, "rests_until": None, "opened_at": None, "tried_at": None}
    if circuits.filter(Q(failures__gt=0) | Q(rests_until__isnull=False)).update(**closed):
        log.info("%s takes messages again", channel)


def leave_alone(channel: str, how_long: timedelta, cause: str, *, is_ours: bool = False) -> None:
    """Let the channel rest at once, for so long."""
    with transaction.atomic():
        circuit = _locked(channel)
        circuit.failures += 1
        circuit.cause, circuit.is_ours = _one_line(cause), is_ours
        _open(circuit, how_long, timezone.now())
        circuit.save()


def note_slow(channel: str) -> None:
    """The channel takes seconds for a message: its notices are for the workers of slow ones for some minutes."""
    log.warning("%s takes more than %.0f s for a message: its notices go to the slow queue", channel, SLOW_SECONDS)
    until = timezone.now() + SLOW_FOR
    ChannelCircuit.objects.update_or_create(channel=channel, defaults={"slow_until": until})


@transaction.atomic
def try_now(channel: str, *, by: User) -> ChannelCircuit:
    """Have a channel that rests tried by the next worker. Refused when it does not rest (any more)."""
    circuit = ChannelCircuit.objects.select_for_update().filter(channel=channel, rests_until__isnull=False).first()
    if circuit is None:
        raise Refused(_("This channel is in use: there is nothing to try."), code="not_resting")
    now = timezone.now()
    circuit.rests_until, circuit.tried_at, circuit.asked_at, circuit.asked_by = now, None, now, by
    circuit.save(update_fields=["rests_until", "tried_at", "asked_at", "asked_by"])
    log.warning("%s is tried now, user %s asked for it", channel, by.pk)
    return circuit


def _locked(channel: str) -> ChannelCircuit:
    ChannelCircuit.objects.bulk_create([ChannelCircuit(channel=channel)], ignore_conflicts=True)
    return ChannelCircuit.objects.select_for_update().get(channel=channel)


def _open(circuit: ChannelCircuit, how_long: timedelta, now: datetime) -> None:
    log.error(
        "nothing is sent by %s for %.1f minutes: %s", circuit.channel, how_long.total_seconds() / 60, circuit.cause
    )
    circuit.opened_at = circuit.opened_at or now
    circuit.rests_until = now + how_long
    circuit.pause_seconds = int(how_long.total_seconds())
    circuit.tried_at = None


def _one_line(words: str) -> str:
    return " ".join(words.replace("\0", "").split())[:500]
