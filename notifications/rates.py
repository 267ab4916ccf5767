"""The limits of sending: something may be going round in circles, or a channel may cost more than was meant.

What is held back remains in the queue and is shown. Of everything together, of a channel and of a kind it simply waits there
for the next hour or day; what is too much for one person or one address is marked (`Notice.held`). What the law, a right or
somebody's sign-in asks for goes out all the same and is marked as beyond the limit (`NoticeKind.passes_limits`). Advertising has a
share of its own instead of a limit by kind. The counts are in the cache: where that is away, nothing is held back but
what stands together in one chunk.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import cast

from django.conf import settings
from django.core.cache import DEFAULT_CACHE_ALIAS, cache, caches
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from foundation.caching import Cache
from foundation.dates import ROME
from notifications.channels import Channel
from notifications.kinds import KINDS
from notifications.models import Notice

log = logging.getLogger(__name__)

ALL = "all"
HOUR, DAY = "hour", "day"
KEPT_SECONDS = {HOUR: 2 * 3600, DAY: 2 * 24 * 3600}
# The settings; 0 is no limit.
MOST: dict[tuple[str, str], str] = {
    (ALL, HOUR): "NOTICES_PER_HOUR",
    (ALL, DAY): "NOTICES_PER_DAY",
    (Channel.SMS, HOUR): "SMS_PER_HOUR",
    (Channel.PEC, HOUR): "PEC_PER_HOUR",
}
MOST_OF_A_KIND = {HOUR: "NOTICES_PER_KIND_HOUR", DAY: "NOTICES_PER_KIND_DAY"}
MOST_TO_ONE: dict[str, dict[str, str]] = {
    Notice.Held.PERSON: {HOUR: "NOTICES_PER_PERSON_HOUR", DAY: "NOTICES_PER_PERSON_DAY"},
    Notice.Held.ADDRESS: {HOUR: "NOTICES_PER_ADDRESS_HOUR", DAY: "NOTICES_PER_ADDRESS_DAY"},
}


@dataclass(frozen=True, slots=True)
class Reached:
    """A limit that is reached now: of `what` (`ALL`, a channel, or a kind), in this hour or day."""

    what: str
    window: str
    number: int
    setting: str
    most: int


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Why a notice does not go now, and from when it may."""

    held: str
    until: datetime
    why: str


# --- Everything, a channel, a kind ---------------------------------------------------------------------------------


def reached(kinds: Iterable[str] = ()) -> list[Reached]:
    """The limits that are reached now: of everything, of the channels, and of those kinds."""
    asked: dict[str, tuple[str, str, str]] = {}
    for (what, window), setting in MOST.items():
        asked[_key(what, window)] = (what, window, setting)
    for code in kinds:
        kind = KINDS.get(code)
        if kind is None or not kind.is_promotional:
            for window, setting in MOST_OF_A_KIND.items():
                asked[_key(f"kind:{code}", window)] = (code, window, setting)
    asked = {key: each for key, each in asked.items() if getattr(settings, each[2])}
    gone = _counts(asked)
    return [
        Reached(what, window, gone[key], setting, most)
        for key, (what, window, setting) in asked.items()
        if gone.get(key, 0) >= (most := getattr(settings, setting))
    ]


def used_up(kinds: Iterable[str] = ()) -> set[str]:
    """Those of the channels and kinds (`ALL` for everything) of which more went out than should; logged as an error."""
    found = reached(kinds)
    for each in found:
        log.error(
            "%d notices have gone out in one %s (%s): the rest waits (%s is %d).",
            *(each.number, each.window, each.what, each.setting, each.most),
        )
    return {each.what for each in found}


def room_for_promotions() -> bool:
    """Whether promotions may still go out in this hour: half of it is kept for what contracts and claims need."""
    if not (most := settings.NOTICES_PER_HOUR):
        return True
    key = _key(ALL, HOUR)
    return _counts([key]).get(key, 0) < most / 2


# --- One person, one address ----------------------------------------------------------------------------------------


