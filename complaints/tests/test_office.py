"""Complaints in the back office: the register by its terms, and the figure of the first page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints import tiles
from complaints.tests.factories import ComplaintFactory, SuspensionFactory
from customers import roles
from customers.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer_client() -> Client:
    client = Client()
    client.force_login(UserFactory.create(role=roles.COMPLAINT_OFFICER))
    return client


def received(days_left: int):
    return timezone.localdate() - timedelta(days=45 - days_left)


def listed(client, **asked):
    return list(client.get(reverse("admin:complaints_complaint_changelist"), asked).context["cl"].result_list)


def test_the_register_shows_open_complaints_by_their_term(officer_client):
    later, late, near = (ComplaintFactory(received_on=received(days)) for days in (30, -1, 7))
    answered = ComplaintFactory(received_on=received(1), answered=True)
    assert listed(officer_client) == [late, near, later]
    assert listed(officer_client, work="due") == [late, near]
    assert listed(officer_client, q=answered.number) == [answered]
    assert listed(officer_client, q="rossi") == [answered, near, late, later]


def test_complaints_near_their_term_are_counted():
    for days in (-1, 0, 7, 8):
        ComplaintFactory(received_on=received(days))
    (panel,) = tiles.tiles(UserFactory(role=roles.COMPLAINT_OFFICER))
    assert (panel.value, panel.tone) == ("3", "bad")
    assert tiles.tiles(UserFactory(role=roles.AGENT)) == []


def test_a_clock_that_stands_still_is_not_counted_as_late(officer_client):
    complaint = ComplaintFactory(received_on=received(-2), state="suspended")
    SuspensionFactory(complaint=complaint, started_on=timezone.localdate() - timedelta(days=12), ended_on=None)
    (panel,) = tiles.tiles(UserFactory(role=roles.COMPLAINT_OFFICER))
    assert (panel.value, panel.tone) == ("0", "good")
    assert listed(officer_client, work="due") == []
