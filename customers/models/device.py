"""`AppDevice`: a telephone with the app, or a browser that was asked to, to which notifications can be pushed."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of

LONGEST_TOKEN = 1_000  # of a browser it is the address of its push service, with the subscription in it


class DevicePlatform(models.TextChoices):
    """Whose service carries a message to the device."""

    IOS = "ios", _("iPhone or iPad")
    ANDROID = "android", _("Android")
    WEB = "web", _("browser")


class AppDeviceQuerySet(models.QuerySet["AppDevice"]):
    """Questions asked about devices."""

    def reached(self) -> "AppDeviceQuerySet":
        """Those to which something can be pushed: their platform has not said that they are gone."""
        return self.filter(retired_at__isnull=True)


class AppDevice(models.Model):
    """A device on which a person uses the app. Its token is of one person at a time: who signs in last has it.

    Of a browser the token is the address of its subscription, and `p256dh` and `auth` are the keys by which only that
    browser can read what is pushed (RFC 8291). `retired_at` is when the platform said that the device is gone.
    """

    Platform = DevicePlatform

    user = models.ForeignKey(
        "customers.User", models.CASCADE, related_name="app_devices", verbose_name=_("user"), db_index=False
    )
    platform = models.CharField(_("platform"), max_length=7, choices=Platform.choices)
    token = models.CharField(_("token of the platform"), max_length=LONGEST_TOKEN, unique=True)
    p256dh = models.CharField(_("public key of the browser"), max_length=100, blank=True, default="", db_default="")
    auth = models.CharField(_("secret shared with the browser"), max_length=40, blank=True, default="", db_default="")
    name = models.CharField(_("what it is"), max_length=60, blank=True, default="", db_default="")
    app_version = models.CharField(_("version of the app"), max_length=30, blank=True)
    registered_at = models.DateTimeField(_("registered at"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen at"), default=timezone.now)
    retired_at = models.DateTimeField(_("gone since, by its platform"), null=True, blank=True)

    objects = AppDeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device with the app")
        verbose_name_plural = _("devices with the app")
        ordering = ["-seen_at", "-pk"]
        constraints = [
            one_of("platform", DevicePlatform, name="device_platform_is_known"),
            models.CheckConstraint(condition=~models.Q(token=""), name="device_has_a_token"),
            models.CheckConstraint(
                condition=Q(p256dh="", auth="") | Q(platform="web") & ~Q(p256dh="") & ~Q(auth=""),
                name="device_keys_are_of_a_browser",
            ),
        ]
        indexes = [
            # The list of a person's devices, and to whom a message goes.
            models.Index(fields=["user", "-seen_at"], name="device_of_user"),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.get_platform_display()} {self.app_version}".strip()
