"""A contact is found by where it came from, a person by the name as somebody types it and by the policy that covers them."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.urls import reverse

from contact_center.admin import contacts_named
from contact_center.models import Contact
from contact_center.tests.factories import STARTED_AT, AgentFactory, ContactFactory, WebFormRequestFactory
from customers import roles
from customers.models import Customer
from customers.search import search_customers
from customers.tests.factories import CustomerFactory, PolicyAdherentFactory, UserFactory
from foundation.tests.database import as_new

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT))


@pytest.fixture
def client(agent):
    client = Client()
    client.force_login(agent.user)
    return client


# --- Contacts
@pytest.mark.parametrize("named", [False, True])
def test_a_contact_is_found_by_where_it_came_from_whoever_was_named_since(named):
    customer = CustomerFactory() if named else None
    written = ContactFactory(address="Lavoro@example.it", customer=customer)
    call = ContactFactory(by_phone=True, address="+393331234567", customer=customer)
    assert list(contacts_named(Contact.objects.all(), "lavoro@example.it")) == [written]
    assert list(contacts_named(Contact.objects.all(), "333 1234567")) == [call]


def test_a_contact_is_found_by_what_its_form_carried():
    form = WebFormRequestFactory(email="Lavoro@example.it", phone="+393339876543", contact__address="casa@example.it")
    assert list(contacts_named(Contact.objects.all(), "lavoro@example.it")) == [form.contact]
    assert list(contacts_named(Contact.objects.all(), "333 9876543")) == [form.contact]


def test_the_search_reads_no_table_whole():
    as_new(Contact)
    Contact.objects.bulk_create(
        Contact(channel="email", address=f"posta.{n}@example.it", started_at=STARTED_AT) for n in range(2_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contact_center_contact")
    plan = contacts_named(Contact.objects.all(), "lavoro@example.it").explain()
    assert "contact_came_from" in plan
    assert "Seq Scan" not in plan


# --- People
@pytest.mark.parametrize(
    ("surname", "typed"),
    [
        ("D'Angelo", "dangelo"),
        ("De Luca", "deluca"),
        ("Lo Presti", "lopresti"),
        ("Dell’Acqua", "dellacqua"),
        ("Rossi Bianchi", "anna rossibianchi"),
        ("Di Pietro", "dipietro anna"),
    ],
)
def test_a_surname_is_found_without_its_apostrophe_or_blank(surname, typed):
    customer = CustomerFactory(first_name="Anna", last_name=surname)
    CustomerFactory(first_name="Anna", last_name="Dangeli")
    assert search_customers(Customer.objects.all(), typed, reader=AnonymousUser()) == [customer]


def test_the_key_without_blanks_is_asked_only_where_the_other_finds_nothing():
    whole = CustomerFactory(first_name="Anna", last_name="Deluca")
    CustomerFactory(first_name="Anna", last_name="De Luca")
    assert search_customers(Customer.objects.all(), "deluca", reader=AnonymousUser()) == [whole]


def test_somebody_is_found_by_the_policy_that_covers_them():
    adherent = PolicyAdherentFactory(policy__number="P00000008")
    found = search_customers(Customer.objects.all(), "P00000008", reader=AnonymousUser())
    assert found == [adherent.policy.holder, adherent.customer]


# --- The policies that cover somebody
def test_the_file_has_the_policies_that_cover_the_customer(client):
    adherent = PolicyAdherentFactory()
    page = client.get(reverse("admin:customers_customer_change", args=[adherent.customer.pk]))
    assert adherent.policy.number in page.content.decode()


def test_the_page_of_a_contact_has_them_marked_with_whose_they_are(client):
    adherent = PolicyAdherentFactory()
    contact = ContactFactory(customer=adherent.customer)
    page = client.get(reverse("admin:contact_center_contact_change", args=[contact.pk]))
    assert page.context["policies"] == [adherent.policy]
    assert f"{adherent.policy.holder}" in page.content.decode()