def held_back(notices: Iterable[Notice], now: datetime) -> dict[int, HeldBack]:
    """Which of the notices would be too many for their person or their address, by their ids.

    Those that pass the limits are among them with the mark BEYOND, and go. The others of the same chunk count too.
    """
    notices = [each for each in notices if not _is_internal(each)]
    keys = {
        each.pk: [
            (held, window, key, getattr(settings, setting))
            for held, one in _ones(each)
            for window, setting in MOST_TO_ONE[held].items()
            if getattr(settings, setting) and (key := _key(one, window, now))
        ]
        for each in notices
    }
    gone = Counter(_counts({key for those in keys.values() for _held, _window, key, _most in those}))
    found: dict[int, HeldBack] = {}
    for notice in notices:
        full = [(held, window, most) for held, window, key, most in keys[notice.pk] if gone[key] >= most]
        kind = KINDS.get(notice.kind)
        passes = kind is not None and kind.passes_limits
        if full:
            held, window, most = max(full, key=lambda each: each[1] == DAY)
            found[notice.pk] = HeldBack(
                Notice.Held.BEYOND if passes else held,
                _next(window, now),
                (
                    _("More than %(most)d in one day to the same person or address.")
                    if window == DAY
                    else _("More than %(most)d in one hour to the same person or address.")
                )
                % {"most": most},
            )
        if passes or not full:
            gone.update(key for _held, _window, key, _most in keys[notice.pk])
    return found


# --- Counting --------------------------------------------------------------------------------------------------------


def count(sent: Iterable[Notice]) -> None:
    """Count what was sent just now."""
    now = timezone.now()
    counted = [
        (
            ALL,
            notice.channel,
            f"kind:{notice.kind}",
            *(() if _is_internal(notice) else (one for _held, one in _ones(notice))),
        )
        for notice in sent
    ]
    for window, seconds in KEPT_SECONDS.items():
        numbers = Counter(_key(what, window, now) for those in counted for what in those)
        with suppress(Exception):  # a cache that is away
            _cache().count_many(numbers, seconds)


def _cache() -> Cache:
    """The project's own cache, which counts."""
    return cast(Cache, caches[DEFAULT_CACHE_ALIAS])


def _counts(keys: Iterable[str]) -> Mapping[str, int]:
    keys = list(keys)
    if not keys:
        return {}
    try:
        return cache.get_many(keys)
    except Exception as error:
        log.warning("the notices of this hour cannot be counted: %s", error)
        return {}


def _ones(notice: Notice) -> list[tuple[str, str]]:
    """The person and the address of a notice, as they are counted. In the cache they are digests."""
    found: list[tuple[str, str]] = []
    if notice.customer_id is not None:
        found.append((Notice.Held.PERSON, f"person:{notice.customer_id}"))
    if notice.address:
        found.append((Notice.Held.ADDRESS, _of_address(settings.SECRET_KEY, notice.address.strip().lower())))
    return found


@lru_cache(maxsize=1_024)
def _of_address(key: str, address: str) -> str:
    """What an address is counted by, for as long as its chunk lasts."""
    return f"address:{salted_hmac('notifications.rates', address, key).hexdigest()[:20]}"


def _is_internal(notice: Notice) -> bool:
    kind = KINDS.get(notice.kind)
    return notice.customer_id is None and (notice.user_id is not None or (kind is not None and kind.is_internal))


def _key(what: str, window: str, now: datetime | None = None) -> str:
    return f"notices-sent:{what}:{_stamp(window, now or timezone.now())}"


@lru_cache(maxsize=16)
def _stamp(window: str, now: datetime) -> str:
    """The hour or the day of a moment, in Rome; worked out once for all notices of a chunk."""
    local = now.astimezone(ROME)
    return f"{local:%Y%m%d%H}" if window == HOUR else f"{local:%Y%m%d}"


def _next(window: str, now: datetime) -> datetime:
    """The beginning of the next hour, or of the next day at eight, when people are up."""
    local = now.astimezone(ROME)
    if window == HOUR:
        return local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), tzinfo=ROME) + timedelta(hours=8)
