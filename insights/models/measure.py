"""`Measure`: what was done so that more is resolved at first level, for whom, from which day, and what came of it."""

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact_center.models import Team, TollFreeLine, Topic
from foundation.constraints import one_of
from foundation.guards import fixed, never_deleted
from foundation.history import keep_history
from foundation.models import Versioned

FEWEST_WEEKS, MOST_WEEKS = 1, 52


class MeasureKind(models.TextChoices):
    """What was done."""

    GUIDE = "guide", _("guide published")
    AUTHORITY = "authority", _("authority given")
    TRAINING = "training", _("training")
    OTHER = "other", _("other")


class MeasureState(models.TextChoices):
    """How far a measure has come."""

    OPEN = "open", _("open")
    RECORDED = "recorded", _("result recorded")
    DROPPED = "dropped", _("given up")


class MeasureQuerySet(models.QuerySet["Measure"]):
    """Questions asked about measures."""

    def for_list(self) -> "MeasureQuerySet":
        """With what a list of measures shows."""
        return self.select_related("owner").prefetch_related(
            models.Prefetch("groups", MeasureGroup.objects.select_related("topic", "team", "line"))
        )


@keep_history()
class Measure(Versioned):
    """A measure for some topics or teams, on all lines or some. Its effect is computed from the stored days.

    What it is measured against follows from a rule (`insights.measures.comparing`), less the groups that were left out by hand.
    The result that its owner recorded never changes.
    """

    Kind = MeasureKind
    State = MeasureState

    title = models.CharField(_("what is done"), max_length=200)
    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices)
    words = models.TextField(_("how"), blank=True)
    starts_on = models.DateField(_("in force from"))
    weeks = models.PositiveSmallIntegerField(
        _("weeks observed"),
        default=8,
        validators=[MinValueValidator(FEWEST_WEEKS), MaxValueValidator(MOST_WEEKS)],
        help_text=_("As many before it and after it are compared"),
    )
    expected_points = models.DecimalField(
        _("expected effect (points)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    owner = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("owner"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    result_points = models.DecimalField(_("effect (points)"), max_digits=6, decimal_places=2, null=True, blank=True)
    result_low = models.DecimalField(_("at least (points)"), max_digits=6, decimal_places=2, null=True, blank=True)
    result_high = models.DecimalField(_("at most (points)"), max_digits=6, decimal_places=2, null=True, blank=True)
    result_until = models.DateField(_("measured until"), null=True, blank=True)
    result_words = models.TextField(_("what came of it"), blank=True)
    ended_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    written_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("written by"))
    written_at = models.DateTimeField(_("written at"), default=timezone.now)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            one_of("kind", MeasureKind, name="measure_kind_is_known"),
            one_of("state", MeasureState, name="measure_state_is_known"),
            models.CheckConstraint(condition=~Q(title=""), name="measure_says_what_is_done"),
            models.CheckConstraint(
                condition=Q(weeks__range=(FEWEST_WEEKS, MOST_WEEKS)), name="measure_weeks_are_a_year"
            ),
            models.CheckConstraint(
                condition=Q(expected_points__isnull=True) | Q(expected_points__range=(-100, 100)),
                name="measure_expects_points_of_a_share",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True, ended_by__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False, ended_by__isnull=False)),
                name="measure_ended_says_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        state="recorded",
                        result_points__isnull=False,
                        result_low__isnull=False,
                        result_high__isnull=False,
                        result_until__isnull=False,
                        result_low__lte=F("result_points"),
                        result_high__gte=F("result_points"),
                    )
                    & ~Q(result_words="")
                )
                | (
                    ~Q(state="recorded")
                    & Q(
                        result_points__isnull=True,
                        result_low__isnull=True,
                        result_high__isnull=True,
                        result_until__isnull=True,
                    )
                ),
                name="measure_recorded_has_its_result",
            ),
            models.UniqueConstraint(
                fields=["title", "starts_on"], condition=Q(state="open"), name="one_open_measure_of_a_name_and_day"
            ),
        ]
        triggers = [
            *never_deleted(),
            fixed(
                "measure_result_is_fixed",
                ["state", "result_points", "result_low", "result_high", "result_until", "result_words", "ended_at"],
                once=~pgtrigger.Q(old__state="open"),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class GroupRole(models.TextChoices):
    """What a group is to a measure."""

    TOUCHED = "touched", _("concerned")
    LEFT_OUT = "left_out", _("not compared with")


@keep_history()
class MeasureGroup(models.Model):
    """A topic, team or line that a measure concerns, or that was taken out of what it is compared with."""

    Role = GroupRole

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="groups", verbose_name=_("measure"))
    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.TOUCHED)
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("topic"))
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"))
    line = models.ForeignKey(
        TollFreeLine, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("line")
    )

    class Meta:
        verbose_name = _("group of a measure")
        verbose_name_plural = _("groups of a measure")
        ordering = ["pk"]
        constraints = [
            one_of("role", GroupRole, name="measure_group_role_is_known"),
            models.CheckConstraint(
                condition=Q(topic__isnull=False, team__isnull=True, line__isnull=True)
                | Q(topic__isnull=True, team__isnull=False, line__isnull=True)
                | Q(topic__isnull=True, team__isnull=True, line__isnull=False),
                name="measure_group_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["measure", "topic", "team", "line"], name="one_row_per_measure_and_group", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return str(self.topic or self.team or self.line)
