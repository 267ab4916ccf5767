"""The same pages for people whose system asks for dark ones."""

import pytest
from playwright.sync_api import Page, expect

from customers import roles
from e2e.people import sign_in

PUBLIC = {
    "contacts": "/contatti/",
    "guided-topics": "/contatti/richiesta-guidata/",
    "guided-form": "/contatti/richiesta-guidata/?argomento=policy-suspension",
    "open-request": "/contatti/richiesta/",
    "mail": "/demo/posta/",
}
OFFICE = {"desk": "/backoffice/scrivania/", "queue": "/backoffice/contact_center/contact/"}
CONTACT = {"wrap-up": "../comando/esito/", "escalate": "../comando/inoltra/", "person": "../comando/persona/"}


def is_dark(page: Page) -> bool:
    """Whether the ground of the page is darker than its letters."""
    light = "colour => colour.match(/[\\d.]+/g).slice(0, 3).reduce((sum, each) => sum + Number(each), 0)"
    return page.evaluate(
        f"(light => {{ const style = getComputedStyle(document.body); "
        f"return light(style.backgroundColor) < light(style.color); }})({light})"
    )


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_page_is_dark_and_legible(visitor, look, name):
    page = visitor(color_scheme="dark")
    page.goto(PUBLIC[name])
    assert is_dark(page)
    look(page, f"dark-{name}")


def test_the_agents_pages_are_legible_in_the_dark(visitor, look):
    page = visitor(color_scheme="dark")
    for name, address in OFFICE.items():
        sign_in(page, roles.AGENT, to=address)
        look(page, f"dark-{name}")
    page.locator(".vc-number").first.click()
    expect(page.locator("#contact")).to_be_visible()
    contact = page.url
    look(page, "dark-contact")
    page.goto(page.locator(".vc-clock .why a").get_attribute("href"))
    look(page, "dark-due")
    for name, address in CONTACT.items():
        page.goto(contact)
        page.goto(page.evaluate("address => new URL(address, location).href", address))
        look(page, f"dark-{name}")
