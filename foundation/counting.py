"""How often something was tried: counted in the cache from the first time on, forgotten by itself."""

import logging

from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def is_within(key: str, most: int, seconds: int) -> bool:
    """Count one more under the key; returns whether there were at most `most` within `seconds` of the first.

    A cache that cannot be asked lets people through: to turn somebody away is worse than to take one too many.
    """
    try:
        if cache.add(key, 1, timeout=seconds):  # the first: one question of the cache instead of three
            return most >= 1
        return cache.incr(key) <= most
    except ValueError:  # it lapsed between the two
        return True
    except RedisError:
        log.warning("attempts cannot be counted: the cache does not answer")
        return True
