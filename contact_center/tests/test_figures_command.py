import csv
import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from contact_center.figures import refresh
from contact_center.models import Agent, DailyFigures, TollFreeLine
from contact_center.tests.factories import AgentFactory, CallFactory, ContactFactory, TopicFactory

pytestmark = pytest.mark.django_db

MAY = ["--from", "2026-05-01", "--to", "2026-05-31"]


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("figures", *arguments, stdout=out)
    return out.getvalue()


def refusal(*arguments: str) -> CommandError:
    with pytest.raises(CommandError) as raised:
        run(*arguments)
    return raised.value


@pytest.fixture
def a_day():
    """One call answered and resolved on the campers' line, one abandoned at once on the claims' line."""
    CallFactory(line=TollFreeLine.objects.get(code="campers"), contact__outcome="resolved")
    CallFactory(line=TollFreeLine.objects.get(code="claims"), abandoned=True, wait_seconds=3)


def test_json_has_the_documented_shape(a_day):
    found = json.loads(run(*MAY))
    assert list(found) == [
        "period",
        "filters",
        "by",
        "parameters",
        "computed_at",
        "stale_days",
        "basis_differs",
        "totals",
        "mass_events",
        "counters",
        "self_service",
        "previous",
        "change",
        "rows",
        "definitions",
        "frozen",
    ]
    assert found["period"] == {"from": "2026-05-01", "to": "2026-05-31"}
    assert found["parameters"] == {
        "service_level_seconds": 20,
        "formula": "F4",
        "short_abandon_seconds": 5,
        "repeat_contact_days": 7,
        "timezone": "Europe/Rome",
    }


def test_json_totals_are_counts_and_ratios(a_day):
    assert json.loads(run(*MAY))["totals"] == {
        "offered": 2,
        "answered": 1,
        "abandoned": 1,
        "short_abandons": 1,
        "exited": 0,
        "turned_away": 0,
        "handled": 1,
        "service_level": {"numerator": 1, "denominator": 1, "ratio": 1.0},
        "abandonment": {"numerator": 0, "denominator": 1, "ratio": 0.0},
        "asa_seconds": {"numerator": 10, "denominator": 1, "ratio": 10.0},
        "aht_seconds": {"numerator": 180, "denominator": 1, "ratio": 180.0},
        "first_level": {
            "coded": {"numerator": 1, "denominator": 1, "ratio": 1.0},
            "corrected": {
                "numerator": 1,
                "denominator": 1,
                "ratio": 1.0,
                "provisional": 0,
                "provisional_share": 0.0,
            },
            "confirmed": {"numerator": 0, "denominator": 0, "ratio": None, "coverage": 0.0},
        },
        "repeat_contacts": {"numerator": 0, "denominator": 1, "ratio": 0.0},
        "not_coded": {"numerator": 0, "denominator": 1, "ratio": 0.0},
        "escalations": {
            "numerator": 0,
            "denominator": 1,
            "ratio": 0.0,
            "reasons": {
                reason: {"numerator": 0, "denominator": 0, "ratio": None}
                for reason in ("authority", "knowledge", "system_down", "other_office", "not_stated")
            },
        },
        "reopened": {"numerator": 0, "denominator": 1, "ratio": 0.0},
        "sent_back": {"numerator": 0, "denominator": 0, "ratio": None},
    }


def test_json_ratios_have_six_decimals(a_day):
    ContactFactory(address="altro@example.it", outcome="unresolved")
    ContactFactory(address="terzo@example.it", outcome="unresolved")
    assert json.loads(run(*MAY))["totals"]["first_level"]["coded"]["ratio"] == 0.333333


def test_json_change_says_points_for_shares_and_the_difference_for_counts(a_day):
    change = json.loads(run(*MAY))["change"]
    assert (change["first_level_coded"], change["offered"]) == (
        {"points": None, "percent": None},
        {"difference": 2.0, "percent": None},
    )


def test_json_against_none_has_no_year_before(a_day):
    found = json.loads(run(*MAY, "--against", "none"))
    assert (found["previous"], found["change"]) == (None, None)


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("day", ["2026-05-04"]),
        ("month", ["2026-05"]),
        ("line", ["claims", "campers"]),
        ("channel", ["phone"]),
        ("topic", [""]),
    ],
)
def test_rows_are_named_by_code_or_date(a_day, by, keys):
    assert [row["key"] for row in json.loads(run(*MAY, "--by", by))["rows"]] == keys


def test_one_line_is_chosen_by_its_code(a_day):
    assert json.loads(run(*MAY, "--line", "claims"))["totals"]["offered"] == 1


def test_what_has_no_agent_is_chosen_by_a_dash(a_day):
    assert json.loads(run(*MAY, "--agent", "-"))["totals"]["answered"] == 0


def test_what_only_all_calls_can_say_is_null_for_an_agent(a_day):
    totals = json.loads(run(*MAY, "--agent", Agent.objects.get().code))["totals"]
    assert {name: totals[name] for name in ("offered", "answered", "abandoned", "abandonment", "service_level")} == {
        "offered": None,
        "answered": 1,
        "abandoned": None,
        "abandonment": {"numerator": None, "denominator": None, "ratio": None},
        "service_level": {"numerator": None, "denominator": None, "ratio": None},
    }


