"""An agent knows that the person has a complaint open, without reading the register."""

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints.models import Complaint
from complaints.open_matters import card_panel, matters_about
from complaints.tests.factories import ComplaintFactory
from contact_center.tests.factories import ContactFactory
from customers import roles
from customers.tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return UserFactory(role=roles.AGENT)


@pytest.fixture
def complaint():
    return ComplaintFactory(customer=CustomerFactory(), received_on=timezone.localdate())


def test_open_complaints_are_told_with_the_day_of_the_answer(agent, complaint):
    (matter,) = matters_about(complaint.customer, agent)
    assert matter.title == f"{complaint.number} · {complaint.subject}"
    assert f"{complaint.due_on:%d/%m/%Y}" in matter.hint


def test_the_page_is_a_link_for_who_may_read_the_register(agent, complaint):
    (matter,) = matters_about(complaint.customer, agent)
    assert matter.url == ""
    (matter,) = matters_about(complaint.customer, UserFactory(role=roles.COMPLAINT_OFFICER))
    assert matter.url == reverse("admin:complaints_complaint_change", args=[complaint.pk])


def test_a_complaint_past_its_term_is_marked(agent, complaint):
    assert card_panel(complaint.customer, agent).rows[0].tone == "warn"
    Complaint.objects.filter(pk=complaint.pk).update(due_on="2020-01-01", received_on="2019-11-17")
    assert card_panel(complaint.customer, agent).rows[0].tone == "bad"


def test_what_was_withdrawn_is_told_no_more(agent):
    complaint = ComplaintFactory(customer=CustomerFactory(), state="withdrawn")
    assert matters_about(complaint.customer, agent) == []
    assert card_panel(complaint.customer, agent) is None


@pytest.mark.parametrize("page", ["contact", "file"])
def test_the_page_of_a_contact_and_the_customers_file_name_it(client, agent, complaint, page):
    contact = ContactFactory(customer=complaint.customer)
    pages = {"contact": ("contact_center_contact", contact.pk), "file": ("customers_customer", complaint.customer.pk)}
    name, key = pages[page]
    client.force_login(agent)
    shown = client.get(reverse(f"admin:{name}_change", args=[key])).content.decode()
    assert f"{complaint.number} · " in shown
