"""An event that concerns many: declared, read by visitors, joined by an agent, answered together, over."""

import re
import uuid

from playwright.sync_api import Page, expect

from customers import roles
from e2e.forms import send
from e2e.mail import follow_link, open_mail
from e2e.people import sign_in

EVENTS = "/backoffice/contact_center/massevent/"
QUEUE = "/backoffice/contact_center/contact/"


def ask(page: Page, subject: str) -> tuple[str, str]:
    """Write an open request; its number and the mailbox it came from."""
    mailbox = f"gino.{uuid.uuid4().hex[:10]}@posta.example"
    page.goto("/contatti/richiesta/")
    words = {
        "subject": subject,
        "text": "Dopo l'allagamento il portone non si apre.",
        "name": "Gino Brambati",
        "email": mailbox,
    }
    for name, value in words.items():
        page.locator(f".request-form [name={name}]").fill(value)
    send(page.locator(".request-form"))
    return page.locator(".sent-number strong").inner_text(), mailbox


def give(page: Page) -> None:
    """Send the form of a command."""
    page.locator("form.vc-command-form button[type=submit]").first.click()


def test_declared_read_joined_answered_together_and_over(visitor, look):
    title = f"Allagamento {uuid.uuid4().hex[:6]}"
    manager = visitor()
    sign_in(manager, roles.MANAGER, to=f"{EVENTS}add/")
    for name, value in {
        "name": title,
        "name_en": "Flood",
        "words": "Rispondiamo a tutti.",
        "words_en": "We answer everybody.",
        "guidance": "Chiedere le fotografie.",
        "phrases": "allagamento",
        "begins_at_0": "01/01/2026",
        "begins_at_1": "08:00:00",
    }.items():
        manager.locator(f"[name={name}]").fill(value)
    look(manager, "mass-event-write")
    manager.locator("[name=_save]").click()
    manager.goto(EVENTS)
    manager.get_by_role("link", name=title).click()
    event = re.search(r"massevent/(\d+)/", manager.url)
    assert event is not None
    manager.locator("a[href$='/comando/dichiara/']").click()
    look(manager, "mass-event-declare")
    give(manager)

    customer = visitor()
    customer.goto("/contatti/")
    banner = customer.locator(".mass-event", has_text=title)
    expect(banner).to_contain_text("Rispondiamo a tutti.")
    look(customer, "mass-event-banner")
    banner.get_by_role("button").click()
    expect(customer.locator(".mass-event", has_text=title)).to_have_count(0)
    number, mailbox = ask(customer, "Allagamento in cantina")

    agent = visitor()
    sign_in(agent, roles.AGENT, to=f"{QUEUE}?work=all&q={number}")
    expect(agent.locator(".vc-urgency", has_text=title)).to_be_visible()
    agent.get_by_role("link", name=number).click()
    likely = agent.locator(".vc-event", has_text=title)
    expect(likely).to_contain_text("Forse riguarda")
    look(agent, "contact-likely-event")
    likely.get_by_role("button").click()
    expect(agent.locator(".vc-urgency", has_text=f"Riguarda l’evento di massa «{title}»")).to_be_visible()

    specialist = visitor()
    sign_in(specialist, roles.SPECIALIST, to=f"{EVENTS}{event[1]}/comando/risposta/")
    specialist.locator("[name=text]").fill("Gentile {name}, il perito viene domani. Pratica {number}.")
    specialist.locator("[name=text_en]").fill("Dear {name}, the assessor comes tomorrow. Case {number}.")
    specialist.locator("[name=code]").select_option(index=1)
    specialist.locator("[name=topic]").select_option(index=1)
    give(specialist)
    expect(specialist.locator("#answer-previews").locator("..")).to_contain_text(
        f"Gentile Gino Brambati, il perito viene domani. Pratica {number}."
    )
    look(specialist, "mass-answer-preview")
    specialist.locator("a[href$='/comando/invia/']").click()
    give(specialist)
    for _again in range(60):
        if not specialist.locator("[role=status].vc-urgency").count():
            break
        specialist.wait_for_timeout(500)
        specialist.reload()
    look(specialist, "mass-answer-results")
    open_mail(customer, mailbox, f"Risposta alla Sua richiesta {number}")
    follow_link(customer, "seguito")
    expect(customer.locator(".thread-message").last).to_contain_text("il perito viene domani")

    manager.goto(f"{EVENTS}{event[1]}/change/")
    look(manager, "mass-event-figures")
    manager.locator("a[href$='/comando/concludi/']").click()
    give(manager)
    customer.context.clear_cookies()
    customer.goto("/contatti/")
    expect(customer.locator(".mass-event", has_text=title)).to_have_count(0)
