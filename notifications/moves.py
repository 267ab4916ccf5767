"""The states of a notice: which may follow which, and the one way to change them."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import User
from foundation.slots import Slot
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
# Recorded by the moments of the notice itself; every other move, and every one by a person, writes an event.
ORDINARY = {(State.QUEUED, State.SENDING), (State.SENDING, State.SENT)}


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
        moved = list(still.values_list("pk", flat=True))
        if not moved:
            return []
        Notice.objects.filter(pk__in=moved).update(state=new, **fields)
        if by is not None or (old, new) not in ORDINARY:
            NoticeEvent.objects.bulk_create(
                NoticeEvent(notice_id=pk, old=old, new=new, at=at, by=by, detail=detail[:500]) for pk in moved
            )
        if new in TROUBLE:
            for pk in moved:
                for follow in FOLLOWERS_OF_TROUBLE:
                    follow(pk)
    return moved
