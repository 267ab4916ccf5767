"""Copies of customers' data that are late, for the first page of the back office."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import DataExport
from foundation.office.tiles import Tile

LATE = timedelta(hours=1)


def tiles(user: Any) -> list[Tile]:
    """How many copies were asked for an hour ago and are not made, for the people who make them; nothing when none is."""
    if not user.has_perm("customers.add_dataexport"):
        return []
    late = DataExport.objects.under_way().filter(asked_at__lt=timezone.now() - LATE).count()
    if not late:
        return []
    return [
        Tile(
            title=_("Copies of data not made"),
            value=str(late),
            hint=_("asked for more than an hour ago: their pages say why"),
            url=reverse("admin:customers_dataexport_changelist"),
            tone="bad",
        )
    ]
