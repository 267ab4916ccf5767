"""`Promotion`: what an agency, or the company, offers to people who allow it; and what happened to it (`PromotionEvent`)."""

from datetime import datetime
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers import rami
from customers.models import Agency, User
from foundation.constraints import is_among, one_of
from foundation.guards import Guard, append_only, fixed, never_deleted
from foundation.history import keep_history
from foundation.models import Versioned
from foundation.requests import Reader
from notifications.channels import Channel
from promotions.families import HEALTH, looks_at_health
from promotions.reach import ground_of

LEAST_CAP_DAYS = 7  # nobody hears of two promotions within a week, whoever writes them
MOST_HOLDOUT = 50
LONGEST_SMS = 320  # with the link that is added, within the three segments that a telephone joins

CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.INBOX)


class PromotionState(models.TextChoices):
    """How far a promotion has come."""

    DRAFT = "draft", pgettext_lazy("promotion", "draft")
    SUBMITTED = "submitted", pgettext_lazy("promotion", "waits for approval")
    APPROVED = "approved", pgettext_lazy("promotion", "approved")
    SENDING = "sending", pgettext_lazy("promotion", "being sent")
    PAUSED = "paused", pgettext_lazy("promotion", "paused")
    STOPPED = "stopped", pgettext_lazy("promotion", "stopped")
    FINISHED = "finished", pgettext_lazy("promotion", "finished")


State = PromotionState
NEXT: dict[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.SUBMITTED, State.STOPPED}),
    State.SUBMITTED: frozenset({State.DRAFT, State.APPROVED, State.STOPPED}),
    State.APPROVED: frozenset({State.SENDING, State.STOPPED}),
    State.SENDING: frozenset({State.PAUSED, State.STOPPED, State.FINISHED}),
    State.PAUSED: frozenset({State.SENDING, State.STOPPED, State.FINISHED}),
    State.STOPPED: frozenset(),
    State.FINISHED: frozenset(),
}
BEGUN = (State.SENDING, State.PAUSED, State.FINISHED)
OVER = (State.STOPPED, State.FINISHED)
WRITTEN_BY_HAND = (State.DRAFT,)

# What the approver read: it remains as it was approved.
WHAT_WAS_APPROVED = (
    "agency",
    "controller",
    "by_similarity",
    "channels",
    "ramo",
    "subject",
    "text",
    "sms_text",
    "by_profile",
    "holds_lines",
    "lacks_lines",
    "least_age",
    "most_age",
    "provinces",
    "expires_from",
    "expires_until",
    "least_years",
    "claim_free_years",
    "cap_days",
    "holdout_percent",
)


class PromotionQuerySet(models.QuerySet["Promotion"]):
    """Questions asked about promotions."""

    def visible_to(self, user: Reader) -> "PromotionQuerySet":
        """Those within the user's reach: all for the company's staff, those of their agencies for the others who write them."""
        return self.filter(ground_of(user).over_promotions())

    def for_list(self) -> "PromotionQuerySet":
        """With what a list of promotions shows."""
        return self.select_related("agency", "writer")

    def going_on(self) -> "PromotionQuerySet":
        """Not over."""
        return self.exclude(state__in=OVER)

    def to_begin(self, now: datetime) -> "PromotionQuerySet":
        """Approved, and the moment from which they are sent has come."""
        return self.filter(state=State.APPROVED, send_from__lte=now)


class Controller(models.TextChoices):
    """Who decides about the data that a promotion uses (art. 4(7) GDPR): whose consent counts, and who answers for it."""

    AGENCY = "agency", _("the agency")
    COMPANY = "company", _("Vittoria Assicurazioni")


def _moves() -> pgtrigger.Q:
    """The changes of state that `NEXT` does not have."""
    allowed = pgtrigger.Q(old__state=pgtrigger.F("new__state"))
    for old, new in NEXT.items():
        if new:
            allowed |= pgtrigger.Q(old__state=str(old), new__state__in=sorted(map(str, new)))
    return ~allowed


