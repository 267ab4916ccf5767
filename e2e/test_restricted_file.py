"""A restricted file: an agent is asked why, says it and works; the data protection officer finds the reason in the log."""

import pytest
from playwright.sync_api import expect

from customers import roles
from e2e.people import sign_in
from e2e.records import ask

# `result`: the file of a public person, made for the journey.
RESTRICTED = """
import uuid
from customers.models import Agency, Customer, FileRestriction, User
customer = Customer.objects.create(
    code="R" + uuid.uuid4().hex[:8].upper(), agency=Agency.objects.earliest("pk"), last_name="Celebri", first_name="Ada"
)
FileRestriction.objects.create(
    customer=customer, ground="public", reason="Volto noto", marked_by=User.objects.get(email=officer)
)
result = {"pk": customer.pk, "code": customer.code}
"""


@pytest.fixture
def restricted(site):
    return ask(site, RESTRICTED, officer="protezione-dati@vittoria-care.example")


def test_an_agent_says_why_and_the_officer_reads_it(visitor, look, restricted):
    page = visitor()
    address = f"/backoffice/customers/customer/{restricted['pk']}/change/"
    sign_in(page, roles.AGENT, to=address)
    expect(page.locator("h1", has_text="accesso limitato")).to_be_visible()
    expect(page.get_by_text("Celebri")).to_have_count(0)
    look(page, "restricted-file-asks-why")
    page.get_by_role("radio", name="altro").check()
    page.get_by_role("button", name="Aprire il fascicolo").click()
    expect(page.locator("#id_words_error")).to_contain_text("qualche parola in più")
    page.get_by_label("In parole").fill("Copia del contratto chiesta dal tribunale di Pavia")
    page.get_by_role("button", name="Aprire il fascicolo").click()
    expect(page.get_by_role("heading", name="Celebri Ada").first).to_be_visible()

    page = visitor()
    sign_in(page, roles.DATA_OFFICER, to=f"/backoffice/customers/accesslog/?q={restricted['code']}")
    expect(page.get_by_text("Copia del contratto chiesta dal tribunale di Pavia")).to_be_visible()
    look(page, "restricted-file-in-the-log")
