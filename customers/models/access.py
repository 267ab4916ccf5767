"""`AccessLog`: who opened whose file, when, and why."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.guards import append_only


class AccessLog(models.Model):
    """One look of a member of staff at a customer's file, or at a file of many. Rows are added, never changed."""

    user = models.ForeignKey(
        "customers.User", models.PROTECT, related_name="+", verbose_name=_("user"), db_index=False
    )
    customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="access_log",
        verbose_name=_("customer"),
        db_index=False,
        help_text=_("Nobody where many customers were in what was taken, such as the register of complaints"),
    )
    what = models.CharField(_("what was opened"), max_length=60)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("access to a file")
        verbose_name_plural = _("accesses to files")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["customer", "-at"], name="access_to_customer"),
            models.Index(fields=["user", "-at"], name="access_by_user"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return " – ".join(str(each) for each in (self.user, self.customer, self.what) if each)
