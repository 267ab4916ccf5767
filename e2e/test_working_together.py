"""Two colleagues on one contact, and a contact that goes to the second level and comes back answered."""

import re
import uuid

from playwright.sync_api import Page, expect

from customers import roles
from e2e.forms import send
from e2e.mail import follow_link, open_mail
from e2e.people import sign_in

QUEUE = "/backoffice/contact_center/contact/"


def ask(page: Page, subject: str) -> tuple[str, str]:
    """Write an open request; its number and the mailbox it came from."""
    mailbox = f"ines.{uuid.uuid4().hex[:10]}@posta.example"
    page.goto("/contatti/richiesta/")
    words = {"subject": subject, "text": "Vedo due importi diversi.", "name": "Ines Brambati", "email": mailbox}
    for name, value in words.items():
        page.locator(f".request-form [name={name}]").fill(value)
    send(page.locator(".request-form"))
    return page.locator(".sent-number strong").inner_text(), mailbox


def open_contact(page: Page, person: str, number: str) -> None:
    """Sign in and open the contact."""
    sign_in(page, person, to=f"{QUEUE}?work=all&q={number}")
    page.get_by_role("link", name=number).click()
    expect(page.locator("#contact")).to_be_visible()


def test_the_later_of_two_keeps_the_draft_and_sees_what_changed(visitor, look):
    number, _mailbox = ask(visitor(), "Due importi")
    first, second = visitor(), visitor()
    open_contact(first, roles.AGENT, number)
    open_contact(second, roles.SPECIALIST, number)
    expect(second.locator("#presence")).to_contain_text("Tullio Cannizzaro")
    look(second, "contact-two-people")
    second.locator("#reply-text").fill("Buongiorno, l'importo giusto è il secondo.")
    first.locator("#reply-text").fill("Buongiorno, quale dei due ha pagato?")
    first.locator("[name=then][value=waiting]").click()
    expect(first.locator(".vc-clock")).to_have_attribute("data-tone", "paused")
    second.locator("[name=then][value=waiting]").click()
    refusal = second.locator(".vc-refusal")
    expect(refusal).to_contain_text("Nel frattempo qualcun altro")
    expect(refusal).to_contain_text("quale dei due ha pagato?")
    expect(second.locator("[name=text]")).to_have_value("Buongiorno, l'importo giusto è il secondo.")
    look(second, "contact-refused")
    second.locator("form.vc-command-form [name=then][value=waiting]").click()
    expect(second.locator(".vc-message").last).to_contain_text("il secondo")


def test_the_second_level_answers_what_the_first_could_not(visitor, look):
    customer = visitor()
    number, mailbox = ask(customer, "Offerta per il danno")
    agent = visitor()
    open_contact(agent, roles.AGENT, number)
    agent.locator("a[href$='/comando/inoltra/']").click()
    look(agent, "escalate")
    agent.get_by_label("Secondo livello – Sinistri").check()
    agent.locator("[name=reason]").first.check()
    agent.locator("[name=text]").fill("Serve la relazione del perito.")
    agent.locator("form.vc-command-form button[type=submit]").click()
    expect(agent).to_have_url(re.compile(f"{QUEUE}$"))
    specialist = visitor()
    sign_in(specialist, roles.SPECIALIST, to=QUEUE)
    expect(specialist.locator(".vc-tabs [aria-current]")).to_contain_text("Il mio gruppo")
    specialist.locator("input[name=q]").first.fill(number)
    specialist.locator("input[name=q]").first.press("Enter")
    specialist.get_by_role("link", name=number).click()
    expect(specialist.locator(".vc-message[data-direction=note]")).to_contain_text("relazione del perito")
    look(specialist, "contact-second-level")
    specialist.locator("#reply-text").fill("L'offerta comprende il fermo tecnico.")
    specialist.locator("[name=then][value=wrap_up]").click()
    expect(specialist).to_have_url(re.compile("/comando/esito/"))
    specialist.locator("[name=topic]").select_option(label="Liquidazione: offerta e pagamento del danno")
    specialist.locator("[name=then][value=stay]").check()
    specialist.locator("[name=code][data-key='1']").check()
    specialist.locator("form.vc-command-form button[type=submit]").click()
    expect(specialist.locator(".vc-clock")).to_have_attribute("data-tone", "done")
    look(specialist, "contact-done")
    open_mail(customer, mailbox, number, place=3)
    customer.goto("/demo/posta/")
    customer.locator(".mail-list a").filter(has_text=mailbox).nth(1).click()
    follow_link(customer, "/contatti/seguito/")
    expect(customer.locator(".thread-ours")).to_contain_text("fermo tecnico")
