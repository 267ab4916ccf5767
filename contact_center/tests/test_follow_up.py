"""A contact comes back to the queue on the day that somebody set."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from contact_center.contacts import commands
from contact_center.contacts.follow_up import follow_up
from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import UserFactory
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db
QUEUE = "/backoffice/contact_center/contact/"
TODAY = date(2027, 1, 7)


@pytest.fixture(autouse=True)
def on_a_thursday(time_machine):
    time_machine.move_to("2027-01-07T10:00:00+01:00", tick=False)
    with translation.override("en"):
        yield


@pytest.fixture
def agent():
    return make.AgentFactory(user=UserFactory(role=roles.AGENT))


@pytest.fixture
def client(agent):
    client = Client(headers={"accept-language": "en"})
    client.force_login(agent.user)
    return client


@pytest.fixture
def contact():
    return make.WebFormRequestFactory(contact__started_at=timezone.now()).contact


def listed(client):
    return list(client.get(QUEUE, {"work": "follow_up"}).context["cl"].result_list)


def test_it_is_in_its_tab_from_that_day_on_and_first_what_was_due_first(client, agent, contact, time_machine):
    other = make.ContactFactory(state="waiting")
    follow_up(contact, on=TODAY + timedelta(days=2), by=agent.user)
    follow_up(other, on=TODAY + timedelta(days=1), by=agent.user)
    assert listed(client) == []
    time_machine.shift(timedelta(days=1))
    assert listed(client) == [other]
    time_machine.shift(timedelta(days=5))
    assert listed(client) == [other, contact]


def test_today_will_do(client, agent, contact):
    follow_up(contact, on=TODAY, by=agent.user)
    assert listed(client) == [contact]


def test_setting_and_taking_away_are_written_down_and_the_same_again_is_not(agent, contact):
    for on in (TODAY, TODAY, None, None):
        follow_up(contact, on=on, by=agent.user)
    assert [each.details["day"] for each in contact.events.filter(kind="follow_up")] == ["2027-01-07", ""]


@pytest.mark.parametrize(
    ("on", "code"), [(TODAY - timedelta(days=1), "day_is_over"), (TODAY + timedelta(days=367), "day_too_far")]
)
def test_a_day_that_is_over_or_far_away_is_refused(agent, contact, on, code):
    with pytest.raises(Refused) as refused:
        follow_up(contact, on=on, by=agent.user)
    assert (refused.value.code, refused.value.field) == (code, "day")


def test_what_is_closed_reminds_nobody(client, agent, contact):
    follow_up(contact, on=TODAY, by=agent.user)
    commands.wrap_up(contact, code=make.WrapUpCodeFactory(needs_topic=False), by=agent.user)
    contact.refresh_from_db()
    assert (contact.follow_up_on, listed(client)) == (None, [])
    with pytest.raises(Refused) as refused:
        follow_up(contact, on=TODAY, by=agent.user)
    assert refused.value.code == "closed"


def test_it_is_set_from_the_contacts_page_and_shown_in_the_row(client, contact):
    address = reverse("admin:contact_center_contact_command", args=[contact.pk, "promemoria"])
    assert client.post(address, {"day": "2027-01-06", "seen_version": contact.version}).status_code == 200
    assert client.post(address, {"day": "2027-01-08", "seen_version": contact.version}).status_code == 302
    assert "to be taken up again on 8 January 2027" in client.get(QUEUE).content.decode()
    page = client.get(reverse("admin:contact_center_contact_change", args=[contact.pk])).content.decode()
    assert page.count("to be taken up again on 8 January 2027") == 2  # in its head and in what happened
