"""`Visit`: the link of a message was followed. By whom it cannot be known: what looks like a machine is told apart."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.guards import append_only
from promotions.models.recipient import Recipient


class Visit(models.Model):
    """One time that the link of a message was followed. Neither address nor browser of the visitor is kept."""

    recipient = models.ForeignKey(
        Recipient, models.CASCADE, related_name="visits", verbose_name=_("recipient"), db_index=False
    )
    by_machine = models.BooleanField(
        _("by a machine, it seems"), help_text=_("Seconds after it was sent, or by a program that says so")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("visit of an offer")
        verbose_name_plural = _("visits of an offer")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["recipient", "at"], name="visit_of_recipient")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%d/%m/%Y %H:%M}"
