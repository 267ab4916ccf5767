"""A caller who is no customer: a card at the first call, known at the second, joined to a customer once there is one."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from customers import roles
from e2e.people import sign_in
from e2e.records import ask
from e2e.telephone import Platform, code_by_keyboard, new_platform

DESK = "/backoffice/scrivania/"

# `result`: the name of a customer who has the number since now, as the file of the night would bring it.
CUSTOMER = """
from customers.models import ContactPoint, Customer
customer = Customer.objects.filter(kind=Customer.Kind.PERSON).order_by("pk")[40]
ContactPoint.objects.create(customer=customer, kind="phone", value=number)
result = str(customer)
"""


@pytest.fixture(scope="module")
def platform(site) -> Platform:
    """A platform with a key of its own."""
    return new_platform(site)


@pytest.fixture
def desk(visitor) -> Callable[[], Page]:
    """The agent's desk, in a browser of its own."""

    def open_desk() -> Page:
        page = visitor()
        sign_in(page, roles.AGENT, to=DESK)
        return page

    return open_desk


def test_a_caller_gets_a_card_is_known_again_and_becomes_a_customer(site, desk, platform, look):
    page = desk()
    number, name = f"+39348{uuid.uuid4().int % 10_000_000:07d}", f"Nora {uuid.uuid4().hex[:6].title()}"

    call, _took = platform.answered(page, number, card="Nessuno ha questo numero")
    page.get_by_text("Non è cliente: scrivere una scheda").click()
    page.get_by_label("Nome", exact=True).fill(name)
    page.get_by_label(re.compile("Che cosa ha a che fare con noi")).fill("chiede un preventivo")
    look(page, "caller-new-card")
    page.get_by_role("button", name="Scrivere la scheda").click()
    expect(page.locator("#who")).to_have_text(name)
    look(page, "caller-card")
    platform.ended(page, call)
    expect(page.locator(".vc-caller")).to_contain_text("terminata")
    code_by_keyboard(page)
    expect(page.get_by_text(": Risolto.")).to_be_visible()

    call, _took = platform.answered(page, number, card="Chiamante conosciuto")
    look(page, "caller-known")
    page.get_by_role("button", name="È questa persona").click()
    expect(page.locator("#who")).to_have_text(name)
    platform.ended(page, call)
    expect(page.locator(".vc-caller")).to_contain_text("terminata")
    code_by_keyboard(page)

    customer = ask(site, CUSTOMER, number=number)
    page.goto(f"/backoffice/contact_center/knownperson/?q={number.replace('+', '%2B')}")
    look(page, "known-people")
    page.locator("#result_list tbody tr a").first.click()
    look(page, "known-person")
    page.get_by_role("button", name="Unire a questo cliente").click()
    expect(page.get_by_text(re.compile(f"è il cliente {re.escape(customer)}"))).to_be_visible()
    look(page, "known-person-joined")
