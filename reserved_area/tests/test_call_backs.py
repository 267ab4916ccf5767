"""A customer books a call-back on a page, without a script: what is offered, what is refused, what is somebody else's."""

import uuid
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contact_center.models import CallBack
from contact_center.tests.factories import CallBackFactory, TopicFactory
from contact_center.tests.public_forms import guard
from customers.tests.factories import ContactPointFactory, ReservedAreaAccountFactory
from foundation.dates import ROME
from notifications.models import Notice

pytestmark = pytest.mark.django_db
ROOM = "/area-riservata/richiamate/"
NOW = datetime(2026, 5, 4, 8, tzinfo=ROME)  # a Monday
TEN, ELEVEN = NOW + timedelta(hours=2), NOW + timedelta(hours=3)


@pytest.fixture(autouse=True)
def _monday_at_eight():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def account():
    account = ReservedAreaAccountFactory()
    ContactPointFactory(customer=account.customer, kind="phone", value="+393331234567")
    return account


@pytest.fixture
def client(account):
    client = Client(headers={"accept-language": "en"})
    client.force_login(account.user)
    return client


def filled(client, at=TEN, **given):
    slots = {slot.start: slot.start.isoformat() for slot in client.get(ROOM).context["form"].slots}
    return {**guard(), "slot": slots.get(at, at.isoformat()), "number": "+393331234567", "text": "", **given}


def test_ones_own_number_and_the_free_hours_are_offered_day_by_day(client):
    form = client.get(ROOM).context["form"]
    assert [value for value, _label in form.fields["number"].choices] == ["+393331234567", "other"]
    days = form.days()
    assert days[0][0] == "Monday 4 May"
    assert len(days) == 5
    assert [choice.choice_label for choice in days[0][1]][:2] == ["08:30", "09:00"]


def test_a_call_back_is_booked_and_stands_in_its_room_and_in_the_home(client, account):
    topic = TopicFactory(is_public=True)
    answer = client.post(ROOM, filled(client, topic=topic.code, text="Per il rinnovo 🚗 مرحبا"))
    call_back = CallBack.objects.get()
    assert (answer.status_code, answer.url) == (302, ROOM)
    assert (call_back.customer, call_back.starts_at, call_back.phone) == (account.customer, TEN, "+393331234567")
    assert (call_back.contact.topic, call_back.contact.messages.get().text) == (topic, "Per il rinnovo 🚗 مرحبا")
    page = client.get(ROOM).content.decode()
    assert "Monday 4 May 2026, 10:00" in page
    assert "we call you on 4 May 2026, 10:00" in client.get(reverse("reserved_area")).content.decode()
    thread = client.get(reverse("portal_request", args=[call_back.contact_id])).content.decode()
    assert "We call you: Monday 4 May 2026, 10:00." in thread


def test_an_hour_that_one_has_already_is_not_offered_again(client):
    def offered():
        return [
            [each.choice_label for each in choices]
            for _day, choices, _chosen in client.get(ROOM).context["form"].days()
        ]

    before = offered()
    client.post(ROOM, filled(client))
    assert ["10:00" in before[0], "10:00" in offered()[0], "10:00" in offered()[1]] == [True, False, True]
    move = client.get(reverse("portal_call_back_move", args=[CallBack.objects.get().pk]))
    assert "10:00" not in [each.choice_label for each in move.context["form"].days()[0][1]]


def test_the_page_sent_twice_books_one(client):
    given = filled(client)
    for _turn in range(2):
        assert client.post(ROOM, given).status_code == 302
    assert CallBack.objects.count() == 1
    assert Notice.objects.filter(kind="call-back-booked", channel="inbox").count() == 1


def test_another_number_is_typed_and_kept_as_e164(client):
    client.post(ROOM, filled(client, number="other", other_number="02 48219001"))
    assert CallBack.objects.get().phone == "+390248219001"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"number": "other", "other_number": ""}, "other_number"),
        ({"number": "other", "other_number": "112"}, "other_number"),
        ({"number": "+393339999999"}, "number"),  # of somebody else
        ({"slot": "domani"}, "slot"),
        ({"slot": ""}, "slot"),
        ({"text": "x" * 10_000}, "text"),
        ({"topic": "nessuno"}, "topic"),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_stays(client, given, field):
    page = client.post(ROOM, filled(client, **{"text": "Resta", **given}))
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert not CallBack.objects.exists()
    assert given.get("text", "Resta") in page.content.decode()


