"""The plan of staffing: made by the worker, read by the page, its files, the API and the commands."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from random import Random

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from contact_center.figures import refresh
from contact_center.models import Call, TollFreeLine
from contact_center.tests.factories import AgentFactory, AgentStateFactory, LineTargetFactory
from customers import roles
from customers.tests.factories import UserFactory
from foundation.dates import ROME
from insights.models import ExpectedHalfHour, Forecast, LineForecast, Replayed
from insights.staffing.history import week_of
from insights.staffing.making import make_forecast
from insights.tasks import make_forecasts
from insights.tests.factories import ExpectedHalfHourFactory, ForecastFactory, LineForecastFactory, ReplayedFactory

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 5, 4)
WEEK = {"week": "2026-05-11"}
NAMES = ["staffing", "staffing_plan_csv", "staffing_plan_xlsx", "staffing_rota_csv", "staffing_rota_xlsx"]


@pytest.fixture
def manager(client):
    user = UserFactory(role=roles.MANAGER)
    client.force_login(user)
    return user


@pytest.fixture
def run():
    """A run with all lines as one queue and each of the three lines, ten o'clock to noon of a Monday."""
    made = ForecastFactory()
    for line in [None, *TollFreeLine.objects.all()]:
        row = LineForecastFactory(forecast=made, line=line)
        for half in range(4):
            ExpectedHalfHourFactory(
                of=row,
                starts_at=datetime(2026, 5, 11, 8, tzinfo=UTC) + timedelta(minutes=30 * half),
                expected=15.0 if line is None else 5.0,
            )
    return made


def calls_of_weeks(weeks, *, until=MONDAY, seed=1):
    """About six calls an hour from nine to noon on weekdays, every fourth given up after a minute."""
    random, line, agent = Random(seed), TollFreeLine.objects.first(), AgentFactory()
    calls = []
    for days in range(1, 7 * weeks + 1):
        day = until - timedelta(days=days)
        if day.weekday() > 4:
            continue
        for number in range(random.randint(14, 22)):
            at = datetime(day.year, day.month, day.day, 9, tzinfo=ROME) + timedelta(seconds=random.randrange(3 * 3600))
            wait, has_left = random.randrange(5, 60), number % 4 == 0
            calls.append(
                Call(
                    source="prova",
                    external_id=f"{seed}-{line.pk}-{day}-{number}",
                    line=line,
                    queued_at=at,
                    wait_seconds=60 if has_left else wait,
                    talk_seconds=0 if has_left else 240,
                    disposition="abandoned" if has_left else "answered",
                    answered_at=None if has_left else at + timedelta(seconds=wait),
                    ended_at=at + timedelta(seconds=60 if has_left else wait + 240),
                    agent=None if has_left else agent,
                )
            )
    Call.objects.bulk_create(calls)
    refresh()


# --- The nightly work


def test_the_worker_forecasts_each_line_and_all_as_one_queue(time_machine):
    time_machine.move_to(datetime(2026, 5, 4, 3, tzinfo=UTC))
    calls_of_weeks(10)
    assert make_forecasts() is True
    run = Forecast.objects.get()
    assert (run.first_day, run.last_day, run.history_to) == (MONDAY, date(2026, 6, 21), date(2026, 5, 3))
    called = LineForecast.objects.get(line=TollFreeLine.objects.first())
    together = LineForecast.objects.get(line=None)
    assert (called.handling_seconds, called.missing_weeks) == (240, 0)
    assert called.patience_seconds == pytest.approx(60 + 3 * 32, rel=0.1)
    assert called.error_model < called.error_naive
    assert together.half_hours.count() > 0
    monday = together.half_hours.filter(starts_at__date=date(2026, 5, 11))
    assert sum(each.expected for each in monday) == pytest.approx(18, rel=0.25)
    assert all(each.low <= each.expected <= each.high for each in monday)


def test_a_line_without_enough_history_says_how_many_weeks_are_missing(time_machine):
    time_machine.move_to(datetime(2026, 5, 4, 3, tzinfo=UTC))
    calls_of_weeks(3)
    make_forecast()
    row = LineForecast.objects.get(line=TollFreeLine.objects.first())
    assert (row.missing_weeks, row.half_hours.count()) == (5, 0)


