"""The queue as people keep it: a view saved and shared, a contact made urgent, several assigned after a look at what would come of it."""

import uuid

from playwright.sync_api import Page, expect

from customers import roles
from e2e.forms import send
from e2e.people import sign_in

QUEUE = "/backoffice/contact_center/contact/"


def write(page: Page, subject: str, mailbox: str) -> str:
    """Write an open request; its number."""
    page.goto("/contatti/richiesta/")
    words = {"subject": subject, "text": "Aspetto da ieri.", "name": "Ines Brambati", "email": mailbox}
    for name, value in words.items():
        page.locator(f".request-form [name={name}]").fill(value)
    send(page.locator(".request-form"))
    return page.locator(".sent-number strong").inner_text()


def test_a_view_is_saved_and_shared_and_several_contacts_are_assigned_from_it(visitor, look):
    customer, mailbox = visitor(), f"ines.{uuid.uuid4().hex[:10]}@posta.example"
    numbers = [write(customer, subject, mailbox) for subject in ("Primo", "Secondo")]
    name = f"Dal sito {uuid.uuid4().hex[:6]}"

    # A manager keeps what the site brings, and offers it to everybody
    manager = visitor()
    sign_in(manager, roles.MANAGER, to=QUEUE)
    manager.goto(f"{QUEUE}?work=open&channel=site_form")
    manager.get_by_role("link", name="Salvare questa vista").click()
    expect(manager.locator(".vc-question")).to_contain_text("canale: modulo del sito")
    manager.locator("[name=name]").fill(name)
    manager.locator("[name=sharing][value=all]").check()
    look(manager, "queue-view-saved")
    manager.locator(".vc-command-form button[type=submit]").click()
    expect(manager.locator(".vc-views a[aria-current]")).to_contain_text(name)
    look(manager, "queue-with-views")

    # An agent opens it, and says why one of the two cannot wait
    agent = visitor()
    sign_in(agent, roles.AGENT, to=QUEUE)
    agent.locator(".vc-views a").filter(has_text=name).click()
    expect(agent.locator(".vc-views a[aria-current]")).to_contain_text(name)
    agent.goto(f"{QUEUE}?work=all&q={mailbox}")
    agent.get_by_role("link", name=numbers[1]).click()
    agent.locator("a[href$='/comando/priorita/']").click()
    agent.locator("[name=priority]").select_option("2")
    agent.locator("[name=why]").fill("Parte domani per l'estero")
    agent.locator(".vc-command-form button[type=submit]").click()
    expect(agent.locator(".vc-chips")).to_contain_text("Parte domani per l'estero")
    look(agent, "contact-urgent")

    # Both are ticked; what would come of it is read first, and nothing has happened yet
    agent.goto(f"{QUEUE}?work=all&q={mailbox}")
    expect(agent.locator(".vc-priority")).to_contain_text("Urgente, decisa da un collega")
    for number in numbers:
        agent.get_by_role("checkbox", name=number).check()
    look(agent, "queue-ticked")
    agent.get_by_role("button", name="Lavorare su quelli spuntati").click()
    agent.locator("[name=action][value=assign]").check()
    agent.locator("select[name=agent]").select_option(index=1)
    look(agent, "bulk-asked")
    agent.get_by_role("button", name="Vedere che cosa accadrebbe").click()
    expect(agent.locator(".vc-command-main [role=status]")).to_contain_text("Sarà fatto per 2 contatti su 2.")
    expect(agent.locator(".vc-command-main [role=status]")).to_contain_text("Finora non è stato fatto nulla.")
    look(agent, "bulk-rehearsed")
    agent.get_by_role("button", name="Confermare").click()
    expect(agent.locator("body")).to_contain_text("Fatto per 2 contatti.")
    expect(agent.locator(".vc-nobody")).to_have_count(0)
