"""From a contact's page an agent finds anything by keyboard, and what is being written there remains."""

import re

import pytest
from playwright.sync_api import Page, expect

from customers import roles
from e2e.people import sign_in
from e2e.records import ask

# `result`: what each word is of, made for the journey; a name that nobody else has.
MADE = """
import uuid
from datetime import date, timedelta
from complaints.services.registering import Statement, register_complaint
from contact_center.contacts.opening import open_request
from customers.models import Agency, Claim, ContactPoint, Customer, Policy
from django.utils import timezone
from notifications.models import Notice
mark = uuid.uuid4().hex[:6]
letters = mark.translate(str.maketrans("0123456789", "ghijklmnop"))
today = timezone.localdate()
customer = Customer.objects.create(
    code="F" + mark.upper(), agency=Agency.objects.earliest("pk"), last_name="D'Aquilani" + letters, first_name="Clelia"
)
telephone, mailbox = "+39347" + str(uuid.uuid4().int)[:7], f"clelia.{mark}@posta.example"
ContactPoint.objects.create(customer=customer, kind="phone", value=telephone)
ContactPoint.objects.create(customer=customer, kind="email", value=mailbox)
policy = Policy.objects.create(
    number="F" + mark.upper() + "9", holder=customer, agency=customer.agency, ramo="10", product="Auto",
    plate="ZZ" + str(uuid.uuid4().int)[:3] + mark[:2].upper(), starts_on=today, ends_on=today + timedelta(days=365),
)
claim = Claim.objects.create(
    number=f"SIN-2026/{mark.upper()}7", policy=policy, customer=customer, occurred_on=today, reported_on=today
)
contact = open_request(
    form="open", submission_key=uuid.uuid4(), name=str(customer), email=mailbox, customer=customer, subject="Copia della polizza",
    text="Vorrei una copia.", privacy_version="2026-01",
).contact
complaint = register_complaint(
    Statement(complainant_name="Clelia D'Aquilani", subject="Ritardo", text="Il rimborso tarda.", received_on=today, address=mailbox),
    by=None, submission_key=uuid.uuid4(),
)
notice = Notice.objects.filter(customer=customer).latest("pk")
page = lambda row: f"/backoffice/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"
result = {
    "contact_page": page(contact), "customer_page": page(customer),
    "complaint": [complaint.number.replace("/", " "), page(complaint)],
    "words": [
        ["daquilani" + letters, page(customer)],
        ["D'Aqiulani" + letters + " Clelia", page(customer)],
        [telephone[3:6] + " " + telephone[6:], page(customer)],
        [telephone[-6:], page(customer)],
        [mailbox, page(customer)],
        [policy.plate.lower(), page(policy)],
        [policy.number.lower(), page(policy)],
        ["sin 2026 " + mark + "7", page(claim)],
        [contact.number.lower(), page(contact)],
        [notice.once, page(notice)],
    ],
}
"""
TEXT = "Gentile signora, la copia della polizza parte oggi."


@pytest.fixture
def made(site):
    return ask(site, MADE)


def open_box(page: Page, size: str) -> None:
    page.wait_for_load_state()
    if size == "phone":
        page.locator("[data-find]").click()
    else:
        page.keyboard.press("Control+k")
    expect(page.locator("#find-q")).to_be_focused()


def choose(page: Page, address: str) -> None:
    """Go down by the arrow to what leads to the address."""
    option = page.locator(f'#find-results [role=option][href="{address}"]')
    expect(option).to_be_visible()
    for _step in range(20):
        if option.get_attribute("aria-selected") == "true":
            break
        page.keyboard.press("ArrowDown")
    assert page.locator("#find-q").get_attribute("aria-activedescendant") == option.get_attribute("id")


def test_an_agent_finds_each_kind_of_thing_by_keyboard_and_loses_no_word(visitor, look, made, size):
    page = visitor()
    sign_in(page, roles.AGENT, to=made["contact_page"])
    page.locator("#reply-text").fill(TEXT)
    open_box(page, size)
    page.keyboard.type("clelia")
    expect(page.locator("#find-results [role=option]").first).to_be_visible()
    look(page, "find-names")
    page.keyboard.press("Escape")
    expect(page.locator("#find")).to_be_hidden()
    expect(page.locator("#reply-text")).to_have_value(TEXT)
    if size == "desk":
        expect(page.locator("#reply-text")).to_be_focused()

    for word, address in made["words"]:
        open_box(page, size)
        page.locator("#find-q").fill(word)
        choose(page, address)
        page.keyboard.press("Enter")
        expect(page, word).to_have_url(re.compile(f"{re.escape(address)}$"))
        page.goto(made["contact_page"])
        expect(page.locator("#reply-text")).to_have_value(TEXT)


def test_enter_before_the_answer_opens_the_first(visitor, made, size):
    page = visitor()
    sign_in(page, roles.AGENT, to=made["contact_page"])
    open_box(page, size)
    page.keyboard.type(made["words"][4][0])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{re.escape(made['customer_page'])}$"))


def test_a_misspelt_name_and_nothing_at_all_in_the_dark(visitor, look, made, size):
    page = visitor(color_scheme="dark")
    sign_in(page, roles.AGENT, to="/backoffice/")
    open_box(page, size)
    page.locator("#find-q").fill(made["words"][1][0])
    expect(page.locator(".vc-find-group[data-near]")).to_contain_text("Clelia")
    look(page, "find-misspelt-dark")
    page.locator("#find-q").fill("zzyzx wxwxwx")
    expect(page.locator("#find-say")).to_contain_text("Non è stato trovato nulla")
    look(page, "find-nothing-dark")


def test_an_officer_finds_a_complaint_by_its_number(visitor, made, size):
    page = visitor()
    number, address = made["complaint"]
    sign_in(page, roles.COMPLAINT_OFFICER, to="/backoffice/")
    open_box(page, size)
    page.keyboard.type(number)
    choose(page, address)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{re.escape(address)}$"))


def test_the_page_does_the_same_without_the_box(visitor, look, made):
    page = visitor()
    sign_in(page, roles.AGENT, to="/backoffice/trova/")
    page.locator("#find-page-q").fill(made["words"][4][0])
    page.get_by_role("search").last.get_by_role("button", name="Cercare").click()
    expect(page.locator(f'.vc-find-page a[href="{made["customer_page"]}"]')).to_be_visible()
    look(page, "find-page")
