"""A company with two people: one invites the other, changes what they may do, and ends their access while they look."""

import uuid

from playwright.sync_api import Page, expect

from e2e.forms import send
from e2e.mail import follow_link, open_mail
from e2e.people import sign_in

PEOPLE, HOME = "/area-riservata/persone/", "/area-riservata/"
PASSWORD = "Ranuncoli-sul-tavolo-9"  # noqa: S105 - of the journey alone


def person_in(page: Page, address: str) -> None:
    """Open the page of a person by their address in the list."""
    page.goto(PEOPLE)
    page.locator(".card-row").filter(has_text=address).locator("a").first.click()


def test_a_firm_invites_a_second_person_and_ends_the_access(site, visitor, look):
    address = f"cassa.{uuid.uuid4().hex[:8]}@posta.example"
    chief = visitor()
    sign_in(chief, 3, to=PEOPLE)
    look(chief, "people")
    chief.get_by_role("link", name="Invitare una persona").click()
    chief.locator("[name=email]").fill(address)
    look(chief, "people-invite")
    send(chief.locator("main form.card-plain"))
    expect(chief.locator(".notice-success")).to_contain_text(address)

    second = visitor()
    open_mail(second, address)
    follow_link(second, "/area-riservata/invito/")
    look(second, "people-join")
    for name, value in {
        "first_name": "Rita",
        "last_name": "Sala",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }.items():
        second.locator(f"[name={name}]").fill(value)
    second.locator("[name=terms]").check()
    second.get_by_role("button", name="Accetto l’invito").click()
    expect(second.locator(".acting")).to_contain_text("Sta agendo per")
    look(second, "acting-home")
    second.goto(PEOPLE)
    expect(second.locator("h1")).to_have_text("Questo qui non può farlo")
    look(second, "people-no-right")

    person_in(chief, address)
    look(chief, "person")
    chief.locator("[name=rights][value=people]").check()
    chief.get_by_role("button", name="Salvare i permessi").click()
    expect(chief.locator(".notice-success")).to_be_visible()
    second.goto(PEOPLE)
    expect(second.locator("h1")).to_have_text("Persone")

    person_in(chief, address)
    chief.get_by_role("button", name="Chiudere l’accesso").click()
    expect(chief.locator(".notice-success")).to_contain_text("Rita Sala")
    second.goto(HOME)
    expect(second.locator("h1")).to_have_text("Il Suo accesso è terminato")
    look(second, "people-ended")
