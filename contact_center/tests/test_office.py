"""The queue in the back office: open work first, the form of a contact, and the figures of the first page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from contact_center.models import Contact
from contact_center.office import tiles
from contact_center.tests import factories as make
from customers import roles
from customers.models import User
from customers.tests.factories import CustomerFactory, UserFactory
from customers.tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
QUEUE = "admin:contact_center_contact_changelist"


@pytest.fixture
def agent_client() -> Client:
    return signed_in(UserFactory.create(role=roles.AGENT))


def listed(client, **asked):
    return list(client.get(reverse(QUEUE), asked).context["cl"].result_list)


def test_the_queue_shows_open_work_by_what_is_due(agent_client):
    now = timezone.now()
    later, sooner = (make.ContactFactory(due_at=now + timedelta(hours=hours)) for hours in (5, 1))
    late = make.ContactFactory(due_at=now - timedelta(hours=1), state="in_progress")
    closed = make.ContactFactory(closed=True)
    assert listed(agent_client) == [late, sooner, later]
    assert listed(agent_client, work="overdue") == [late]
    assert closed in listed(agent_client, work="all")


def test_what_is_mine_is_what_i_own():
    user = UserFactory(role=roles.AGENT)
    mine = make.ContactFactory(owner=make.AgentFactory(user=user))
    make.ContactFactory(owner=make.AgentFactory())
    assert listed(signed_in(user), work="mine") == [mine]


def test_a_search_looks_at_closed_contacts_too(agent_client):
    customer = CustomerFactory(last_name="Bianchi")
    closed = make.ContactFactory(closed=True, customer=customer, address="")
    make.ContactFactory(address="altri@example.it")
    for text in (closed.number, closed.number.lower(), str(closed.pk), "bianchi"):
        assert listed(agent_client, q=text) == [closed], text


def test_a_contact_of_an_unknown_person_is_found_by_where_it_came_from(agent_client):
    contact = make.ContactFactory(by_phone=True, address="+393337654321")
    make.ContactFactory()
    assert listed(agent_client, q="333 7654321") == [contact]


def form_of(client, contact):
    page = client.get(reverse("admin:contact_center_contact_change", args=[contact.pk]))
    data = {
        "subject": contact.subject,
        "notes": "",
        "seen_version": page.context["adminform"].form["seen_version"].value(),
    }
    for formset in page.context["inline_admin_formsets"]:
        management = formset.formset.management_form
        data |= {management.add_prefix(name): management.initial[name] for name in management.fields}
    return data


def test_an_agent_says_who_it_is_and_nothing_else_changes(agent_client):
    contact, customer = make.ContactFactory(), CustomerFactory()
    data = form_of(agent_client, contact) | {
        "customer": customer.pk,
        "state": "closed",
        "level": "2",
        "outcome": "resolved",
    }
    answer = agent_client.post(reverse("admin:contact_center_contact_change", args=[contact.pk]), data)
    assert answer.status_code == 302
    contact.refresh_from_db()
    assert (contact.customer, contact.state, contact.level, contact.outcome) == (customer, "open", 1, "")
    assert contact.version == 2


def test_the_later_of_two_savers_is_refused_and_keeps_the_draft(agent_client):
    contact = make.ContactFactory()
    first, second = form_of(agent_client, contact), form_of(agent_client, contact)
    address = reverse("admin:contact_center_contact_change", args=[contact.pk])
    assert agent_client.post(address, first | {"notes": "prima"}).status_code == 302
    answer = agent_client.post(address, second | {"notes": "seconda"})
    assert answer.status_code == 200
    assert "seconda" in answer.content.decode()
    assert Contact.objects.get().notes == "prima"


def test_the_secret_of_a_written_request_is_never_shown(agent_client):
    written = make.WebFormRequestFactory()
    page = agent_client.get(reverse("admin:contact_center_webformrequest_change", args=[written.pk]))
    assert written.tracking_digest not in page.content.decode()


# --- The figures of the first page
def test_todays_calls_are_counted_by_line():
    line = make.TollFreeLineFactory(name="Prova", position=99)
    now = timezone.now()
    make.CallFactory(line=line, queued_at=now)
    make.CallFactory(line=line, queued_at=now, abandoned=True)
    make.CallFactory(line=line, queued_at=now - timedelta(days=2))
    panel = next(each for each in tiles.day_tiles(UserFactory(role=roles.MANAGER)) if each.title == "Prova")
    assert "1" in panel.value
    assert "2" in panel.value
    assert panel.url.endswith(f"?line__id__exact={line.pk}")


def test_open_and_overdue_contacts_are_counted():
    make.ContactFactory(due_at=timezone.now() - timedelta(hours=1))
    make.ContactFactory(due_at=timezone.now() + timedelta(hours=1))
    make.ContactFactory(closed=True)
    url = reverse("admin:contact_center_contact_changelist")
    contacts = [each for each in tiles.tiles(UserFactory(role=roles.AGENT)) if each.url.startswith(url)]
    overdue, _soon, waiting = contacts[:3]
    assert (waiting.value, overdue.value, overdue.tone) == ("2", "1", "bad")


def test_who_may_not_see_calls_gets_no_figures():
    for role in (roles.CUSTOMER, roles.AGENCY_MEMBER, roles.CAMPAIGN_AUTHOR):
        user = UserFactory(role=role)
        assert [*tiles.tiles(user), *tiles.day_tiles(user)] == []


def test_figures_cost_a_few_queries():
    user = User.objects.get(pk=UserFactory(role=roles.MANAGER).pk)
    with CaptureQueriesContext(connection) as queries:
        tiles.tiles(user)
    assert len(queries) <= 12


# --- What an agent should know before starting
def panel(user, title):
    with translation.override("en"):
        return next(each for each in tiles.tiles(user) if each.title == title)


def test_what_is_due_in_the_next_hour_of_service_is_counted(time_machine):
    time_machine.move_to(
        "2026-05-04T10:40:00Z", tick=False
    )  # 12:40 in Italy: twenty minutes, the break, forty minutes
    for due in ("2026-05-04T12:30:00Z", "2026-05-04T12:50:00Z", "2026-05-04T10:00:00Z"):
        make.ContactFactory(due_at=due)
    assert panel(UserFactory(role=roles.AGENT), "Due within the hour").value == "1"


def test_what_nobody_coded_is_counted():
    make.ContactFactory(state="closed", closed_at=timezone.now())
    make.ContactFactory(closed=True)
    assert panel(UserFactory(role=roles.AGENT), "Not coded").value == "1"


def test_an_agent_sees_what_is_theirs_and_how_much_is_late():
    agent = make.AgentFactory(user=UserFactory(role=roles.AGENT))
    for hours in (-1, 1):
        make.ContactFactory(owner=agent, state="in_progress", due_at=timezone.now() + timedelta(hours=hours))
    make.ContactFactory(due_at=timezone.now() - timedelta(hours=1))
    mine = panel(agent.user, "My contacts")
    assert (mine.value, mine.hint, mine.tone) == ("2", "1 of them is late", "bad")


def test_who_answers_nobody_has_nothing_of_their_own():
    with translation.override("en"):
        assert "My contacts" not in [each.title for each in tiles.tiles(UserFactory(role=roles.MANAGER))]
