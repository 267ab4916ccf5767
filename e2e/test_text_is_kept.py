"""A text outlives whatever comes between writing and sending: the end of the session, no connection, another page."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from customers import roles
from e2e.forms import send
from e2e.people import give_code, mailbox_of, sign_in
from vittoria_care.demonstration.data.sign_ins import PASSWORD

QUEUE = "/backoffice/contact_center/contact/"
TEXT = "Gentile signora, la copia della polizza parte oggi."


@pytest.fixture
def number(visitor) -> str:
    """A request that somebody wrote just now."""
    page = visitor()
    page.goto("/contatti/richiesta/")
    words = {
        "subject": "Copia della polizza",
        "text": "Vorrei una copia.",
        "name": "Ines Brambati",
        "email": f"ines.{uuid.uuid4().hex[:10]}@posta.example",
    }
    for name, value in words.items():
        page.locator(f".request-form [name={name}]").fill(value)
    send(page.locator(".request-form"))
    return page.locator(".sent-number strong").inner_text()


@pytest.fixture
def contact(visitor, number) -> Page:
    """Its page, open before an agent."""
    page = visitor()
    sign_in(page, roles.AGENT, to=f"{QUEUE}?work=all&q={number}")
    page.get_by_role("link", name=number).click()
    expect(page.locator("#reply-text")).to_be_visible()
    return page


def sign_in_here(page: Page) -> None:
    """Sign in on the page that asks for it, to wherever it leads then."""
    mailbox = mailbox_of(roles.AGENT)
    page.locator("[name=login]").fill(mailbox)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    give_code(page, mailbox)


def kept(page: Page) -> int:
    return page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft:')).length")


def test_a_session_that_ended_costs_no_word(contact, look):
    contact.locator("#reply-text").fill(TEXT)
    contact.context.clear_cookies(name="sessionid")
    contact.locator("[name=then][value=waiting]").click()
    expect(contact.locator("[name=login]")).to_be_visible()
    sign_in_here(contact)
    expect(contact).to_have_url(re.compile(f"{QUEUE}[0-9]+/change/"))
    expect(contact.locator("#reply-text")).to_have_value(TEXT)
    expect(contact.locator(".vc-draft-back")).to_be_visible()
    look(contact, "text-is-back")
    contact.locator("[name=then][value=waiting]").click()
    expect(contact.locator(".vc-message").last).to_contain_text(TEXT)
    expect(contact.locator("#reply-text")).to_have_value("")
    assert kept(contact) == 0


def sign_in_as_customer(page: Page) -> None:
    page.locator("[name=login]").fill(mailbox_of(1))
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()


def test_a_customer_finds_every_answer_again(visitor, look, tmp_path):
    page = visitor()
    sign_in(page, 1, to="/area-riservata/sinistri/denuncia/")
    page.locator(".report-policies label").filter(has_text="Responsabilità civile autoveicoli").first.click()
    page.get_by_role("button", name="Cominciare").click()
    page.goto(page.url.replace("/evento/", "/veicolo/"))
    expect(page.locator("[name=driver_name]")).to_be_hidden()  # asked of another driver alone
    page.locator("[name=driver][value=other]").check()
    page.locator("[name=driver_name]").fill("Ugo Prandi")
    page.locator("[name=damage]").fill("Paraurti")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Salvare e proseguire").click()
    sign_in_as_customer(page)
    expect(page).to_have_url(re.compile("/passo/veicolo/"))
    expect(page.locator("[name=driver][value=other]")).to_be_checked()
    expect(page.locator("[name=driver_name]")).to_have_value("Ugo Prandi")
    expect(page.locator("[name=damage]")).to_have_value("Paraurti")
    expect(page.locator(".vc-draft-back")).to_be_visible()
    look(page, "answers-are-back")
    page.locator("[name=drivable][value=yes]").check()
    page.get_by_role("button", name="Salvare e proseguire").click()
    expect(page).to_have_url(re.compile("/passo/altro-veicolo/"))
    assert kept(page) == 0

    page.goto("/area-riservata/richieste/nuova/")
    chosen = tmp_path / "nota.txt"
    chosen.write_text("nota", encoding="utf-8")
    page.locator("[name=subject]").fill("Copia della polizza")
    page.locator("[name=text]").fill("Vorrei una copia.")
    page.locator("[name=files]").set_input_files(chosen)
    page.context.clear_cookies(name="sessionid")
    send(page.locator(".request-form"))
    sign_in_as_customer(page)
    expect(page.locator("[name=subject]")).to_have_value("Copia della polizza")
    expect(page.locator("[name=text]")).to_have_value("Vorrei una copia.")
    expect(page.locator(".vc-draft-back")).to_contain_text("Scelga di nuovo i file")
    look(page, "request-is-back")


def test_a_form_without_its_key_leads_back_to_the_text(contact, look):
    contact.locator("#reply-text").fill(TEXT)
    contact.context.clear_cookies(name="csrftoken")
    contact.locator("[name=then][value=waiting]").click()
    expect(contact.get_by_role("heading", level=1)).to_contain_text("nuovo accesso")
    look(contact, "form-key-lost")
    contact.get_by_role("link", name="Tornare alla pagina").click()
    expect(contact.locator("#reply-text")).to_have_value(TEXT)


def test_a_lost_connection_costs_no_word(contact):
    contact.locator("#reply-text").fill(TEXT)
    address = contact.url
    contact.context.set_offline(True)
    contact.locator("[name=then][value=waiting]").click()
    contact.wait_for_timeout(1_000)
    contact.context.set_offline(False)
    contact.goto(address)
    expect(contact.locator("#reply-text")).to_have_value(TEXT)


def test_the_page_warns_before_the_end_and_goes_on_at_a_click(contact, look):
    contact.clock.install()
    contact.reload()
    expect(contact.locator("#reply-text")).to_be_visible()
    contact.clock.fast_forward(56 * 60_000)
    warning = contact.locator(".vc-session")
    expect(warning).to_contain_text("minuti rimasti")
    look(contact, "session-ends")
    warning.get_by_role("button").click()
    contact.clock.fast_forward(20_000)
    expect(warning).to_be_hidden()
