"""Written requests are shared among the teams of the first level, and none of them waits while another team is idle."""

import uuid

import pytest

from contact_center.contacts import commands, opening
from contact_center.models import Team
from contact_center.tests.factories import AgentFactory, ContactFactory, TeamFactory
from customers import roles
from customers.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def ask(number):
    return opening.open_request(
        form="open",
        submission_key=uuid.UUID(int=number),
        name="Anna",
        email="anna@example.it",
        text="Vorrei una copia.",
        privacy_version="1",
    ).contact


def test_each_team_of_the_first_level_has_its_share():
    Team.objects.filter(level=1).update(is_active=False)
    teams = [TeamFactory(), TeamFactory()]
    TeamFactory(level=2)
    TeamFactory(is_active=False)
    assert [ask(number).team for number in range(4)] == teams * 2


def test_with_no_team_it_waits_for_anybody():
    Team.objects.filter(level=1).update(is_active=False)
    assert ask(1).team is None


def test_who_finds_nothing_in_their_team_helps_the_others():
    ours, theirs, second = TeamFactory(), TeamFactory(), TeamFactory(level=2)
    agent = AgentFactory(user=UserFactory(role=roles.AGENT), team=ours)
    waiting = ContactFactory(team=theirs)
    own = ContactFactory(team=ours)
    ContactFactory(team=second, level=2, escalation="authority")
    assert [commands.take_next(by=agent.user) for _ in range(3)] == [own, waiting, None]
