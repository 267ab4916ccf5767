"""The whole round by thumb: the menu, writing to us with the answer beforehand, a call-back booked, moved and called off."""

import re
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from e2e.forms import send
from e2e.people import mailbox_of, sign_in
from e2e.records import ask
from testbed.installation import Installation

HOME = "/area-riservata/"
TARGET = 44  # pixels: the least height of what a thumb presses
SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]
# `result`: a request whose subject and text have no place at which to break a line.
LONG_WORDS = """
import uuid
from contact_center.contacts.opening import open_request
from customers.models import ReservedAreaAccount
customer = ReservedAreaAccount.objects.get(user__email=mailbox, mandate=None).customer
result = open_request(
    form="open", submission_key=uuid.uuid4(), name=str(customer), email=mailbox, customer=customer, channel="portal",
    subject="PRATICA" * 30 + "🙂🙃مرحبا", text="x" * 5_000 + "مرحبا" * 500 + "🙂" * 2_500, privacy_version="2026-01",
).contact.pk
"""
WIDTHS: dict[str, ViewportSize] = {"phone": {"width": 390, "height": 844}, "narrow": {"width": 320, "height": 640}}


@pytest.fixture(params=WIDTHS)
def size(request: pytest.FixtureRequest) -> str:
    """A phone of today, and the narrowest that must do."""
    return request.param


@pytest.fixture(params=SCHEMES)
def scheme(request: pytest.FixtureRequest) -> Literal["light", "dark"]:
    return request.param


