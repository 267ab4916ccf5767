"""What the contact centre is told of a customer's open complaints."""

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints.models import Complaint
from complaints.open_matters import complaint_card, complaint_matters
from complaints.tests.factories import ComplaintFactory
from contact_center.tests.factories import ContactFactory
from customers import roles
from customers.tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return UserFactory(role=roles.COMPLAINT_OFFICER)


def test_an_open_complaint_stands_beside_the_call_with_its_term_and_its_page(officer):
    complaint = ComplaintFactory(customer=CustomerFactory(), received_on=timezone.localdate())
    row = complaint_card(complaint.customer, officer).rows[0]
    assert row.text.startswith(complaint.number)
    assert row.url == reverse("admin:complaints_complaint_change", args=[complaint.pk])
    assert row.tone == "warn"


def test_a_complaint_past_its_term_is_marked(officer):
    complaint = ComplaintFactory(customer=CustomerFactory())
    Complaint.objects.filter(pk=complaint.pk).update(due_on="2020-01-01", received_on="2019-11-17")
    assert complaint_card(complaint.customer, officer).rows[0].tone == "bad"


def test_without_open_complaints_there_is_no_card(officer):
    assert complaint_card(CustomerFactory(), officer) is None


def test_who_may_not_see_complaints_is_told_of_none():
    complaint = ComplaintFactory(customer=CustomerFactory())
    agent = UserFactory(role=roles.AGENT)
    assert complaint_card(complaint.customer, agent) is None
    assert complaint_matters(complaint.customer, agent) == []


def test_the_page_of_a_contact_and_the_customers_file_name_it(client, officer):
    complaint = ComplaintFactory(customer=CustomerFactory())
    contact = ContactFactory(customer=complaint.customer)
    client.force_login(officer)
    pages = [("contact_center_contact", contact.pk), ("customers_customer", complaint.customer.pk)]
    for name, key in pages:
        page = client.get(reverse(f"admin:{name}_change", args=[key]))
        assert f"{complaint.number} · {complaint.subject}" in page.content.decode()
