"""`Proceeding`: a court case, a mediation or an assisted negotiation about the matter of a complaint, with its days."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models.complaint import Complaint
from customers.models import User
from customers.visibility import reach_of
from foundation.constraints import one_of
from foundation.guards import fixed, never_deleted


class ProceedingKind(models.TextChoices):
    """Where a dispute goes beside the complaint."""

    COURT = "court", _("court")
    MEDIATION = "mediation", _("mediation")
    NEGOTIATION = "negotiation", _("assisted negotiation")


class ProceedingQuerySet(models.QuerySet["Proceeding"]):
    """Questions asked about proceedings."""

    def visible_to(self, user: User) -> "ProceedingQuerySet":
        """Those of the complaints the user may see."""
        if reach_of(user).everything:
            return self
        return self.filter(complaint__in=Complaint.objects.visible_to(user))


class Proceeding(models.Model):
    """What was begun elsewhere about the same matter. It is entered with its first day, and ended once."""

    Kind = ProceedingKind

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="proceedings", verbose_name=_("complaint"))
    kind = models.CharField(_("kind"), max_length=11, choices=Kind.choices)
    begun_on = models.DateField(_("begun on"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    body = models.CharField(_("before whom"), max_length=200, blank=True)
    result = models.CharField(_("result"), max_length=500, blank=True)
    by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now, editable=False)

    objects = ProceedingQuerySet.as_manager()

    class Meta:
        verbose_name = _("court case or mediation")
        verbose_name_plural = _("court cases and mediations")
        ordering = ["begun_on", "pk"]
        constraints = [
            one_of("kind", ProceedingKind, name="proceeding_kind_is_known"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("begun_on")),
                name="proceeding_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | ~Q(result=""), name="proceeding_ended_has_a_result"
            ),
            models.UniqueConstraint(
                fields=["complaint", "kind"],
                condition=Q(ended_on__isnull=True),
                name="one_open_proceeding_of_a_kind",
            ),
        ]
        triggers = [
            *never_deleted(),
            fixed("proceeding_began_as_entered", ["complaint", "kind", "begun_on", "body", "by", "entered_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.complaint}: {self.get_kind_display()}"