@pytest.fixture
def phone(
    browser: Browser, site: Installation, size: str, scheme: Literal["light", "dark"]
) -> Iterator[Callable[..., Page]]:
    """Opens a page of a phone that is touched; with `scripts=False` one that runs none."""
    opened = []

    def open_page(*, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport=WIDTHS[size],
            base_url=site.url,
            locale="it-IT",
            timezone_id="Europe/Rome",
            reduced_motion="reduce",
            color_scheme=scheme,
            has_touch=True,
            java_script_enabled=scripts,
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        return context.new_page()

    yield open_page
    for context in opened:
        context.close()


def in_menu(page: Page, name: str) -> None:
    """Tap a place of the bar under the thumb."""
    page.locator(".rooms").get_by_role("link", name=re.compile(f"^{name}")).tap()


def test_the_round_by_thumb(phone, look, scheme):
    page = phone()
    sign_in(page, 2, to=HOME)

    # Under the thumb: five places at the foot of the screen, tall enough, the one that is open marked
    bar = page.locator(".rooms")
    links = bar.get_by_role("link")
    expect(links).to_have_count(5)
    box = bar.bounding_box()
    assert box is not None
    assert abs(box["y"] + box["height"] - page.viewport_size["height"]) < 1
    for link in links.all():
        shape = link.bounding_box()
        assert shape is not None
        assert shape["height"] >= TARGET
        assert shape["width"] >= TARGET
    expect(bar.locator("[aria-current=page]")).to_have_text(re.compile("^Inizio"))
    look(page, f"thumb-home-{scheme}")

    # Once the notice about many is hidden, the amount that is due and what to do about it are the first things of the page
    page.locator(".mass-event button").click()
    due = page.locator(".due").first
    expect(due.locator(".due-amount")).to_be_in_viewport()
    expect(due.locator(".due-action .btn")).to_be_in_viewport()

    # What is not under the thumb is behind “More”
    in_menu(page, "Altro")
    expect(page.locator("h1")).to_have_text("Altro")
    look(page, f"thumb-more-{scheme}")
    page.locator(".place-list").get_by_role("link", name="Profilo").tap()
    expect(page.locator("h1")).to_have_text("Profilo")
    expect(bar.locator(".more a")).to_have_attribute("aria-current", "true")

    # A question is answered before it is written: once that is enough
    ask_about(page, "Importo e data della rata")
    look(page, f"thumb-answer-{scheme}")
    page.get_by_role("button", name="È quello che mi serviva").tap()
    expect(page.locator(".notice-success")).to_be_visible()

    # And once it is not: the form has the topic, the policy and the person already
    ask_about(page, "Importo e data della rata")
    page.get_by_role("button", name="Desidero comunque scrivere").tap()
    expect(page.locator(".known")).to_contain_text("@")
    look(page, f"thumb-form-{scheme}")
    for question in page.locator("form.request-form [name^=q-]:is([type=text], textarea)").all():
        question.fill("2026")
    for question in page.locator("form.request-form [name^=q-][type=date]").all():
        question.fill("2026-11-10")
    page.locator("form.request-form [name=text]").fill("Vorrei pagare a dicembre. 🙂 مرحبا")
    send(page.locator("form.request-form"))
    expect(page.locator(".standing h2")).to_have_text("Ricevuta")
    look(page, f"thumb-request-{scheme}")

    # A call-back is booked, moved and called off
    in_menu(page, "Altro")
    page.locator(".place-list").get_by_role("link", name="Richiamate").tap()
    expect(page.locator("h1")).to_have_text("Richiamate")
    ahead = page.locator(".call-back").filter(has_text="Prenotata")
    before = ahead.count()
    page.locator(".day").nth(2).locator("summary").tap()
    page.locator(".day").nth(2).locator("label").nth(1).tap()
    page.locator("[name=text]").fill("Per la rata di dicembre")
    look(page, f"thumb-call-back-{scheme}")
    send(page.locator("form:has([name=slot])"))
    expect(page.locator(".notice-success")).to_contain_text("La chiamiamo")
    expect(ahead).to_have_count(before + 1)
    ahead.first.get_by_role("link", name="Cambiare orario").tap()
    page.locator(".day").nth(3).locator("summary").tap()
    page.locator(".day").nth(3).locator("label").nth(2).tap()
    look(page, f"thumb-call-back-move-{scheme}")
    send(page.locator("form:has([name=slot])"))
    expect(page.locator(".notice-success")).to_contain_text("La chiamiamo")
    look(page, f"thumb-call-backs-{scheme}")
    ahead.first.get_by_role("button", name="Annullare").tap()
    expect(page.locator(".notice-success")).to_contain_text("annullata")
    expect(ahead).to_have_count(before)


def ask_about(page: Page, topic: str) -> None:
    """From the menu to what we can answer about a topic."""
    in_menu(page, "Richieste")
    page.get_by_role("link", name="Nuova richiesta").tap()
    page.get_by_role("link", name=topic).tap()
    expect(page.locator("h1")).to_have_text(topic)


def test_every_room_fits_the_phone(phone, look, scheme):
    page = phone()
    sign_in(page, 1, to=HOME)
    rooms = {
        "polizze": True, "sinistri": True, "richieste": True, "avvisi": True, "reclami": True, "consensi": False,
        "profilo": False, "profilo/accessi": False, "reclami/nuovo": False, "richieste/nuova": False,
    }  # fmt: skip
    for address, has_rows in rooms.items():
        answer = page.goto(f"{HOME}{address}/")
        assert answer is not None
        assert answer.status == 200, address
        look(page, f"thumb-{address.replace('/', '-')}-{scheme}")
        if has_rows and page.locator(".card-row a").count():
            with page.expect_navigation():
                page.locator(".card-row a").first.tap()
            look(page, f"thumb-{address}-one-{scheme}")


def test_long_words_and_other_scripts_do_not_widen_the_phone(site, phone, look, scheme):
    found = ask(site, LONG_WORDS, mailbox=mailbox_of(3))
    page = phone()
    sign_in(page, 3, to=HOME)
    look(page, f"thumb-long-home-{scheme}")
    page.goto(f"{HOME}richieste/")
    look(page, f"thumb-long-requests-{scheme}")
    page.goto(f"{HOME}richieste/{found}/")
    look(page, f"thumb-long-request-{scheme}")


def test_the_round_without_scripts(phone):
    page = phone(scripts=False)
    sign_in(page, 3, to=HOME)
    in_menu(page, "Altro")
    page.locator(".place-list").get_by_role("link", name="Avvisi").tap()
    expect(page.locator("h1")).to_have_text("Avvisi")
    ask_about(page, "Scadenza e rinnovo della polizza")
    page.get_by_role("button", name="Desidero comunque scrivere").tap()
    expect(page.locator("form.request-form")).to_be_visible()
    page.locator(".change summary").tap()
    expect(page.locator("[name=email]")).to_be_visible()
    page.goto(f"{HOME}richiamate/")
    page.locator(".day").nth(4).locator("summary").tap()
    expect(page.locator(".day").nth(4).locator("label").first).to_be_visible()
