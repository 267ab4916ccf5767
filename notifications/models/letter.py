"""Letters: notices that go by post, in the batches that are printed and handed to the post together (`LetterBatch`, `Letter`)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.guards import fixed, never_deleted

from .notice import Notice


class LetterBatchQuerySet(models.QuerySet):
    """Questions asked about batches."""

    def open(self) -> "LetterBatchQuerySet":
        """Printed, or to be printed: neither handed to the post nor given up."""
        return self.filter(sent_at__isnull=True, given_up_at__isnull=True)


class LetterBatch(models.Model):
    """Letters that are printed together. Their texts and addresses are those of the moment at which it was made.

    The document is made when it is opened, always the same bytes; `sha256` proves that it is the one that was printed.
    """

    made_at = models.DateTimeField(_("prepared at"), default=timezone.now)
    made_by = models.ForeignKey(
        "customers.User", models.PROTECT, related_name="+", verbose_name=_("made by"), db_index=False
    )
    number_of_letters = models.PositiveIntegerField(_("letters"))
    sha256 = models.CharField(_("checksum of the document (SHA-256)"), max_length=64)
    sent_at = models.DateTimeField(_("handed to the post at"), null=True, blank=True)
    how = models.CharField(_("how it went"), max_length=500, blank=True)
    given_up_at = models.DateTimeField(_("given up at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        "customers.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
        db_index=False,
    )

    objects = LetterBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch of letters")
        verbose_name_plural = _("batches of letters")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(given_up_at__isnull=True), name="batch_is_sent_or_given_up"
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True, ended_by__isnull=True)
                | Q(ended_by__isnull=False) & (Q(sent_at__isnull=False) | Q(given_up_at__isnull=False)),
                name="batch_is_ended_by_somebody",
            ),
        ]
        triggers = [*never_deleted(), fixed("batch_is_fixed", ["made_at", "made_by", "number_of_letters", "sha256"])]

    def __str__(self) -> str:
        return str(_("Batch %(number)s") % {"number": self.pk})

    @property
    def is_open(self) -> bool:
        """Neither handed to the post nor given up."""
        return self.sent_at is None and self.given_up_at is None


class Letter(models.Model):
    """A notice in a batch: the place it has there, and to whom its envelope is addressed, line by line."""

    batch = models.ForeignKey(LetterBatch, models.PROTECT, related_name="letters", verbose_name=_("batch"))
    notice = models.OneToOneField(Notice, models.CASCADE, related_name="letter", verbose_name=_("notice"))
    number = models.PositiveIntegerField(_("number"))
    recipient = models.TextField(_("recipient"))
    pages = models.PositiveIntegerField(
        _("pages"), null=True, blank=True, help_text=_("With the files behind it; nothing where they were not counted")
    )

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="one_letter_per_number"),
            models.CheckConstraint(condition=~Q(recipient=""), name="letter_has_a_recipient"),
            models.CheckConstraint(condition=Q(pages__isnull=True) | Q(pages__gt=0), name="letter_has_a_page"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """What stands on the sheet: by it, whoever gets it back finds the notice."""
        return f"VC-{self.notice_id}"
