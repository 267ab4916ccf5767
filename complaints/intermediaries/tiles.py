"""Figures about enquiries for the first page of an agency's member."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.intermediaries.office import MAY_ANSWER
from complaints.models import Enquiry
from customers.models import User
from foundation.office.tiles import Tile


def tiles(user: User) -> list[Tile]:
    """What the agency was asked about complaints and has not answered; no tile where nothing waits, nor for others."""
    if not user.has_perm(MAY_ANSWER):
        return []
    late = Q(answer_due_on__lt=timezone.localdate())
    waiting = Enquiry.objects.visible_to(user).open().order_by()
    counts = waiting.aggregate(all=Count("pk"), late=Count("pk", filter=late))
    if not counts["all"]:
        return []
    return [
        Tile(
            title=_("Complaints on which your position is needed"),
            value=str(counts["all"]),
            hint=ngettext("%(late)d is overdue", "%(late)d are overdue", counts["late"]) % {"late": counts["late"]}
            if counts["late"]
            else _("None is overdue"),
            url=reverse("admin:complaints_enquiry_changelist"),
            tone="bad" if counts["late"] else "warn",
        )
    ]
