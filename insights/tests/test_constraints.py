"""What the database refuses to hold in the tables of `insights`, each refusal beside a row that it takes."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from factory import SubFactory

from contact_center.tests.factories import TeamFactory, TopicFactory
from customers.tests.factories import UserFactory
from foundation.tests.database import constraint_names, refused_by
from insights.tests import factories as make

pytestmark = pytest.mark.django_db

ENDED = {"ended_at": datetime(2026, 5, 4, 9, tzinfo=UTC), "ended_by": SubFactory(UserFactory)}
RESULT = {
    "state": "recorded",
    "result_points": Decimal("1.5"),
    "result_low": Decimal("0.5"),
    "result_high": Decimal("2.5"),
    "result_until": date(2026, 4, 26),
    "result_words": "Fewer documents are missing.",
    **ENDED,
}
MONDAY, WEEK = date(2026, 1, 5), timedelta(weeks=1)

# constraint, factory, the fields that are taken, the fields that are refused
CASES = [
    ("measure_kind_is_known", make.MeasureFactory, {"kind": "training"}, {"kind": "prayer"}),
    ("measure_says_what_is_done", make.MeasureFactory, {"title": "Una guida"}, {"title": ""}),
    ("measure_weeks_are_a_year", make.MeasureFactory, {"weeks": 52}, {"weeks": 53}),
    (
        "measure_expects_points_of_a_share",
        make.MeasureFactory,
        {"expected_points": Decimal("-100")},
        {"expected_points": Decimal("100.5")},
    ),
    ("measure_ended_says_when_and_by_whom", make.MeasureFactory, {"state": "dropped", **ENDED}, {"state": "dropped"}),
    ("measure_recorded_has_its_result", make.MeasureFactory, RESULT, {**RESULT, "result_low": Decimal("1.6")}),
    ("measure_group_role_is_known", make.MeasureGroupFactory, {"role": "left_out"}, {"role": "x"}),
    ("measure_group_is_one_thing", make.MeasureGroupFactory, {}, {"team": SubFactory(TeamFactory)}),
    ("watch_round_step_is_known", make.WatchRoundFactory, {"step": "week"}, {"step": "year"}),
    ("alert_is_about_a_watched_figure", make.WatchAlertFactory, {"figure": "offered"}, {"figure": "answered"}),
    ("watch_alert_step_is_known", make.WatchAlertFactory, {"step": "day"}, {"step": "year"}),
    (
        "alert_ends_after_it_begins",
        make.WatchAlertFactory,
        {"began_on": MONDAY, "last_on": MONDAY, "ended_on": MONDAY + WEEK},
        {"began_on": MONDAY, "last_on": MONDAY, "ended_on": MONDAY},
    ),
    ("chance_of_alert_is_a_share", make.WatchAlertFactory, {"chance": 1}, {"chance": 1.01}),
    ("alert_has_a_period", make.WatchAlertFactory, {"periods": 1}, {"periods": 0}),
    ("alert_note_says_something", make.AlertNoteFactory, {"text": "Visto."}, {"text": ""}),
    ("target_fits_its_figure", make.FigureTargetFactory, {"value": Decimal(100)}, {"value": Decimal("100.01")}),
    (
        "target_fits_its_figure",
        make.FigureTargetFactory,
        {"figure": "asa_seconds", "value": Decimal(3600)},
        {"figure": "asa_seconds", "value": Decimal(0)},
    ),
    ("target_fits_its_figure", make.FigureTargetFactory, {"value": None}, {"figure": "service_level"}),
    (
        "forecast_history_has_days",
        make.ForecastFactory,
        {"history_to": date(2025, 7, 28)},
        {"history_to": date(2025, 7, 27)},
    ),
    (
        "forecast_follows_its_history",
        make.ForecastFactory,
        {"last_day": date(2026, 5, 4)},
        {"first_day": date(2026, 5, 3)},
    ),
    (
        "line_forecast_error_of_calls",
        make.LineForecastFactory,
        {"tested_calls": 0, "error_model": None},
        {"tested_calls": 0},
    ),
    ("line_forecast_covers_a_share", make.LineForecastFactory, {"covered": 1}, {"covered": 1.2}),
    (
        "line_forecast_handling_takes_time",
        make.LineForecastFactory,
        {"handling_seconds": None},
        {"handling_seconds": 0},
    ),
    (
        "line_forecast_patience_takes_time",
        make.LineForecastFactory,
        {"patience_seconds": None},
        {"patience_seconds": -1},
    ),
    ("expected_between_two_numbers", make.ExpectedHalfHourFactory, {"low": 22}, {"low": 23}),
    ("replay_way_is_known", make.ReplayedFactory, {"way": "simulated"}, {"way": "guessed"}),
    ("replay_has_shares", make.ReplayedFactory, {"service_level": 1}, {"service_level": 1.5}),
]

# constraint, factory, the first row, the same again, and one that is another: the last two from the first
UNIQUE = [
    (
        "one_open_measure_of_a_name_and_day",
        make.MeasureFactory,
        {"title": "Una guida"},
        lambda first: {"title": first.title},
        lambda first: {"title": first.title, "state": "dropped", **ENDED},
    ),
    (
        "one_row_per_measure_and_group",
        make.MeasureGroupFactory,
        {},
        lambda first: {"measure": first.measure, "topic": first.topic},
        lambda first: {"measure": first.measure, "topic": TopicFactory()},
    ),
    (
        "a_period_is_judged_once",
        make.WatchRoundFactory,
        {"start": MONDAY},
        lambda first: {"start": first.start},
        lambda first: {"start": first.start, "step": "week"},
    ),
    (
        "one_open_alert_for_a_figure",
        make.WatchAlertFactory,
        {"ended_on": None},
        lambda first: {"ended_on": None, "step": "day"},
        lambda first: {"ended_on": None, "figure": "offered"},
    ),
    (
        "one_alert_for_a_figure_and_period",
        make.WatchAlertFactory,
        {"began_on": MONDAY},
        lambda first: {"began_on": MONDAY},
        lambda first: {"began_on": MONDAY, "step": "day"},
    ),
    (
        "one_forecast_per_line",
        make.LineForecastFactory,
        {},
        lambda first: {"forecast": first.forecast},
        lambda first: {},
    ),
    (
        "expected_once_per_half_hour",
        make.ExpectedHalfHourFactory,
        {},
        lambda first: {"of": first.of},
        lambda first: {"of": first.of, "starts_at": first.starts_at + timedelta(minutes=30)},
    ),
    (
        "one_replay_per_way",
        make.ReplayedFactory,
        {},
        lambda first: {"of": first.of},
        lambda first: {"of": first.of, "way": "erlang_a"},
    ),
]


@pytest.mark.parametrize(("name", "factory", "good", "bad"), CASES)
def test_a_bad_row_is_refused_beside_a_good_one(name, factory, good, bad):
    factory(**good)
    with refused_by(name):
        factory(**bad)


@pytest.mark.parametrize(("name", "factory", "given", "again", "other"), UNIQUE, ids=[case[0] for case in UNIQUE])
def test_the_same_thing_is_not_stored_twice(name, factory, given, again, other):
    first = factory(**given)
    factory(**other(first))
    with refused_by(name):
        factory(**again(first))


def test_every_constraint_has_its_case():
    models = [model for model in apps.get_app_config("insights").get_models() if not hasattr(model, "pgh_obj")]
    tested = {case[0] for case in CASES} | {case[0] for case in UNIQUE}
    # By measure_ended_says_when_and_by_whom, which refuses first
    implied = {"measure_state_is_known"}
    assert tested | implied == constraint_names(*models)
