"""The states of a notice: which may follow which, and the one way to change them."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import User
from foundation.slots import Slot
from notifications.digest_kinds import DEADLINES_DIGEST
from notifications.models import Notice, NoticeEvent

State = Notice.State

NEXT: dict[str, frozenset[str]] = {
    State.QUEUED: frozenset({State.SENDING, State.WITHHELD, State.REFUSED, State.SENT}),  # sent at once: by a person
    State.SENDING: frozenset({State.SENT, State.QUEUED, State.REFUSED, State.IN_DOUBT}),
    State.REFUSED: frozenset({State.QUEUED, State.WITHHELD}),
    State.IN_DOUBT: frozenset({State.SENT, State.QUEUED, State.WITHHELD}),
    State.SENT: frozenset(),
    State.WITHHELD: frozenset(),
}
TROUBLE = frozenset({State.REFUSED, State.WITHHELD, State.IN_DOUBT})
# What apps further up do about a notice that was refused, withheld or put in doubt: called with its id, in the transaction
# that moves it.
FOLLOWERS_OF_TROUBLE: Slot[Callable[[int], None]] = Slot("the followers of a notice in trouble")
# What they do about what became of one after it was sent: it arrived, or came back. Called with its id, in the transaction
# that keeps the report.
FOLLOWERS_OF_ARRIVAL: Slot[Callable[[int], None]] = Slot("the followers of what became of a notice")
# Recorded by the moments of the notice itself; every other move, and every one by a person, writes an event.
ORDINARY = {(State.QUEUED, State.SENDING), (State.SENDING, State.SENT)}


# A notice that another carries waits while that is on its way, and then becomes what that became.
AS_CARRIED: dict[str, str] = {State.SENDING: State.QUEUED, State.IN_DOUBT: State.QUEUED}
SHARED = ("sent_at", "attempts", "problem", "receipt", "address", "send_after")


class MoveRefused(ValueError):
    """A move that the table does not have: a fault of the program, not of a person."""


def check_move(old: str, new: str) -> None:
    """MoveRefused unless a notice that is `old` may become `new`."""
    if new not in NEXT[State(old)]:
        raise MoveRefused(f"A notice that is {old} never becomes {new}.")


def move_notices(
    ids: Iterable[int], *, old: str, new: str, at: datetime, by: User | None = None, detail: str = "", **fields: Any
) -> list[int]:
    """Move those of the notices that are still `old`, set the other fields, and return the ids of those moved.

    One conditional UPDATE decides, so that of two who try only one succeeds; `detail` is kept in the event.
    """
    check_move(old, new)
    with transaction.atomic():
        still = Notice.objects.select_for_update().filter(pk__in=ids, state=old).order_by("pk")
        kind_of = dict(still.values_list("pk", "kind"))
        if not kind_of:
            return []
        moved = list(kind_of)
        Notice.objects.filter(pk__in=moved).update(state=new, **fields)
        if by is not None or (old, new) not in ORDINARY:
            NoticeEvent.objects.bulk_create(
                NoticeEvent(notice_id=pk, old=old, new=new, at=at, by=by, detail=detail[:500]) for pk in moved
            )
        if new in TROUBLE:
            for pk in moved:
                for follow in FOLLOWERS_OF_TROUBLE:
                    follow(pk)
        for pk in moved:
            if kind_of[pk] == DEADLINES_DIGEST.code:
                _move_carried(pk, old=old, new=new, at=at, by=by, detail=detail)
    return moved


def _move_carried(digest_id: int, *, old: str, new: str, at: datetime, by: User | None, detail: str) -> None:
    """Move what the message carries with it. While that is being sent, or in doubt, the carried ones wait."""
    old, new = AS_CARRIED.get(State(old), old), AS_CARRIED.get(State(new), new)
    if old == new:
        return
    digest = Notice.objects.get(pk=digest_id)
    carried = Notice.objects.filter(digest=digest_id, state=old)
    if new == State.SENT:
        carried = carried.exclude(subject="")  # nothing has gone without its text
    fields = {name: getattr(digest, name) for name in SHARED}
    move_notices(list(carried.values_list("pk", flat=True)), old=old, new=new, at=at, by=by, detail=detail, **fields)
