"""`ComplaintLetter`: the answer as it was sent, kept byte for byte."""

from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.guards import append_only
from customers.visibility import reach_of

from .complaint import Complaint


class Digest(Func):
    """SHA-256 of the bytes, in hexadecimal: worked out by the database, so it cannot belong to other bytes."""

    template = "encode(sha256(%(expressions)s), 'hex')"
    output_field = models.CharField(max_length=64)


class ComplaintLetterQuerySet(models.QuerySet):
    """Questions asked about letters."""

    def visible_to(self, user) -> "ComplaintLetterQuerySet":
        """Letters of the complaints the user may see."""
        if reach_of(user).everything:
            return self
        return self.filter(complaint__in=Complaint.objects.visible_to(user))

    def for_list(self) -> "ComplaintLetterQuerySet":
        """Without the bytes, which only a download needs."""
        return self.select_related("by").defer("pdf")


class ComplaintLetter(models.Model):
    """The answer letter of a complaint. A row is added when the complaint is answered, never changed, never deleted."""

    complaint = models.OneToOneField(Complaint, models.PROTECT, related_name="letter", verbose_name=_("complaint"))
    pdf = models.BinaryField(_("PDF"))
    sha256 = models.GeneratedField(
        expression=Digest(F("pdf")),
        output_field=models.CharField(max_length=64),
        db_persist=True,
        verbose_name=_("SHA-256"),
    )
    paragraphs = models.JSONField(
        _("paragraphs"), default=list, blank=True, help_text=_("Code and version of each paragraph that the law adds")
    )
    language = models.CharField(_("language"), max_length=2, default="it")
    by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)

    objects = ComplaintLetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer letter")
        verbose_name_plural = _("answer letters")
        ordering = ["-made_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(pdf=Value(b"")), name="letter_is_not_empty")]
        triggers = append_only()

    def __str__(self) -> str:
        return self.file_name

    @property
    def file_name(self) -> str:
        """What the file is called where it is saved: reclamo-2026-17.pdf."""
        return f"reclamo-{self.complaint.year_id}-{self.complaint.sequence}.pdf"