def test_csv_has_a_row_per_group_in_machine_form(a_day):
    rows = list(csv.DictReader(io.StringIO(run(*MAY, "--by", "line", "--format", "csv"))))
    assert [(row["key"], row["from"], row["offered"], row["service_level"]) for row in rows] == [
        ("claims", "2026-05-01", "1", ""),
        ("campers", "2026-05-01", "1", "1.000000"),
    ]


def test_csv_without_groups_has_the_total(a_day):
    rows = list(csv.DictReader(io.StringIO(run(*MAY, "--format", "csv"))))
    assert [(row["key"], row["offered"]) for row in rows] == [("total", "2")]


def test_csv_disarms_what_a_spreadsheet_would_run(a_day):
    Agent.objects.update(name="@SUM(1)")
    rows = list(csv.DictReader(io.StringIO(run(*MAY, "--by", "agent", "--format", "csv"))))
    assert sorted(row["label"] for row in rows if row["key"]) == ["'@SUM(1)"]


def test_days_that_wait_are_counted_first(a_day):
    refresh()
    CallFactory(abandoned=True)
    found = json.loads(run(*MAY))
    assert (found["totals"]["offered"], found["stale_days"]) == (3, 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--from", "2026-05-31", "--to", "2026-05-01"],
        ["--from", "31/05/2026", "--to", "2026-06-01"],
        ["--from", "2026-02-30", "--to", "2026-06-01"],
        ["--from", "20260201", "--to", "2026-06-01"],
        ["--from", "2026-05-01"],
        [],
        ["--from", "1789-07-14", "--to", "2026-06-01"],
        ["--from", "2026-05-01", "--to", "2999-01-01"],
        [*MAY, "--line", "nowhere"],
        [*MAY, "--topic", "nothing"],
        [*MAY, "--agent", "nobody"],
        [*MAY, "--team", "none"],
        [*MAY, "--by", "agent", "--topic", "-"],
        ["--check", "--from", "2026-05-01"],
    ],
)
def test_what_cannot_be_used_ends_with_two_and_one_sentence(arguments):
    error = refusal(*arguments)
    assert (error.returncode, str(error).count("\n"), str(error)[-1]) == (2, 0, ".")


def test_an_unknown_line_is_answered_with_the_known_ones():
    assert str(refusal(*MAY, "--line", "nowhere")).endswith(": campers, claims, customers.")


def test_the_help_prints_the_definitions_under_the_thresholds_in_force(settings, capsys):
    settings.SERVICE_LEVEL_SECONDS = 45
    with pytest.raises(SystemExit):
        call_command("figures", "--help")
    assert "(F4, 45 s)" in capsys.readouterr().out


# --- Check and rebuild


def test_the_check_finds_nothing_after_a_refresh(a_day):
    assert run("--check").count("\n") == 1


def test_the_check_prints_each_tampered_count_and_ends_with_one(a_day):
    agent, topic = AgentFactory(code="mario"), TopicFactory(code="furto")
    CallFactory(agent=agent, contact__topic=topic, line=TollFreeLine.objects.get(code="campers"))
    refresh()
    DailyFigures.objects.filter(cut="topic", topic=topic).update(answered=7)
    out = io.StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("figures", "--check", stdout=out)
    assert (raised.value.returncode, str(raised.value)[:2]) == (1, "1 ")
    assert out.getvalue().splitlines() == [
        "2026-05-04 cut=topic channel=phone line=campers topic=furto answered: stored 7, raw 1"
    ]


def test_the_check_finds_a_row_too_many_and_one_too_few(a_day):
    refresh()
    DailyFigures.objects.filter(cut="line", line__code="claims").update(day=date(2026, 5, 5))
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("figures", *MAY, "--check", stdout=out)
    assert [line.split(" ")[0] for line in out.getvalue().splitlines() if " offered:" in line] == [
        "2026-05-04",
        "2026-05-05",
    ]


def test_the_check_of_other_days_sees_nothing(a_day):
    refresh()
    DailyFigures.objects.update(offered=99)
    assert run("--check", "--from", "2026-06-01", "--to", "2026-06-30").count("\n") == 1


def test_a_rebuild_corrects_what_was_tampered_with(a_day):
    refresh()
    DailyFigures.objects.update(offered=99)
    run("--rebuild")
    assert run("--check").count("\n") == 1


def test_a_rebuild_says_which_days_it_counts(a_day):
    with translation.override("en"):
        assert run("--rebuild", "--dry-run") == "Would count 2026-05-04 to 2026-05-04.\n"
        assert run("--rebuild") == "Counted 2026-05-04 to 2026-05-04.\n"


def test_without_rows_there_is_nothing_to_count(db):
    with translation.override("en"):
        assert run("--rebuild") == "Nothing to count.\n"


def test_a_dry_run_of_the_rebuild_writes_nothing(a_day):
    run("--rebuild", "--dry-run")
    assert DailyFigures.objects.count() == 0


def test_other_thresholds_are_reported_until_a_rebuild(a_day, settings):
    refresh()
    settings.SHORT_ABANDON_SECONDS = 2
    errors = io.StringIO()
    call_command("figures", "--check", stdout=io.StringIO(), stderr=errors)
    assert "manage.py figures --rebuild" in errors.getvalue()
    found = json.loads(run(*MAY))
    assert (found["basis_differs"], found["parameters"]["short_abandon_seconds"]) == (True, 5)
    run("--rebuild")
    found = json.loads(run(*MAY))
    assert (found["basis_differs"], found["totals"]["short_abandons"]) == (False, 0)
