"""Signing in: with password and code, by a code of an e-mail, by a passkey; and ending a session from another device."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from customers import roles
from e2e.conftest import SIZES
from e2e.mail import open_mail
from e2e.people import SIGN_IN, mailbox_of, sign_in
from testbed.installation import Installation

HOME, ROOM = "/area-riservata/", "/area-riservata/accesso/"
# A telephone that keeps passkeys and unlocks them by itself
TELEPHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.mark.parametrize(
    ("person", "lands_on"), [(roles.AGENT, "/backoffice/"), (roles.MANAGER, "/dashboard/"), (1, "/area-riservata/")]
)
def test_everybody_lands_on_the_page_of_their_work(visitor, look, person, lands_on):
    page = visitor()
    sign_in(page, person, again=True)
    expect(page).to_have_url(re.compile(rf"{lands_on}$"))
    look(page, f"signed-in-{lands_on.strip('/')}")


@pytest.fixture
def phone(browser: Browser, site: Installation) -> Iterator[Page]:
    """A telephone with passkeys. They need a name for the site: at a number no browser keeps any."""
    context = browser.new_context(
        base_url=site.url.replace("127.0.0.1", "localhost"), viewport=SIZES["phone"], locale="it-IT"
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": TELEPHONE})
    yield page
    context.close()


def by_password(page: Page, customer: int) -> None:
    sign_in(page, customer, to=HOME, again=True)


def sign_out(page: Page) -> None:
    page.goto("/accesso/logout/")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def test_a_passkey_is_offered_once_and_signs_in_with_one_screen(phone):
    by_password(phone, 2)
    phone.locator("[data-passkey-offer]").get_by_role("link").click()
    phone.locator("form[data-passkey=create] button").click()
    expect(phone).to_have_url(re.compile(rf"{ROOM}$"))
    expect(phone.get_by_text(re.compile("Passkey, aggiunta"))).to_be_visible()
    sign_out(phone)
    phone.goto(HOME)
    phone.locator("form[data-passkey=login] button").click()
    expect(phone).to_have_url(re.compile(rf"{HOME}$"))
    expect(phone.locator("[data-passkey-offer]")).to_have_count(0)


def test_a_browser_without_the_passkey_says_so_and_the_password_remains(visitor):
    page = visitor()
    page.goto(SIGN_IN)
    page.locator("form[data-passkey=login] button").click()
    expect(page.locator("form[data-passkey=login] [role=alert]")).to_be_visible()
    by_password(page, 3)
    expect(page).to_have_url(re.compile(rf"{HOME}$"))


def test_a_code_by_e_mail_takes_the_place_of_the_password(visitor, look, size):
    page, mailbox = visitor(), mailbox_of({"desk": 2, "phone": 3}[size])
    page.goto(f"{SIGN_IN}?next={HOME}")
    page.locator("[name=login]").fill(mailbox)
    page.locator("button[formaction]").click()
    expect(page.locator("[name=code]")).to_be_visible()
    look(page, "code-by-mail")
    mail = page.context.new_page()
    open_mail(mail, mailbox, "codice")
    found = re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", mail.locator(".mail-text").inner_text())
    assert found is not None
    page.locator("[name=code]").fill(found[0])
    page.locator("main form button[type=submit]").first.click()
    expect(page).to_have_url(re.compile(rf"{HOME}$"))


def test_a_session_is_ended_from_another_device(visitor, look):
    lost, here = visitor(), visitor()
    for page in (lost, here):
        by_password(page, 3)
    here.goto(ROOM)
    look(here, "access-and-devices")
    here.get_by_role("button", name="Chiudere tutte le altre").click()
    expect(here.locator(".badge-state", has_text="Questo").first).to_be_visible()
    lost.goto(HOME)
    expect(lost).to_have_url(re.compile(SIGN_IN))
    here.goto(HOME)
    expect(here).to_have_url(re.compile(rf"{HOME}$"))
