"""The person a contact may be from: suggested by what it carries, confirmed by one click."""

import pytest
from django.test import Client
from django.urls import reverse

from contact_center.contacts import commands
from contact_center.contacts.candidates import candidates_for
from contact_center.tests.factories import ContactFactory, WebFormRequestFactory
from customers import roles
from customers.models import AccessLog
from customers.tests.factories import (
    ContactPointFactory,
    CustomerFactory,
    PolicyAdherentFactory,
    PolicyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return UserFactory(role=roles.AGENT)


def suggested(contact, user):
    return [(each.customer, len(each.reasons)) for each in candidates_for(contact, user)]


def test_a_caller_is_suggested_by_the_number_even_when_others_share_it(agent):
    contact = ContactFactory(by_phone=True, address="+393331234567")
    wife, husband = (ContactPointFactory(kind="phone", value="+393331234567").customer for _ in range(2))
    ContactPointFactory(kind="phone", value="+393339999999")
    assert suggested(contact, agent) == [(wife, 1), (husband, 1)]


def test_who_is_named_by_more_comes_first(agent):
    named = CustomerFactory(tax_code="RSSMRA80A01H501U")
    shared = ContactPointFactory(kind="email", value="maria.rossi@example.it").customer
    ContactPointFactory(kind="email", value="maria.rossi@example.it", customer=named)
    policy = PolicyFactory(number="P000123")
    contact = WebFormRequestFactory(
        email="Maria.Rossi@example.it", tax_code="RSSMRA80A01H501U", policy_number=" p000123"
    ).contact
    assert suggested(contact, agent) == [(named, 2), (policy.holder, 1), (shared, 1)]


def test_a_policy_number_suggests_the_people_it_covers_as_well(agent):
    adherent = PolicyAdherentFactory(policy__number="P000123")
    contact = WebFormRequestFactory(email="nessuno@example.it", policy_number="P000123").contact
    assert {each for each, _reasons in suggested(contact, agent)} == {adherent.policy.holder, adherent.customer}


def test_what_leads_to_nobody_suggests_nobody(agent):
    assert suggested(WebFormRequestFactory(email="nessuno@example.it", phone="x").contact, agent) == []
    assert suggested(ContactFactory(by_phone=True, address=""), agent) == []


def test_at_most_five_are_suggested(agent):
    for _ in range(8):
        ContactPointFactory(kind="phone", value="+393331234567")
    assert len(candidates_for(ContactFactory(by_phone=True, address="+393331234567"), agent)) == 5


def test_one_click_says_who_it_is_and_verifies_nothing(agent):
    point = ContactPointFactory(kind="email", value="maria.rossi@example.it", verified_at=None)
    contact = WebFormRequestFactory().contact
    client = Client()
    client.force_login(agent)
    address = reverse("admin:contact_center_contact_command", args=[contact.pk, "persona"])
    assert [each.customer for each in client.get(address).context["candidates"]] == [point.customer]
    client.post(address, {"customer": point.customer_id, "seen_version": contact.version})
    contact.refresh_from_db()
    point.refresh_from_db()
    assert contact.customer == point.customer
    assert point.verified_at is None
    event = contact.events.get()
    assert (event.kind, event.details) == ("identified", {"customer": point.customer_id, "earlier": None})
    assert AccessLog.objects.get().customer_id == point.customer_id


def test_anybody_may_be_searched_for(agent):
    wanted = CustomerFactory(last_name="Zanardi")
    contact = WebFormRequestFactory().contact
    client = Client()
    client.force_login(agent)
    address = reverse("admin:contact_center_contact_command", args=[contact.pk, "persona"])
    assert client.get(address, {"q": "zanardi"}).context["found"] == [wanted]
    answer = client.post(address, {"customer": "", "seen_version": contact.version})
    assert list(answer.context["form"].errors) == ["customer"]


def test_saying_it_again_writes_nothing_more(agent):
    contact, customer = ContactFactory(), CustomerFactory()
    commands.link_customer(contact, customer=customer, by=agent)
    commands.link_customer(contact, customer=customer, by=agent)
    contact.refresh_from_db()
    assert contact.events.count() == 1
    assert contact.version == 2