@keep_history()
class Promotion(Versioned):
    """What is offered, in which words, to whom, by which channels, from when to when; who wrote it and who approved it.

    `agency` is empty for one of the company itself, over the whole portfolio. The filters are columns, so that a page, a
    query and a constraint read the same thing. `by_profile` means that what a person holds or suffered decides, which
    asks for the consent to profiling.
    """

    State = PromotionState
    Controller = Controller
    NEXT = NEXT

    name = models.CharField(
        _("name"), max_length=120, help_text=_("For the people who work on it; customers never read it")
    )
    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="promotions",
        verbose_name=_("agency"),
        help_text=_("Empty: the company itself, over the customers of all agencies"),
    )
    writer = models.ForeignKey(User, models.PROTECT, related_name="promotions", verbose_name=_("written by"))
    last_written_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("last written by"), db_index=False
    )
    controller = models.CharField(
        _("controller of the data"),
        max_length=7,
        choices=Controller.choices,
        help_text=_(
            "It is named in every message. An agency needs the consent to its own promotions, the company that to its offers"
        ),
    )
    by_similarity = models.BooleanField(
        _("also without a consent, to holders of similar products"),
        default=False,
        help_text=_("Only by e-mail and only for the company: art. 130(4) of the privacy code"),
    )
    ramo = models.CharField(_("line of the product offered"), max_length=4, choices=rami.CHOICES)
    channels = ArrayField(
        models.CharField(max_length=6, choices=[(each.value, each.label) for each in CHANNELS]),
        verbose_name=_("channels"),
        help_text=_("Each person gets one message, by the first of these that they allow and that reaches them"),
    )
    subject = models.CharField(_("subject"), max_length=150)
    text = models.TextField(_("text"), max_length=6_000)
    sms_text = models.CharField(_("text of the SMS"), max_length=LONGEST_SMS, blank=True)
    by_profile = models.BooleanField(
        _("chosen by profile"),
        default=False,
        help_text=_("Only to people who consented to offers chosen by profile"),
    )
    holds_lines = ArrayField(
        models.CharField(max_length=4, choices=rami.CHOICES), default=list, blank=True, verbose_name=_("holds")
    )
    lacks_lines = ArrayField(
        models.CharField(max_length=4, choices=rami.CHOICES), default=list, blank=True, verbose_name=_("does not hold")
    )
    least_age = models.PositiveSmallIntegerField(_("age from"), null=True, blank=True)
    most_age = models.PositiveSmallIntegerField(_("age to"), null=True, blank=True)
    provinces = ArrayField(models.CharField(max_length=2), default=list, blank=True, verbose_name=_("provinces"))
    expires_from = models.DateField(_("a policy expires from"), null=True, blank=True)
    expires_until = models.DateField(_("a policy expires until"), null=True, blank=True)
    least_years = models.PositiveSmallIntegerField(_("years as a customer, at least"), null=True, blank=True)
    claim_free_years = models.PositiveSmallIntegerField(_("years without a claim, at least"), null=True, blank=True)
    cap_days = models.PositiveSmallIntegerField(
        _("days without another promotion"),
        default=30,
        validators=[MinValueValidator(LEAST_CAP_DAYS), MaxValueValidator(365)],
        help_text=_("Whoever was written to within these days, by any agency or the company, is passed over"),
    )
    holdout_percent = models.PositiveSmallIntegerField(
        _("held out (%)"),
        default=10,
        validators=[MaxValueValidator(MOST_HOLDOUT)],
        help_text=_("Drawn by lot and not written to, to see what the promotion changes"),
    )
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by"), db_index=False
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    send_from = models.DateTimeField(_("sent from"), null=True, blank=True)
    not_after = models.DateTimeField(_("not after"), null=True, blank=True)
    begun_at = models.DateTimeField(_("begun at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = PromotionQuerySet.as_manager()

    class Meta:
        verbose_name = _("promotion")
        verbose_name_plural = _("promotions")
        ordering = ["-pk"]
        permissions = [
            ("approve_promotion", "Can approve a promotion that somebody else wrote"),
            ("halt_promotion", "Can pause, resume and stop a promotion"),
        ]
        constraints = [
            one_of("state", PromotionState, name="promotion_state_is_known"),
            one_of("controller", Controller, name="promotion_controller_is_known"),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(subject="") & ~Q(text=""), name="promotion_has_name_and_words"
            ),
            models.CheckConstraint(
                condition=Q(channels__len__gt=0, channels__contained_by=[each.value for each in CHANNELS]),
                name="promotion_has_known_channels",
            ),
            models.CheckConstraint(
                condition=~Q(channels__contains=[Channel.SMS.value]) | ~Q(sms_text=""),
                name="promotion_by_sms_has_its_text",
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=False) | Q(controller="company"), name="promotion_without_agency_is_company"
            ),
            models.CheckConstraint(
                condition=Q(by_similarity=False) | Q(controller="company", channels__contains=[Channel.EMAIL.value]),
                name="promotion_by_similarity_is_company_mail",
            ),
            models.CheckConstraint(
                condition=Q(by_profile=True)
                | Q(claim_free_years__isnull=True)
                & ~Q(ramo__in=HEALTH)
                & ~Q(holds_lines__overlap=list(HEALTH))
                & ~Q(lacks_lines__overlap=list(HEALTH)),
                name="promotion_about_health_is_by_profile",
            ),
            models.CheckConstraint(
                condition=Q(least_age__isnull=True) | Q(most_age__isnull=True) | Q(least_age__lte=F("most_age")),
                name="promotion_ages_in_order",
            ),
            models.CheckConstraint(
                condition=Q(expires_from__isnull=True, expires_until__isnull=True)
                | Q(expires_from__isnull=False, expires_until__isnull=False, expires_from__lte=F("expires_until")),
                name="promotion_expiry_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(cap_days__gte=LEAST_CAP_DAYS, holdout_percent__lte=MOST_HOLDOUT),
                name="promotion_cap_and_holdout",
            ),
            # Nobody approves their own words.
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | ~Q(approved_by=F("writer")) & ~Q(approved_by=F("last_written_by")),
                name="promotion_approved_by_another",
            ),
            models.CheckConstraint(
                condition=is_among("state", (State.DRAFT, State.SUBMITTED))
                & Q(approved_by__isnull=True, approved_at__isnull=True, send_from__isnull=True)
                | Q(state=State.STOPPED)
                | is_among("state", (State.APPROVED, *BEGUN))
                & Q(approved_by__isnull=False, approved_at__isnull=False),
                name="promotion_approved_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(send_from__isnull=True, not_after__isnull=True)
                | Q(send_from__isnull=False, not_after__isnull=False, send_from__lt=F("not_after")),
                name="promotion_is_sent_before_its_end",
            ),
            models.CheckConstraint(
                condition=~is_among("state", BEGUN) | Q(begun_at__isnull=False, send_from__isnull=False),
                name="promotion_begun_was_scheduled",
            ),
            models.CheckConstraint(
                condition=is_among("state", OVER) & Q(ended_at__isnull=False)
                | ~is_among("state", OVER) & Q(ended_at__isnull=True),
                name="promotion_over_has_its_moment",
            ),
        ]
        indexes = [
            # The lists of an agency and of the company.
            models.Index(fields=["agency", "-id"], name="promotion_of_agency"),
            # What the worker looks for each minute: a handful of rows among years of them.
            models.Index(
                fields=["state", "send_from"],
                name="promotion_at_work",
                condition=is_among("state", (State.APPROVED, State.SENDING, State.PAUSED)),
            ),
        ]
        triggers = [
            *never_deleted(),
            fixed("begun_by_is_fixed", ["writer", "created_at"]),
            fixed(
                "approved_is_fixed",
                WHAT_WAS_APPROVED,
                once=pgtrigger.Q(old__state__in=[str(each) for each in State if each not in WRITTEN_BY_HAND]),
            ),
            fixed(
                "approval_is_fixed",
                ["approved_by", "approved_at", "last_written_by"],
                once=pgtrigger.Q(old__approved_by__isnull=False),
            ),
            Guard(name="moves_by_the_table", operation=pgtrigger.UpdateOf("state"), condition=_moves()),
        ]

    def __str__(self) -> str:
        return self.name

    def can_become(self, state: str) -> bool:
        """Whether the table of states allows the move."""
        return state in NEXT[State(self.state)]

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is sent any more."""
        return self.state in OVER

    @property
    def must_be_by_profile(self) -> bool:
        """Whether its product or filters look at a person's health or claims."""
        lines = (self.ramo, *self.holds_lines, *self.lacks_lines)
        return self.claim_free_years is not None or looks_at_health(*lines)

    @property
    def controller_name(self) -> str:
        """Who answers for the data, by name."""
        if self.controller == Controller.AGENCY and self.agency is not None:
            return self.agency.name
        return "Vittoria Assicurazioni S.p.A."

    @property
    def sender_name(self) -> str:
        """Who offers: the agency, or the company itself."""
        return self.agency.name if self.agency is not None else "Vittoria Assicurazioni S.p.A."


class PromotionEvent(models.Model):
    """What happened to a promotion: who moved it, when, from which state to which, with which words. Rows are added only."""

    promotion = models.ForeignKey(
        Promotion, models.CASCADE, related_name="events", verbose_name=_("promotion"), db_index=False
    )
    old = models.CharField(_("before"), max_length=9, choices=State.choices)
    new = models.CharField(_("after"), max_length=9, choices=State.choices)
    words = models.CharField(_("why"), max_length=1_000, blank=True)
    by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"), db_index=False
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("event of a promotion")
        verbose_name_plural = _("events of a promotion")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["promotion", "-at"], name="event_of_promotion")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_old_display()} → {self.get_new_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; words longer than the column are cut, the move is what must not be lost."""
        self.words = self.words[:1_000]
        super().save(*args, **kwargs)
