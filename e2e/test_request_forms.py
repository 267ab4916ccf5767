"""The public forms: errors stand beside the fields and nothing is lost; a second press makes no second request."""

import re
import uuid

from playwright.sync_api import Page, expect

from e2e.forms import send, wait_as_people_write
from e2e.mail import open_mail

OPEN, CONSIDERATION = "/contatti/richiesta/", "/contatti/considerazione/"
LONGEST = 10_000


def address() -> str:
    """A mailbox of nobody else's."""
    return f"ugo.{uuid.uuid4().hex[:10]}@posta.example"


def fill(page: Page, **fields: str) -> None:
    """Write into the fields by their names."""
    for name, value in fields.items():
        page.locator(f".request-form [name={name}]").fill(value)


def test_an_open_request_says_what_is_wrong_and_loses_nothing(visitor, look):
    page = visitor()
    page.goto(OPEN)
    form = page.locator(".request-form")
    form.evaluate("form => { form.noValidate = true; }")  # what a browser would not let go, a program sends
    send(form)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator(".field-error")).to_have_count(4)  # subject, text, name, address
    look(page, "open-request-empty")
    text = "è" * (LONGEST + 1)
    fill(page, subject="Rata già pagata", text=text, name="Ugo D'Alò 🙂", email="ugo@nowhere", phone="12")
    form.evaluate("form => { form.noValidate = true; }")
    send(form)
    expect(page.locator(".field-error")).to_have_count(3)
    expect(page.locator(".field-error").filter(has=page.locator("[name=text]"))).to_contain_text("10.000")
    for name, value in {"subject": "Rata già pagata", "text": text, "name": "Ugo D'Alò 🙂", "phone": "12"}.items():
        expect(page.locator(f"[name={name}]")).to_have_value(value)
    look(page, "open-request-wrong")
    fill(page, text=text[:-1], email=address(), phone="347 1234567")
    send(form)
    expect(page.locator(".sent-number strong")).to_have_text(re.compile(r"^C-\d+$"))


def test_a_consideration_is_thanked_for_and_promises_no_answer(visitor, look):
    page, mailbox = visitor(), address()
    page.goto(CONSIDERATION)
    look(page, "consideration")
    fill(page, text="La guida all'apertura dei sinistri è chiara: grazie.", name="Ugo D'Alò", email=mailbox)
    send(page.locator(".request-form"))
    expect(page.locator("h1")).to_have_text("Grazie: l’abbiamo ricevuta")
    expect(page.locator(".lead")).to_have_count(0)
    look(page, "consideration-sent")
    open_mail(page, mailbox, page.locator(".sent-number strong").inner_text())


def test_two_clicks_make_one_request(visitor):
    page, mailbox = visitor(), address()
    page.goto(OPEN)
    fill(page, subject="Due volte", text="Un clic di troppo.", name="Ugo D'Alò", email=mailbox)
    wait_as_people_write(page.locator(".request-form"))
    page.locator(".request-form button[type=submit]").dblclick()
    expect(page.locator(".sent-number strong")).to_be_visible()
    open_mail(page, mailbox)
    page.goto("/demo/posta/")
    expect(page.locator(".mail-list a").filter(has_text=mailbox)).to_have_count(1)
