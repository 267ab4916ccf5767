"""`CalendarFeed`: the secret address under which a customer's calendar reads their own deadlines."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.account import ReservedAreaAccount
from foundation.guards import fixed, never_deleted


class CalendarFeed(models.Model):
    """An address that was given out. Its secret follows from `key` and SECRET_KEY; only the secret's digest is stored.

    A feed that was revoked opens no more; an account has one in force at a time.
    """

    account = models.ForeignKey(
        ReservedAreaAccount,
        models.PROTECT,
        related_name="calendar_feeds",
        verbose_name=_("account"),
        db_index=False,
    )
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    digest = models.CharField(_("digest of the secret"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="calendar_digest_shape"),
            models.UniqueConstraint(
                fields=["account"], condition=Q(revoked_at__isnull=True), name="one_calendar_in_force"
            ),
        ]
        triggers = [*never_deleted(), fixed("calendar_address_is_fixed", ["account", "key", "digest", "created_at"])]

    def __str__(self) -> str:
        return f"{self.account} – {self.created_at:%d/%m/%Y}"
