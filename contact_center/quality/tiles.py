"""Quality samples on the first page: an agent's new scores, a team leader's contacts to score."""

from django.urls import reverse
from django.utils.translation import gettext as _

from contact_center.models import QualityReview
from contact_center.quality.commands import SCORES, unread_by
from contact_center.supervision.menu import leads
from customers.models import User
from foundation.office.tiles import Tile

MOST = 99


def tiles(user: User) -> list[Tile]:
    """What is new of one's own work, and what one has to score; nothing where nothing waits."""
    shown = []
    if getattr(user, "agent", None) is not None and (unread := unread_by(user)):
        shown.append(
            Tile(
                title=_("My work was scored"),
                value=str(unread),
                hint=_("read it, and answer it if you like"),
                url=reverse("own_reviews"),
                tone="warn",
            )
        )
    if user.has_perm(SCORES) or leads(user):
        rows = QualityReview.objects.within_reach_of(user).to_score().filter(agent__team__is_active=True)
        waiting = rows.exclude(agent__user=user).exclude(calibrates__reviewer=user).order_by()[: MOST + 1].count()
        if waiting:
            shown.append(
                Tile(
                    title=_("Samples to score"),
                    value=f"{MOST}+" if waiting > MOST else str(waiting),
                    hint=_("contacts drawn of the weeks that are over"),
                    url=reverse("quality_reviews"),
                )
            )
    return shown
