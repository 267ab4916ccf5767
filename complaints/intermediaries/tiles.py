"""Figures about enquiries for the first page of an agency's member."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.intermediaries.office import MAY_ANSWER
from complaints.models import Enquiry
from customers.models import User
from foundation.office.tiles import OnFirstPage, ShortList, ShortRow, Tile

SHOWN = 8


def on_first_page(user: User) -> list[OnFirstPage]:
    """What the agency was asked about complaints and has not answered, with the days left; nothing where nothing waits, nor for others."""
    if not user.has_perm(MAY_ANSWER):
        return []
    today = timezone.localdate()
    late = Q(answer_due_on__lt=timezone.localdate())
    waiting = Enquiry.objects.visible_to(user).open().order_by()
    counts = waiting.aggregate(all=Count("pk"), late=Count("pk", filter=late))
    if not counts["all"]:
        return []
    rows = waiting.filter(answer_due_on__isnull=False).select_related("complaint").order_by("answer_due_on", "pk")
    return [
        ShortList(
            title=_("Enquiries to answer"),
            rows=tuple(
                ShortRow(
                    label=_("Complaint %(number)s") % {"number": each.complaint.number},
                    detail=_days_left((each.answer_due_on - today).days) if each.answer_due_on else "",
                    url=reverse("admin:complaints_enquiry_change", args=[each.pk]),
                    tone="bad" if each.answer_due_on and each.answer_due_on < today else "",
                )
                for each in rows[:SHOWN]
            ),
            empty=_("Nothing is to be answered."),
            url=reverse("admin:complaints_enquiry_changelist"),
        ),
        Tile(
            title=_("Complaints on which your position is needed"),
            value=str(counts["all"]),
            hint=ngettext("%(late)d is overdue", "%(late)d are overdue", counts["late"]) % {"late": counts["late"]}
            if counts["late"]
            else _("None is overdue"),
            url=reverse("admin:complaints_enquiry_changelist"),
            tone="bad" if counts["late"] else "warn",
        ),
    ]


def _days_left(days: int) -> str:
    if days < 0:
        return ngettext("%(days)d day late", "%(days)d days late", -days) % {"days": -days}
    if days == 0:
        return _("today")
    return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