def test_nothing_is_forecast_where_no_call_was_counted():
    assert make_forecast() == (None, [])
    assert make_forecasts() is False


def test_a_trial_keeps_nothing(time_machine, capsys):
    time_machine.move_to(datetime(2026, 5, 4, 3, tzinfo=UTC))
    calls_of_weeks(9)
    call_command("make_forecast", "--dry-run")
    assert not Forecast.objects.exists()
    assert len(capsys.readouterr().out.splitlines()) == 5  # three lines, all as one queue, and that it was a trial


def test_every_night_adds_a_run_and_old_ones_go(time_machine):
    calls_of_weeks(9)
    ForecastFactory(made_at=datetime(2026, 1, 1, tzinfo=UTC))
    time_machine.move_to(datetime(2026, 5, 4, 3, tzinfo=UTC))
    make_forecast()
    make_forecast()
    assert Forecast.objects.count() == 2


def test_holidays_and_days_of_rest_expect_no_call(time_machine):
    time_machine.move_to(datetime(2026, 5, 4, 3, tzinfo=UTC))
    calls_of_weeks(9)
    make_forecast()
    days = {each.starts_at.date() for each in ExpectedHalfHour.objects.filter(of__line=None)}
    assert date(2026, 6, 2) not in days  # the Republic's day, a Tuesday
    assert date(2026, 6, 3) in days
    assert date(2026, 6, 7) not in days  # a Sunday


@pytest.mark.parametrize("monday", [date(2026, 3, 30), date(2026, 10, 26)])
def test_half_hours_keep_their_clock_across_a_change_of_clocks(time_machine, monday):
    time_machine.move_to(datetime(monday.year, monday.month, monday.day - 14, 3, tzinfo=UTC))
    calls_of_weeks(9, until=monday - timedelta(days=14))
    make_forecast()
    mondays = ExpectedHalfHour.objects.filter(of__line=None, starts_at__gt=datetime(2026, 1, 1, tzinfo=UTC))
    by_day: dict[date, list[float]] = {}
    for each in mondays.order_by("starts_at"):
        local = timezone.localtime(each.starts_at)
        if local.date() in (monday - timedelta(days=7), monday):
            by_day.setdefault(local.date(), []).append((local.time(), round(each.expected, 1)))
    before, after = by_day[monday - timedelta(days=7)], by_day[monday]
    assert [at for at, _calls in before] == [at for at, _calls in after]


def test_the_last_week_is_replayed_four_ways(time_machine):
    time_machine.move_to(datetime(2026, 5, 4, 3, tzinfo=UTC))
    calls_of_weeks(9)
    make_forecast()
    found = {each.way: each for each in Replayed.objects.all()}
    assert set(found) == {"happened", "simulated", "erlang_a", "erlang_c"}
    happened = found["happened"]
    week = Call.objects.filter(queued_at__gte=datetime(2026, 4, 26, 22, tzinfo=UTC))
    assert (happened.calls, happened.by_states) == (week.count(), False)
    assert happened.abandoned == pytest.approx(week.filter(disposition="abandoned").count() / week.count())


def test_agents_were_there_as_their_states_say():
    agent = AgentFactory()
    AgentStateFactory(agent=agent, began_at=datetime(2026, 5, 4, 7, tzinfo=UTC))
    week = week_of(MONDAY)
    assert (week.by_states, week.agents[0]) == (True, (9 * 3600.0, 1))


def test_without_states_an_agent_is_there_from_call_to_call(time_machine):
    calls_of_weeks(1)
    week = week_of(MONDAY - timedelta(days=7))
    assert not week.by_states
    assert max(there for _at, there in week.agents) == 1


# --- The page


def test_a_visitor_is_sent_to_sign_in(client):
    for name in NAMES:
        assert client.get(reverse(name)).status_code == 302


@pytest.mark.parametrize("role", [None, roles.CUSTOMER, roles.AGENT, roles.AGENCY_MEMBER, roles.COMPLAINT_OFFICER])
def test_other_roles_are_refused(client, role):
    client.force_login(UserFactory(role=role))
    assert {client.get(reverse(name)).status_code for name in NAMES} == {403}


def test_nothing_can_be_posted(client, manager):
    assert {client.post(reverse(name)).status_code for name in NAMES} == {405}


