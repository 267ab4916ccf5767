"""`CauseAction`: what is done about a cause that many complaints have in common, and what came of it."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models.code import CodeField, CodeList
from customers import rami
from customers.models import Agency
from foundation.constraints import one_of
from foundation.guards import fixed, never_deleted
from foundation.history import keep_history
from foundation.models import Versioned


class ActionState(models.TextChoices):
    """How far an action has come."""

    OPEN = "open", _("open")
    DONE = "done", _("done, to be measured")
    MEASURED = "measured", _("measured")
    DROPPED = "dropped", _("given up")


class CauseActionQuerySet(models.QuerySet["CauseAction"]):
    """Questions asked about actions."""

    def going_on(self) -> "CauseActionQuerySet":
        """Those that wait for somebody: to be done, or to be measured."""
        return self.filter(state__in=[ActionState.OPEN, ActionState.DONE])


@keep_history()
class CauseAction(Versioned):
    """An action opened from a cause: complaints with this reason, of this area, branch, product or agency.

    The cause never changes. Days since it was done are compared with as many before it was opened (`foundation.chance`).
    """

    State = ActionState
    NEXT = {
        State.OPEN: {State.DONE, State.DROPPED},
        State.DONE: {State.MEASURED, State.DROPPED},
        State.MEASURED: set(),
        State.DROPPED: set(),
    }

    title = models.CharField(_("what is done"), max_length=200)
    plan = models.TextField(
        _("how"), help_text=_("Also what is done for those who were affected and did not complain")
    )
    area = CodeField(_("business area"), code_list=CodeList.AREA, blank=True)
    reason = CodeField(_("reason"), code_list=CodeList.REASON, blank=True)
    ramo = models.CharField(_("line of business (ramo)"), max_length=4, blank=True, choices=rami.CHOICES)
    product = CodeField(_("product"), code_list=CodeList.PRODUCT, blank=True)
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency concerned")
    )
    owner = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("owner"))
    opened_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("opened by"))
    opened_on = models.DateField(_("opened on"), default=timezone.localdate)
    due_on = models.DateField(_("to be done by"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    words = models.TextField(_("what was done"), blank=True)
    measured_on = models.DateField(_("measured on"), null=True, blank=True)
    effect = models.JSONField(_("effect"), default=dict, blank=True)

    objects = CauseActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action about a cause")
        verbose_name_plural = _("actions about causes")
        ordering = ["due_on", "pk"]
        constraints = [
            one_of("state", ActionState, name="action_state_is_known"),
            models.CheckConstraint(
                condition=~Q(area="") | ~Q(reason="") | ~Q(ramo="") | ~Q(product="") | Q(agency__isnull=False),
                name="action_has_a_cause",
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(plan=""), name="action_says_what_and_how"),
            models.CheckConstraint(condition=Q(due_on__gte=F("opened_on")), name="action_due_after_it_opens"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "dropped"]) | Q(done_on__isnull=False) & ~Q(words=""),
                name="action_done_has_day_and_words",
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(done_on__gte=F("opened_on")), name="action_done_after_it_opens"
            ),
            models.CheckConstraint(
                condition=~Q(state="measured") & Q(measured_on__isnull=True, effect={})
                | Q(state="measured", measured_on__isnull=False) & ~Q(effect={}),
                name="action_measured_has_its_effect",
            ),
        ]
        triggers = [
            *never_deleted(),
            fixed("action_cause_never_changes", ["area", "reason", "ramo", "product", "agency", "opened_on"]),
            fixed(
                "action_measured_is_fixed", ["effect", "measured_on", "state"], once=pgtrigger.Q(old__state="measured")
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def can_become(self, state: str) -> bool:
        """Whether the table of states allows it now."""
        return state in self.NEXT[self.State(self.state)]
