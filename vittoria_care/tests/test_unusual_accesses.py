"""What is unusual in the accesses of a day: each rule at its threshold and just below it, and what is done with the finds."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contact_center.tests.factories import AgentFactory, ContactFactory
from customers import roles
from customers.access import opened_in_words
from customers.models import UnusualAccess
from customers.sensitive.rules import is_many, is_vague, same_surname
from customers.sensitive.unusual import find_unusual
from customers.tests import factories as make
from customers.tests.sign_in import signed_in_as
from foundation.dates import ROME
from foundation.tests.pages import send_command

pytestmark = pytest.mark.django_db

DAY = date(2026, 5, 4)  # a Monday
Rule = UnusualAccess.Rule


def at(hour, minute=0, day=DAY):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ROME)


@pytest.fixture
def agent():
    return make.UserFactory(role=roles.AGENT, last_name="Lettori")


def look(user, customer, moment=None, **more):
    return make.AccessLogFactory(user=user, customer=customer, at=moment or at(10), **more)


def found(rule):
    find_unusual(DAY)
    return [(each.user, each.customer, each.number) for each in UnusualAccess.objects.filter(rule=rule)]


# --- Rules of plain values
@pytest.mark.parametrize(
    ("files", "usual", "of_team", "many"),
    [(14, 0, 0, False), (15, 0, 0, True), (30, 10, 0, False), (31, 10, 0, True), (31, 10, 11, False)],
)
def test_many_files_are_many_beside_one_s_own_past_and_the_team(files, usual, of_team, many):
    assert is_many(files, usual=usual, of_team=of_team) is many


@pytest.mark.parametrize(
    ("kind", "words", "vague"),
    [
        ("other", "verifica di routine", True),
        ("other", "copia del contratto chiesta dal tribunale", False),
        ("check", "ordinata da Bianchi", True),
        ("calls", "", False),
    ],
)
def test_a_reason_is_vague_in_too_few_words(kind, words, vague):
    assert is_vague(kind, words) is vague


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("De Luca", "DELUCA", True), ("Nicolò", "nicolo", True), ("Rossi", "Bianchi", False), ("", "", False)],
)
def test_a_surname_is_the_same_whatever_its_accents_and_blanks(one, other, same):
    assert same_surname(one, other) is same


# --- Rules of a day
def test_many_files_in_an_hour_are_found(agent):
    for customer in make.CustomerFactory.create_batch(15):
        look(agent, customer)
    assert found(Rule.MANY) == [(agent, None, 15)]


def test_who_always_opens_as_many_is_not_found(agent):
    customers = make.CustomerFactory.create_batch(15)
    for day in (DAY - timedelta(days=1), DAY):
        for customer in customers:
            look(agent, customer, at(10, day=day))
    assert found(Rule.MANY) == []


def test_files_without_work_on_them_are_found(agent):
    for customer in make.CustomerFactory.create_batch(5):
        look(agent, customer)
    assert found(Rule.UNEXPLAINED) == [(agent, None, 5)]


def test_a_contact_of_one_s_own_explains_the_look(agent):
    mine = AgentFactory(user=agent)
    for customer in make.CustomerFactory.create_batch(5):
        ContactFactory(customer=customer, owner=mine, agent=mine)
        look(agent, customer)
    assert found(Rule.UNEXPLAINED) == []


def test_an_auditor_s_reading_needs_no_work():
    auditor = make.UserFactory(role=roles.AUDITOR)
    for customer in make.CustomerFactory.create_batch(5):
        look(auditor, customer)
    assert found(Rule.UNEXPLAINED) == []


def test_somebody_of_the_same_surname_is_found(agent):
    namesake = make.CustomerFactory(last_name="Lettori")
    look(agent, namesake)
    look(agent, make.CustomerFactory(last_name="Altri"))
    assert found(Rule.NAMESAKE) == [(agent, namesake, 1)]


@pytest.mark.parametrize(("moment", "number"), [(at(6, 59), 1), (at(7), 0), (at(20, 59), 0), (at(21), 1)])
def test_looks_outside_working_hours_are_found(agent, moment, number):
    look(agent, make.CustomerFactory(), moment)
    assert [each[2] for each in found(Rule.HOURS)] == [1] * number


def test_a_restricted_file_opened_for_a_vague_reason_is_found(agent):
    customer = make.CustomerFactory()
    look(agent, customer, reason_kind="other", reason="controllo generico dati")
    assert found(Rule.VAGUE) == [(agent, customer, 1)]


@pytest.mark.parametrize(("files", "finds"), [(2, 0), (3, 1)])
def test_files_of_many_customers_taken_away_are_found(agent, files, finds):
    for _each in range(files):
        look(agent, None, what="register 2026")
    assert len(found(Rule.DOWNLOADS)) == finds


@pytest.mark.parametrize(("looks", "finds"), [(5, 0), (6, 1)])
def test_one_file_again_and_again_is_found(agent, looks, finds):
    customer = make.CustomerFactory()
    for hour in range(looks):
        look(agent, customer, at(9 + hour))
    assert len(found(Rule.AGAIN)) == finds


def test_a_customer_of_another_agency_is_found():
    member = make.AgencyMemberFactory()
    other, theirs = make.CustomerFactory(), make.CustomerFactory(agency=member.agency)
    look(member.user, other)
    look(member.user, theirs)
    assert found(Rule.OTHER_AGENCY) == [(member.user, other, 1)]


def test_a_second_run_adds_nothing(agent):
    look(agent, make.CustomerFactory(), at(23))
    assert (find_unusual(DAY), find_unusual(DAY)) == (1, 0)


def test_the_questions_are_as_many_for_one_person_as_for_three():
    def counted():
        with CaptureQueriesContext(connection) as asked:
            find_unusual(DAY)
        return len(asked)

    for user in make.UserFactory.create_batch(1, role=roles.AGENT):
        look(user, make.CustomerFactory(), at(23))
    one = counted()
    for user in make.UserFactory.create_batch(2, role=roles.AGENT):
        look(user, make.CustomerFactory(), at(23))
    assert counted() == one


# --- Looking into it
def test_the_officer_writes_down_what_they_found_once():
    unusual, client = make.UnusualAccessFactory(), signed_in_as(roles.DATA_OFFICER)
    address = reverse("admin:customers_unusualaccess_command", args=[unusual.pk, "esaminato"])
    send_command(client, address, {"note": "Verifica di massa chiesta dal responsabile"})
    unusual.refresh_from_db()
    assert (unusual.note, unusual.examined_at is not None) == ("Verifica di massa chiesta dal responsabile", True)
    assert client.post(address, {"note": "Di nuovo"}).status_code == 409


def test_the_page_shows_the_accesses_and_the_rule(agent):
    customer = make.CustomerFactory(last_name="Lettori")
    access = look(agent, customer)
    find_unusual(DAY)
    unusual = UnusualAccess.objects.get(rule=Rule.NAMESAKE)
    page = signed_in_as(roles.DATA_OFFICER).get(reverse("admin:customers_unusualaccess_change", args=[unusual.pk]))
    assert reverse("admin:customers_accesslog_change", args=[access.pk]) in page.content.decode()
    assert f"{customer.code} · {opened_in_words(access.what)} " in page.content.decode()


def test_the_officer_s_first_page_counts_what_is_to_be_examined():
    make.UnusualAccessFactory()
    address = reverse("admin:customers_unusualaccess_changelist")
    assert address in signed_in_as(roles.DATA_OFFICER).get(reverse("admin:index")).content.decode()
    assert address not in signed_in_as(roles.AGENT).get(reverse("admin:index")).content.decode()


def test_nobody_else_reads_the_list():
    answer = signed_in_as(roles.MANAGER).get(reverse("admin:customers_unusualaccess_changelist"))
    assert answer.status_code == 403
