"""`RetentionProof`: what was removed because its time was over, or because somebody had the right to it."""

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.guards import never_emptied


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
