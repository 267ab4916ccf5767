"""Opinions on the first page of the back office, for people who work on them."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.feedback.office import CHANGE
from complaints.models import Feedback
from customers.models import User
from foundation.office.tiles import Tile


def tiles(user: User) -> list[Tile]:
    """The opinions that nobody has answered, and how many are past their target; no tile for people who answer none.

    One question of the index of what is not answered.
    """
    if not user.has_perm(CHANGE):
        return []
    waiting = Feedback.objects.visible_to(user).unanswered().order_by()
    counts = waiting.aggregate(number=Count("pk"), late=Count("pk", filter=Q(due_at__lt=timezone.now())))
    late = counts["late"]
    return [
        Tile(
            title=_("Feedback to be answered"),
            value=number_format(counts["number"], force_grouping=True),
            hint=ngettext("%(late)s is past its target", "%(late)s are past their target", late)
            % {"late": number_format(late, force_grouping=True)}
            if late
            else _("None is past its target"),
            url=reverse("admin:complaints_feedback_changelist", query={"work": "late" if late else "open"}),
            tone="bad" if late else "warn" if counts["number"] else "good",
        )
    ]
