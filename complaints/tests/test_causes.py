"""Causes in the back office: numbers against the year before, what is behind them, and actions with their effect."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from complaints.causes.commands import drop_action, finish_action, measure_action, open_action
from complaints.causes.queries import cause_lines, months_of, number_of
from complaints.models import CauseAction
from complaints.tests.factories import BranchFigureFactory, CauseActionFactory, ComplaintFactory
from customers import roles
from customers.tests.factories import AgencyFactory, UserFactory
from foundation.refusals import Refused
from foundation.tests.pages import send_command

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def officer():
    return UserFactory(role=roles.COMPLAINT_OFFICER)


@pytest.fixture
def office(client, officer):
    client.force_login(officer)
    return client


def complaints(number, day, **given):
    known = {"customer": None, "ramo": "10", "area": "settlement", "reason_codes": ["settlement_delay"]}
    return [ComplaintFactory(**{**known, "received_on": day, **given}) for _each in range(number)]


# --- Numbers ----------------------------------------------------------------------------------------------------------
def test_a_cause_is_counted_in_the_period_and_in_the_same_days_of_the_year_before():
    complaints(3, date(2026, 2, 1))
    complaints(1, date(2025, 2, 1))
    complaints(2, date(2026, 2, 1), cancelled=True)
    complaints(1, date(2025, 12, 31))  # in neither
    (line,) = cause_lines("reason", FIRST, LAST)
    assert (line.cause, line.change.after, line.change.before) == ({"reason": "settlement_delay"}, 3, 1)
    assert line.change.is_small


def test_the_earlier_receipt_decides_the_period():
    complaints(1, date(2026, 1, 3), received_by_intermediary_on=date(2025, 12, 30))
    assert number_of({"reason": "settlement_delay"}, FIRST, LAST) == 0


def test_what_has_no_value_is_one_cause():
    complaints(1, date(2026, 2, 1), reason_codes=[], area="")
    assert [line.cause for line in cause_lines("reason", FIRST, LAST)] == [{"reason": ""}]
    assert number_of({"reason": ""}, FIRST, LAST) == 1


def test_the_upheld_share_counts_what_could_be_treated_and_was_answered():
    complaints(2, date(2026, 2, 1), answered=True, outcome="upheld")
    complaints(1, date(2026, 2, 1), answered=True, outcome="in_part")
    complaints(1, date(2026, 2, 1), answered=True)
    complaints(1, date(2026, 2, 1), answered=True, treatable=False, not_treatable_reason="x")
    complaints(1, date(2026, 2, 1))
    (line,) = cause_lines("area", FIRST, LAST)
    assert (line.upheld, line.decided) == (3, 4)


def test_branches_are_compared_by_their_contracts_where_both_years_are_known():
    complaints(4, date(2026, 2, 1))
    complaints(2, date(2025, 2, 1))
    BranchFigureFactory(year=2026, contracts=2_000)
    BranchFigureFactory(year=2025, contracts=1_000)
    (line,) = cause_lines("ramo", FIRST, LAST)
    assert (line.change.ratio, line.contracts) == (1.0, 2_000)


def test_causes_are_counted_in_one_query(django_assert_num_queries):
    complaints(3, date(2026, 2, 1), agency=AgencyFactory())
    with django_assert_num_queries(1):
        cause_lines("reason_agency", FIRST, LAST)


def test_months_without_complaints_are_months_too():
    complaints(1, date(2026, 3, 15))
    found = months_of({"reason": "settlement_delay"}, FIRST, LAST)
    assert [(each.first.month, each.received, each.days) for each in found] == [
        (1, 0, 31), (2, 0, 28), (3, 1, 31), (4, 0, 30), (5, 0, 31), (6, 0, 30),
    ]  # fmt: skip


# --- The page ---------------------------------------------------------------------------------------------------------
def test_each_number_of_the_page_leads_to_its_complaints(office):
    wanted = complaints(2, date(2026, 2, 1))
    complaints(1, date(2025, 2, 1))
    page = office.get(reverse("admin:complaints_causeaction_causes"), {"first": FIRST, "last": LAST, "by": "reason"})
    (line,) = page.context["lines"]
    behind = office.get(line["now_url"])
    assert [number for number, _url, _values in behind.context["rows"]] == [wanted[1].number, wanted[0].number]
    assert len(office.get(line["before_url"]).context["rows"]) == line["before"] == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"first": "2026-07-01", "last": "2026-01-01"},
        {"first": "2020-01-01"},
        {"by": "shoe_size"},
        {"first": "yesterday"},
    ],
)
def test_days_that_make_no_period_are_refused_on_the_form(office, asked):
    page = office.get(reverse("admin:complaints_causeaction_causes"), {"last": "2026-06-30", **asked})
    assert page.status_code == 200
    assert page.context["form"].errors
    assert "lines" not in page.context


def test_the_page_says_so_where_there_is_nothing(office):
    page = office.get(reverse("admin:complaints_causeaction_causes"))
    assert page.context["lines"] == []


# --- Actions ----------------------------------------------------------------------------------------------------------
def test_an_action_is_opened_from_a_cause_on_its_page(office, officer):
    complaints(1, date(2026, 2, 1))
    cause = {"reason": "settlement_delay", "first": FIRST, "last": LAST}
    behind = office.get(reverse("admin:complaints_causeaction_behind"), cause)
    form = office.get(behind.context["open_url"]).context["form"]
    assert form["reason"].value() == "settlement_delay"
    data = {"title": "Più liquidatori", "plan": "Due in più.", "reason": "settlement_delay", "owner": officer.pk}
    send_command(office, behind.context["open_url"], data | {"due_on": "2026-09-01"})
    action = CauseAction.objects.get()
    assert (action.owner, action.opened_by, action.state, action.due_on) == (
        officer,
        officer,
        "open",
        date(2026, 9, 1),
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [({"reason": ""}, "no_cause"), ({"due_on": date(2026, 6, 30)}, "past"), ({"owner": "agent"}, "no_owner")],
)
def test_an_action_needs_a_cause_a_day_to_come_and_an_owner(officer, given, code):
    facts = {"title": "A", "plan": "B", "owner": officer, "due_on": date(2026, 9, 1), "reason": "price", **given}
    if facts["owner"] == "agent":
        facts["owner"] = UserFactory(role=roles.AGENT)
    with pytest.raises(Refused) as refused:
        open_action(**facts, by=officer)
    assert refused.value.code == code


def test_an_action_that_worked_shows_fewer_with_its_uncertainty(clock, officer):
    action = CauseActionFactory(opened_on=date(2026, 3, 1), due_on=date(2026, 4, 1), owner=officer)
    complaints(30, date(2026, 2, 10))
    complaints(8, date(2026, 4, 20))
    complaints(5, date(2026, 2, 10), reason_codes=["price"])
    action = finish_action(action, done_on=date(2026, 4, 1), words="Assunti due liquidatori.", by=officer)
    action = measure_action(action, by=officer)
    effect = action.effect
    assert (effect["days"], effect["before"], effect["after"], effect["verdict"]) == (90, 30, 8, "fewer")
    assert effect["low"] < 8 / 30 < effect["high"] < 1
    assert (effect["others_before"], effect["others_after"]) == (5, 0)


def test_a_small_difference_may_be_chance(officer):
    action = CauseActionFactory(opened_on=date(2026, 3, 1), due_on=date(2026, 4, 1))
    complaints(3, date(2026, 2, 10))
    complaints(2, date(2026, 4, 20))
    action = finish_action(action, done_on=date(2026, 4, 1), words="Fatto.", by=officer)
    assert measure_action(action, by=officer).effect["verdict"] == "chance"


def test_an_effect_is_not_measured_before_four_weeks_nor_twice(clock, officer):
    action = finish_action(CauseActionFactory(), done_on=date(2026, 6, 20), words="Fatto.", by=officer)
    with pytest.raises(Refused) as refused:
        measure_action(action, by=officer)
    assert refused.value.code == "too_early"
    clock.move_to(datetime(2026, 8, 1, 8, tzinfo=UTC))
    measure_action(action, by=officer)
    with pytest.raises(Refused) as refused:
        measure_action(action, by=officer)
    assert refused.value.code == "wrong_state"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"done_on": date(2026, 7, 2)}, "wrong_day"),
        ({"done_on": date(2025, 1, 1)}, "wrong_day"),
        ({"words": " "}, "nothing_said"),
    ],
)
def test_what_was_done_has_a_day_and_words(officer, given, code):
    with pytest.raises(Refused) as refused:
        finish_action(CauseActionFactory(), **{"done_on": date(2026, 6, 1), "words": "Fatto.", **given}, by=officer)
    assert refused.value.code == code


def test_an_action_is_given_up_with_its_reason(office, officer):
    action = CauseActionFactory()
    send_command(
        office, reverse("admin:complaints_causeaction_command", args=[action.pk, "abbandona"]), {"words": "Superata."}
    )
    action.refresh_from_db()
    assert (action.state, action.words.startswith("Superata.")) == ("dropped", True)
    with pytest.raises(Refused):
        drop_action(action, words="Di nuovo.", by=officer)
