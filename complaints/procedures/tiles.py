"""Figures about requests of IVASS and appeals for the first page of the back office."""

from datetime import timedelta

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.models import ArbitratorAppeal, RegulatorRequest
from complaints.tiles import DAYS
from customers.models import User
from foundation.office.tiles import Tile


def tiles(user: User) -> list[Tile]:
    """What is due to IVASS and to the Arbiter within a week, or late; no tile for people who may not see it."""
    last, found = timezone.localdate() + timedelta(days=DAYS), []
    if user.has_perm("complaints.view_regulatorrequest"):
        requests = RegulatorRequest.objects.visible_to(user).due_by(last)
        found.append(_tile(_("Answers to IVASS due within 7 days"), requests, "regulatorrequest"))
    if user.has_perm("complaints.view_arbitratorappeal"):
        appeals = ArbitratorAppeal.objects.visible_to(user).due_by(last)
        found.append(_tile(_("Terms at the Arbiter due within 7 days"), appeals, "arbitratorappeal"))
    return found


def _tile(title: str | Promise, rows: QuerySet, model: str) -> Tile:
    late_now = Q(due_on__lt=timezone.localdate())
    counts = rows.order_by().aggregate(due=Count("pk"), late=Count("pk", filter=late_now))
    late = counts["late"]
    return Tile(
        title=str(title),
        value=str(counts["due"]),
        hint=ngettext("%(late)d is past its term", "%(late)d are past their term", late) % {"late": late}
        if late
        else _("None is past its term"),
        url=reverse(f"admin:complaints_{model}_changelist") + "?work=due",
        tone="bad" if late else "warn" if counts["due"] else "good",
    )
