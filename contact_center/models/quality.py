"""Samples of the work of agents: what is drawn each week, the form by which it is judged, what was found and answered.

No call is recorded here: what is reviewed is the thread of a contact, or the facts of its call, its code and its notes.
"""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import User
from customers.validators import validate_one_line
from foundation.constraints import one_of
from foundation.guards import SETTING, append_only
from foundation.history import keep_history
from foundation.models import Versioned
from foundation.naming import NamedInTwoLanguages

from .contact import Contact, ContactChannel
from .dated import ValidOnQuerySet
from .organisation import Agent

MOST_POINTS = 4
SEES_REVIEWS = "contact_center.view_qualityreview"

_USED = f"""
    IF current_setting('{SETTING}', TRUE) <> 'on' OR current_setting('{SETTING}', TRUE) IS NULL THEN
        IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM contact_center_qualityreview WHERE form_id = OLD.form_id)
        OR TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM contact_center_qualityreview WHERE form_id = NEW.form_id)
        THEN RAISE EXCEPTION 'quality_form_is_used: the criteria of a form by which a contact was scored remain'
            USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""  # noqa: S608
_REVIEWED_BY_ANOTHER = """
    IF NEW.reviewer_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM contact_center_agent WHERE id = NEW.agent_id AND user_id = NEW.reviewer_id
    ) THEN RAISE EXCEPTION 'quality_review_by_another: nobody reviews their own work' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.reviewer_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM contact_center_qualityreview other WHERE other.reviewer_id = NEW.reviewer_id AND other.id <> NEW.id
        AND (other.id = NEW.calibrates_id OR other.calibrates_id = NEW.id)
    ) THEN RAISE EXCEPTION 'quality_review_by_a_second: the second review is somebody else''s' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


@keep_history()
class QualityForm(NamedInTwoLanguages, models.Model):
    """How contacts are drawn and judged from a day on. A new form begins on its day; what was scored keeps its own."""

    name = models.CharField(_("name"), max_length=100, validators=[validate_one_line])
    name_en = models.CharField(_("name, in English"), max_length=100, blank=True, validators=[validate_one_line])
    valid_from = models.DateField(_("valid from"), unique=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    per_agent = models.PositiveSmallIntegerField(
        _("contacts per agent"), default=2, help_text=_("How many are drawn each week for each agent, from 1 to 20")
    )
    channels = ArrayField(
        models.CharField(max_length=10, choices=ContactChannel.choices),
        verbose_name=_("channels"),
        help_text=_("From which the contacts are drawn"),
    )

    objects = ValidOnQuerySet.as_manager()

    class Meta:
        verbose_name = _("quality form")
        verbose_name_plural = _("quality forms")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="quality_form_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(per_agent__range=(1, 20)), name="quality_form_draws_some"),
            models.CheckConstraint(condition=Q(channels__len__gt=0), name="quality_form_has_channels"),
        ]

    def __str__(self) -> str:
        return self.shown_name


class CriterionScale(models.TextChoices):
    """How a criterion is scored."""

    POINTS = "points", _("from 0 to 4")
    YES_NO = "yes_no", _("yes or no")


