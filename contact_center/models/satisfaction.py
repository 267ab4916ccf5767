"""`SatisfactionSurvey`: the one question asked when a written request has been answered."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .contact import Contact


class SatisfactionSurvey(models.Model):
    """Was it resolved, and how well: asked once of a contact, answered once by a link that only the customer has."""

    contact = models.OneToOneField(Contact, models.CASCADE, related_name="survey", verbose_name=_("contact"))
    token_digest = models.CharField(_("digest of the link's secret"), max_length=64, unique=True)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    resolved = models.BooleanField(_("resolved, says the customer"), null=True, blank=True)
    rating = models.PositiveSmallIntegerField(_("satisfaction (1 to 5)"), null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        verbose_name = _("satisfaction survey")
        verbose_name_plural = _("satisfaction surveys")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, resolved__isnull=True, rating__isnull=True, comment="")
                | Q(answered_at__isnull=False, resolved__isnull=False),
                name="survey_answered_says_what",
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 5)), name="survey_rating_range"
            ),
        ]
        indexes = [
            # The response rate of the last weeks, on the first page of the back office.
            models.Index(fields=["asked_at"], name="survey_asked"),
        ]

    def __str__(self) -> str:
        return self.contact.number
