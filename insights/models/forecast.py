"""`Forecast`: the calls expected in each half hour of the coming weeks, as a run of the worker found them, and how far to trust it."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact_center.models import TollFreeLine
from foundation.constraints import one_of
from foundation.guards import fixed


class Forecast(models.Model):
    """One run, made of the half hours that were known then. Runs are added, never changed; old ones are deleted."""

    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    history_from = models.DateField(_("history from"))
    history_to = models.DateField(_("history until"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))

    class Meta:
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(history_to__gte=F("history_from")), name="forecast_history_has_days"),
            models.CheckConstraint(
                condition=Q(first_day__gt=F("history_to"), last_day__gte=F("first_day")),
                name="forecast_follows_its_history",
            ),
        ]
        indexes = [models.Index(fields=["-made_at", "-id"], name="forecast_newest")]
        triggers = [
            fixed("forecast_is_fixed", ["made_at", "history_from", "history_to", "first_day", "last_day"]),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.made_at):%d/%m/%Y %H:%M}"


class LineForecast(models.Model):
    """What a run found of one line, or of all lines as one queue (`line` is empty).

    Errors are WAPE, shares of the calls tested; `covered` is the share of half hours between their two numbers. Seconds are those of
    the last weeks. Where weeks of history are missing there are no half hours.
    """

    forecast = models.ForeignKey(
        Forecast, models.CASCADE, related_name="lines", verbose_name=_("forecast"), db_index=False
    )
    line = models.ForeignKey(
        TollFreeLine, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("line"), db_index=False
    )
    missing_weeks = models.PositiveSmallIntegerField(_("weeks of history that are missing"), default=0)
    handling_seconds = models.FloatField(_("handling time (s)"), null=True)
    calls_handled = models.PositiveIntegerField(_("calls of known handling time"), default=0)
    patience_seconds = models.FloatField(_("patience (s)"), null=True, help_text=_("Empty where nobody gave up"))
    calls_given_up = models.PositiveIntegerField(_("calls given up"), default=0)
    tested_from = models.DateField(_("tested from"), null=True)
    tested_to = models.DateField(_("tested until"), null=True)
    tested_half_hours = models.PositiveIntegerField(_("half hours tested"), default=0)
    tested_calls = models.PositiveIntegerField(_("calls tested"), default=0)
    error_model = models.FloatField(_("error of the forecast"), null=True)
    error_naive = models.FloatField(_("error of the same weekday"), null=True)
    error_four_weeks = models.FloatField(_("error of the mean of four weeks"), null=True)
    error_flat = models.FloatField(_("error of the flat mean"), null=True)
    error_floor = models.FloatField(_("least possible error"), null=True)
    covered = models.FloatField(_("between the two numbers"), null=True)

    class Meta:
        verbose_name = _("forecast of a line")
        verbose_name_plural = _("forecasts of lines")
        constraints = [
            models.UniqueConstraint(fields=["forecast", "line"], name="one_forecast_per_line", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(tested_calls=0, error_model__isnull=True)
                | Q(tested_calls__gt=0, error_model__isnull=False),
                name="line_forecast_error_of_calls",
            ),
            models.CheckConstraint(
                condition=Q(covered__isnull=True) | Q(covered__range=(0, 1)), name="line_forecast_covers_a_share"
            ),
            models.CheckConstraint(
                condition=Q(handling_seconds__isnull=True) | Q(handling_seconds__gt=0),
                name="line_forecast_handling_takes_time",
            ),
            models.CheckConstraint(
                condition=Q(patience_seconds__isnull=True) | Q(patience_seconds__gt=0),
                name="line_forecast_patience_takes_time",
            ),
        ]
        triggers = [
            fixed("line_forecast_is_fixed", ["forecast", "line", "missing_weeks", "handling_seconds", "error_model"])
        ]

    def __str__(self) -> str:
        return f"{self.forecast}: {self.line or '*'}"


class ExpectedHalfHour(models.Model):
    """The calls expected in one half hour, and between which numbers nine of ten lie. The moment is that at which it begins."""

    of = models.ForeignKey(
        LineForecast, models.CASCADE, related_name="half_hours", verbose_name=_("forecast of a line"), db_index=False
    )
    starts_at = models.DateTimeField(_("half hour"))
    expected = models.FloatField(_("expected calls"))
    low = models.PositiveIntegerField(_("lowest"))
    high = models.PositiveIntegerField(_("highest"))

    class Meta:
        verbose_name = _("expected half hour")
        verbose_name_plural = _("expected half hours")
        constraints = [
            models.UniqueConstraint(fields=["of", "starts_at"], name="expected_once_per_half_hour"),
            models.CheckConstraint(
                condition=Q(expected__gte=0, high__gte=F("low")), name="expected_between_two_numbers"
            ),
        ]
        triggers = [fixed("expected_is_fixed", ["of", "starts_at", "expected", "low", "high"])]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%d/%m/%Y %H:%M}: {self.expected:.1f}"


class ReplayWay(models.TextChoices):
    """In which way a week is shown."""

    HAPPENED = "happened", _("what happened")
    SIMULATED = "simulated", _("the simulation")
    ERLANG_A = "erlang_a", _("Erlang A")
    ERLANG_C = "erlang_c", _("Erlang C")


class Replayed(models.Model):
    """A week that is over, four ways: as it happened, call by call in the simulation, by Erlang C and by Erlang A.

    All lines as one queue. `mean_wait` is of those answered, in seconds; empty where it has no end (Erlang C under too few agents).
    """

    Way = ReplayWay

    of = models.ForeignKey(
        LineForecast, models.CASCADE, related_name="replays", verbose_name=_("forecast of a line"), db_index=False
    )
    way = models.CharField(_("way of replaying"), max_length=9, choices=Way.choices)
    week = models.DateField(_("week, by its Monday"))
    calls = models.PositiveIntegerField(_("calls"))
    service_level = models.FloatField(_("answered in time"))
    abandoned = models.FloatField(_("share given up"))
    mean_wait = models.FloatField(_("mean wait (s)"), null=True)
    agent_hours = models.FloatField(_("hours of agents at the telephone"))
    by_states = models.BooleanField(
        _("presence from recorded states"),
        help_text=_("Otherwise it is estimated from the calls that agents answered"),
    )

    class Meta:
        verbose_name = _("replayed week")
        verbose_name_plural = _("replayed weeks")
        constraints = [
            models.UniqueConstraint(fields=["of", "way"], name="one_replay_per_way"),
            one_of("way", ReplayWay, name="replay_way_is_known"),
            models.CheckConstraint(
                condition=Q(service_level__range=(0, 1), abandoned__range=(0, 1)), name="replay_has_shares"
            ),
        ]
        triggers = [
            fixed("replay_is_fixed", ["of", "way", "week", "calls", "service_level", "abandoned", "mean_wait"])
        ]

    def __str__(self) -> str:
        return f"{self.week:%d/%m/%Y}: {self.get_way_display()}"
