"""A customer who hears badly asks to be written to: an agent writes it down from the file, and their contact comes first and says why."""

import pytest
from playwright.sync_api import expect

from customers import roles
from e2e.people import sign_in
from e2e.records import ask

# `result`: a person with an open request, made for the journey.
PERSON = """
import uuid
from contact_center.models import Contact
from customers.models import Agency, Customer
from django.utils import timezone
customer = Customer.objects.create(
    code="R" + uuid.uuid4().hex[:8].upper(), agency=Agency.objects.earliest("pk"), last_name="Silenti", first_name="Ada"
)
contact = Contact.objects.create(
    customer=customer, channel="email", state="open", subject="Copia della polizza", started_at=timezone.now()
)
result = {"customer": customer.pk, "contact": contact.pk}
"""


@pytest.fixture
def person(site):
    return ask(site, PERSON)


def test_an_agent_writes_down_what_to_mind_and_the_contact_says_why_it_comes_first(visitor, look, person):
    page = visitor()
    file = f"/backoffice/customers/customer/{person['customer']}"
    sign_in(page, roles.AGENT, to=f"{file}/comando/attenzione/")
    page.get_by_role("radio", name="udito").check()
    page.get_by_label("Che cosa aiuta").fill("Scrivere invece di telefonare")
    page.get_by_role("radio", name="la persona").check()
    page.get_by_label("La persona è stata interpellata").check()
    look(page, "particular-attention-asked")
    page.get_by_role("button", name="Registrare una particolare attenzione").click()
    expect(page.get_by_text("Scrivere invece di telefonare").first).to_be_visible()
    look(page, "particular-attention-in-the-file")

    page.goto(f"/backoffice/contact_center/contact/{person['contact']}/change/")
    expect(page.get_by_text("il cliente richiede particolare attenzione").first).to_be_visible()
    expect(page.get_by_text("Scrivere invece di telefonare").first).to_be_visible()
    look(page, "particular-attention-on-the-contact")
