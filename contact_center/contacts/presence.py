"""Who has a contact's page open, so that two people do not work on it unawares.

Kept in the cache alone: forgetting it harms nobody, since the later of two commands is refused anyway.
"""

from django.core.cache import cache
from django.utils import timezone

from contact_center.models import Contact
from customers.models import User
from foundation.sorting import sort_key

SEEN_FOR = 30  # seconds after which who says nothing is taken to have left
ASK_EVERY = 15  # seconds between two questions of a page


def here(contact: Contact, user: User, *, leaves: bool = False) -> list[str]:
    """Say that the user is on the page (or leaves it), and return the names of the others who are, in order."""
    key, now = f"presence:contact:{contact.pk}", timezone.now().timestamp()
    people = {pk: told for pk, told in cache.get(key, {}).items() if now - told[1] < SEEN_FOR}
    if leaves:
        people.pop(user.pk, None)
    else:
        people[user.pk] = (str(user), now)
    cache.set(key, people, SEEN_FOR)
    return sorted((name for pk, (name, _when) in people.items() if pk != user.pk), key=sort_key)
