"""`KnownDevice`: a browser on which a person signed in before, and whether it is asked for a second factor."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class KnownDeviceQuerySet(models.QuerySet["KnownDevice"]):
    """Which devices count."""

    def remembered(self) -> "KnownDeviceQuerySet":
        """Those on which no second factor is asked today."""
        return self.filter(remembered_until__gt=timezone.now())


class KnownDevice(models.Model):
    """A browser that signed in as a person; its cookie (vittoria_care/sign_in/known_devices.py) names the number.

    It counts as long as the person's password is the one with which it signed in: `password_mark` changes with it.
    """

    user = models.ForeignKey(
        "customers.User", models.CASCADE, related_name="known_devices", verbose_name=_("user"), db_index=False
    )
    number = models.CharField(_("number"), max_length=32, editable=False)
    password_mark = models.CharField(_("mark of the password"), max_length=32, editable=False)
    user_agent = models.CharField(_("as the browser calls itself"), max_length=300, blank=True)
    first_used_at = models.DateTimeField(_("first used at"), default=timezone.now)
    last_used_at = models.DateTimeField(_("last used at"), default=timezone.now)
    remembered_until = models.DateTimeField(_("remembered until"), null=True, blank=True)
    passkey_offered_at = models.DateTimeField(_("a passkey was offered at"), null=True, blank=True)

    objects = KnownDeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("known device")
        verbose_name_plural = _("known devices")
        ordering = ["-last_used_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "number"], name="device_of_a_user_once"),
            models.CheckConstraint(
                condition=Q(last_used_at__gte=F("first_used_at")), name="device_last_used_after_first"
            ),
        ]
        indexes = [
            # Those that nobody used for long, which the night forgets.
            models.Index(fields=["last_used_at"], name="device_last_used"),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {timezone.localtime(self.first_used_at):%d/%m/%Y}"
