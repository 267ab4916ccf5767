"""`PromotionOutcome`: what the people of a promotion did within the days after its beginning, counted once when they are over."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.guards import append_only
from foundation.requests import Reader
from promotions.models.promotion import Promotion
from promotions.reach import ground_of


class PromotionOutcomeQuerySet(models.QuerySet["PromotionOutcome"]):
    """Questions asked about outcomes."""

    def visible_to(self, user: Reader) -> "PromotionOutcomeQuerySet":
        """Those of the promotions within the user's reach."""
        return self.filter(ground_of(user).over_promotions("promotion__agency"))


class PromotionOutcome(models.Model):
    """Both groups of a finished promotion as they were drawn, and how many of each contacted us or took a policy of the line.

    Kept as numbers, so that pooling them costs the same after ten years and no erasure changes them. Rows are added only.
    """

    promotion = models.OneToOneField(
        Promotion, models.PROTECT, related_name="outcome", verbose_name=_("promotion"), primary_key=True
    )
    of_written = models.PositiveIntegerField(_("drawn to be written to"))
    written_contacts = models.PositiveIntegerField(_("of these, contacted us"))
    written_policies = models.PositiveIntegerField(_("of these, took a policy"))
    of_held_out = models.PositiveIntegerField(_("held out by lot"))
    held_out_contacts = models.PositiveIntegerField(_("of those held out, contacted us"))
    held_out_policies = models.PositiveIntegerField(_("of those held out, took a policy"))
    counted_at = models.DateTimeField(_("counted at"), default=timezone.now)

    objects = PromotionOutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("outcome of a promotion")
        verbose_name_plural = _("outcomes of promotions")
        ordering = ["-promotion"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    written_contacts__lte=F("of_written"),
                    written_policies__lte=F("of_written"),
                    held_out_contacts__lte=F("of_held_out"),
                    held_out_policies__lte=F("of_held_out"),
                ),
                name="outcome_counts_within_their_group",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return str(self.promotion)
