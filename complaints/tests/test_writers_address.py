"""A complaint that a contact turns out to be is not acknowledged at an address that only its writer stated."""

import pytest
from django.test import Client
from django.urls import reverse

from complaints.services import register_from_contact
from contact_center.contacts import commands
from contact_center.tests.factories import AgentFactory, MessageFactory, WebFormRequestFactory
from customers import roles
from customers.tests.factories import ContactPointFactory, CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db
HERS, STRANGER = "vera@example.it", "altro@example.it"


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT))


@pytest.fixture
def contact(agent):
    vera = ContactPointFactory(customer=CustomerFactory(), kind="email", value=HERS).customer
    form = WebFormRequestFactory(email=STRANGER, contact__address=STRANGER)
    MessageFactory(contact=form.contact)
    return commands.link_customer(form.contact, customer=vera, by=agent.user)


def test_it_is_acknowledged_at_the_customers_own_address(contact):
    assert register_from_contact(contact, by=UserFactory(role=roles.COMPLAINT_OFFICER)).address == HERS


def test_whoever_registers_may_choose_the_writers(contact):
    complaint = register_from_contact(contact, by=UserFactory(role=roles.COMPLAINT_OFFICER), address=STRANGER)
    assert complaint.address == "" or complaint.email == STRANGER


def test_the_page_warns_before_registering(contact, agent):
    client = Client()
    client.force_login(agent.user)
    page = client.get(reverse("admin:contact_center_contact_command", args=[contact.pk, "reclamo"]))
    assert STRANGER in page.context["question"]
    assert page.context["form"].initial["address"] == HERS
