"""Where staff see call-backs and what was answered beforehand: the queue, the contact, the desk's card, the first page."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contact_center.desk.card import CardSubject, call_backs_panel
from contact_center.models import CallBack
from contact_center.office import tiles
from contact_center.tests.factories import (
    AgentFactory,
    AnsweredBeforehandFactory,
    CallBackFactory,
    ContactFactory,
    TeamFactory,
)
from customers import roles
from customers.tests.factories import UserFactory
from foundation.dates import ROME

pytestmark = pytest.mark.django_db
QUEUE = "/backoffice/contact_center/contact/"
NOW = datetime(2026, 5, 4, 9, tzinfo=ROME)


@pytest.fixture(autouse=True)
def _a_monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT), team=TeamFactory())


@pytest.fixture
def client(agent):
    client = Client(headers={"accept-language": "en"})
    client.force_login(agent.user)
    return client


def booked(hours, **fields):
    at = NOW + timedelta(hours=hours)
    return CallBackFactory(starts_at=at, contact__due_at=at, **fields)


def test_the_tab_lists_call_backs_by_their_hour_and_nothing_else(client):
    ContactFactory(due_at=NOW)
    later, sooner = booked(3), booked(1)
    booked(2, cancelled_at=NOW)
    shown = client.get(QUEUE, {"work": "call_backs"}).context["cl"].result_list
    assert [contact.pk for contact in shown] == [sooner.contact_id, later.contact_id]


def test_the_page_of_the_contact_shows_hour_and_number(client):
    call_back = booked(1, phone="+390248219001", tries=2)
    page = client.get(reverse("admin:contact_center_contact_change", args=[call_back.contact_id])).content.decode()
    assert 'href="tel:+390248219001"' in page
    assert "10:00" in page


def test_no_answer_is_one_press_and_is_offered_for_call_backs_alone(client):
    command = "/comando/senza-risposta/"
    call_back, other = booked(0), ContactFactory()
    page = f"{QUEUE}{call_back.contact_id}"
    assert command in client.get(f"{page}/change/").content.decode()
    assert command not in client.get(f"{QUEUE}{other.pk}/change/").content.decode()
    client.post(f"{page}{command}", {"seen_version": call_back.contact.version})
    assert CallBack.objects.get().tries == 1


@pytest.mark.parametrize("day", ["0001-01-01", "0026-05-06", "9999-12-31"])
def test_a_day_of_a_year_that_nobody_means_is_refused_beside_its_field(client, day):
    page = f"{QUEUE}{ContactFactory().pk}/comando/richiamata/"
    answer = client.post(page, {"day": day, "at": "00:00", "to": "me", "number": "other"})
    assert answer.context["form"].errors["day"] == ["Write the year with four digits, from 1900 to 2999."]


def test_what_can_be_done_to_no_call_back_says_why(client):
    owed, other = booked(1).contact, ContactFactory()
    again = client.get(f"{QUEUE}{owed.pk}/comando/richiamata/").content.decode()
    assert f"{owed.number} has a call-back already: change its hour instead." in again
    none = client.get(f"{QUEUE}{other.pk}/comando/annulla-richiamata/").content.decode()
    assert f"{other.number} has no call-back to make." in none


def test_an_hour_at_which_the_person_is_called_already_is_not_proposed(client):
    contact = ContactFactory(customer=booked(0.5).customer)
    CallBackFactory(customer=contact.customer, starts_at=NOW + timedelta(minutes=45))
    form = client.get(f"{QUEUE}{contact.pk}/comando/richiamata/").context["form"]
    assert form.initial["at"] == (NOW + timedelta(hours=1)).time()


def test_how_the_due_time_comes_about_is_the_hour_agreed(client):
    call_back = booked(1)
    call_back.contact.events.create(kind="agreed", details={"call_at": call_back.starts_at.isoformat()})
    page = client.get(reverse("admin:contact_center_contact_due", args=[call_back.contact_id])).content.decode()
    assert "The customer asked to be called" in page


def test_the_card_of_the_person_names_the_calls_that_are_promised(agent):
    call_back = booked(1, phone="+390248219001")
    booked(2)
    booked(3, customer=call_back.customer, cancelled_at=NOW)
    panel = call_backs_panel(CardSubject(call_back.customer, agent.user, timezone.localdate()))
    assert panel is not None
    assert [row.hint for row in panel.rows] == ["02 4821 9001"]


def test_the_first_page_counts_the_calls_of_today_and_those_past_their_hour(agent):
    def shown():
        return [(tile.value, tile.tone) for tile in tiles.tiles(agent.user) if "work=call_backs" in tile.url]

    assert shown() == []
    booked(30)  # tomorrow
    booked(1)
    assert shown() == [("1", "")]
    booked(-2)
    assert shown() == [("2", "bad")]


def test_the_first_page_shows_the_share_that_needed_nothing_more_with_its_base():
    user = UserFactory(role=roles.MANAGER)

    def shown():
        [tile] = [each for each in tiles.day_tiles(user) if "answeredbeforehand" in each.url]
        return tile

    assert shown().value == "–"
    for helped in (True, False, True):
        AnsweredBeforehandFactory(helped=helped)
    AnsweredBeforehandFactory(day=timezone.localdate() - timedelta(days=60))  # long ago: not counted
    assert shown().value.startswith("66")
    assert " 3 " in shown().hint


def test_a_manager_finds_which_topics_are_enough(client):
    AnsweredBeforehandFactory(helped=True)
    AnsweredBeforehandFactory(helped=False)
    page = reverse("admin:contact_center_answeredbeforehand_changelist")
    assert len(client.get(page).context["cl"].result_list) == 2
    assert len(client.get(page, {"helped": "no"}).context["cl"].result_list) == 1
