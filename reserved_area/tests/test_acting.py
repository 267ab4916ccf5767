"""For whom one acts: one's own file first, another by choice, nobody else's ever, and no form for the wrong one."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contact_center.tests.factories import ContactFactory
from customers.acting import ACTING_FOR, account_for
from customers.calendars import feed_by_secret, make_feed, secret_of
from customers.models import ReservedAreaAccount
from customers.tests.factories import PolicyFactory, ReservedAreaAccountFactory, UserFactory
from customers.visibility import reach_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def own():
    return ReservedAreaAccountFactory()


@pytest.fixture
def company(own):
    return ReservedAreaAccountFactory(member=True, user=own.user, last_used_at=timezone.now())


def acted_for(client):
    return client.get(reverse("reserved_area")).context["request"].customer


def choose(client, account, **more):
    return client.post(reverse("portal_acting_choose"), {"account": account.pk, **more})


# --- The rule ------------------------------------------------------------------------------------------------------
def test_ones_own_file_comes_first(own, company):
    assert account_for(own.user) == own


def test_of_others_files_the_one_used_last_comes_first():
    user, now = UserFactory(), timezone.now()
    before, last = (
        ReservedAreaAccountFactory(member=True, user=user, last_used_at=now - timedelta(days=days)) for days in (9, 2)
    )
    assert account_for(user) == last
    assert account_for(user, before.pk) == before


@pytest.mark.parametrize("written", [str, " {} ".format, int])
def test_the_chosen_one_is_acted_by(own, company, written):
    assert account_for(own.user, written(company.pk)) == company


@pytest.mark.parametrize("chosen", ["", "0", "-1", "abc", "1e3", "9" * 40])
def test_what_is_no_account_opens_nothing_in_its_place(own, chosen):
    assert account_for(own.user, chosen) is None


def test_somebody_elses_account_opens_nothing(own):
    assert account_for(own.user, ReservedAreaAccountFactory().pk) is None


@pytest.mark.parametrize(
    "over",
    [
        {"state": "suspended"},
        {"state": "closed"},
        {"valid_until": timezone.localdate() - timedelta(days=1)},
        {"valid_from": timezone.localdate() + timedelta(days=1)},
    ],
)
def test_an_account_that_is_not_open_today_opens_nothing(over):
    account = ReservedAreaAccountFactory(by_document=True, **over)
    assert account_for(account.user) is account_for(account.user, account.pk) is None


def test_the_last_day_is_still_a_day():
    account = ReservedAreaAccountFactory(by_document=True, valid_until=timezone.localdate())
    assert account_for(account.user) == account


def test_a_person_reaches_one_customer_at_a_time(own, company):
    assert reach_of(own.user).customer_id == own.customer_id


# --- The choice ----------------------------------------------------------------------------------------------------
def test_after_the_choice_every_page_is_about_the_other(client, own, company):
    theirs, mine = PolicyFactory(holder=company.customer), PolicyFactory(holder=own.customer)
    client.force_login(own.user)
    assert choose(client, company).url == reverse("reserved_area")
    assert acted_for(client) == company.customer
    assert client.get(reverse("portal_policy", args=[theirs.pk])).status_code == 200
    assert client.get(reverse("portal_policy", args=[mine.pk])).status_code == 404


def test_every_page_shows_for_whom_one_acts_where_there_is_a_choice(client, own, company):
    client.force_login(own.user)
    choose(client, company)
    page = client.get(reverse("portal_policies")).content.decode()
    assert company.customer.letter_name in page
    assert reverse("portal_acting") in page


def test_who_acts_for_themself_alone_is_not_bothered_with_it(client, own):
    client.force_login(own.user)
    assert 'class="acting"' not in client.get(reverse("portal_policies")).content.decode()


def test_somebody_elses_account_is_not_found(client, own):
    client.force_login(own.user)
    assert choose(client, ReservedAreaAccountFactory()).status_code == 404
    assert acted_for(client) == own.customer


def test_somebody_elses_account_in_the_session_is_not_found_and_forgotten(client, own):
    client.force_login(own.user)
    session = client.session
    session[ACTING_FOR] = ReservedAreaAccountFactory().pk
    session.save()
    assert client.get(reverse("reserved_area")).status_code == 404
    assert acted_for(client) == own.customer


def test_one_is_led_back_to_a_page_of_ours_alone(client, own, company):
    client.force_login(own.user)
    assert choose(client, company, next="/area-riservata/polizze/").url == "/area-riservata/polizze/"
    assert choose(client, own, next="https://altrove.example/").url == reverse("reserved_area")


def test_a_choice_costs_no_page_a_query_more(client, own):
    client.force_login(own.user)
    counts = []
    for _turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("portal_policies"))
        counts.append(len(queries))
        choose(client, ReservedAreaAccountFactory(member=True, user=own.user))
    assert counts[0] == counts[1]


# --- A form of the other -------------------------------------------------------------------------------------------
def test_a_form_carries_the_account_it_was_opened_by(client, own):
    client.force_login(own.user)
    page = client.get(reverse("portal_write")).content.decode()
    assert f'<input type="hidden" name="{ACTING_FOR}" value="{own.pk}">' in page


def test_a_form_opened_for_one_and_sent_for_another_is_not_carried_out(client, own, company):
    client.force_login(own.user)
    choose(client, company)
    page = reverse("portal_own_operation", args=["address"])
    answer = client.post(page, {ACTING_FOR: own.pk, "step": "send"}, headers={"referer": f"http://testserver{page}"})
    assert answer.status_code == 409
    words = answer.content.decode()
    assert own.customer.letter_name in words
    assert f'name="next" value="{page}"' in words


def test_a_form_of_somebody_elses_account_is_not_found(client, own):
    client.force_login(own.user)
    stranger = ReservedAreaAccountFactory()
    assert client.post(reverse("portal_language"), {ACTING_FOR: stranger.pk, "language": "en"}).status_code == 404


def test_what_was_chosen_and_ended_since_does_nothing(client, own, company):
    client.force_login(own.user)
    choose(client, company)
    ReservedAreaAccount.objects.filter(pk=company.pk).update(state="closed")
    answer = client.post(reverse("portal_language"), {"language": "en"})
    assert answer.url == reverse("reserved_area")
    own.customer.refresh_from_db()
    company.customer.refresh_from_db()
    assert (own.customer.language, company.customer.language) == ("it", "it")
    assert acted_for(client) == own.customer


# --- What an account opens beside the pages --------------------------------------------------------------------------
def test_an_heir_sees_no_correspondence_on_the_home(client):
    heir = ReservedAreaAccountFactory(by_document=True, capacity="heir")
    ContactFactory(customer=heir.customer, channel="portal", subject="Una cosa mia")
    client.force_login(heir.user)
    page = client.get(reverse("reserved_area"))
    assert page.status_code == 200
    assert "Una cosa mia" not in page.content.decode()


def test_a_calendar_ends_with_the_access():
    account = ReservedAreaAccountFactory(by_document=True, valid_until=timezone.localdate())
    secret = secret_of(make_feed(account))
    assert feed_by_secret(secret) is not None
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert feed_by_secret(secret) is None


def test_that_one_came_is_written_down_once_a_day(client, own):
    ReservedAreaAccount.objects.filter(pk=own.pk).update(last_used_at=timezone.now() - timedelta(days=2))
    client.force_login(own.user)
    client.get(reverse("portal_acting"))
    own.refresh_from_db()
    first = own.last_used_at
    client.get(reverse("portal_acting"))
    own.refresh_from_db()
    assert timezone.localdate(first) == timezone.localdate()
    assert own.last_used_at == first
