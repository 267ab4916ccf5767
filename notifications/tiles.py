"""Figures about notices for the first page of the back office."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.office.tiles import Tile
from notifications import rates, resting
from notifications.models import AlertRule, Notice

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
        *_held(user),
        *_rules(user),
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
            hint=_("Nothing else has reached these customers"),
            url=reverse("admin:notifications_notice_changelist") + "?work=by_hand",
            tone="bad",
        )
    ]


def _held(user: Any) -> list[Tile]:
    """The alarm: limits that are reached, notices that one holds back, channels that rest; nothing on an ordinary day."""
    held = Notice.objects.visible_to(user).held_back().order_by()[: MOST + 1].count()
    limits, channels = rates.reached(), resting.resting(timezone.now())
    if not held and not limits and not channels:
        return []
    if channels:
        hint = _("A channel rests after failures")
    else:
        hint = _("A limit is reached: see whether something goes round in circles")
    return [
        Tile(
            title=_("Notices held back"),
            value=f"{MOST}+" if held > MOST else str(held),
            hint=hint,
            url=reverse("admin:notifications_notice_sendings"),
            tone="bad",
        )
    ]


def _rules(user: Any) -> list[Tile]:
    """The rules of alerts that wait for this person to switch them on, when there are any."""
    if not user.has_perm("notifications.switch_alertrule"):
        return []
    others = AlertRule.objects.filter(state=AlertRule.State.SUBMITTED).exclude(submitted_by=user)
    waiting = others.exclude(written_by=user).count()
    if not waiting:
        return []
    return [
        Tile(
            title=_("Alert rules to switch on"),
            value=str(waiting),
            hint=_("Somebody else has simulated and submitted them"),
            url=reverse("admin:notifications_alertrule_changelist") + "?work=submitted",
            tone="warn",
        )
    ]
