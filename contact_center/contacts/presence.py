"""The people who have a contact's page open, so that two of them do not work on it unawares.

Kept in the cache alone: forgetting it harms nobody, since the later of two commands is refused anyway.
"""

from django.core.cache import cache
from django.utils import timezone

from contact_center.models import Contact
from customers.models import User
from foundation.sorting import sort_key

SEEN_FOR = 30  # seconds after which a person whose page no longer asks is taken to have left
ASK_EVERY = 15  # seconds between two questions of a page


def others_present(contact: Contact, user: User, *, leaves: bool = False) -> list[str]:
    """Note that the user is on the page (or leaves it), and return the names of the others who are, in order."""
    key, now = f"presence:contact:{contact.pk}", timezone.now().timestamp()
    people = {pk: (name, seen) for pk, (name, seen) in cache.get(key, {}).items() if now - seen < SEEN_FOR}
    if leaves:
        people.pop(user.pk, None)
    else:
        people[user.pk] = (str(user), now)
    cache.set(key, people, SEEN_FOR)
    return sorted((name for pk, (name, _seen) in people.items() if pk != user.pk), key=sort_key)
