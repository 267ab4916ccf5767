"""The page of why contacts are not resolved: numbers equal to their lists, the question of what would be, words of customers."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contact_center.figures import refresh
from contact_center.models import Contact, Topic
from contact_center.tests.factories import (
    AgentFactory,
    ContactFactory,
    SatisfactionSurveyFactory,
    TeamFactory,
    TopicFactory,
)
from contact_center.tests.random_days import World
from customers import roles
from customers.tests.factories import CustomerFactory, FileRestrictionFactory, UserFactory

pytestmark = pytest.mark.django_db

MAY = {"from": "2026-05-01", "to": "2026-05-31"}
YEARS = {"from": "2019-01-01", "to": "2020-12-31"}
NOON = datetime(2026, 5, 4, 10, tzinfo=UTC)
NAMES = ["unresolved", "unresolved_words", "unresolved_csv", "unresolved_xlsx"]


@pytest.fixture
def manager(client):
    user = UserFactory(role=roles.MANAGER)
    client.force_login(user)
    return user


def contact(**fields) -> Contact:
    return ContactFactory.create(
        **{"started_at": NOON, "state": "closed", "closed_at": NOON, "outcome": "resolved", **fields}
    )


def missed(reason="knowledge", **fields) -> Contact:
    return contact(level=2, escalation=reason, **fields)


# --- Who may


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("role", [roles.CUSTOMER, roles.AGENT, roles.AGENCY_MEMBER, roles.COMPLAINT_OFFICER])
def test_other_roles_are_refused(client, name, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("role", [roles.MANAGER, roles.AUDITOR, roles.ADMINISTRATOR])
def test_managers_auditors_and_administrators_are_let_in(client, name, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse(name), MAY).status_code == 200


def test_only_who_may_begin_a_measure_is_offered_one(client, manager):
    missed(topic=TopicFactory.create())
    refresh()
    begin = reverse("measure_new")
    assert begin in client.get(reverse("unresolved"), MAY).content.decode()
    client.force_login(UserFactory(role=roles.AUDITOR))
    assert begin not in client.get(reverse("unresolved"), MAY).content.decode()


# --- Numbers


@pytest.mark.parametrize("by", ["reason", "topic", "team", "reason-topic", "reason-team"])
def test_every_bar_counts_the_rows_of_its_list(client, manager, by):
    world = World(11)
    for _ in range(60):
        world.call()
        world.written()
    refresh()
    page = client.get(reverse("unresolved"), {**YEARS, "by": by})
    rows = page.context["chart"]["table"]["rows"]
    for row in rows:
        count, url = row["cells"][0]["text"], row["cells"][0]["url"]
        text = b"".join(client.get(url + "&format=csv").streaming_content).decode()
        assert len(list(csv.reader(io.StringIO(text)))) - 1 == int(count.replace(".", ""))
    bars = page.context["chart"]["data"]["series"]
    assert sum(bars[0]["values"]) <= int(rows[-1]["cells"][0]["text"])
    assert bars[0]["values"] == sorted(bars[0]["values"], reverse=True)
    assert bars[1]["values"][-1] == 100 or len(rows) > 16


@pytest.mark.parametrize("seed", range(2))
def test_every_pair_counts_the_rows_of_its_list(client, manager, seed):
    world = World(seed)
    for _ in range(60):
        world.call()
        world.written()
    refresh()
    rows = client.get(reverse("unresolved"), YEARS).context["pairs"]["rows"]
    for row in rows:
        cell = row["cells"][1]
        if cell["url"]:
            text = b"".join(client.get(cell["url"] + "&format=csv").streaming_content).decode()
            assert len(text.splitlines()) - 1 == int(cell["text"])


def test_the_list_of_a_reason_names_it_and_can_be_widened_again(client, manager):
    missed()
    refresh()
    page = client.get(reverse("calls"), {**MAY, "figure": "not_first_level", "reason": "knowledge"})
    assert len(page.context["rows"]) == 1
    chip = page.context["chips"][-1]
    assert "reason" not in chip["remove_url"]
    assert client.get(reverse("calls"), {**MAY, "figure": "not_first_level", "reason": "magic"}).status_code == 404


def test_what_is_sent_back_stands_by_topic_and_by_team(client, manager):
    topic, team = TopicFactory.create(), TeamFactory.create()
    missed(topic=topic, agent=AgentFactory.create(team=team))
    contact(topic=topic, agent=AgentFactory.create(team=team), sent_back_count=1)
    refresh()
    tables = client.get(reverse("unresolved"), MAY).context["sent_back"]
    assert [[cell["text"] for cell in table["rows"][0]["cells"]] for table in tables] == [["2", "1", "50,00 %"]] * 2


def test_who_came_back_with_what(client, manager):
    customer = CustomerFactory.create()
    first, then = (TopicFactory.create(area=Topic.Area.CLAIMS) for _ in range(2))
    contact(customer=customer, topic=first)
    contact(customer=customer, topic=then, started_at=NOON + timedelta(days=1), closed_at=NOON + timedelta(days=1))
    refresh()
    row = client.get(reverse("unresolved"), MAY).context["pairs"]["rows"][0]
    assert (row["label"], row["cells"][0]["text"], row["cells"][1]["text"]) == (first.name, then.name, "1")


# --- What if


def test_what_would_be_is_exact(client, manager):
    topic = TopicFactory.create()
    for _ in range(7):
        contact(topic=topic)
    for _ in range(3):
        missed(topic=topic)
    refresh()
    page = client.get(reverse("unresolved"), {**MAY, "most": "1", "percent": "50"})
    for part in ("85,00", "70,00", "+15,00", "1,5"):
        assert part in page.context["answer"]


@pytest.mark.parametrize("asked", [{"most": "0"}, {"most": "x"}, {"percent": "101"}, {"percent": "-1"}])
def test_a_question_that_makes_no_sense_is_marked_and_the_figures_remain(client, manager, asked):
    missed()
    refresh()
    page = client.get(reverse("unresolved"), {**MAY, **asked})
    assert (page.status_code, page.context["answer"]) == (200, "")
    assert page.context["question"].errors
    assert page.context["chart"]


# --- Bad input


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "2026-05-31", "to": "2026-05-01"},
        {"from": "1950-01-01", "to": "2000-01-01"},
        {**MAY, "line": "nowhere"},
        {**MAY, "topic": "-", "team": "-"},
    ],
)
def test_filters_that_cannot_be_used_are_refused_with_words(client, manager, asked):
    page = client.get(reverse("unresolved"), asked)
    assert page.status_code == 400
    assert page.context["filters"].errors
    assert client.get(reverse("unresolved_csv"), asked).status_code == 404


def test_a_period_without_contacts_says_so(client, manager):
    page = client.get(reverse("unresolved"), {"from": "2024-02-29", "to": "2024-02-29"})
    assert (page.status_code, page.context["chart"]) == (200, None)


def test_a_period_without_misses_says_so(client, manager):
    contact()
    refresh()
    page = client.get(reverse("unresolved"), MAY)
    assert (page.context["handled"], page.context["chart"], page.context["answer"]) == (1, None, "")


# --- Words


def test_the_words_of_a_no_are_masked_as_their_reader_may_see_them(client):
    asked = contact(channel="email", line=None, confirmed=False)
    SatisfactionSurveyFactory.create(
        contact=asked, answered_at=NOON, resolved=False, rating=1, comment="Chiamatemi al +39 333 1234567 😡"
    )
    refresh()
    texts = {}
    for role in (roles.MANAGER, roles.ADMINISTRATOR):
        client.force_login(UserFactory(role=role))
        for name in ("unresolved", "unresolved_words"):
            context = client.get(reverse(name), MAY).context
            table = context["words"] if name == "unresolved" else context["table"]
            texts[role, name] = table["rows"][0]["cells"][3]["text"]
    assert all("😡" in text for text in texts.values())
    assert all("1234567" not in text.replace(" ", "") for text in texts.values())


def test_a_yes_and_a_no_of_another_period_are_not_among_them(client, manager):
    for started, resolved in ((NOON, True), (NOON - timedelta(days=90), False)):
        SatisfactionSurveyFactory.create(
            contact=contact(channel="email", line=None, confirmed=resolved, started_at=started, closed_at=NOON),
            answered_at=NOON,
            resolved=resolved,
        )
    refresh()
    assert client.get(reverse("unresolved"), MAY).context["words"] is None


# --- The same numbers everywhere


@time_machine.travel(date(2026, 6, 10))
def test_page_files_api_and_command_give_the_same_numbers(client, manager, capsys):
    world = World(3)
    for _ in range(60):
        world.call()
        world.written()
    refresh()
    answer = client.get(reverse("api_unresolved"), YEARS)
    assert answer.status_code == 200, answer.content
    api = answer.json()
    call_command("figures", "--unresolved", "--from", YEARS["from"], "--to", YEARS["to"])
    printed = json.loads(capsys.readouterr().out)
    assert {**printed, "what_if": None, "computed_at": None} == {**api, "what_if": None, "computed_at": None}

    rows = list(csv.DictReader(io.StringIO(client.get(reverse("unresolved_csv"), YEARS).content.decode())))
    assert sum(int(row["contacts"]) for row in rows) == api["not_first_level"]
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("unresolved_xlsx"), YEARS).content))
    assert book.sheetnames == ["reasons", "repeats", "hand_overs"]
    assert sum(row[5] for row in book["reasons"].iter_rows(min_row=2, values_only=True)) == api["not_first_level"]
    page = client.get(reverse("unresolved"), YEARS)
    shown = {row["label"]: row["cells"][0]["text"] for row in page.context["chart"]["table"]["rows"][:-1]}
    assert sorted(int(text) for text in shown.values()) == sorted(one["contacts"] for one in api["reasons"])
    call_command("figures", "--unresolved", "--format", "csv", "--from", YEARS["from"], "--to", YEARS["to"])
    assert (
        capsys.readouterr().out.splitlines()
        == client.get(reverse("unresolved_csv"), YEARS).content.decode().splitlines()
    )


def test_a_parameter_that_the_api_does_not_know_is_refused(client, manager):
    answer = client.get(reverse("api_unresolved"), {**MAY, "by": "day"})
    assert answer.status_code == 400


def test_the_words_of_a_file_that_asks_a_reason_are_read_there(client, manager):
    customer = CustomerFactory.create()
    one = missed(customer=customer, topic=TopicFactory.create(), confirmed=False)
    SatisfactionSurveyFactory.create(contact=one, answered_at=NOON, resolved=False, comment="Parla di me.")
    refresh()
    assert "Parla di me." in client.get(reverse("unresolved"), MAY).content.decode()
    FileRestrictionFactory.create(customer=customer)
    for name in ("unresolved", "unresolved_words"):
        page = client.get(reverse(name), MAY).content.decode()
        assert "Parla di me." not in page
        assert "Il fascicolo chiede un motivo" in page


def test_mass_events_are_no_filter_of_reasons(client, manager):
    assert client.get(reverse("api_unresolved"), {**MAY, "events": "only"}).status_code == 400


def test_a_grouping_that_does_not_exist_is_refused_in_words(client, manager):
    page = client.get(reverse("unresolved"), {**MAY, "by": "colour"})
    assert page.status_code == 400
    assert "colour" in page.content.decode()


# --- Single agents


def test_single_agents_are_refused_without_an_agreement(client, manager, settings):
    settings.AGENT_STATES_AGREEMENT = ""
    asked = {**MAY, "agent": missed(agent=AgentFactory.create()).agent.code}
    refresh()
    page = client.get(reverse("unresolved"), asked)
    assert page.status_code == 400
    assert "singoli operatori" in page.content.decode()
    assert [client.get(reverse(name), asked).status_code for name in NAMES[1:]] == [404, 404, 404]
    answer = client.get(reverse("api_unresolved"), asked)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["agent"])
    with pytest.raises(CommandError) as raised:
        call_command(
            "figures", "--unresolved", "--from", "2026-05-01", "--to", "2026-05-31", "--agent", asked["agent"]
        )
    assert raised.value.returncode == 2


def test_an_agreement_lets_single_agents_be_chosen(client, manager, settings):
    settings.AGENT_STATES_AGREEMENT = "Accordo del 12 gennaio 2026"
    asked = {**MAY, "agent": missed(agent=AgentFactory.create()).agent.code}
    missed(agent=AgentFactory.create())
    refresh()
    assert client.get(reverse("unresolved"), asked).context["handled"] == 1
    assert client.get(reverse("api_unresolved"), asked).json()["handled"] == 1


def _a_miss_of_its_own() -> None:
    customer, topic = CustomerFactory.create(), TopicFactory.create()
    one = missed(
        customer=customer,
        topic=topic,
        agent=AgentFactory.create(team=TeamFactory.create()),
        channel="email",
        line=None,
        confirmed=False,
        sent_back_count=1,
    )
    later = NOON + timedelta(days=1)
    contact(customer=customer, topic=topic, started_at=later, closed_at=later)
    SatisfactionSurveyFactory.create(contact=one, answered_at=NOON, resolved=False, comment="no")


def test_the_page_costs_the_same_at_one_row_and_at_three(client, manager):
    costs = []
    for number in (1, 2):
        for _ in range(number):
            _a_miss_of_its_own()
        refresh()
        client.get(reverse("unresolved"), MAY)
        with CaptureQueriesContext(connection) as counted:
            page = client.get(reverse("unresolved"), MAY)
        assert len(page.context["words"]["rows"]) == (1 if number == 1 else 3)
        costs.append([query["sql"][:90] for query in counted.captured_queries])
    assert costs[0] == costs[1]
    assert len(costs[0]) <= 19


@pytest.mark.parametrize("name", ["unresolved", "what_changed", "hours", "duty"])
def test_mass_events_are_no_filter_where_nothing_is_counted_by_them(client, manager, name):
    missed()
    refresh()
    page = client.get(reverse(name), {**MAY, "events": "only"})
    assert page.status_code == 200
    assert "events" not in page.context["filters"].fields


def test_both_numbers_of_a_card_open_their_lists(client, manager):
    missed("authority")
    contact()
    refresh()
    cards = {card["key"]: card for card in client.get(reverse("unresolved"), MAY).context["cards"]}
    assert cards["authority"]["numerator_url"].endswith("figure=not_first_level&reason=authority")
    assert cards["authority"]["denominator_url"].endswith("figure=not_first_level")
    for url in (cards["authority"]["numerator_url"], cards["authority"]["denominator_url"]):
        assert len(client.get(url).context["rows"]) == 1