class QualityCriterion(NamedInTwoLanguages, models.Model):
    """One thing that a form looks at. Its rows remain as they are once a contact was scored by their form."""

    Scale = CriterionScale

    form = models.ForeignKey(QualityForm, models.PROTECT, related_name="criteria", verbose_name=_("quality form"))
    code = models.SlugField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=150, validators=[validate_one_line])
    name_en = models.CharField(_("name, in English"), max_length=150, blank=True, validators=[validate_one_line])
    scale = models.CharField(_("scale"), max_length=6, choices=Scale.choices, default=Scale.POINTS)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1, help_text=_("From 1 to 10"))
    may_not_apply = models.BooleanField(_("may not apply"), default=False)
    is_critical = models.BooleanField(
        _("critical"), default=False, help_text=_("No points here make the result of the whole contact zero")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["position", "code"]
        constraints = [
            one_of("scale", CriterionScale, name="quality_criterion_scale_is_known"),
            models.CheckConstraint(condition=Q(weight__range=(1, 10)), name="quality_criterion_weighs_something"),
            models.UniqueConstraint(fields=["form", "code"], name="one_criterion_of_a_code_per_form"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="remains_once_used",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=_USED,
            )
        ]

    def __str__(self) -> str:
        return self.shown_name


class QualitySample(models.Model):
    """The draw of a week, and the seed by which it can be drawn again."""

    week = models.DateField(_("week"), unique=True, help_text=_("Its Monday"))
    form = models.ForeignKey(QualityForm, models.PROTECT, related_name="samples", verbose_name=_("quality form"))
    seed = models.CharField(_("seed"), max_length=32)
    drawn_at = models.DateTimeField(_("drawn at"), default=timezone.now)
    drawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("drawn by")
    )

    class Meta:
        verbose_name = _("quality sample")
        verbose_name_plural = _("quality samples")
        ordering = ["-week"]
        constraints = [
            models.CheckConstraint(condition=Q(week__iso_week_day=1), name="quality_sample_begins_on_monday"),
            models.CheckConstraint(condition=~Q(seed=""), name="quality_sample_has_its_seed"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.week:%d/%m/%Y}"


class QualityReviewQuerySet(models.QuerySet["QualityReview"]):
    """Questions asked about reviews."""

    def within_reach_of(self, user: User) -> "QualityReviewQuerySet":
        """All, for people with the permission; else those of the teams that the user leads, and one's own once scored."""
        if user.has_perm(SEES_REVIEWS):
            return self
        own = Q(agent__user=user, scored_at__isnull=False, calibrates__isnull=True)
        return self.filter(own | Q(agent__team__lead=user, agent__team__is_active=True))

    def own_of(self, user: User) -> "QualityReviewQuerySet":
        """What the user may read of their own work: scored, and not the second opinion of a calibration."""
        return self.filter(agent__user=user, scored_at__isnull=False, calibrates__isnull=True)

    def to_score(self) -> "QualityReviewQuerySet":
        """Drawn, and not scored yet."""
        return self.filter(scored_at__isnull=True)

    def counted(self) -> "QualityReviewQuerySet":
        """Those that averages count: scored, each contact once."""
        return self.filter(scored_at__isnull=False, calibrates__isnull=True)


@keep_history()
class QualityReview(Versioned):
    """A contact of an agent that was drawn; once scored, by which form, by whom, and with what result (0 to 100).

    One that `calibrates` another is a second opinion on the same contact, to see how far two reviewers differ; averages
    leave it out.
    """

    sample = models.ForeignKey(QualitySample, models.PROTECT, related_name="reviews", verbose_name=_("quality sample"))
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="reviews", verbose_name=_("contact"))
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="reviews", verbose_name=_("agent"))
    calibrates = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="calibrated_by",
        verbose_name=_("second opinion on"),
        db_index=False,
    )
    form = models.ForeignKey(
        QualityForm, models.PROTECT, null=True, blank=True, related_name="reviews", verbose_name=_("quality form")
    )
    reviewer = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reviewer")
    )
    scored_at = models.DateTimeField(_("scored at"), null=True, blank=True)
    result = models.DecimalField(_("result"), max_digits=5, decimal_places=2, null=True, blank=True)
    failed_critical = models.BooleanField(_("a critical criterion failed"), default=False, db_default=False)
    comment = models.TextField(_("comment"), blank=True)
    seen_at = models.DateTimeField(_("read by the agent at"), null=True, blank=True)

    objects = QualityReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("quality review")
        verbose_name_plural = _("quality reviews")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    scored_at__isnull=True,
                    form__isnull=True,
                    reviewer__isnull=True,
                    result__isnull=True,
                    seen_at__isnull=True,
                    failed_critical=False,
                )
                | Q(scored_at__isnull=False, form__isnull=False, reviewer__isnull=False, result__isnull=False),
                name="quality_review_is_scored_whole",
            ),
            models.CheckConstraint(
                condition=Q(result__isnull=True) | Q(result__range=(0, 100)), name="quality_review_result_range"
            ),
            models.CheckConstraint(
                condition=Q(failed_critical=False) | Q(result__isnull=False, result=0),
                name="quality_review_critical_is_zero",
            ),
            models.UniqueConstraint(
                fields=["contact"], condition=Q(calibrates__isnull=True), name="one_review_per_contact"
            ),
            models.UniqueConstraint(fields=["calibrates"], name="one_second_opinion"),
        ]
        indexes = [
            # The few that wait, and what averages count over a period.
            models.Index(fields=["agent"], name="quality_review_waits", condition=Q(scored_at__isnull=True)),
            models.Index(fields=["scored_at"], name="quality_review_scored", condition=Q(scored_at__isnull=False)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="by_another",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=_REVIEWED_BY_ANOTHER,
            )
        ]

    def __str__(self) -> str:
        return self.contact.number


@keep_history()
class QualityMark(models.Model):
    """The points of one criterion, with a comment. `points` None: it does not apply. A yes is 4 points, a no is none."""

    review = models.ForeignKey(QualityReview, models.CASCADE, related_name="marks", verbose_name=_("quality review"))
    criterion = models.ForeignKey(QualityCriterion, models.PROTECT, related_name="marks", verbose_name=_("criterion"))
    points = models.PositiveSmallIntegerField(_("points"), null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        verbose_name = _("mark of a criterion")
        verbose_name_plural = _("marks of criteria")
        ordering = ["criterion__position", "criterion__code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__lte=MOST_POINTS), name="quality_mark_points_range"
            ),
            models.UniqueConstraint(fields=["review", "criterion"], name="one_mark_per_criterion"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {'–' if self.points is None else self.points}"


class QualityRemark(models.Model):
    """What the agent answered to a score, or the reviewer to that. Rows are added, never changed."""

    review = models.ForeignKey(QualityReview, models.CASCADE, related_name="remarks", verbose_name=_("quality review"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("author"))
    text = models.TextField(_("text"))
    written_at = models.DateTimeField(_("written at"), default=timezone.now)

    class Meta:
        verbose_name = _("answer to a quality review")
        verbose_name_plural = _("answers to quality reviews")
        ordering = ["written_at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="quality_remark_has_text")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.review_id} – {self.written_at:%d/%m/%Y %H:%M}"
