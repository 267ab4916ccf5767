"""The first page of a specialist, of an agency's member and of an administrator: what waits for them, and where it leads."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.tests.factories import EnquiryFactory
from contact_center.models import Contact
from contact_center.tests import factories as contacts
from customers import roles
from customers.tests import factories as people
from customers.tests.sign_in import signed_in
from foundation.models import Heartbeat
from vittoria_care.running import health

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 6, 9, tzinfo=UTC)  # a Wednesday
PAGE = reverse("admin:index")


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)
    health.readiness.forget()


def page_of(client):
    answer = client.get(PAGE, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return answer.context


def cost(client):
    client.get(PAGE)
    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)
    return len(queries)


def rows_behind(client, tile):
    return len(client.get(tile.url).context["cl"].result_list)


# --- The specialist
@pytest.fixture
def specialist():
    team = contacts.TeamFactory(level=2)
    return contacts.AgentFactory(team=team, user=people.UserFactory(role=roles.SPECIALIST))


def case(specialist, **fields):
    given = {
        "level": 2,
        "escalation": "authority",
        "team": specialist.team,
        "started_at": NOW - timedelta(days=9),
        "escalated_at": NOW - timedelta(days=8),
        "due_at": NOW + timedelta(days=1),
    }
    return contacts.ContactFactory(**given | fields)


def test_a_specialist_sees_the_cases_of_the_team_the_longest_handed_over_first(specialist):
    new, old = case(specialist, escalated_at=NOW - timedelta(hours=1)), case(specialist)
    case(specialist, state=Contact.State.CLOSED, closed_at=NOW)
    case(specialist, team=contacts.TeamFactory(level=2))
    [found] = page_of(signed_in(specialist.user))["lists"]
    assert [row.label.split(" – ")[0] for row in found.rows] == [old.number, new.number]


def test_each_figure_of_a_specialist_is_the_number_of_rows_that_its_link_opens(specialist):
    case(specialist, due_at=NOW - timedelta(hours=1))
    case(specialist, sent_back_count=1, due_at=NOW - timedelta(hours=2))
    case(specialist, escalated_at=NOW - timedelta(hours=12))
    case(specialist, state=Contact.State.WAITING, owner=specialist)
    contacts.ContactFactory(sent_back_count=1, due_at=NOW - timedelta(hours=1))  # of no team
    contacts.MentionFactory(agent=specialist)
    client = signed_in(specialist.user)
    tiles = {tile.title: tile for tile in page_of(client)["tiles"]}
    wanted = {
        "Late in my team": 2,
        "Sent back before": 1,
        "Since yesterday evening": 1,
        "Waiting for the customer's answer": 1,
        "Colleagues ask you": 1,
        "Waiting for my team": 3,
    }
    for title, number in wanted.items():
        assert (title, tiles[title].value, rows_behind(client, tiles[title])) == (title, str(number), number)


def test_a_specialist_for_whom_nothing_waits_reads_what_will_come(specialist):
    [found] = page_of(signed_in(specialist.user))["lists"]
    assert (found.rows, found.empty.startswith("No case waits")) == ((), True)


@pytest.mark.parametrize(("hours", "words"), [(47, "for 47 h"), (49, "for 2 days"), (310, "for 12 days")])
def test_after_two_days_nobody_counts_hours(specialist, hours, words):
    case(specialist, escalated_at=NOW - timedelta(hours=hours))
    [found] = page_of(signed_in(specialist.user))["lists"]
    assert found.rows[0].detail.startswith(words)


def test_the_page_of_a_specialist_costs_the_same_at_one_case_and_at_three(specialist):
    client = signed_in(specialist.user)
    case(specialist)
    one = cost(client)
    case(specialist)
    case(specialist)
    assert cost(client) == one <= 34


def test_an_agent_of_the_first_level_has_no_page_of_cases():
    agent = contacts.AgentFactory(team=contacts.TeamFactory(level=1), user=people.UserFactory(role=roles.AGENT))
    assert page_of(signed_in(agent.user))["lists"] == []


# --- The agency
@pytest.fixture
def member():
    return people.AgencyMemberFactory()


def test_an_agency_sees_what_expires_what_is_owed_and_what_is_missing_of_its_own_customers(member):
    customer = people.CustomerFactory(agency=member.agency)
    ending = people.PolicyFactory(holder=customer, ends_on=NOW.date() + timedelta(days=20))
    owed = people.InstalmentFactory(policy=ending, due_on=NOW.date() + timedelta(days=3), amount="120.50")
    claim = people.ClaimFactory(policy=ending, customer=customer)
    people.AskedDocumentFactory(claim=claim)
    people.ClaimFactory()  # of another agency
    context = page_of(signed_in(member.user))
    found = {each.title: each for each in context["lists"]}
    assert [row.label for row in found["Policies that expire within 30 days"].rows] == [ending.number]
    assert found["Instalments due this month, or late"].rows[0].detail.startswith("120.50 €")
    [row] = found["Open claims, those with something missing first"].rows
    assert (row.label, row.detail) == (claim.number, "1 document is missing")
    assert owed.policy == ending
    assert context["beginnings"]


def test_the_list_of_what_expires_leads_to_the_same_policies(member):
    customer = people.CustomerFactory(agency=member.agency)
    people.PolicyFactory(holder=customer, ends_on=NOW.date() + timedelta(days=20))
    people.PolicyFactory(holder=customer, ends_on=NOW.date() + timedelta(days=50))
    client = signed_in(member.user)
    found = next(each for each in page_of(client)["lists"] if each.title.startswith("Policies"))
    assert (len(found.rows), rows_behind(client, found)) == (1, 1)


def test_an_agency_reads_how_many_days_are_left_for_a_position(member):
    enquiry = EnquiryFactory(
        intermediary__agency=member.agency,
        sent_on=NOW.date() - timedelta(days=2),
        answer_due_on=NOW.date() + timedelta(days=4),
    )
    found = next(each for each in page_of(signed_in(member.user))["lists"] if each.title == "Enquiries to answer")
    [row] = found.rows
    assert (row.detail, str(enquiry.pk) in row.url) == ("4 days left", True)


def test_an_agency_without_anything_to_do_reads_that(member):
    assert all(each.empty and not each.rows for each in page_of(signed_in(member.user))["lists"])


def test_the_page_of_an_agency_costs_the_same_at_one_customer_and_at_three(member):
    client = signed_in(member.user)

    def a_customer():
        policy = people.PolicyFactory(
            holder=people.CustomerFactory(agency=member.agency), ends_on=NOW.date() + timedelta(days=20)
        )
        people.InstalmentFactory(policy=policy, due_on=NOW.date())
        people.AskedDocumentFactory(claim=people.ClaimFactory(policy=policy, customer=policy.holder))

    a_customer()
    one = cost(client)
    a_customer()
    a_customer()
    assert cost(client) == one <= 30


# --- The administrator
@pytest.fixture
def administrator():
    return signed_in(people.UserFactory(role=roles.ADMINISTRATOR))


def test_an_administrator_sees_whether_the_system_works(administrator, monkeypatch):
    found = {"database": {"ok": True}, "beat": {"ok": False, "last_seen_seconds": 400}, "broker": {"ok": False}}
    monkeypatch.setattr(health, "readiness", lambda: found)
    rows = {row.label: row for row in page_of(administrator)["lists"][0].rows}
    assert (rows["Database"].detail, rows["Database"].tone) == ("works", "")
    assert (rows["Periodic work and workers"].detail, rows["Periodic work and workers"].tone) == (
        "last seen 400 s ago",
        "bad",
    )
    assert rows["Queue of the workers"].tone == "bad"
    assert "GB free" in rows["Disk"].detail


def test_the_checks_are_asked_once_in_some_seconds_however_often_the_page_is_opened(administrator, monkeypatch):
    asked = []
    monkeypatch.setattr(health, "broker_answers", lambda: asked.append("broker") or True)
    for _each in range(3):
        page_of(administrator)
    assert asked == ["broker"]


def test_the_page_opens_while_the_queue_of_the_workers_is_away(administrator, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    rows = {row.label: row for row in page_of(administrator)["lists"][0].rows}
    assert rows["Queue of the workers"].tone == "bad"
    assert "doctor" in rows["Queue of the workers"].detail


def test_a_task_that_ended_badly_stands_first_and_the_rounds_say_when_they_ran(administrator):
    Heartbeat.objects.create(name="forget-uploads", began_at=NOW, ok=False)
    Heartbeat.objects.create(name="refresh-figures", began_at=NOW, ok=True)
    tasks = page_of(administrator)["lists"][1].rows
    assert (tasks[0].label, tasks[0].detail, tasks[0].tone) == ("forget-uploads", "ended badly", "bad")
    assert {row.label: row.detail for row in tasks}["Figures"] == "06/05/2026 11:00"


def test_the_accounts_to_review_are_the_rows_that_the_link_opens(administrator):
    people.UserFactory(role=roles.AGENT, last_login=NOW - timedelta(days=91))
    people.UserFactory(role=roles.AGENT, last_login=NOW - timedelta(days=89))
    people.UserFactory(role=roles.AGENT, last_login=NOW - timedelta(days=91), is_active=False)
    tile = next(each for each in page_of(administrator)["tiles"] if each.title == "Accounts to review")
    assert tile.value == str(rows_behind(administrator, tile))
    assert tile.value == "1"


def test_nobody_else_sees_the_health_of_the_system():
    manager = signed_in(people.UserFactory(role=roles.MANAGER))
    assert page_of(manager)["lists"] == []
