"""What an agent's desk asks every second: has anything changed? A word per person in the cache, new at each change.

The cache only saves the database the question: a desk whose word is gone asks the database (`contact_center.desk.card`).
"""

import uuid
from collections.abc import Iterable

from django.core.cache import cache

KEPT_SECONDS = 24 * 3600


def key_of(user_id: int) -> str:
    """Where the word of a person is kept."""
    return f"desk:{user_id}"


def changed(user_ids: Iterable[int]) -> None:
    """Let the desks of these people show what is new at their next question. To be called after the commit."""
    for user_id in user_ids:
        cache.set(key_of(user_id), uuid.uuid4().hex[:12], KEPT_SECONDS)
