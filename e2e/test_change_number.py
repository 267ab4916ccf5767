"""A customer's number is changed on the telephone: added, proved by the code that the caller reads out, and the old one removed."""

import random
import uuid

from playwright.sync_api import Locator, Page, expect

from customers import roles
from e2e.people import sign_in
from e2e.records import ask
from e2e.telephone import identify
from e2e.test_live_call import DESK, code_by_keyboard, platform  # noqa: F401  a fixture
from e2e.test_operations import code_sent_to

# `result`: a person with one number, made for the journey.
PERSON = """
from django.utils import timezone
from customers.models import Agency, ContactPoint, Customer
customer = Customer.objects.create(
    code=person, last_name=name, first_name="Delfina", agency=Agency.objects.earliest("pk"),
    birth_date="1970-03-12", address="Via Roma 1", postal_code="20121", city="Milano", province="MI",
)
ContactPoint.objects.create(customer=customer, kind="phone", value=number, verified_at=timezone.now())
ContactPoint.objects.create(customer=customer, kind="email", value=f"{person.lower()}@posta.example")
result = customer.pk
"""
# `result`: the kinds of the notices that the customer was sent, with their channels and addresses.
NOTICES = """
from notifications.models import Notice
result = [list(row) for row in Notice.objects.filter(customer=customer).order_by("pk").values_list("kind", "channel", "address")]
"""


def new_number() -> str:
    return f"33{random.randint(30, 89)}{random.randint(100, 999)}{random.randint(1000, 9999)}"[:10]  # noqa: S311


def press(page: Page) -> None:
    page.locator("form.vc-command-form button[type=submit]").click()


def line_of(page: Page, number: str) -> Locator:
    """The line of the head of the file about the number."""
    return page.locator(".vc-points li").filter(has_text=number[-4:])


def choose_reason(page: Page) -> None:
    page.get_by_label("chiesto dal cliente per telefono").check()


def test_a_number_is_added_proved_and_the_old_one_removed(site, visitor, look):
    person, old, new = f"J{uuid.uuid4().hex[:9].upper()}", new_number(), new_number()
    customer = ask(site, PERSON, person=person, name="Quagliotti", number=f"+39{old}")
    page = visitor()
    sign_in(page, roles.AGENT, to=f"/backoffice/customers/customer/?q={person}")
    page.locator("#result_list a").first.click()
    expect(line_of(page, old)).to_contain_text("verificato")
    look(page, "file-points")

    page.get_by_role("link", name="Aggiungere un recapito").first.click()
    page.get_by_label("telefono", exact=True).check()
    page.locator("[name=value]").fill("12")
    choose_reason(page)
    press(page)
    expect(page.locator(".errorlist").first).to_be_visible()
    look(page, "point-refused")
    page.locator("[name=value]").fill(new)
    press(page)
    expect(line_of(page, new)).not_to_contain_text("verificato")

    line_of(page, new).get_by_role("link", name="Mandare un codice").click()
    press(page)
    expect(page.locator("[name=code]")).to_be_visible()
    look(page, "point-code")
    here = page.url
    page.locator("[name=code]").fill("000000")
    press(page)
    expect(page.locator("body")).to_contain_text("4 tentativi")
    code_read_out = code_sent_to(visitor(), new[-4:])
    page.goto(here)
    page.locator("[name=code]").fill(code_read_out)
    press(page)
    expect(line_of(page, new)).to_contain_text("verificato")

    line_of(page, old).get_by_role("link", name="Togliere").click()
    look(page, "point-remove")
    choose_reason(page)
    press(page)
    expect(line_of(page, old)).to_have_count(0)
    look(page, "file-points-changed")
    dark = visitor("dark")
    sign_in(dark, roles.AGENT, to=page.url)
    look(dark, "file-points-dark")
    sent = ask(site, NOTICES, customer=customer)
    assert ["phone-retired", "sms", f"+39{old}"] in sent
    assert ["data-changed", "email", f"{person.lower()}@posta.example"] in sent


def test_the_desk_leads_to_what_the_caller_asks_and_back(site, visitor, platform, look):  # noqa: F811
    person, number = f"J{uuid.uuid4().hex[:9].upper()}", new_number()
    ask(site, PERSON, person=person, name="Quagliotti", number=f"+39{number}")
    page = visitor()
    sign_in(page, roles.AGENT, to=DESK)
    call, _took = platform.answered(page, f"+39{number}", card="Quagliotti Delfina")
    page.locator(".vc-confirm button").click()
    expect(page.locator(".vc-badges")).to_contain_text("confermato")
    identify(page)
    contact = page.locator(".vc-caller-line span").inner_text()
    look(page, "desk-points")
    page.get_by_role("link", name="Cambiare l’indirizzo postale").click()
    look(page, "home-change")
    page.locator("[name=address]").fill("Via Po 12")
    choose_reason(page)
    press(page)
    expect(page.locator("#desk-main")).to_contain_text("Via Po 12")
    page.get_by_role("link", name="Registrare un consenso", exact=True).click()
    expect(page.locator("[name=contact]")).to_have_value(contact)
    look(page, "consent-written-down")
    page.locator("[name=what]").first.check()
    page.locator("[name=read]").check()
    press(page)
    expect(page.locator("#desk-main")).to_be_visible()
    expect(page.locator("body")).to_contain_text("Il consenso è")
    platform.ended(page, call)
    code_by_keyboard(page)
    expect(page.get_by_text(": Risolto.")).to_be_visible()
