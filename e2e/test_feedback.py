"""An opinion from the stars a customer gives to the answer they read, one that becomes a complaint, and the page of figures."""

import re
from secrets import token_hex

from playwright.sync_api import Page, expect

from customers import roles
from e2e.forms import send
from e2e.mail import how_many_mails, open_mail
from e2e.people import mailbox_of, sign_in
from e2e.records import ask

LIST = "/backoffice/complaints/feedback/"
ANSWERED = "La nostra risposta alla Sua opinione"
FOUND = """
from complaints.models import Feedback
row = Feedback.objects.get(text=words)
result = {"pk": row.pk, "state": row.state, "received": row.received_on.isoformat(),
    "complaint": row.complaint and row.complaint.received_on.isoformat()}
"""
GIVEN_DAYS_AGO = """
from datetime import timedelta
from django.utils import timezone
from complaints.feedback.commands import receive
from complaints.models import Feedback
from customers.models import ReservedAreaAccount
customer = ReservedAreaAccount.objects.get(user__email=mailbox, mandate=None).customer
row = receive(Feedback(source="app", customer=customer, rating=1, text=words, reach="known",
    received_at=timezone.now() - timedelta(days=6)))
result = {"pk": row.pk, "received": row.received_on.isoformat(), "customer": customer.pk}
"""


def command(page: Page, name: str) -> None:
    """Open the small page of a command of the opinion that is open."""
    page.locator(f".vc-commands a[href*='/{name}/']").first.click()
    expect(page.locator(".vc-command-page")).to_be_visible()


def press(page: Page) -> None:
    """Do what the small page asks."""
    page.locator(".vc-command-end button[type=submit]").click()


def test_a_customer_gives_an_opinion_and_reads_the_answer(site, visitor, look):
    words, answer = f"La password scade ogni volta ({token_hex(3)}).", f"Ora dura un mese ({token_hex(3)})."
    customer = visitor()
    sign_in(customer, 1, to="/area-riservata/opinioni/nuova/")
    look(customer, "opinion-form")
    customer.locator("[name=rating][value='2']").check()
    customer.locator("[name=text]").fill(words)
    send(customer.locator("main form.request-form"))
    expect(customer.locator("main")).to_contain_text(words)
    given = ask(site, FOUND, words=words)
    assert given["state"] == "acknowledged"

    before = how_many_mails(customer, mailbox_of(1), ANSWERED)
    agent = visitor()
    sign_in(agent, roles.AGENT, to=LIST)
    look(agent, "feedback-list")
    agent.goto(f"{LIST}{given['pk']}/change/")
    look(agent, "feedback")
    command(agent, "tema")
    expect(agent.locator(".vc-question")).to_contain_text("Suggerito")
    look(agent, "feedback-theme")
    press(agent)
    command(agent, "rispondi")
    agent.locator("[name=text]").fill(answer)
    look(agent, "feedback-answer")
    press(agent)
    expect(agent.locator("#content, main").first).to_contain_text(answer)

    open_mail(customer, mailbox_of(1), ANSWERED, place=before + 1)
    expect(customer.locator(".mail-text")).to_contain_text(answer)
    customer.goto("/area-riservata/opinioni/")
    expect(customer.locator("main")).to_contain_text(answer)
    look(customer, "opinions")


def test_an_opinion_becomes_a_complaint_with_the_day_when_it_was_given(site, visitor, look):
    words = f"Pago da un mese e la polizza risulta scaduta ({token_hex(3)})."
    given = ask(site, GIVEN_DAYS_AGO, mailbox=mailbox_of(2), words=words)
    officer = visitor()
    sign_in(officer, roles.COMPLAINT_OFFICER, to=f"{LIST}{given['pk']}/change/")
    command(officer, "reclamo")
    look(officer, "feedback-complaint")
    press(officer)
    expect(officer).to_have_url(re.compile("/complaints/complaint/[0-9]+/change/"))
    assert ask(site, FOUND, words=words)["complaint"] == given["received"]

    officer.goto(f"{LIST}statistiche/")
    expect(officer.locator("main h2").first).to_be_visible()
    look(officer, "feedback-figures")


def test_a_visitor_gives_stars_and_a_machine_gives_nothing(site, visitor, look):
    words = f"Non trovo i documenti ({token_hex(3)})."
    page = visitor()
    page.goto("/contatti/opinione/")
    look(page, "public-opinion")
    page.locator("[name=rating][value='4']").check()
    page.locator("[name=text]").fill(words)
    send(page.locator("main form.request-form"))
    expect(page).to_have_url(re.compile("/contatti/opinione/grazie/"))
    look(page, "public-opinion-thanks")
    assert ask(site, FOUND, words=words)["state"] == "received"


def test_an_opinion_stands_on_the_first_page_and_on_the_file_of_whoever_gave_it(site, visitor, look):
    words = f"L’app si chiude quando apro la polizza ({token_hex(3)})."
    given = ask(site, GIVEN_DAYS_AGO, mailbox=mailbox_of(2), words=words)
    agent = visitor()
    sign_in(agent, roles.AGENT, to="/backoffice/")
    look(agent, "first-page-agent")
    agent.get_by_role("link", name="Giudizi a cui rispondere").click()
    expect(agent).to_have_url(re.compile(r"/feedback/\?work=(late|open)"))
    agent.goto(f"/backoffice/customers/customer/{given['customer']}/change/#feedback")
    expect(agent.locator(".vc-file-head")).to_contain_text(words)
    expect(agent.locator("#feedback-group")).to_contain_text(words)
    look(agent, "customer-feedback")
    agent.get_by_role("link", name="Vedere tutti i suoi giudizi nell’elenco").click()
    expect(agent.get_by_role("link", name=words)).to_be_visible()
    look(agent, "feedback-of-a-customer")

    dark = visitor(color_scheme="dark")
    sign_in(dark, roles.MANAGER, to="/backoffice/")
    look(dark, "dark-first-page-manager")
    dark.goto("/backoffice/complaints/complaint/?work=late")
    dark.locator("#result_list tbody a").first.click()
    expect(dark.locator(".vc-urgency").first).to_contain_text("alla direzione dell’ufficio reclami")
    look(dark, "dark-late-complaint")
