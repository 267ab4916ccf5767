"""What many people ask for every few seconds, computed once for all of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from django.core.cache import cache

KEPT_SECONDS = 30  # for those who ask while the next one is computed


class Made(Protocol):
    """Something that knows when it was made."""

    made_at: datetime


MadeT = TypeVar("MadeT", bound=Made)


def being_made(key: str) -> str:
    """Where it is noted that somebody computes it."""
    return f"{key}:being-made"


def shared(key: str, make: Callable[[datetime], MadeT], now: datetime, *, fresh_seconds: int) -> MadeT:
    """What `make` makes, at most so many seconds old.

    While one computes the next, the others get the one before, which says its age. Without the cache each computes their own.
    """
    kept: MadeT | None = cache.get(key)
    if kept is not None:
        if now - kept.made_at < timedelta(seconds=fresh_seconds):
            return kept
        if not cache.add(being_made(key), True, fresh_seconds):
            return kept
    made = make(now)
    cache.set(key, made, KEPT_SECONDS)
    cache.delete(being_made(key))
    return made
