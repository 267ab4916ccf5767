"""Rows of files that ask a reason of the reader: lists show that they are there, and nothing of what is in them."""

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

RESTRICTED = _("File with restricted access")  # instead of a name, wherever the file is not open to the reader


def close(row: Model) -> None:
    """Note on the row, for as long as the list is made, that its reader has given no reason yet."""
    row.__dict__["_is_closed"] = True


def is_closed(row: Model) -> bool:
    """Whether the list shows the row without its contents."""
    return bool(row.__dict__.get("_is_closed"))
