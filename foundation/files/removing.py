"""Delete files whose rows are gone: the row first, in its transaction, the file after. A kill between the two loses neither."""

import logging

from django.core.files.storage import default_storage

from foundation.models import FileToRemove

log = logging.getLogger(__name__)


def remove_files(*, at_most: int = 10_000) -> int:
    """Delete the files that committed removals left behind, oldest first; returns how many. One that cannot be stays listed."""
    removed = 0
    for each in FileToRemove.objects.order_by("pk")[:at_most]:
        try:
            default_storage.delete(each.name)  # one that is away already is as good as deleted
        except OSError as error:
            log.error("a file cannot be deleted, the next run tries again: %s", error)
            continue
        each.delete()
        removed += 1
    return removed
