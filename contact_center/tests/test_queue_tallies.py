"""The counts of the tabs are right after every change, whoever made it, and read no contact."""

import random
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contact_center.contacts import commands
from contact_center.models import Agent, Contact, QueueTally, Team
from contact_center.queue_views.tallies import add_up_tallies, correct_tallies, tallies_for
from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:contact_center_contact_changelist")


@pytest.fixture
def agent():
    return make.AgentFactory(user=UserFactory(role=roles.AGENT), team=make.TeamFactory())


def kept(agent):
    return {row["tab"]: row["n"] for row in tallies_for(agent) if row["n"]}


def counted(agent):
    """The same, contact by contact."""
    contacts, is_open = Contact.objects.all(), Contact.objects.open()
    found = {
        "open": is_open.count(),
        "mine": is_open.filter(owner=agent).count(),
        "team": is_open.filter(team=agent.team).count(),
        "not_resolved": contacts.not_resolved_says_customer().count(),
        "waiting": contacts.filter(state="waiting").count(),
        "uncoded": contacts.not_coded().count(),
    }
    return {tab: n for tab, n in found.items() if n}


def move(rng, now):
    """One change as a command, an import, the retention or a bulk update would make it."""
    agents, teams, contacts = list(Agent.objects.all()), list(Team.objects.all()), list(Contact.objects.all())
    what = rng.choice(["add", "add_many", "change", "change", "change", "change_many", "delete"])
    state = rng.choice(Contact.State.values)
    columns = {
        "state": state,
        "closed_at": now if state == "closed" else None,
        "outcome": rng.choice(["", "resolved"]),
        "confirmed": rng.choice([None, True, False]),
        "owner": rng.choice([None, *agents]),
        "team": rng.choice([None, *teams]),
    }
    if what == "add" or not contacts:
        make.ContactFactory(**columns)
    elif what == "add_many":
        Contact.objects.bulk_create(
            Contact(channel="email", started_at=now - timedelta(days=1), **columns) for _n in range(rng.randint(1, 5))
        )
    elif what == "change":
        Contact.objects.filter(pk=rng.choice(contacts).pk).update(**columns)
    elif what == "change_many":
        Contact.objects.filter(pk__in=[each.pk for each in rng.sample(contacts, len(contacts) // 2)]).update(**columns)
    else:
        Contact.objects.filter(pk=rng.choice(contacts).pk).delete()


@pytest.mark.parametrize("seed", range(3))
def test_after_any_move_the_tallies_are_what_counting_finds(agent, seed):
    rng, now = random.Random(seed), timezone.now()
    make.AgentFactory(team=make.TeamFactory())
    for step in range(40):
        move(rng, now)
        assert kept(agent) == counted(agent), step
        if step % 10 == 9:
            add_up_tallies()
            assert kept(agent) == counted(agent), step
    assert correct_tallies() == []


def test_what_is_taken_back_was_never_counted(agent):
    make.ContactFactory()
    with transaction.atomic():
        make.ContactFactory()
        transaction.set_rollback(True)
    assert kept(agent) == {"open": 1}


def test_the_commands_move_a_contact_from_tab_to_tab(agent):
    contact = commands.take(make.ContactFactory(team=agent.team), by=agent.user)
    assert kept(agent) == {"open": 1, "mine": 1, "team": 1}
    commands.wait(contact, by=agent.user)
    assert kept(agent) == {"open": 1, "mine": 1, "team": 1, "waiting": 1}
    commands.wrap_up(contact, code=make.WrapUpCodeFactory(), topic=make.TopicFactory(), by=agent.user)
    assert kept(agent) == {}


def test_added_up_they_are_one_row_for_each_tab(agent):
    make.ContactFactory.create_batch(3)
    assert QueueTally.objects.count() == 3
    assert add_up_tallies() == 1
    assert kept(agent) == {"open": 3}


def test_what_is_wrong_is_corrected_and_logged(agent, caplog):
    make.ContactFactory()
    QueueTally.objects.create(tab="open", change=5)
    assert correct_tallies() == [("open", 0, -5)]
    assert "was wrong by -5" in caplog.text
    assert kept(agent) == {"open": 1}
    assert correct_tallies() == []


def test_the_page_shows_whole_numbers_and_counts_no_contact_for_them(agent):
    client = Client()
    client.force_login(agent.user)
    make.ContactFactory.create_batch(120, team=agent.team)
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as asked:
        tabs = {str(tab["display"]): tab["count"] for tab in client.get(QUEUE).context["tabs"]}
    assert (tabs["Da lavorare"], tabs["Il mio gruppo"], tabs["In ritardo"]) == ("120", "120", "0")
    [count] = [each["sql"] for each in asked if "queuetally" in each["sql"]]
    assert "'open' AS" not in count
