"""A wrong code is put right and the figure follows; a customer's "no" comes back to the agent, and a case from the second level."""

import re
import uuid

from playwright.sync_api import Page, expect

from customers import roles
from e2e.mail import follow_link, open_mail
from e2e.people import mailbox_of, sign_in
from e2e.records import ask

CONTACT = "/backoffice/contact_center/contact/"
WRITTEN = """
import uuid
from contact_center.contacts.opening import open_request
from contact_center.models import Topic
contact = open_request(
    form="open", submission_key=uuid.uuid4(), name="Nives Cortivo", email=mailbox, subject="Copia delle condizioni",
    text="Mi serve una copia delle condizioni.", privacy_version="2026-01", topic=Topic.objects.public().first(),
).contact
result = [contact.pk, contact.number]
"""
FIRST_LEVEL = """
from contact_center.figures.daily import refresh
from contact_center.figures import figures
from contact_center.figures.period import Period
from django.utils import timezone
refresh()
counts = figures(Period(timezone.localdate(), timezone.localdate())).totals
result = [counts.first_level, counts.sent_back]
"""
SPECIALIST_TEAM = (
    "from contact_center.models import Agent\nresult = str(Agent.objects.get(user__email=mailbox).team.pk)"
)


def command(page: Page, name: str) -> None:
    """Follow the link of a command on the contact's page."""
    page.locator(f"a[href$='/comando/{name}/']").first.click()
    expect(page.locator(".vc-command-form")).to_be_visible()


def confirm(page: Page) -> None:
    page.locator(".vc-command-form button[type=submit]").click()


def test_a_wrong_code_a_customers_no_and_a_case_sent_back(site, visitor, look):
    mailbox = f"nives.{uuid.uuid4().hex[:10]}@posta.example"
    pk, number = ask(site, WRITTEN, mailbox=mailbox)
    first_level, sent_back = ask(site, FIRST_LEVEL)

    # Coded with a slip of the finger, and put right
    agent = visitor()
    sign_in(agent, roles.AGENT, to=f"{CONTACT}{pk}/change/")
    agent.locator("form[action*='/comando/prendi/'] button").click()
    command(agent, "esito")
    agent.get_by_label(re.compile("^Non risolto")).check()
    agent.locator("[name=then][value=stay]").check()
    confirm(agent)
    assert ask(site, FIRST_LEVEL)[0] == first_level
    command(agent, "correggi-esito")
    agent.locator("[name=code][data-key='1']").check()  # “Risolto”
    confirm(agent)
    expect(agent.locator("[name=why]")).to_have_attribute("aria-invalid", "true")
    look(agent, "code-corrected-without-a-reason")
    agent.locator("[name=why]").fill("Tasto sbagliato")
    confirm(agent)
    expect(agent.locator("body")).to_contain_text("Tasto sbagliato")
    assert ask(site, FIRST_LEVEL)[0] == first_level + 1

    # The customer does not agree
    customer = visitor()
    open_mail(customer, mailbox, f"La Sua richiesta {number} è stata risolta?")
    follow_link(customer, "/contatti/esito/")
    customer.get_by_label("No", exact=True).check()
    customer.locator("[name=comment]").fill("La copia non è arrivata.")
    customer.get_by_role("button", name="Inviare la risposta").click()
    expect(customer.locator("h1")).to_be_visible()
    look(customer, "survey-no")
    agent.goto(f"{CONTACT}?work=not_resolved")
    expect(agent.get_by_role("link", name=number)).to_be_visible()
    look(agent, "queue-not-resolved")
    agent.get_by_role("link", name=number).click()
    expect(agent.locator(".vc-urgency").first).to_contain_text("La copia non è arrivata.")
    look(agent, "contact-not-resolved")
    assert ask(site, FIRST_LEVEL)[0] == first_level

    # Handed to the wrong team, it comes back with what is missing
    command(agent, "inoltra")
    team = ask(site, SPECIALIST_TEAM, mailbox=mailbox_of(roles.SPECIALIST))
    agent.locator(f"[name=team][value='{team}']").check()
    agent.locator("[name=reason][value='other_office']").check()
    confirm(agent)
    specialist = visitor()
    sign_in(specialist, roles.SPECIALIST, to=f"{CONTACT}{pk}/change/")
    command(specialist, "rimanda")
    specialist.locator("[name=reason][value='facts_missing']").check()
    specialist.locator("[name=text]").fill("   ")
    confirm(specialist)
    expect(specialist.locator("[name=text]")).to_have_attribute("aria-invalid", "true")
    look(specialist, "send-back-without-words")
    specialist.locator("[name=text]").fill("Manca il numero di polizza: chiederlo alla cliente.")
    confirm(specialist)
    expect(specialist.locator("body")).to_contain_text(f"{number} è tornato a")
    agent.goto(f"{CONTACT}?work=mine")
    agent.get_by_role("link", name=number).click()
    expect(agent.locator("body")).to_contain_text("mancano elementi")
    look(agent, "contact-sent-back")
    assert ask(site, FIRST_LEVEL)[1] == sent_back + 1
