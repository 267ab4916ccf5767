"""One valid row of each table of the managers' pages, and no story."""

from datetime import UTC, date, datetime

import factory

from insights.models import ExpectedHalfHour, Forecast, LineForecast, Replayed

MADE_AT = datetime(2026, 5, 4, 3, tzinfo=UTC)


class ForecastFactory(factory.django.DjangoModelFactory):
    """A run of a Monday for six weeks."""

    class Meta:
        model = Forecast

    made_at = MADE_AT
    history_from = date(2025, 7, 28)
    history_to = date(2026, 5, 3)
    first_day = date(2026, 5, 4)
    last_day = date(2026, 6, 21)


class LineForecastFactory(factory.django.DjangoModelFactory):
    """All lines as one queue: calls of four minutes and a half, patience of two minutes."""

    class Meta:
        model = LineForecast

    forecast = factory.SubFactory(ForecastFactory)
    handling_seconds = 270.0
    calls_handled = 5_000
    patience_seconds = 120.0
    calls_given_up = 300
    tested_from = date(2026, 2, 9)
    tested_to = date(2026, 5, 3)
    tested_half_hours = 1_200
    tested_calls = 17_000
    error_model = 0.225
    error_naive = 0.298
    error_four_weeks = 0.236
    error_flat = 0.31
    error_floor = 0.211
    covered = 0.91


class ExpectedHalfHourFactory(factory.django.DjangoModelFactory):
    """Fifteen calls from ten to half past ten of a Monday in Italy."""

    class Meta:
        model = ExpectedHalfHour

    of = factory.SubFactory(LineForecastFactory)
    starts_at = datetime(2026, 5, 11, 8, tzinfo=UTC)
    expected = 15.0
    low = 9
    high = 22


class ReplayedFactory(factory.django.DjangoModelFactory):
    """A week as it happened."""

    class Meta:
        model = Replayed

    of = factory.SubFactory(LineForecastFactory)
    way = Replayed.Way.HAPPENED
    week = date(2026, 4, 27)
    calls = 1_400
    service_level = 0.82
    abandoned = 0.06
    mean_wait = 24.0
    agent_hours = 210.0
    by_states = True
