"""`ComplaintAddition`: what a complainant sent after the complaint, and the files that came with it."""

import secrets
import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import User
from customers.visibility import reach_of
from foundation.guards import append_only

from .complaint import Complaint


def stored_under(_file: "AddedFile", _name: str) -> str:
    """Where a file is kept: a random name, in a folder per month, without any part of the sender's name."""
    return f"complaints/{timezone.localdate():%Y/%m}/{secrets.token_hex(16)}"


class ComplaintAddition(models.Model):
    """Words and files that a complainant added to a complaint. Rows are added, never changed, never deleted."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="additions", verbose_name=_("complaint"))
    text = models.TextField(_("text"), blank=True)
    submission_key = models.UUIDField(_("key of the submission"), unique=True, editable=False)
    received_at = models.DateTimeField(_("received at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("addition to a complaint")
        verbose_name_plural = _("additions to a complaint")
        ordering = ["received_at", "pk"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.complaint}: {self.received_at:%d/%m/%Y}"


class AddedFileQuerySet(models.QuerySet["AddedFile"]):
    """Questions asked about files of complainants."""

    def visible_to(self, user: User) -> "AddedFileQuerySet":
        """Files of the complaints the user may see."""
        if reach_of(user).everything:
            return self
        return self.filter(addition__complaint__in=Complaint.objects.visible_to(user))


class AddedFile(models.Model):
    """A file of an addition. It is kept out of every public folder, and handed out as a download alone."""

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    addition = models.ForeignKey(ComplaintAddition, models.PROTECT, related_name="files", verbose_name=_("addition"))
    name = models.CharField(_("file name"), max_length=120, help_text=_("As the sender called it, cleaned"))
    content_type = models.CharField(_("type"), max_length=80, help_text=_("As found inside the file"))
    size = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    file = models.FileField(_("file"), upload_to=stored_under, max_length=100)

    objects = AddedFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file added to a complaint")
        verbose_name_plural = _("files added to a complaint")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="added_file_has_a_name"),
            models.CheckConstraint(condition=Q(size__gt=0), name="added_file_is_not_empty"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.name
