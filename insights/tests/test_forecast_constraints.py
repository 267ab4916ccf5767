"""What the database refuses of forecasts, whoever asks."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from insights.models import ExpectedHalfHour, Forecast, LineForecast, Replayed
from insights.tests.factories import ExpectedHalfHourFactory, ForecastFactory, LineForecastFactory, ReplayedFactory

pytestmark = pytest.mark.django_db


def refused(make, **fields):
    try:
        with transaction.atomic():
            make(**fields)
    except DatabaseError:
        return True
    return False


@pytest.mark.parametrize(
    ("make", "fields"),
    [
        (ForecastFactory, {"history_to": date(2025, 1, 1)}),
        (ForecastFactory, {"first_day": date(2026, 5, 3)}),
        (ForecastFactory, {"last_day": date(2026, 5, 1)}),
        (LineForecastFactory, {"tested_calls": 0}),
        (LineForecastFactory, {"error_model": None}),
        (LineForecastFactory, {"covered": 1.2}),
        (LineForecastFactory, {"handling_seconds": 0}),
        (LineForecastFactory, {"patience_seconds": -1}),
        (ExpectedHalfHourFactory, {"expected": -1}),
        (ExpectedHalfHourFactory, {"low": 30}),
        (ReplayedFactory, {"way": "guessed"}),
        (ReplayedFactory, {"service_level": 1.5}),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(make, fields):
    assert refused(make, **fields)
    assert not refused(make)


def test_each_line_half_hour_and_way_is_there_once():
    row = LineForecastFactory()
    assert refused(LineForecastFactory, forecast=row.forecast, line=None)
    half_hour = ExpectedHalfHourFactory(of=row)
    assert refused(ExpectedHalfHourFactory, of=row, starts_at=half_hour.starts_at)
    ReplayedFactory(of=row)
    assert refused(ReplayedFactory, of=row)


@pytest.mark.parametrize(
    ("model", "make", "change"),
    [
        (Forecast, ForecastFactory, {"last_day": date(2026, 7, 1)}),
        (LineForecast, LineForecastFactory, {"error_model": 0.1}),
        (ExpectedHalfHour, ExpectedHalfHourFactory, {"expected": 3.0}),
        (Replayed, ReplayedFactory, {"service_level": 0.99}),
    ],
)
def test_what_a_run_found_remains_as_it_was(model, make, change):
    row = make()
    assert refused(lambda: model.objects.filter(pk=row.pk).update(**change))


def test_a_run_goes_with_all_that_it_found():
    half_hour, replayed = ExpectedHalfHourFactory(), ReplayedFactory()
    Forecast.objects.all().delete()
    assert not ExpectedHalfHour.objects.filter(pk=half_hour.pk).exists()
    assert not Replayed.objects.filter(pk=replayed.pk).exists()
