"""The calendar of deadlines: its secret address, what is in it, and what is not."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from customers.calendars import digest_of, feed_by_secret, feed_of, make_feed, renew_feed, revoke_feed, secret_of
from customers.models import CalendarFeed, Policy, User
from customers.tests.factories import (
    ClaimFactory,
    DocumentFactory,
    InstalmentFactory,
    PolicyAdherentFactory,
    PolicyFactory,
    RenewalOfferFactory,
    ReservedAreaAccountFactory,
)
from customers.tests.sign_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenth_of_june")]

ROOM = "portal_calendar"


@pytest.fixture
def tenth_of_june():
    cache.clear()
    with time_machine.travel("2026-06-10 09:00Z", tick=False):
        yield


@pytest.fixture
def account():
    return ReservedAreaAccountFactory(customer__last_name="Ametistelli")


@pytest.fixture
def address(account) -> str:
    return reverse("calendar_feed", args=[secret_of(make_feed(account))])


def events(address: str) -> dict[str, Any]:
    """The events of the feed by the first word of their identifier."""
    calendar = Calendar.from_ical(Client().get(address).content)
    return {str(event["uid"]).partition("-")[0]: event for event in calendar.walk("VEVENT")}


def words(address: str) -> list[str]:
    return [str(event["summary"]) for event in events(address).values()]


# --- The address -----------------------------------------------------------------------------------------------------
def test_an_address_is_made_once_and_shown_again(account):
    client = signed_in(account.user)
    assert "webcal://" not in client.get(reverse(ROOM)).content.decode()
    for _twice in range(2):
        client.post(reverse("portal_calendar_make"))
    feed = CalendarFeed.objects.get()
    secret = secret_of(feed)
    assert len(secret) == 26
    assert digest_of(secret) == feed.digest
    for _again in range(2):
        assert f"/calendario/{secret}.ics" in client.get(reverse(ROOM)).content.decode()


def test_the_secret_is_stored_nowhere(account):
    feed = make_feed(account)
    assert secret_of(feed) not in str(CalendarFeed.objects.values().get())


def test_another_address_takes_the_place_of_the_first(account, address):
    first = feed_of(account)
    signed_in(account.user).post(reverse("portal_calendar_make"), {"seen": first.pk})
    assert Client().get(address).status_code == 404
    assert Client().get(reverse("calendar_feed", args=[secret_of(feed_of(account))])).status_code == 200


def test_a_change_asked_for_twice_is_one_change(account, address):
    seen = feed_of(account).pk
    second = renew_feed(account, seen=seen)
    assert renew_feed(account, seen=seen) == second
    assert CalendarFeed.objects.count() == 2


def test_a_revoked_address_opens_nothing(account, address):
    client = signed_in(account.user)
    for _twice in range(2):
        client.post(reverse("portal_calendar_revoke"), {"seen": feed_of(account).pk if feed_of(account) else 1})
    assert Client().get(address).status_code == 404
    assert feed_of(account) is None


def test_somebody_elses_feed_is_not_revoked(account, address):
    other = ReservedAreaAccountFactory()
    signed_in(other.user).post(reverse("portal_calendar_revoke"), {"seen": feed_of(account).pk})
    revoke_feed(other, seen=feed_of(account).pk)
    assert Client().get(address).status_code == 200


@pytest.mark.parametrize("seen", ["", "x", "9" * 30, "\0", "🌻"])
def test_a_number_that_is_none_revokes_nothing(account, address, seen):
    assert signed_in(account.user).post(reverse("portal_calendar_revoke"), {"seen": seen}).status_code == 302
    assert Client().get(address).status_code == 200


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_a_suspended_or_closed_accounts_calendar_is_not_found(account, address, state):
    type(account).objects.filter(pk=account.pk).update(state=state)
    assert Client().get(address).status_code == 404


def test_the_calendar_of_somebody_who_may_no_longer_sign_in_is_not_found(account, address):
    User.objects.filter(pk=account.user_id).update(is_active=False)
    assert Client().get(address).status_code == 404


def test_an_address_outlives_a_change_of_the_key(account, settings):
    feed = make_feed(account)
    secret, old = secret_of(feed), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [old]
    assert feed_by_secret(secret) == feed
    assert secret_of(feed) == secret
    settings.SECRET_KEY_FALLBACKS = []
    assert secret_of(feed) == ""
    client = signed_in(account.user)
    assert "non può più essere mostrato" in client.get(reverse(ROOM)).content.decode()


def test_wrong_secrets_are_counted(account):
    visitor = Client()
    answers = [visitor.get(reverse("calendar_feed", args=["indovinato"])).status_code for _try in range(61)]
    assert answers == [404] * 60 + [429]


def test_a_program_that_asks_all_the_time_is_told_to_wait(address):
    answers = [Client().get(address).status_code for _try in range(61)]
    assert answers == [200] * 60 + [429]


# --- What is in it ---------------------------------------------------------------------------------------------------
def test_it_is_an_icalendar_that_nobody_keeps(address):
    answer = Client().get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["X-Robots-Tag"] == "noindex"
    calendar = Calendar.from_ical(answer.content)
    assert (calendar["version"], str(calendar["x-wr-calname"])) == ("2.0", "Scadenze assicurative")


def test_instalments_expiries_certificates_and_terms_of_claims(account, address):
    policy = PolicyFactory(holder=account.customer, ends_on=date(2026, 8, 1), product="Strada Sicura")
    InstalmentFactory(policy=policy, due_on=date(2026, 7, 1), amount=Decimal("1240.50"))
    InstalmentFactory(policy=policy, due_on=date(2026, 1, 1), paid_on=date(2026, 1, 1))
    ClaimFactory(policy=policy, complete_on=date(2026, 5, 20))
    found = events(address)
    assert {name: event["dtstart"].dt for name, event in found.items()} == {
        "instalment": date(2026, 7, 1),
        "certificate": date(2026, 7, 2),
        "expiry": date(2026, 8, 1),
        "claim": date(2026, 7, 19),
    }
    assert str(found["instalment"]["summary"]) == "Rata da pagare: Strada Sicura, 1.240,50 €"


def test_a_payment_that_was_accepted_has_its_term(account, address):
    ClaimFactory(
        policy__holder=account.customer,
        state="accepted",
        complete_on=date(2026, 5, 10),
        offered_on=date(2026, 5, 20),
        accepted_on=date(2026, 6, 1),
    )
    assert [event["dtstart"].dt for name, event in events(address).items() if name == "claim"] == [date(2026, 6, 16)]


def test_days_are_whole_and_have_their_alarms(account, address):
    InstalmentFactory(policy__holder=account.customer, due_on=date(2026, 7, 1))
    event = events(address)["instalment"]
    assert event["dtend"].dt == date(2026, 7, 2)
    assert str(event["transp"]) == "TRANSPARENT"
    alarms = [alarm["trigger"].dt for alarm in event.walk("VALARM")]
    assert alarms == [timedelta(days=-7, hours=9), timedelta(hours=-15)]


def test_a_certificate_that_is_there_is_no_deadline_any_more(account, address):
    policy = PolicyFactory(holder=account.customer, ends_on=date(2026, 7, 1))
    assert "certificate" in events(address)
    DocumentFactory(policy=policy, kind="certificate", dated_on=date(2026, 6, 1))
    assert "certificate" not in events(address)


def test_a_policy_that_renews_by_itself_says_so(account, address):
    PolicyFactory(holder=account.customer, ramo="8", plate="", tacit_renewal=True, ends_on=date(2026, 8, 1))
    assert words(address) == ["La polizza si rinnova da sola: Auto"]


def test_what_is_paid_renewed_or_anothers_is_left_out(account, address):
    policy = PolicyFactory(holder=account.customer, ends_on=date(2026, 8, 1))
    InstalmentFactory(policy=policy, due_on=date(2026, 8, 1), paid_on=date(2026, 6, 1))
    renewed = PolicyFactory(holder=account.customer, ramo="8", plate="", ends_on=date(2026, 8, 1))
    RenewalOfferFactory(
        policy=renewed,
        starts_on=date(2026, 8, 1),
        ends_on=date(2027, 8, 1),
        paid_on=date(2026, 6, 1),
        accepted_at=datetime(2026, 6, 1, 9, tzinfo=UTC),
    )
    InstalmentFactory(due_on=date(2026, 7, 1))
    collective = PolicyFactory(ends_on=date(2026, 7, 1))
    PolicyAdherentFactory(policy=collective, customer=account.customer)
    ClaimFactory(policy=policy, customer=collective.holder, complete_on=date(2026, 5, 20))
    assert events(address) == {}


def test_neither_names_nor_numbers_are_in_it(account, address):
    policy = PolicyFactory(holder=account.customer, number="P-SEGRETA", ends_on=date(2026, 8, 1))
    InstalmentFactory(policy=policy, due_on=date(2026, 7, 1))
    ClaimFactory(policy=policy, number="S-SEGRETO", complete_on=date(2026, 5, 20), description="frattura")
    text = re.sub(r"\r\n ", "", Client().get(address).content.decode())
    for hidden in ("Ametistelli", "P-SEGRETA", "S-SEGRETO", "frattura", policy.plate, account.customer.tax_code):
        assert hidden not in text
    assert reverse("portal_policy", args=[policy.pk]) in text


def test_it_is_written_in_the_customers_language(account, address):
    account.customer.language = "en"
    account.customer.save()
    InstalmentFactory(policy__holder=account.customer, due_on=date(2026, 7, 1))
    assert words(address) == ["Policy expires: Auto", "Instalment to pay: Auto, 240.00 €"] or any(
        each.startswith("Instalment to pay: Auto, 240.00") for each in words(address)
    )


def test_the_identifiers_stay_and_an_unchanged_calendar_is_not_sent_again(account, address):
    policy = PolicyFactory(holder=account.customer, ends_on=date(2026, 8, 1))
    first = Client().get(address)
    assert Client().get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    with time_machine.travel(datetime(2026, 6, 11, 9, tzinfo=UTC), tick=False):
        assert Client().get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    before = {str(event["uid"]) for event in events(address).values()}
    Policy.objects.filter(pk=policy.pk).update(
        product="Strada Nuova", updated_at=datetime(2026, 6, 10, 10, tzinfo=UTC)
    )
    changed = Client().get(address, headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert {str(event["uid"]) for event in events(address).values()} == before


def test_the_feed_costs_the_same_with_one_and_with_many_policies(account, address, django_assert_max_num_queries):
    for _policy in range(50):
        policy = PolicyFactory(holder=account.customer, ends_on=date(2026, 8, 1))
        InstalmentFactory(policy=policy, due_on=date(2026, 7, 1))
        ClaimFactory(policy=policy, complete_on=date(2026, 5, 20))
    with django_assert_max_num_queries(5):
        assert len(Calendar.from_ical(Client().get(address).content).walk("VEVENT")) == 200


def test_looking_at_the_page_and_the_feed_changes_nothing(account, address):
    before = CalendarFeed.objects.values().get()
    signed_in(account.user).get(reverse(ROOM))
    Client().get(address)
    Client().head(address)
    assert CalendarFeed.objects.values().get() == before