def test_before_the_first_forecast_the_page_says_so(client, manager):
    response = client.get(reverse("staffing"))
    assert (response.status_code, response.context["run"]) == (200, None)
    assert client.get(reverse("staffing_rota_csv")).status_code == 404


def test_the_page_shows_the_first_whole_week_of_all_as_one_queue(client, manager, run):
    response = client.get(reverse("staffing"), WEEK)
    rows = response.context["queues"]["rows"]
    assert (response.status_code, len(rows)) == (200, 5)
    assert rows[-1]["cells"][0]["text"] == "60,0"  # four half hours of fifteen calls
    assert rows[-2]["cells"][0]["text"] == "60,0"


def test_lines_apart_take_more_hours_than_one_queue(client, manager, run):
    plan = client.get(reverse("staffing"), WEEK).context["plan"]
    assert (plan.apart.agents_c, plan.pooled.totals.agents_c, plan.pooled.totals.agents_a) == (12, 10, 8)


def test_the_target_of_a_line_on_its_day_counts(client, manager, run):
    line = TollFreeLine.objects.first()
    LineTargetFactory(line=line, share=95, seconds=10)
    plan = client.get(reverse("staffing"), {**WEEK, "line": line.code}).context["plan"]
    [wanted] = {(each.share, each.within) for each in plan.queue.wanted.values()}
    assert wanted == (0.95, 10)
    assert (plan.pooled.wanted[date(2026, 5, 11)].share, plan.pooled.wanted[date(2026, 5, 11)].within) == (0.95, 10)


def test_a_target_of_all_calls_is_taken_as_99_percent_and_said(client, manager, run):
    LineTargetFactory(line=TollFreeLine.objects.first(), share=100, seconds=20)
    response = client.get(reverse("staffing"), WEEK)
    assert (response.status_code, response.context["plan"].capped) == (200, True)


def test_what_is_chosen_changes_the_plan(client, manager, run):
    usual = client.get(reverse("staffing"), WEEK).context["plan"]
    chosen = {
        **WEEK,
        "target": "one",
        "share": 95,
        "within": 10,
        "calls": 50,
        "cost": "40",
        "shrinkage": 0,
        "breaks": 0,
    }
    other = client.get(reverse("staffing"), chosen).context["plan"]
    assert other.pooled.totals.calls == pytest.approx(1.5 * usual.pooled.totals.calls)
    assert other.pooled.totals.agents_a > usual.pooled.totals.agents_a
    assert other.pooled.totals.people_a == other.pooled.totals.agents_a
    assert other.pooled.totals.cost_a == 40 * other.pooled.totals.people_a


