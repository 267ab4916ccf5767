"""`Upload`: a file that a customer sent ahead of the message it goes with, from a telephone whose line comes and goes."""

import secrets
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.visibility import reach_of
from foundation.guards import fixed, never_emptied
from foundation.requests import Reader


class UploadQuerySet(models.QuerySet["Upload"]):
    """Questions asked about uploads."""

    def visible_to(self, user: Reader) -> "UploadQuerySet":
        """Uploads of the customers whose files the user may see."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="customer", agency="customer__agency"))

    def received_before(self, moment: datetime) -> "UploadQuerySet":
        """That have been here since before the moment."""
        return self.filter(received_at__lt=moment)


def stored_under(_upload: "Upload", _name: str) -> str:
    """Where a file is kept: a random name, in a folder per day, without any part of the sender's name."""
    return f"uploads/{timezone.localdate():%Y/%m/%d}/{secrets.token_hex(16)}"


class Upload(models.Model):
    """One file, checked, that waits to be sent with a message. It goes after a day, whether it was used or not.

    What it was sent with has a copy of its own (`foundation.files.keeping`).
    """

    key = models.UUIDField(_("key"), unique=True, editable=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="+", verbose_name=_("customer"), db_index=False
    )
    name = models.CharField(_("file name"), max_length=120, help_text=_("As the sender called it, cleaned"))
    content_type = models.CharField(_("type"), max_length=80, help_text=_("As found inside the file"))
    size = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    file = models.FileField(_("file"), upload_to=stored_under, max_length=100)
    given_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("given by"))
    received_at = models.DateTimeField(_("received at"), default=timezone.now)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("file sent ahead")
        verbose_name_plural = _("files sent ahead")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="upload_has_a_name"),
            models.CheckConstraint(condition=Q(size__gt=0), name="upload_is_not_empty"),
        ]
        indexes = [
            # A customer's, when they are counted and when they are sent with a message.
            models.Index(fields=["customer", "received_at"], name="upload_of_customer"),
            # The hourly task: those past their day.
            models.Index(fields=["received_at"], name="upload_received"),
        ]
        triggers = [
            never_emptied(),
            fixed(
                "sent_is_fixed",
                ["key", "customer", "name", "content_type", "size", "sha256", "file", "given_by", "received_at"],
            ),
        ]

    def __str__(self) -> str:
        return self.name
