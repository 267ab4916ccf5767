"""The page of time on duty: the seconds add up, and single people are shown only where an agreement allows it."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from django.urls import reverse

from contact_center.tests.factories import AgentDayFactory, AgentFactory, TeamFactory
from customers import roles
from customers.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

MAY = {"from": "2026-05-01", "to": "2026-05-31"}
NAMES = ["duty", "duty_csv", "duty_xlsx"]
AGREEMENT = "Accordo del 12 gennaio 2026"


@pytest.fixture
def manager(client):
    user = UserFactory(role=roles.MANAGER)
    client.force_login(user)
    return user


def a_day(team, number: int, *, day: int = 4, **seconds) -> None:
    for _ in range(number):
        AgentDayFactory(agent=AgentFactory(team=team), team=team, day=date(2026, 5, day), **seconds)


def rows_of(page) -> list[list[str]]:
    return [[row["label"], *(cell["text"] for cell in row["cells"])] for row in page.context["table"]["rows"]]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("role", [None, roles.CUSTOMER, roles.AGENT, roles.AGENCY_MEMBER, roles.AUDITOR])
def test_other_roles_are_refused(client, name, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse(name)).status_code == 403


def test_the_time_of_a_team_adds_up_with_its_occupancy(client, manager):
    team = TeamFactory(name="Primo livello")
    a_day(team, 3, ready=3600, on_call=1800, after_call=600, written=300, pause=60, signed_in=1)
    page = client.get(reverse("duty"), MAY)
    assert rows_of(page)[0] == [
        *("Primo livello", "3", "3:00:00", "1:30:00", "30:00", "15:00", "3:00", "0:03", "5:18:03", "40,00 %")
    ]
    assert rows_of(page)[1][2:] == rows_of(page)[0][2:]


def test_small_teams_are_put_together_and_their_total_shows_nobody(client, manager):
    big, one, two = TeamFactory(name="Grande"), TeamFactory(name="Uno"), TeamFactory(name="Due")
    a_day(big, 3)
    a_day(one, 1)
    a_day(two, 2)
    rows = rows_of(client.get(reverse("duty"), MAY))
    assert [row[:3] for row in rows] == [
        ["Grande", "3", "3:00:00"],
        ["gruppi con meno di 3 persone in servizio", "3", "3:00:00"],
        ["Totale", "–", "6:00:00"],
    ]


def test_days_of_too_few_people_are_in_no_row_and_in_no_total(client, manager):
    team = TeamFactory()
    a_day(team, 3, day=4)
    a_day(team, 2, day=5)
    for by in ("team", "day"):
        page = client.get(reverse("duty"), {**MAY, "by": by})
        assert page.context["left_out"] is True
        assert [row[2] for row in rows_of(page)] == ["3:00:00", "3:00:00"]


def test_an_agreement_shows_single_people_and_is_named(client, manager, settings):
    settings.AGENT_STATES_AGREEMENT = AGREEMENT
    agent = AgentFactory(name="Bianchi Anna")
    AgentDayFactory(agent=agent, day=date(2026, 5, 4))
    day = {"from": "2026-05-04", "to": "2026-05-04", "by": "agent"}
    page = client.get(reverse("duty"), day)
    assert [row[:2] for row in rows_of(page)] == [["Bianchi Anna", "1:00:00"], ["Totale", "1:00:00"]]
    assert page.context["table"]["rows"][0]["url"] == f"{reverse('states_of_agent', args=[agent.pk])}?day=2026-05-04"
    assert AGREEMENT in page.text


def test_without_an_agreement_agents_cannot_be_asked_for(client, manager):
    AgentDayFactory()
    assert client.get(reverse("duty"), {**MAY, "by": "agent"}).status_code == 400
    assert client.get(reverse("duty_csv"), {**MAY, "by": "agent"}).status_code == 404


def test_days_lead_to_their_own_page(client, manager):
    a_day(TeamFactory(), 3)
    page = client.get(reverse("duty"), {**MAY, "by": "day"})
    assert page.context["table"]["rows"][0]["url"] == f"{reverse('states_day')}?day=2026-05-04"


def test_occupancy_of_nobody_ready_nor_at_a_call_is_not_known(client, manager):
    a_day(TeamFactory(), 3, ready=0, pause=60)
    assert rows_of(client.get(reverse("duty"), MAY))[0][-1] == "n.d."


def test_an_empty_period_says_so(client, manager):
    page = client.get(reverse("duty"), MAY)
    assert (page.status_code, page.context["table"]) == (200, None)


def test_a_period_that_ends_before_it_begins_is_refused(client, manager):
    assert client.get(reverse("duty"), {"from": "2026-05-31", "to": "2026-05-01"}).status_code == 400


def test_the_files_have_seconds_and_the_same_groups(client, manager):
    team = TeamFactory()
    a_day(team, 3, ready=3000, on_call=1000)
    read = csv.DictReader(io.StringIO(client.get(reverse("duty_csv"), MAY).content.decode()))
    assert [(row["key"], row["ready"], row["on_call"], row["on_duty"], row["occupancy"]) for row in read] == [
        (team.code, "9000", "3000", "12000", "0.250000")
    ]
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("duty_xlsx"), MAY).content))
    assert [row[0] for row in book.active.iter_rows(min_row=2, values_only=True)] == [team.code]


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_as_much_for_three_agents_as_for_one(
    client, manager, settings, number, django_assert_num_queries
):
    settings.AGENT_STATES_AGREEMENT = AGREEMENT
    a_day(TeamFactory(), number)
    with django_assert_num_queries(6):
        client.get(reverse("duty"), {**MAY, "by": "agent"})
