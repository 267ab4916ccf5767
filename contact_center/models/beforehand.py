"""`AnsweredBeforehand`: what the reserved area answered before a request was written, and whether that was enough."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.rami import CHOICES
from foundation.guards import append_only

from .topic import Topic


class AnsweredBeforehand(models.Model):
    """Once a customer was shown an answer that we could work out: it was enough, or they went on to write.

    A count and no more: it names nobody. Rows are added, never changed.
    """

    submission_key = models.UUIDField(_("key of the submission"), unique=True)
    topic = models.ForeignKey(
        Topic, models.PROTECT, related_name="answered_beforehand", verbose_name=_("topic"), db_index=False
    )
    ramo = models.CharField(
        _("line of business"),
        max_length=4,
        blank=True,
        choices=CHOICES,
        help_text=_("Of the policy that was asked about; empty where none was chosen"),
    )
    helped = models.BooleanField(_("it was enough"), help_text=_("No: the customer went on to write to us"))
    day = models.DateField(_("day"), default=timezone.localdate)

    class Meta:
        verbose_name = _("answer given beforehand")
        verbose_name_plural = _("answers given beforehand")
        ordering = ["-day", "-pk"]
        indexes = [
            # The list, newest first, and the share of the last weeks.
            models.Index(fields=["-day", "-id"], name="beforehand_newest"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} – {self.topic}"
