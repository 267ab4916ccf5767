"""Figures about notices for the first page of the back office."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from foundation.office.tiles import Tile
from notifications.models import Notice

MOST = 999  # counted no further: a page must not cost more on a bad day


def tiles(user: Any) -> list[Tile]:
    """Notices that want a person's eye; nothing for a user who may not see notices."""
    if not user.has_perm("notifications.view_notice"):
        return []
    trouble = Notice.objects.visible_to(user).in_trouble().order_by()[: MOST + 1].count()
    return [
        Tile(
            title=_("Notices in trouble"),
            value=f"{MOST}+" if trouble > MOST else str(trouble),
            hint=_("Refused by the channel, or in doubt") if trouble else _("All have left or are leaving"),
            url=reverse("admin:notifications_notice_changelist") + "?work=trouble",
            tone="bad" if trouble else "good",
        ),
        *_by_hand(user),
    ]


def _by_hand(user: Any) -> list[Tile]:
    """What a person has to send, when there is any."""
    waiting = Notice.objects.visible_to(user).by_hand().order_by()[: MOST + 1].count()
    if not waiting:
        return []
    return [
        Tile(
            title=_("To be sent by post or PEC"),
            value=f"{MOST}+" if waiting > MOST else str(waiting),
            hint=_("No e-mail reaches these customers, who cannot open the reserved area"),
            url=reverse("admin:notifications_notice_changelist") + "?work=by_hand",
            tone="bad",
        )
    ]
