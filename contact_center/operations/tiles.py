"""The operations that wait, for the first page of the back office."""

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Operation, User
from customers.visibility import reach_of
from foundation.office.tiles import Tile

MOST = 999  # counted no further: a page must not cost more on a bad day


def tiles(user: User) -> list[Tile]:
    """How many operations are still to be done, for those who may see them all."""
    if not user.has_perm("customers.view_operation") or not reach_of(user).everything:
        return []
    waiting = Operation.objects.open().order_by()[: MOST + 1].count()
    return [
        Tile(
            title=_("Operations to be done"),
            value=f"{MOST}+" if waiting > MOST else str(waiting),
            hint=_("asked for by customers, the oldest first") if waiting else _("Nothing is waiting"),
            url=reverse("admin:customers_operation_changelist"),
            tone="" if waiting else "good",
        )
    ]
