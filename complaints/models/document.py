"""`ComplaintDocument`: a file of a complaint, with who gave it, when and by which way; its bytes as they came."""

import secrets
import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models.code import CodeField, CodeList
from complaints.models.complaint import Complaint
from customers.models import User
from customers.visibility import reach_of
from foundation.constraints import one_of
from foundation.guards import append_only


def stored_under(_document: "ComplaintDocument", _name: str) -> str:
    """Where a file is kept: a random name, in a folder per month, without any part of the sender's name."""
    return f"complaints/{timezone.localdate():%Y/%m}/{secrets.token_hex(16)}"


class Giver(models.TextChoices):
    """Who gave a document."""

    COMPLAINANT = "complainant", _("the complainant")
    INTERMEDIARY = "intermediary", _("the intermediary")
    OTHER = "other", _("somebody else")
    OFFICE = "office", _("our offices")


class ComplaintDocumentQuerySet(models.QuerySet["ComplaintDocument"]):
    """Questions asked about documents of complaints."""

    def visible_to(self, user: User) -> "ComplaintDocumentQuerySet":
        """Documents of the complaints the user may see."""
        if reach_of(user).everything:
            return self
        return self.filter(complaint__in=Complaint.objects.visible_to(user))


class ComplaintDocument(models.Model):
    """A file that came with a complaint, or that somebody of ours added. Rows are added, never changed, never deleted.

    A mail that came by PEC is kept whole, envelope and all: `documents/mail.py` reads it when somebody looks at it.
    """

    Giver = Giver

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="documents", verbose_name=_("complaint"))
    name = models.CharField(_("file name"), max_length=120, help_text=_("As the sender called it, cleaned"))
    content_type = models.CharField(_("type"), max_length=80, help_text=_("As found inside the file"))
    size = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    file = models.FileField(_("file"), upload_to=stored_under, max_length=100)
    giver = models.CharField(_("given by"), max_length=12, choices=Giver.choices)
    way = CodeField(_("by way of"), code_list=CodeList.CHANNEL, blank=True)
    given_on = models.DateField(_("given on"))
    added_at = models.DateTimeField(_("entered at"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        "customers.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
        help_text=_("Nobody of ours, where it came by a page or with a request"),
    )
    taken_from = models.UUIDField(
        _("file of the contact"), null=True, blank=True, help_text=_("The contact's file of which it is a copy")
    )

    objects = ComplaintDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document of a complaint")
        verbose_name_plural = _("documents of a complaint")
        ordering = ["given_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="complaint_document_has_a_name"),
            models.CheckConstraint(condition=Q(size__gt=0), name="complaint_document_is_not_empty"),
            one_of("giver", Giver, name="complaint_document_giver_is_known"),
            models.UniqueConstraint(
                fields=["complaint", "taken_from"],
                condition=Q(taken_from__isnull=False),
                name="contact_file_taken_over_once",
            ),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="document_way_exists",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=(
                    "IF NEW.way <> '' AND NOT EXISTS (SELECT FROM complaints_code "
                    f"WHERE list = '{CodeList.CHANNEL.value}' AND word = NEW.way) THEN RAISE EXCEPTION "
                    "'There is no such channel' USING ERRCODE = 'foreign_key_violation'; END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name
