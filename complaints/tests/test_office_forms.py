"""The pages of the register as a browser sees and sends them: urgency, days far back, what was stated."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from complaints.models import Complaint
from complaints.tests.factories import ComplaintFactory, SuspensionFactory
from contact_center.tests.factories import ContactFactory, MessageFactory
from customers.tests.factories import AgencyFactory, CustomerFactory, PolicyFactory
from foundation.tests.pages import send_command

pytestmark = pytest.mark.django_db
State = Complaint.State


@pytest.fixture
def client(officer, clock):
    client = Client()
    client.force_login(officer)
    return client


def page_of(complaint) -> str:
    return reverse("admin:complaints_complaint_change", args=[complaint.pk])


def command(complaint, name) -> str:
    return reverse("admin:complaints_complaint_command", args=[complaint.pk, name])


# --- Urgency ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("received_on", "tone"), [(date(2026, 3, 4), "late"), (date(2026, 3, 20), "near"), (date(2026, 4, 20), None)]
)
def test_the_page_says_how_urgent_it_is(client, received_on, tone):
    shown = client.get(page_of(ComplaintFactory(received_on=received_on)))
    assert getattr(shown.context["urgency"], "tone", None) == tone


def test_the_page_says_by_how_many_days_it_is_late(client):
    html = client.get(page_of(ComplaintFactory(received_on=date(2026, 3, 4)))).content.decode()
    assert "in ritardo di 16 giorni" in html


def test_the_list_is_in_the_order_of_the_terms_that_it_shows(client):
    running = ComplaintFactory(received_on=date(2026, 4, 12))
    standing = ComplaintFactory(received_on=date(2026, 4, 10), state=State.SUSPENDED)
    SuspensionFactory(complaint=standing, started_on=date(2026, 4, 26), ended_on=None)  # eight days more until today
    listed = client.get(reverse("admin:complaints_complaint_changelist"))
    assert list(listed.context["cl"].result_list) == [running, standing]
    assert "12/04/2026" in listed.content.decode()


# --- Days of receipt ----------------------------------------------------------------------------------------------
def test_a_day_far_back_is_asked_about_again(client):
    complaint = ComplaintFactory(received_on=date(2026, 4, 20), registered_at=datetime(2026, 5, 4, 7, tzinfo=UTC))
    stated = {"received_on": "2025-04-20", "received_by_intermediary_on": "", "reason": "Timbro."}
    asked = send_command(client, command(complaint, "correggi"), stated)
    assert asked.context["form"].errors.as_data()["received_on"][0].code == "far_back"
    right = stated | {"far_back_is_right": "on"}
    assert send_command(client, command(complaint, "correggi"), right).status_code == 302
    complaint.refresh_from_db()
    assert complaint.received_on == date(2025, 4, 20)


def test_registering_a_thread_asks_which_message_is_the_complaint(client):
    contact = ContactFactory(customer=CustomerFactory(), started_at=datetime(2026, 4, 1, 8, tzinfo=UTC))
    MessageFactory(contact=contact, text="Quando scade?", written_at=datetime(2026, 4, 1, 8, tzinfo=UTC))
    MessageFactory(contact=contact, text="RECLAMO: doppio.", written_at=datetime(2026, 5, 2, 8, tzinfo=UTC))
    address = reverse("admin:contact_center_contact_command", args=[contact.pk, "reclamo"])
    form = client.get(address).context["form"]
    assert [value for value, _words in form.fields["received_on"].choices] == ["2026-04-01", "2026-05-02"]
    names = ("complainant_name", "address", "language", "subject", "text")
    data = {name: form[name].value() for name in names}
    data |= {"complainant_kind": "policyholder", "proposer_kind": "interested"}
    assert list(send_command(client, address, data).context["form"].errors) == ["received_on"]
    assert send_command(client, address, data | {"received_on": "2026-05-02"}).status_code == 302
    complaint = Complaint.objects.get()
    assert (complaint.received_on, complaint.text) == (date(2026, 5, 2), "RECLAMO: doppio.")


# --- What was stated ----------------------------------------------------------------------------------------------
def test_what_was_stated_is_found_and_taken_over(client):
    policy = PolicyFactory(ramo="8")
    agency = AgencyFactory(name="Agenzia Pavia Centro")
    AgencyFactory(name="Agenzia Lodi")
    complaint = ComplaintFactory(
        customer=None,
        reference=policy.number,
        tax_code=policy.holder.tax_code,
        intermediary_stated="agenzia Pavia Centro, Pavia",
        about_conduct=True,
    )
    form = client.get(command(complaint, "riconosci")).context["form"]
    chosen = [value for value, _words in form.fields["chosen"].choices]
    assert chosen == [f"customer:{policy.holder_id}", f"policy:{policy.pk}", f"agency:{agency.pk}"]
    assert send_command(client, command(complaint, "riconosci"), {"chosen": chosen}).status_code == 302
    complaint.refresh_from_db()
    assert (complaint.customer, complaint.policy, complaint.agency, complaint.ramo) == (
        policy.holder,
        policy,
        agency,
        "8",
    )
    assert client.get(command(complaint, "riconosci")).status_code == 409


def test_the_page_says_where_asking_the_intermediary_will_be(client):
    html = client.get(page_of(ComplaintFactory(state=State.UNDER_REVIEW))).content.decode()
    assert "quando il reclamo riguarda il suo comportamento" in html


# --- An answer ----------------------------------------------------------------------------------------------------
def test_an_answer_without_its_reasons_is_asked_for_them(client):
    complaint = ComplaintFactory(state=State.UNDER_REVIEW, ramo="8", received_on=date(2026, 4, 20))
    sent = send_command(
        client, command(complaint, "rispondi"), {"outcome": "rejected", "answer": "No.", "reasons": ""}
    )
    assert (sent.status_code, list(sent.context["form"].errors)) == (200, ["reasons"])
    upheld = send_command(
        client, command(complaint, "rispondi"), {"outcome": "upheld", "answer": "Sì.", "reasons": ""}
    )
    assert upheld.status_code == 302


def test_what_staff_type_is_cleaned_too(client):
    complaint = ComplaintFactory()
    send_command(client, command(complaint, "annota"), {"text": "Ha \u202etelefonato\u200b.\x0b"})
    assert complaint.events.get().details == {"text": "Ha telefonato."}