def test_an_hour_that_became_full_meanwhile_is_refused_and_another_chosen(client, settings):
    settings.CALL_BACKS_PER_SLOT = 1
    given = filled(client, text="Resta")
    CallBackFactory(starts_at=TEN)
    page = client.post(ROOM, given)
    assert page.status_code == 422
    assert "Resta" in page.content.decode()
    assert "choose another" in page.content.decode()


def test_an_hour_that_came_too_near_while_the_form_was_filled_in_is_still_the_customers(client):
    given = filled(client)
    with time_machine.travel(TEN - timedelta(minutes=20), tick=False):
        assert TEN not in {slot.start for slot in client.get(ROOM).context["form"].slots}
        assert client.post(ROOM, given).status_code == 302
    assert CallBack.objects.get().starts_at == TEN


def test_the_same_hour_twice_is_refused_in_words(client):
    client.post(ROOM, filled(client))
    page = client.post(ROOM, filled(client))
    assert page.status_code == 409
    assert "You have a call-back at this hour already." in page.content.decode()


def test_who_has_no_number_types_one(account, client):
    account.customer.contact_points.all().delete()
    form = client.get(ROOM).context["form"]
    assert not form.has_phones
    client.post(ROOM, filled(client, number="other", other_number="333 1234567"))
    assert CallBack.objects.get().phone == "+393331234567"


def test_a_machine_books_nothing(client):
    assert client.post(ROOM, filled(client, website="x")).status_code == 302
    assert not CallBack.objects.exists()


def test_without_a_free_hour_the_page_leads_elsewhere(client, settings):
    settings.CALL_BACKS_PER_SLOT = 0
    page = client.get(ROOM).content.decode()
    assert "No hour is free" in page
    assert reverse("portal_write_guided") in page


# --- Changing it
@pytest.fixture
def mine(client):
    client.post(ROOM, filled(client))
    return CallBack.objects.get()


def test_it_is_moved_on_a_page_of_its_own(client, mine):
    page = reverse("portal_call_back_move", args=[mine.pk])
    slot = next(each.start for each in client.get(page).context["form"].slots if each.start == ELEVEN)
    assert client.post(page, {**guard(), "slot": slot.isoformat()}).url == ROOM
    mine.refresh_from_db()
    assert mine.starts_at == ELEVEN


def test_a_move_without_an_hour_is_asked_again(client, mine):
    assert client.post(reverse("portal_call_back_move", args=[mine.pk]), guard()).status_code == 422


def test_it_is_called_off_by_one_press_and_a_second_changes_nothing(client, mine):
    page = reverse("portal_call_back_cancel", args=[mine.pk])
    for _turn in range(2):
        assert client.post(page).url == ROOM
    mine.refresh_from_db()
    assert mine.cancelled_at is not None
    assert "Called off" in client.get(ROOM).content.decode()


def test_looking_calls_nothing_off(client, mine):
    assert client.get(reverse("portal_call_back_cancel", args=[mine.pk])).status_code == 405


def test_once_it_began_the_page_says_so(client, mine):
    with time_machine.travel(TEN + timedelta(minutes=1), tick=False):
        page = client.post(reverse("portal_call_back_cancel", args=[mine.pk]), follow=True)
        assert "we are about to call you" in page.content.decode()
    mine.refresh_from_db()
    assert mine.cancelled_at is None


@pytest.mark.parametrize("name", ["portal_call_back_move", "portal_call_back_cancel"])
def test_somebody_elses_is_not_found(client, name):
    theirs = CallBackFactory(starts_at=TEN)
    assert client.post(reverse(name, args=[theirs.pk]), {**guard(), "slot": TEN.isoformat()}).status_code == 404
    theirs.refresh_from_db()
    assert (theirs.starts_at, theirs.cancelled_at) == (TEN, None)


def test_the_room_shows_nothing_of_others_and_costs_the_same_for_many(client, account):
    CallBackFactory(phone="+393330000000", starts_at=TEN)
    CallBackFactory(customer=account.customer, starts_at=TEN, contact__topic=TopicFactory())
    client.get(ROOM)
    with CaptureQueriesContext(connection) as one:
        page = client.get(ROOM)
    assert "333 000 0000" not in page.content.decode()
    for hours in range(1, 4):
        CallBackFactory(
            customer=account.customer, starts_at=TEN + timedelta(hours=hours), contact__topic=TopicFactory()
        )
    with CaptureQueriesContext(connection) as many:
        client.get(ROOM)
    assert len(many) == len(one)


def test_a_key_of_our_own_making_is_refused(client):
    page = client.post(ROOM, {**filled(client), "submission_key": str(uuid.uuid4())})
    assert page.status_code == 422
