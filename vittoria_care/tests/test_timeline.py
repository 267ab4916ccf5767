"""The customer's timeline: everything that happened on every channel, newest first, as its reader may see it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from complaints.tests.factories import ComplaintFactory
from contact_center.tests.factories import ContactFactory, MessageFactory
from customers import roles
from customers.models import AccessLog
from customers.tests import factories as make
from customers.tests.sign_in import signed_in, signed_in_as
from customers.timeline.places import Place, place_in
from customers.timeline.queries import TIMELINE, timeline_of
from notifications.tests.factories import NoticeFactory
from vittoria_care.tests.factories import rows_about

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def page_of(customer, query=""):
    return reverse("admin:customers_customer_timeline", args=[customer.pk]) + query


def codes(rows):
    return [row.source.code for row in rows]


@pytest.fixture
def customer():
    return make.CustomerFactory()


@pytest.fixture
def manager():
    return make.UserFactory(role=roles.MANAGER)


# --- One order
def test_every_kind_of_thing_stands_in_one_order_newest_first(customer, manager):
    rows_about(customer)
    make.ClaimFactory(customer=customer)
    make.PaymentFactory(customer=customer)
    make.OperationFactory(customer=customer)
    make.DocumentFactory(customer=customer)
    ContactFactory(customer=customer, channel="email")
    MessageFactory(contact__customer=customer, direction="inbound")
    ComplaintFactory(customer=customer)
    everything = timeline_of([customer.pk], reader=make.UserFactory(is_superuser=True), page=100)
    assert {row.source.code for row in everything.rows} == {source.code for source in TIMELINE}
    moments = [row.at for row in everything.rows]
    assert moments == sorted(moments, reverse=True)


def test_what_happened_with_somebody_else_is_not_in_it(customer, manager):
    rows_about(make.CustomerFactory())
    assert timeline_of([customer.pk], reader=manager).rows == []


def test_of_one_moment_no_row_is_lost_and_none_comes_twice_from_page_to_page(customer, manager):
    for _each in range(3):
        NoticeFactory(customer=customer, created_at=NOON)
        ContactFactory(customer=customer, started_at=NOON)
    seen, before = [], None
    while True:
        page = timeline_of([customer.pk], reader=manager, before=before, page=2)
        seen += [(row.source.code, row.place.pk) for row in page.rows]
        if (before := page.older) is None:
            break
    assert len(seen) == len(set(seen)) == 6


def test_a_claim_of_years_ago_that_was_imported_today_stands_on_its_own_day(customer, manager):
    make.ClaimFactory(customer=customer, occurred_on=date(2019, 7, 1), reported_on=date(2019, 7, 1))
    (row,) = timeline_of([customer.pk], reader=manager, kind="sinistri").rows
    assert row.at == datetime(2019, 6, 30, 22, tzinfo=UTC)  # midnight in Rome


def test_a_complaint_of_today_stands_at_the_moment_at_which_it_was_registered(customer, manager):
    with time_machine.travel(NOON, tick=False):
        ComplaintFactory(customer=customer, received_on=timezone.localdate(), registered_at=NOON)
    (row,) = timeline_of([customer.pk], reader=make.UserFactory(is_superuser=True), kind="reclami").rows
    assert row.at == NOON


# --- What is open
def test_what_is_open_stands_first_however_old_it_is(customer, manager):
    ContactFactory(customer=customer, started_at=NOON - timedelta(days=90), subject="da evadere")
    for day in range(30):
        NoticeFactory(customer=customer, created_at=NOON + timedelta(days=day))
    page = timeline_of([customer.pk], reader=manager)
    assert [row.entry.title.split(" · ")[1] for row in page.open] == ["da evadere"]
    assert set(codes(page.rows)) == {"avvisi"}


def test_an_older_page_does_not_repeat_what_is_open(customer, manager):
    ContactFactory(customer=customer, started_at=NOON)
    assert timeline_of([customer.pk], reader=manager, before=Place(NOON, 0, 0)).open == []


# --- Who sees what
def test_an_agent_sees_no_complaint_of_which_they_may_read_nothing(customer):
    ComplaintFactory(customer=customer)
    assert timeline_of([customer.pk], reader=make.UserFactory(role=roles.AGENT)).rows == []


def test_an_agency_member_reads_the_timeline_of_the_agencys_customer_alone(customer):
    member = make.AgencyMemberFactory(agency=customer.agency)
    make.ClaimFactory(customer=customer, policy__agency=customer.agency)
    browser = signed_in(member.user)
    assert codes(browser.get(page_of(customer)).context["timeline"].rows) == ["sinistri"]
    assert browser.get(page_of(make.CustomerFactory())).status_code == 404


def test_names_and_numbers_are_masked_for_who_does_not_see_them_whole(customer):
    ContactFactory(customer=customer, subject="Rossi chiede di +393331234567")
    html = signed_in_as(roles.AUDITOR).get(page_of(customer)).content.decode()
    assert "+393331234567" not in html
    assert "•••567" in html


def test_an_internal_note_is_not_in_the_timeline(customer, manager):
    MessageFactory(contact__customer=customer, direction="note")
    assert timeline_of([customer.pk], reader=manager, kind="messaggi").rows == []


def test_opening_the_timeline_is_written_down(customer, manager):
    signed_in(manager).get(page_of(customer))
    assert AccessLog.objects.filter(customer=customer, user=manager).count() == 1


def test_the_timeline_of_a_restricted_file_asks_a_reason_first():
    mark = make.FileRestrictionFactory()
    NoticeFactory(customer=mark.customer, subject="Riservato")
    answer = signed_in_as(roles.AGENT).get(page_of(mark.customer))
    assert "Riservato" not in answer.content.decode()


# --- The page
def test_the_page_is_filtered_by_kind_and_a_kind_that_is_none_is_everything(customer, manager):
    NoticeFactory(customer=customer)
    ContactFactory(customer=customer, channel="email")
    browser = signed_in(manager)
    assert codes(browser.get(page_of(customer, "?tipo=avvisi")).context["timeline"].rows) == ["avvisi"]
    assert len(browser.get(page_of(customer, "?tipo=boh")).context["timeline"].rows) == 2


def test_the_link_to_older_rows_leads_through_all_of_them(customer, manager):
    for minute in range(60):
        NoticeFactory(customer=customer, created_at=NOON + timedelta(minutes=minute))
    browser, query, pages = signed_in(manager), "", []
    while True:
        context = browser.get(page_of(customer, query)).context
        pages.append(len(context["timeline"].rows))
        if not (query := context["older_url"]):
            break
    assert pages == [25, 25, 10]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2026-13-45T00:00:00+00:00_1_1",
        "2026-01-01T00:00:00_1_1",
        "9" * 10_000,
        "😀_1_1",
        "\0_1_1",
        "2026-01-01T00:00:00+00:00_1_-1",
    ],
)
def test_a_place_that_is_none_shows_the_newest(customer, manager, text):
    assert place_in(text) is None
    assert signed_in(manager).get(page_of(customer), {"prima": text}).status_code == 200


def test_a_place_is_read_as_it_was_written():
    place = Place(NOON, 3, 17)
    assert place_in(place.written()) == place


def test_the_page_costs_the_same_for_a_short_file_and_a_long_one(customer, manager):
    browser = signed_in(manager)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(page_of(customer)).status_code == 200
        return len(asked)

    def one_of_each():
        NoticeFactory(customer=customer)
        ContactFactory(customer=customer, channel="email")
        make.ClaimFactory(customer=customer)
        make.ConsentFactory(customer=customer)

    one_of_each()
    queries()
    at_one = queries()
    one_of_each()
    one_of_each()
    assert queries() == at_one


def test_the_rows_are_asked_for_without_passing_over_any(customer, manager):
    rows_about(customer)
    with CaptureQueriesContext(connection) as asked:
        timeline_of([customer.pk], reader=manager, before=Place(timezone.now(), 2, 5))
    assert not [each for each in asked if re.search(r"\bOFFSET\b|COUNT\(", each["sql"])]
    assert len(asked) <= 15


def test_the_file_leads_to_the_timeline(customer, manager):
    file = signed_in(manager).get(reverse("admin:customers_customer_change", args=[customer.pk]))
    assert page_of(customer) in file.content.decode()
