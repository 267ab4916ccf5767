"""`AnswerDraft`: the answer to a complaint while it is being written, kept on the server for whatever machine it is taken up on."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import User
from customers.visibility import reach_of
from foundation.constraints import is_among

from .complaint import Complaint, ComplaintOutcome


class AnswerDraftQuerySet(models.QuerySet["AnswerDraft"]):
    """Questions asked about drafts of answers."""

    def visible_to(self, user: User) -> "AnswerDraftQuerySet":
        """Drafts about the complaints the user may see."""
        if reach_of(user).everything:
            return self
        return self.filter(complaint__in=Complaint.objects.visible_to(user))


class AnswerDraft(models.Model):
    """What was written of an answer so far. One for each complaint; it goes when the complaint is answered.

    `version` counts the times it was kept: a page that sends an older one is refused, and loses nothing of its own.
    """

    complaint = models.OneToOneField(
        Complaint, models.CASCADE, related_name="answer_draft", verbose_name=_("complaint")
    )
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=ComplaintOutcome.choices, default=ComplaintOutcome.OPEN, blank=True
    )
    answer = models.TextField(_("answer"), blank=True)
    reasons = models.TextField(_("reasons"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"), db_index=False)
    kept_at = models.DateTimeField(_("kept at"), default=timezone.now, editable=False)

    objects = AnswerDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of an answer")
        verbose_name_plural = _("drafts of answers")
        ordering = ["-kept_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="") | is_among("outcome", [each for each in ComplaintOutcome if each]),
                name="answer_draft_outcome_is_known",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="answer_draft_version_begins_at_one"),
        ]

    def __str__(self) -> str:
        return str(self.complaint)
