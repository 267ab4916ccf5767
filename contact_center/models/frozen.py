"""`FrozenPeriod`: a closed period whose counts remain as they were; what is corrected later stands beside them."""

from collections.abc import Collection
from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from contact_center.catalogue import STORED
from foundation.guards import append_only, fixed, never_deleted

from .contact import Contact
from .day_count import DAY_COUNTS
from .entry import LONGEST_SOURCE
from .figures import DailyFigures
from .organisation import Agent, TollFreeLine
from .topic import Topic

LONGEST_NOTE = 500
CORRECTS_FROZEN = "contact_center.change_frozenperiod"  # the permission to unfreeze, and to correct what is frozen


class FrozenPeriodQuerySet(models.QuerySet["FrozenPeriod"]):
    """Questions asked about frozen periods."""

    def standing(self) -> "FrozenPeriodQuerySet":
        """Those that were not unfrozen since."""
        return self.filter(unfrozen_at__isnull=True)

    def holding(self, first: date, last: date | None = None) -> "FrozenPeriodQuerySet":
        """Those that have the day, or every day from the first to the last."""
        return self.filter(start__lte=first, end__gte=last or first)

    def touching(self, first: date, last: date) -> "FrozenPeriodQuerySet":
        """Those that have one of the days."""
        return self.filter(start__lte=last, end__gte=first)


class FrozenPeriod(models.Model):
    """A month, quarter or year that somebody froze: by whom, when, under which thresholds. Unfrozen again, it remains as history."""

    start = models.DateField(_("first day"))
    end = models.DateField(_("last day"))
    note = models.CharField(_("note"), max_length=LONGEST_NOTE, blank=True)
    is_provisional = models.BooleanField(_("frozen while customers could still come back"), default=False)
    service_level_seconds = models.PositiveIntegerField(_("seconds of the service level"))
    formula = models.CharField(_("formula of the service level"), max_length=10)
    short_abandon_seconds = models.PositiveIntegerField(_("seconds of a short abandon"))
    repeat_contact_days = models.PositiveIntegerField(_("days for coming back"))
    last_history = models.BigIntegerField(
        _("last of the contacts' history"), help_text=_("What was written after it is a correction")
    )
    frozen_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("frozen by"))
    frozen_at = models.DateTimeField(_("frozen at"))
    unfrozen_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unfrozen by")
    )
    unfrozen_at = models.DateTimeField(_("unfrozen at"), null=True, blank=True)
    why_unfrozen = models.CharField(_("why it was unfrozen"), max_length=LONGEST_NOTE, blank=True)

    objects = FrozenPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("frozen period")
        verbose_name_plural = _("frozen periods")
        ordering = ["-start", "-frozen_at"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="frozen_period_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(unfrozen_at__isnull=True, unfrozen_by__isnull=True, why_unfrozen="")
                | Q(unfrozen_at__isnull=False, unfrozen_by__isnull=False) & ~Q(why_unfrozen=""),
                name="frozen_period_unfrozen_by_somebody",
            ),
            ExclusionConstraint(
                name="frozen_periods_do_not_overlap",
                expressions=[(Func(F("start"), F("end"), Value("[]"), function="daterange"), RangeOperators.OVERLAPS)],
                condition=Q(unfrozen_at__isnull=True),
            ),
        ]
        triggers = [
            *never_deleted(),
            fixed(
                "frozen_period_is_fixed",
                [
                    "start",
                    "end",
                    "note",
                    "is_provisional",
                    "service_level_seconds",
                    "formula",
                    "short_abandon_seconds",
                    "repeat_contact_days",
                    "last_history",
                    "frozen_by",
                    "frozen_at",
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{date_format(self.start, 'SHORT_DATE_FORMAT')} – {date_format(self.end, 'SHORT_DATE_FORMAT')}"

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Leave them to the database: Django cannot work out the condition of an exclusion by itself."""

    @property
    def words(self) -> dict[str, str]:
        """What a sentence says of it: its days, and by whom and when it was frozen."""
        return {
            "start": date_format(self.start, "SHORT_DATE_FORMAT"),
            "end": date_format(self.end, "SHORT_DATE_FORMAT"),
            "by": self.frozen_by.get_full_name() or str(self.frozen_by),
            "when": date_format(timezone.localtime(self.frozen_at), "SHORT_DATE_FORMAT"),
        }


class FrozenFigures(models.Model):
    """A row of `DailyFigures` as it was when its period was frozen: so every figure of the period can be made again to the digit."""

    period = models.ForeignKey(FrozenPeriod, models.PROTECT, related_name="figures", db_index=False)
    cut = models.CharField(max_length=5, choices=DailyFigures.Cut.choices)
    day = models.DateField()
    channel = models.CharField(max_length=10, choices=Contact.Channel.choices)
    of_mass_event = models.BooleanField(default=False)
    # Read by period, cut and day alone (the unique constraint's index).
    line = models.ForeignKey(TollFreeLine, models.PROTECT, null=True, related_name="+", db_index=False)
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, related_name="+", db_index=False)
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("frozen figures")
        verbose_name_plural = _("frozen figures")
        constraints = [
            models.UniqueConstraint(
                fields=["period", "cut", "day", "channel", "line", "of_mass_event", "topic", "agent"],
                name="one_frozen_row_per_cut_and_day",
                nulls_distinct=False,
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.period_id}: {self.day} {self.cut}"


for _count in STORED:
    _column = models.PositiveBigIntegerField if _count.sums else models.PositiveIntegerField
    FrozenFigures.add_to_class(_count.name, _column(default=0))


class FrozenDayCount(models.Model):
    """Counters of another system (`DayCount`) as they were when their period was frozen."""

    period = models.ForeignKey(FrozenPeriod, models.PROTECT, related_name="day_counts", db_index=False)
    source = models.CharField(max_length=LONGEST_SOURCE)
    day = models.DateField()
    line = models.ForeignKey(TollFreeLine, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("frozen counters of a day")
        verbose_name_plural = _("frozen counters of days")
        constraints = [
            models.UniqueConstraint(fields=["period", "day", "line"], name="one_frozen_count_of_a_day_and_line")
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.period_id}: {self.day}"


def _counter(name: str) -> models.Field:
    kind = models.PositiveBigIntegerField if name == "wait_seconds" else models.PositiveIntegerField
    return kind(null=name not in ("offered", "answered"))


for _name in DAY_COUNTS:
    FrozenDayCount.add_to_class(_name, _counter(_name))