@pytest.mark.parametrize(
    "query",
    [
        {"target": "one", "share": "100"},
        {"share": "0"},
        {"shrinkage": "100"},
        {"breaks": "120"},
        {"within": "-1"},
        {"cost": "abc"},
        {"cost": "-1"},
        {"calls": "1e9"},
        {"line": "nessuna"},
        {"week": "2019-01-07"},
        {"week": "è😀"},
        {"day": "2026-06-30", **WEEK},
        {"agents": "-3"},
        {"formula": "b"},
        {"share": "9" * 10_000},
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(client, manager, run, query):
    response = client.get(reverse("staffing"), query)
    assert (response.status_code, bool(response.context["filters"].errors)) == (400, True)
    assert client.get(reverse("staffing_plan_csv"), query).status_code == 404


def test_too_few_agents_have_no_answer_by_erlang_c_and_the_page_says_why(client, manager, run):
    response = client.get(reverse("staffing"), {**WEEK, "agents": 2}, headers={"accept-language": "en"})
    assert "the queue would grow without end" in response.context["tried"]
    assert "By Erlang A" in response.context["tried"]


def test_a_week_in_which_the_line_is_closed_says_so(client, manager, run):
    response = client.get(reverse("staffing"), {"week": "2026-05-18"}, headers={"accept-language": "en"})
    assert (response.status_code, "day" in response.context["plan"].queue.by_day) == (200, False)
    assert "closed in the whole of this week" in response.content.decode()


def test_a_line_with_too_little_history_says_how_much_is_missing(client, manager, run):
    line = TollFreeLine.objects.first()
    LineForecast.objects.filter(line=line).delete()
    LineForecastFactory(forecast=run, line=line, missing_weeks=3, tested_calls=0, error_model=None)
    response = client.get(reverse("staffing"), {**WEEK, "line": line.code}, headers={"accept-language": "en"})
    assert "3 weeks are missing" in response.content.decode()


def test_what_happened_opens_the_calls_of_its_week(client, manager, run):
    ReplayedFactory(of=LineForecast.objects.get(line=None))
    table = client.get(reverse("staffing"), WEEK).context["replay"]
    assert client.get(table["rows"][0]["cells"][0]["url"]).status_code == 200


def test_the_calls_tested_open_their_list(client, manager, run):
    for row in client.get(reverse("staffing"), WEEK).context["scores"]["rows"]:
        assert client.get(row["cells"][0]["url"]).status_code == 200


def test_the_page_asks_as_much_for_four_half_hours_as_for_one(client, manager, run, django_assert_max_num_queries):
    client.get(reverse("staffing"), WEEK)
    with django_assert_max_num_queries(11) as many:
        client.get(reverse("staffing"), WEEK)
    ExpectedHalfHour.objects.exclude(starts_at__hour=8).delete()
    with django_assert_max_num_queries(11) as few:
        client.get(reverse("staffing"), WEEK)
    assert len(many) == len(few)


# --- Files


def test_the_rota_covers_every_half_hour(client, manager, run):
    plan = client.get(reverse("staffing"), WEEK).context["plan"]
    response = client.get(reverse("staffing_rota_csv"), WEEK)
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    people = plan.people(plan.queue.half_hours)
    for clock, needed in zip(("10:00", "10:30", "11:00", "11:30"), people, strict=True):
        assert sum(row["from"] <= clock < row["to"] for row in rows) >= needed
    assert {row["day"] for row in rows} == {"2026-05-11"}


def test_the_rota_opens_in_a_spreadsheet(client, manager, run):
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("staffing_rota_xlsx"), WEEK).content))
    assert [cell.value for cell in book.active[1]] == ["line", "shift", "day", "from", "to", "hours", "cost"]


def test_files_for_excel_have_its_commas(client, manager, run):
    content = client.get(reverse("staffing_plan_csv"), {**WEEK, "for": "excel"}).content.decode()
    assert content.startswith("\ufeffline;day;from")
    assert ";15,00;" in content


# --- API


def test_the_api_gives_the_numbers_of_the_page(client, manager, run):
    answer = client.get(reverse("api_staffing"), WEEK).json()
    plan = client.get(reverse("staffing"), WEEK).context["plan"]
    assert answer["together"]["totals"]["agents_a"] == plan.pooled.totals.agents_a
    assert answer["apart"]["cost_c"] == str(plan.apart.cost_c)
    assert answer["together"]["half_hours"][0]["erlang_a"]["agents"] == 4
    assert answer["history"] == {"from": "2025-07-28", "to": "2026-05-03"}


def test_the_api_names_what_it_cannot_use(client, manager, run):
    for query in ({"share": 100}, {"week": "2031-01-01"}, {"week": "ieri"}, {"moon": 1}):
        response = client.get(reverse("api_staffing"), query)
        assert (response.status_code, next(iter(query)) in response.content.decode()) == (400, True)


def test_the_api_has_nothing_before_the_first_forecast(client, manager):
    assert client.get(reverse("api_staffing")).status_code == 404


# --- Commands


def test_check_staffing_prints_the_week_and_the_errors(time_machine, capsys):
    time_machine.move_to(datetime(2026, 5, 4, 3, tzinfo=UTC))
    calls_of_weeks(9)
    with pytest.raises(SystemExit):  # invented waits that no queue made
        call_command("check_staffing")
    printed = capsys.readouterr().out
    assert len([line for line in printed.splitlines() if line]) >= 8


def test_check_staffing_refuses_a_week_without_calls():
    with pytest.raises(CommandError):
        call_command("check_staffing", "--week", "2020-01-01")
    with pytest.raises(CommandError):
        call_command("check_staffing", "--week", "ieri")
    with pytest.raises(CommandError):
        call_command("make_forecast", "--today", "2026-02-30")
