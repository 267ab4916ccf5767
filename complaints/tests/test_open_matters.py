"""An agent knows that the person has a complaint open, without reading the register."""

import pytest
from django.test import Client
from django.urls import reverse

from complaints.open_matters import card_panel, matters_about
from complaints.tests.factories import ComplaintFactory
from contact_center.tests.factories import ContactFactory
from customers import roles
from customers.tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_open_complaints_are_told_with_the_day_of_the_answer():
    complaint = ComplaintFactory(customer=CustomerFactory())
    (matter,) = matters_about(complaint.customer, UserFactory(role=roles.AGENT))
    assert complaint.number in matter.title
    assert f"{complaint.due_on:%d/%m/%Y}" in matter.hint


def test_the_page_is_a_link_for_who_may_read_the_register():
    complaint = ComplaintFactory(customer=CustomerFactory())
    (matter,) = matters_about(complaint.customer, UserFactory(role=roles.AGENT))
    assert matter.url == ""
    (matter,) = matters_about(complaint.customer, UserFactory(role=roles.COMPLAINT_OFFICER))
    assert matter.url == reverse("admin:complaints_complaint_change", args=[complaint.pk])


def test_what_was_withdrawn_is_told_no_more():
    complaint = ComplaintFactory(customer=CustomerFactory(), state="withdrawn")
    assert matters_about(complaint.customer, UserFactory(role=roles.AGENT)) == []
    assert card_panel(complaint.customer, UserFactory(role=roles.AGENT)).rows == []


def test_the_page_of_a_contact_shows_them():
    complaint = ComplaintFactory(customer=CustomerFactory())
    contact = ContactFactory(customer=complaint.customer)
    client = Client()
    client.force_login(UserFactory(role=roles.AGENT))
    page = client.get(reverse("admin:contact_center_contact_change", args=[contact.pk]))
    assert complaint.number in page.content.decode()
