"""Who reads the register sees what a person complains of; an agent that a complaint is open, an agency nothing."""

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints.models import Complaint
from complaints.open_matters import card_panel, matters_about
from complaints.tests.factories import ComplaintFactory
from contact_center.desk.card import CardSubject
from contact_center.tests.factories import ContactFactory
from customers import roles
from customers.tests.factories import AgencyMemberFactory, CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return UserFactory(role=roles.AGENT)


@pytest.fixture
def officer():
    return UserFactory(role=roles.COMPLAINT_OFFICER)


@pytest.fixture
def complaint():
    return ComplaintFactory(customer=CustomerFactory(), received_on=timezone.localdate())


def card_rows(customer, reader):
    return card_panel(CardSubject(customer, reader, timezone.localdate())).rows


def test_who_reads_the_register_sees_the_complaint_with_the_day_of_the_answer(officer, complaint):
    (matter,) = matters_about(complaint.customer, officer)
    assert matter.title == f"{complaint.number} · {complaint.subject}"
    assert f"{complaint.due_on:%d/%m/%Y}" in matter.hint
    assert matter.url == reverse("admin:complaints_complaint_change", args=[complaint.pk])


def test_an_agent_reads_that_a_complaint_is_open_and_nothing_of_it(agent, complaint):
    ComplaintFactory(customer=complaint.customer, received_on=timezone.localdate())
    (matter,) = matters_about(complaint.customer, agent)
    assert complaint.number not in matter.title
    assert (matter.hint, matter.url) == ("", "")
    (row,) = card_rows(complaint.customer, agent)
    assert (row.hint, row.url, row.tone) == ("", "", "warn")


def test_a_complaint_past_its_term_is_marked(officer, complaint):
    assert card_rows(complaint.customer, officer)[0].tone == "warn"
    Complaint.objects.filter(pk=complaint.pk).update(due_on="2020-01-01", received_on="2019-11-17")
    assert card_rows(complaint.customer, officer)[0].tone == "bad"


def test_an_agency_does_not_see_the_complaints_of_its_customers(client):
    member = AgencyMemberFactory()
    customer = CustomerFactory(agency=member.agency)
    complaint = ComplaintFactory(customer=customer, agency=member.agency, about_conduct=True, subject="Condotta")
    client.force_login(member.user)
    shown = client.get(reverse("admin:customers_customer_change", args=[customer.pk])).content.decode()
    assert complaint.number not in shown
    assert complaint.subject not in shown
    assert card_rows(customer, member.user) == []


def test_what_was_withdrawn_is_not_shown_any_more(agent):
    complaint = ComplaintFactory(customer=CustomerFactory(), state="withdrawn")
    assert matters_about(complaint.customer, agent) == []
    assert card_rows(complaint.customer, agent) == []


@pytest.mark.parametrize("page", ["contact", "file"])
@pytest.mark.parametrize("role", [roles.AGENT, roles.COMPLAINT_OFFICER])
def test_the_page_of_a_contact_and_the_customers_file_say_so(client, complaint, page, role):
    contact = ContactFactory(customer=complaint.customer)
    pages = {"contact": ("contact_center_contact", contact.pk), "file": ("customers_customer", complaint.customer.pk)}
    name, key = pages[page]
    client.force_login(UserFactory(role=role))
    shown = client.get(reverse(f"admin:{name}_change", args=[key]), headers={"accept-language": "en"}).content.decode()
    assert (f"{complaint.number} · " in shown) == (role == roles.COMPLAINT_OFFICER)
    assert ("A complaint is open" in shown) == (role == roles.AGENT)
