"""Written contacts enter the figures beside the calls, and change them as they are worked."""

import pytest
from django.urls import reverse
from django.utils import timezone

from contact_center.contacts import commands, reopening
from contact_center.figures import figures, refresh
from contact_center.figures.period import Period
from contact_center.models import DailyFigures
from contact_center.tests.factories import (
    AgentFactory,
    TeamFactory,
    TopicFactory,
    WebFormRequestFactory,
    WrapUpCodeFactory,
)
from customers import roles
from customers.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT), team=TeamFactory())


@pytest.fixture
def contact():
    return WebFormRequestFactory(contact__started_at=timezone.now()).contact


def counted(contact):
    """(handled, first level, escalated) of the contact's day, by the channel it came by, after counting again."""
    refresh()
    rows = DailyFigures.objects.filter(cut=DailyFigures.Cut.LINE, day=timezone.localdate(), channel="site_form")
    totals = [(row.handled, row.first_level) for row in rows]
    return tuple(map(sum, zip(*totals, strict=True))) if totals else (0, 0)


def resolve(contact, agent, outcome="resolved"):
    return commands.wrap_up(contact, code=WrapUpCodeFactory(outcome=outcome), topic=TopicFactory(), by=agent.user)


def test_what_is_only_open_counts_as_nothing_yet(contact, agent):
    assert counted(contact) == (0, 0)
    commands.take(contact, by=agent.user)
    commands.reply(contact, text="Ecco.", by=agent.user)
    assert counted(contact) == (0, 0)


def test_resolved_at_first_level_it_counts_for_both(contact, agent):
    resolve(contact, agent)
    assert counted(contact) == (1, 1)


def test_closed_unresolved_it_counts_as_handled_alone(contact, agent):
    resolve(contact, agent, outcome="unresolved")
    assert counted(contact) == (1, 0)


def test_escalated_it_is_handled_and_never_first_level(contact, agent):
    commands.escalate(contact, team=TeamFactory(level=2), reason="authority", by=agent.user)
    assert counted(contact) == (1, 0)
    resolve(contact, agent)
    assert counted(contact) == (1, 0)


def test_reopened_it_is_no_longer_resolved(contact, agent):
    resolve(contact, agent)
    assert counted(contact) == (1, 1)
    reopening.reopen(contact, by=None)
    assert counted(contact) == (1, 0)


def test_what_was_reopened_is_not_resolved_at_first_level_the_second_time_either(contact, agent):
    resolve(contact, agent)
    reopening.reopen(contact, by=None)
    resolve(contact, agent)
    assert counted(contact) == (1, 0)


def test_the_managers_page_shows_written_channels_beside_the_telephone(contact, agent, client):
    resolve(contact, agent)
    refresh()
    today = timezone.localdate()
    shown = {row.key: row.counts.first_level for row in figures(Period(today, today), by="channel", today=today).rows}
    assert shown == {"site_form": 1}
    client.force_login(UserFactory(role=roles.MANAGER))
    answer = client.get(
        reverse("figures"), {"from": today.isoformat(), "to": today.isoformat(), "channel": "site_form"}
    )
    assert answer.status_code == 200


def reopened_today() -> int | None:
    refresh()
    today = timezone.localdate()
    return figures(Period(today, today)).totals.reopened


def test_one_that_the_customer_brought_back_counts_as_reopened(contact, agent):
    resolve(contact, agent)
    reopening.reopen(contact, by=None)
    assert reopened_today() == 1


def test_one_that_a_colleague_takes_up_again_does_not_count_as_reopened(contact, agent):
    resolve(contact, agent)
    reopening.reopen(contact, by=agent.user)
    resolve(contact, agent)
    assert reopened_today() == 0
