"""What a desk asks many times an hour reads what is to be done now, not the years before."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from contact_center.agents import board
from contact_center.call_backs.queries import of_the_day
from contact_center.contacts import fitting
from contact_center.models import AgentState, CallBack, Contact
from contact_center.tests.factories import AgentFactory, TeamFactory
from customers import roles
from customers.tests.factories import UserFactory
from foundation.tests.database import as_new
from foundation.tests.plans import nodes_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT), team=TeamFactory())


def closed(count, now):
    """So many conversations of the years before."""
    return Contact.objects.bulk_create(
        Contact(
            channel="email",
            state="closed",
            closed_at=now - timedelta(days=n // 10),
            outcome="resolved",
            started_at=now - timedelta(days=n // 10, hours=2),
        )
        for n in range(10, count + 10)
    )


def analyze(*models):
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def test_the_next_contact_is_found_past_all_that_somebody_has(agent):
    as_new(Contact)
    now = timezone.now()
    Contact.objects.bulk_create(
        Contact(
            channel="email",
            state="in_progress" if n < 2000 else "open",
            owner=agent if n < 2000 else None,
            team=agent.team,
            started_at=now,
            due_at=now + timedelta(minutes=n),
        )
        for n in range(2500)
    )
    analyze(Contact)
    suited = fitting.waiting().that_suit(fitting.serves_of([agent.pk])[agent.pk], fitting.asks_now())
    first, _others = fitting.in_turn(agent, suited.in_order_of_work())
    plan = nodes_of(first[:1])
    assert [node["Index Name"] for node in plan if node.get("Relation Name") == "contact_center_contact"] == [
        "contact_to_take"
    ]
    assert not any(node["Node Type"] == "Sort" for node in plan)
    assert sum(node.get("Rows Removed by Filter", 0) for node in plan) == 0


def test_to_help_another_team_reads_its_contacts_alone(agent):
    as_new(Contact)
    now, other = timezone.now(), TeamFactory()
    Contact.objects.bulk_create(
        Contact(
            channel="email",
            state="open",
            team=other if n % 500 == 499 else agent.team,
            started_at=now,
            due_at=now + timedelta(minutes=n),
        )
        for n in range(2500)
    )
    analyze(Contact)
    _first, others = fitting.in_turn(agent, fitting.waiting().in_order_of_work())
    assert others.first().team == other
    read = [node for node in nodes_of(others[:1]) if node.get("Relation Name") == "contact_center_contact"]
    assert sum(node["Actual Rows"] + node.get("Rows Removed by Filter", 0) for node in read) <= 5


def test_the_call_backs_of_a_day_are_found_past_those_of_the_years_before(agent):
    as_new(Contact, CallBack)
    now = timezone.now()
    old = closed(3000, now)
    mine = Contact.objects.bulk_create(
        Contact(channel="email", state="open", owner=agent, team=agent.team, started_at=now) for _n in range(20)
    )
    CallBack.objects.bulk_create(
        CallBack(
            submission_key=uuid.uuid4(),
            contact=contact,
            source=CallBack.Source.AGENT,
            phone="+393331234567",
            starts_at=hour,
            ends_at=hour + timedelta(minutes=30),
        )
        for contact, hour in [*((each, each.started_at) for each in old), *((each, now) for each in mine)]
    )
    analyze(Contact, CallBack)
    assert {each.contact for each in of_the_day(agent, now)} == set(mine)
    tomorrow = now + timedelta(days=1)
    for asked in (
        CallBack.objects.to_make().filter(starts_at__lt=tomorrow),  # the tile of the first page
        CallBack.objects.to_make().of_agent(agent).filter(starts_at__lt=tomorrow),  # the desk
    ):
        read = [node["Actual Rows"] for node in nodes_of(asked) if node.get("Relation Name")]
        assert max(read) <= 20


def test_the_states_of_a_day_are_found_past_those_of_the_years_before(agent):
    as_new(AgentState)
    now = timezone.now()
    AgentState.objects.bulk_create(
        AgentState(
            agent=agent,
            reported="ready",
            reported_at=now - timedelta(hours=n + 1),
            cause="agent",
            began_at=now - timedelta(hours=n + 1),
            ended_at=now - timedelta(hours=n) if n else None,
        )
        for n in range(3000)
    )
    analyze(AgentState)
    plan = nodes_of(board.of_the_day(timezone.localdate(now), now))
    assert not any(node["Node Type"] == "Seq Scan" for node in plan)
