"""Channels that are left alone for some minutes, so that one that hangs does not put one notice after another in doubt.

The word is in the cache, for all workers. Where the cache is away, no channel rests.
"""

import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from django.core.cache import cache

log = logging.getLogger(__name__)


def leave_alone(channel: str, how_long: timedelta) -> None:
    """Let the channel rest."""
    log.error("nothing is sent by %s for %d minutes", channel, how_long.total_seconds() // 60)
    with suppress(Exception):  # a cache that is away
        cache.set(_key(channel), True, how_long.total_seconds())


def left_alone(channels: Iterable[str]) -> set[str]:
    """Those of the channels that rest now."""
    keys = {_key(channel): channel for channel in channels}
    try:
        return {str(keys[key]) for key in cache.get_many(keys)}
    except Exception as error:
        log.warning("it is not known which channels rest: %s", error)
        return set()


def _key(channel: str) -> str:
    return f"channel-rests:{channel}"
