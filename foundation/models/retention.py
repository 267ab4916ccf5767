"""What goes because its time is over, or because somebody had the right to it: proofs, runs, periods, files on their way.

`RetentionProof` is one removal, `RetentionRun` one night, `RetentionPeriod` a period that somebody lengthened, and
`FileToRemove` a file whose row is gone already.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.guards import append_only, never_emptied


class RetentionProof(models.Model):
    """One removal: by which rule, from which table, how many rows. Rows are added; nobody changes or deletes one.

    Whoever may add rows here may change and delete what guards protect (`foundation/guards.py`): no other account may.
    """

    rule = models.CharField(_("rule"), max_length=60)
    table = models.CharField(_("table"), max_length=63)
    rows = models.PositiveIntegerField(_("rows"))
    details = models.JSONField(_("details"), default=dict, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("proof of a removal")
        verbose_name_plural = _("proofs of removals")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(rule=""), name="removal_names_its_rule"),
            models.CheckConstraint(condition=~models.Q(table=""), name="removal_names_its_table"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied(),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.table}, {self.rows}"


class RetentionPeriod(models.Model):
    """A period that somebody lengthened, or set back: the newest row of a key holds. Rows are added, never changed."""

    key = models.CharField(_("period"), max_length=20)
    days = models.PositiveIntegerField(_("days"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("change of a retention period")
        verbose_name_plural = _("changes of retention periods")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(days__gt=0), name="period_has_days"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="period_changed_says_why"),
        ]
        indexes = [models.Index(fields=["key", "-id"], name="period_in_force")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.key}: {self.days}"


class RetentionRun(models.Model):
    """One run of the retention: when, and by rule how many rows and files went and how many a hold kept.

    A run without an end was interrupted; the next goes on where it stopped.
    """

    began_at = models.DateTimeField(_("began at"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    numbers = models.JSONField(
        _("by rule"), default=dict, help_text=_("Rows that went, rows that a legal hold kept, and files")
    )
    problem = models.CharField(_("problem"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("run of the retention")
        verbose_name_plural = _("runs of the retention")
        ordering = ["-began_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("began_at")),
                name="retention_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.began_at):%d/%m/%Y %H:%M}"


class FileToRemove(models.Model):
    """A file whose row went in a transaction that is committed: it is deleted from the folder right after, or later."""

    name = models.CharField(_("file"), max_length=250)
    rule = models.CharField(_("rule"), max_length=60)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("file to remove")
        verbose_name_plural = _("files to remove")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="file_to_remove_has_a_name")]

    def __str__(self) -> str:
        return self.name
