"""`ApprovalRule`: which answers a second person approves. `AnswerApproval`: an answer that was submitted, and what was decided."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models.code import CodeField, CodeList, label_of
from complaints.models.complaint import Complaint
from customers.models import User
from customers.visibility import reach_of
from foundation.constraints import one_of
from foundation.guards import fixed, never_deleted
from foundation.history import keep_history
from foundation.models import Versioned


class ApprovalRuleQuerySet(models.QuerySet["ApprovalRule"]):
    """Questions asked about the rules."""

    def valid(self, on: date) -> "ApprovalRuleQuerySet":
        """Those that hold on the day."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=on), Q(valid_to__isnull=True) | Q(valid_to__gte=on)
        )


@keep_history()
class ApprovalRule(Versioned):
    """An answer of this outcome, and of this area and value where they are stated, goes out once a second person approved it."""

    outcome = CodeField(_("outcome"), code_list=CodeList.OUTCOME, max_length=10)
    area = CodeField(_("business area"), code_list=CodeList.AREA, blank=True, help_text=_("Empty for all"))
    from_euro = models.DecimalField(
        _("from a value of (euro)"),
        max_digits=14,
        decimal_places=2,
        default=Decimal(0),
        help_text=_("Above 0, a complaint without a value is not concerned"),
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = ApprovalRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of approval")
        verbose_name_plural = _("rules of approval")
        ordering = ["outcome", "area", "from_euro"]
        constraints = [
            models.CheckConstraint(condition=~Q(outcome="") & Q(from_euro__gte=0), name="approval_rule_is_whole"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="approval_rule_ends_after_it_begins",
            ),
        ]
        triggers = never_deleted()

    def __str__(self) -> str:
        names = (label_of(CodeList.OUTCOME, self.outcome), label_of(CodeList.AREA, self.area))
        return " · ".join(filter(None, names))

    def concerns(self, *, outcome: str, area: str, value: Decimal | None) -> bool:
        """Whether an answer of the outcome, to a complaint of the area and value (euro), needs a second person."""
        if outcome != self.outcome or (self.area and self.area != area):
            return False
        return self.from_euro == 0 or (value is not None and value >= self.from_euro)


class ApprovalState(models.TextChoices):
    """What became of a submitted answer."""

    WAITING = "waiting", _("waits for a second person")
    APPROVED = "approved", _("approved")
    SENT_BACK = "sent_back", _("sent back")
    TAKEN_BACK = "taken_back", _("taken back")


class AnswerApprovalQuerySet(models.QuerySet["AnswerApproval"]):
    """Questions asked about submitted answers."""

    def visible_to(self, user: User) -> "AnswerApprovalQuerySet":
        """Those of the complaints the user may see."""
        if reach_of(user).everything:
            return self
        return self.filter(complaint__in=Complaint.objects.visible_to(user))

    def waiting(self) -> "AnswerApprovalQuerySet":
        """Not decided yet."""
        return self.filter(state=ApprovalState.WAITING)


class AnswerApproval(models.Model):
    """An answer as its writer submitted it, and the decision of somebody else. What was submitted is never changed."""

    State = ApprovalState

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="approvals", verbose_name=_("complaint"))
    outcome = models.CharField(_("outcome"), max_length=10)
    answer = models.TextField(_("answer"))
    reasons = models.TextField(_("reasons of the answer"), blank=True)
    way = models.CharField(
        _("way"), max_length=5, blank=True, help_text=_("By which it goes; empty: as the address says")
    )
    submitted_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("written by"))
    submitted_at = models.DateTimeField(_("submitted at"), default=timezone.now, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    decided_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    remark = models.TextField(_("remark"), blank=True)

    objects = AnswerApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("submitted answer")
        verbose_name_plural = _("submitted answers")
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            one_of("state", ApprovalState, name="approval_state_is_known"),
            models.UniqueConstraint(
                fields=["complaint"], condition=Q(state="waiting"), name="one_answer_waits_per_complaint"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="approval_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(state="taken_back") | ~Q(decided_by=F("submitted_by")),
                name="approval_never_by_its_writer",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent_back") | ~Q(remark=""), name="approval_sent_back_says_why"
            ),
        ]
        triggers = [
            *never_deleted(),
            fixed(
                "submitted_is_fixed",
                ["complaint", "outcome", "answer", "reasons", "way", "submitted_by", "submitted_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint}: {self.get_state_display()}"

    @property
    def outcome_name(self) -> str:
        """The outcome in words."""
        return label_of(CodeList.OUTCOME, self.outcome)
