"""Alerts about figures outside their control limits, what was noted of them, who gets them by mail; and targets of figures."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from contact_center.models import TollFreeLine
from customers.models import User
from customers.validators import validate_one_line
from foundation.constraints import one_of
from foundation.guards import append_only, never_deleted

# What is watched, by its key in the catalogue of figures.
SHARES = (
    "first_level_coded",
    "first_level_corrected",
    "service_level",
    "abandonment",
    "repeat_contacts",
    "escalations",
    "first_level_confirmed",
)
SECONDS = ("asa_seconds", "aht_seconds")
NUMBERS = ("offered",)
WATCHED = (*SHARES, *SECONDS, *NUMBERS)
# The service level has its targets with the lines, where they also say within how many seconds (`LineTarget`).
WITH_TARGET = tuple(key for key in (*SHARES, *SECONDS) if key != "service_level")
MOST_SECONDS = 3600


class WatchStep(models.TextChoices):
    """How long the periods are that are judged."""

    DAY = "day", _("days")
    WEEK = "week", _("weeks")


class WatchRound(models.Model):
    """That the days, or weeks, that were over before a day were judged: once for each of them."""

    Step = WatchStep

    step = models.CharField(_("periods"), max_length=4, choices=WatchStep.choices)
    start = models.DateField(_("first day of the period"))
    judged = models.PositiveIntegerField(_("figures judged"))
    not_judged = models.PositiveIntegerField(_("figures not judged"))
    made_at = models.DateTimeField(_("made at"), db_default=Now())

    class Meta:
        verbose_name = _("round of watching")
        verbose_name_plural = _("rounds of watching")
        ordering = ["-start", "step"]
        constraints = [
            models.UniqueConstraint(fields=["step", "start"], name="a_period_is_judged_once"),
            one_of("step", WatchStep, name="watch_round_step_is_known"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.start:%d/%m/%Y}"


class WatchAlert(models.Model):
    """A figure that left its limits: one alert from the first period outside until the first one that is back within.

    Value, centre and limits are those of the last period outside: a share (0 to 1), seconds, or calls; `chance` is how likely chance
    alone goes so far, either way. `parts` are the three largest parts of the difference, as `largest_parts` gives them.
    """

    Step = WatchStep

    figure = models.CharField(_("figure"), max_length=30)
    line = models.ForeignKey(
        TollFreeLine, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("line")
    )
    step = models.CharField(_("periods"), max_length=4, choices=WatchStep.choices)
    is_above = models.BooleanField(_("above its limits"))
    began_on = models.DateField(_("first period outside"))
    last_on = models.DateField(_("last period outside"))
    periods = models.PositiveIntegerField(_("periods outside"), default=1)
    value = models.FloatField(_("value"))
    centre = models.FloatField(_("expected"))
    low = models.FloatField(_("lower limit"))
    high = models.FloatField(_("upper limit"))
    chance = models.FloatField(_("chance"))
    parts = models.JSONField(_("largest parts"), default=list, blank=True)
    ended_on = models.DateField(_("back within its limits"), null=True, blank=True)
    raised_at = models.DateTimeField(_("raised at"), db_default=Now())

    class Meta:
        verbose_name = _("alert about a figure")
        verbose_name_plural = _("alerts about figures")
        ordering = ["-last_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(figure__in=WATCHED), name="alert_is_about_a_watched_figure"),
            one_of("step", WatchStep, name="watch_alert_step_is_known"),
            models.CheckConstraint(
                condition=Q(last_on__gte=F("began_on")) & (Q(ended_on__isnull=True) | Q(ended_on__gt=F("last_on"))),
                name="alert_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(chance__range=(0, 1)), name="chance_of_alert_is_a_share"),
            models.CheckConstraint(condition=Q(periods__gte=1), name="alert_has_a_period"),
            # Not twice for one thing: a figure of a line has one open alert, whether its days or its weeks left the limits.
            models.UniqueConstraint(
                fields=["figure", "line"],
                condition=Q(ended_on__isnull=True),
                nulls_distinct=False,
                name="one_open_alert_for_a_figure",
            ),
            models.UniqueConstraint(
                fields=["figure", "line", "step", "began_on"],
                nulls_distinct=False,
                name="one_alert_for_a_figure_and_period",
            ),
        ]
        triggers = never_deleted()

    def __str__(self) -> str:
        return f"{self.figure} {self.began_on:%d/%m/%Y}"


class AlertNote(models.Model):
    """What somebody noted of an alert, and when: with the first note it is acknowledged. Notes remain."""

    alert = models.ForeignKey(WatchAlert, models.PROTECT, related_name="notes", verbose_name=_("alert"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    text = models.CharField(_("note"), max_length=1000, validators=[validate_one_line])
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("note about an alert")
        verbose_name_plural = _("notes about alerts")
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="alert_note_says_something")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.alert}: {self.text[:40]}"


class WatchSubscription(models.Model):
    """Somebody who wants the alerts of each round by mail."""

    user = models.OneToOneField(User, models.CASCADE, related_name="+", verbose_name=_("person"))
    since = models.DateTimeField(_("since"), db_default=Now())

    class Meta:
        verbose_name = _("alerts by mail")
        verbose_name_plural = _("alerts by mail")

    def __str__(self) -> str:
        return str(self.user)


class FigureTarget(models.Model):
    """What is wanted of a figure from a day on, of one line or of all together: percent, or seconds; empty: nothing any more.

    The target of a day is the row with the latest beginning up to it; of two with the same beginning, the one entered last. So
    targets never overlap, and what was corrected remains as it was.
    """

    figure = models.CharField(_("figure"), max_length=30)
    line = models.ForeignKey(
        TollFreeLine, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("line")
    )
    value = models.DecimalField(_("target"), max_digits=6, decimal_places=2, null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("set by"))
    set_at = models.DateTimeField(_("set at"), db_default=Now())

    class Meta:
        verbose_name = _("target of a figure")
        verbose_name_plural = _("targets of figures")
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(figure__in=[key for key in WITH_TARGET if key in SHARES])
                & (Q(value__isnull=True) | Q(value__gt=0, value__lte=100))
                | Q(figure__in=SECONDS) & (Q(value__isnull=True) | Q(value__gt=0, value__lte=MOST_SECONDS)),
                name="target_fits_its_figure",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.figure}: {self.value or '–'} ({self.valid_from:%d/%m/%Y})"
