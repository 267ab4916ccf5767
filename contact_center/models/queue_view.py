"""`QueueView`: tab, filters and search of the queue, kept under a name."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import User
from customers.validators import validate_one_line
from foundation.constraints import one_of
from foundation.models import Versioned

from .organisation import Agent, Team


class Sharing(models.TextChoices):
    """Who finds a view above the queue."""

    OWN = "own", _("only me")
    TEAM = "team", _("a team")
    ALL = "all", _("everybody who works on the queue")


class QueueViewQuerySet(models.QuerySet["QueueView"]):
    """Questions asked about views."""

    def offered_to(self, user: User, agent: Agent | None) -> "QueueViewQuerySet":
        """One's own, those of one's team and those of everybody; `agent` is who the user answers as, if anybody."""
        shown = Q(user=user) | Q(sharing=Sharing.ALL)
        if agent is not None and agent.team_id is not None:
            shown |= Q(sharing=Sharing.TEAM, team=agent.team_id)
        return self.filter(shown)

    def in_order(self) -> "QueueViewQuerySet":
        """In the places that were given to them."""
        return self.order_by("position", "name", "pk")


class QueueView(Versioned):
    """A part of the queue that somebody comes back to. It holds what the address of the list may hold, and no row.

    `parameters` are those of `contact_center.queue_views.parameters`; what they name may have gone since.
    """

    Sharing = Sharing

    user = models.ForeignKey("customers.User", models.PROTECT, related_name="queue_views", verbose_name=_("whose"))
    name = models.CharField(_("name"), max_length=60, validators=[validate_one_line])
    sharing = models.CharField(_("offered to"), max_length=4, choices=Sharing.choices, default=Sharing.OWN)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="queue_views", verbose_name=_("team")
    )
    parameters = models.JSONField(_("tab, filters and search"), default=dict)
    position = models.PositiveSmallIntegerField(
        pgettext_lazy("in a list", "place"), default=1, help_text=_("1 stands first")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = QueueViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("view of the queue")
        verbose_name_plural = _("views of the queue")
        ordering = ["position", "name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="queue_view_has_a_name"),
            one_of("sharing", Sharing, name="queue_view_sharing_is_known"),
            models.CheckConstraint(
                condition=Q(sharing="team", team__isnull=False) | (~Q(sharing="team") & Q(team__isnull=True)),
                name="queue_view_of_a_team_names_it",
            ),
            models.CheckConstraint(condition=Q(position__range=(1, 99)), name="queue_view_place_in_range"),
            models.UniqueConstraint(fields=["user", "name"], name="queue_view_once_per_name"),
        ]

    def __str__(self) -> str:
        return self.name
