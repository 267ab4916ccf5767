"""`ContactPause`: a person who is not to hear of promotions until a day, because somebody who knows them said so."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, User
from customers.visibility import reach_of
from foundation.constraints import one_of
from foundation.guards import fixed, never_deleted
from foundation.requests import Reader


class PauseGround(models.TextChoices):
    """Why a person is left alone for a while."""

    BEREAVEMENT = "bereavement", _("bereavement")
    ILLNESS = "illness", _("illness")
    DISPUTE = "dispute", _("dispute")
    ASKED = "asked", _("asked to be left alone for now")


class ContactPauseQuerySet(models.QuerySet["ContactPause"]):
    """Questions asked about pauses."""

    def visible_to(self, user: Reader) -> "ContactPauseQuerySet":
        """Pauses of the customers whose files the user may see."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="customer", agency="customer__agency"))

    def in_force(self, day: date) -> "ContactPauseQuerySet":
        """Neither ended nor past their last day."""
        return self.filter(until__gte=day, ended_at__isnull=True)


class ContactPause(models.Model):
    """No promotions to this person until a day, the day included. What contracts need still reaches them."""

    Ground = PauseGround

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="contact_pauses", verbose_name=_("customer"), db_index=False
    )
    ground = models.CharField(_("because of"), max_length=11, choices=PauseGround.choices)
    until = models.DateField(_("last day"))
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("set by"), db_index=False)
    set_at = models.DateTimeField(_("set at"), default=timezone.now)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by"), db_index=False
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = ContactPauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause of promotions")
        verbose_name_plural = _("pauses of promotions")
        ordering = ["-set_at", "-pk"]
        constraints = [
            one_of("ground", PauseGround, name="pause_ground_is_known"),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(ended_at__isnull=True), name="one_pause_per_customer"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_at__gte=F("set_at")),
                name="pause_ended_by_somebody_at_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["customer", "-set_at"], name="pause_of_customer")]
        triggers = [*never_deleted(), fixed("set_is_fixed", ["customer", "ground", "set_by", "set_at"])]

    def __str__(self) -> str:
        return f"{self.get_ground_display()} – {self.until:%d/%m/%Y}"
