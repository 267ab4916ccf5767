"""Figures about complaints for the first page of the back office."""

from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.models import Complaint
from customers.models import User
from foundation.office.tiles import Tile

DAYS = 7


def tiles(user: User) -> list[Tile]:
    """Complaints whose answer is due within a week, or late; no tile for people who may not see complaints."""
    if not user.has_perm("complaints.view_complaint"):
        return []
    today = timezone.localdate()
    near = Complaint.objects.visible_to(user).open().due_by(today + timedelta(days=DAYS), today=today).order_by()
    counts = near.aggregate(due=Count("pk"), late=Count("pk", filter=Q(term_on__lt=today)))
    late = counts["late"]
    return [
        Tile(
            title=_("Complaints due within 7 days"),
            value=str(counts["due"]),
            hint=ngettext("%(late)d is past its term", "%(late)d are past their term", late) % {"late": late}
            if late
            else _("None is past its term"),
            url=reverse("admin:complaints_complaint_changelist") + "?work=due",
            tone="bad" if late else "warn" if counts["due"] else "good",
        )
    ]
