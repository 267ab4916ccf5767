"""A written request from the customer's first word to the manager's figure, through every process of the installation."""

import re
import uuid

from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from customers import roles
from e2e.forms import send
from e2e.mail import follow_link, open_mail, until
from e2e.people import sign_in
from e2e.records import ask

QUEUE = "/backoffice/contact_center/contact/"
# Reversed by an invisible letter, in a folder above, with an element in it: shown as plain words, or not at all
HOSTILE = "../../etc/<b>perizia\u202ecod.pdf"
HARMLESS = "b_perizia"  # what is left to recognise it by
FIGURES_MS = 20_000


def counted(page: Page) -> tuple[int, int]:
    """This year's handled contacts of the site's forms, and those whose customers answered that it was resolved."""
    today = timezone.localdate()
    page.goto(f"/dashboard/?from={today.year}-01-01&to={today}&channel=site_form")
    handled = page.locator("#stat-handled .stat-value").inner_text()
    confirmed = page.locator("#stat-first_level_confirmed .stat-ratio").first.inner_text()
    return whole(handled), whole(confirmed.split(" ")[0])


def whole(text: str) -> int:
    """1.234 as people write it."""
    return int(text.replace(".", ""))


def test_a_request_is_answered_confirmed_and_counted(site, visitor, look):
    address = f"nella.{uuid.uuid4().hex[:10]}@posta.example"
    ask(site, "from contact_center.figures.daily import refresh\nrefresh()")  # what other journeys have left to count
    manager = visitor()
    sign_in(manager, roles.MANAGER)
    handled, confirmed = counted(manager)

    # She asks
    customer = visitor()
    customer.goto("/contatti/")
    look(customer, "contacts")
    customer.get_by_role("link", name="Scelga l’argomento").click()
    look(customer, "guided-topics")
    customer.get_by_role("link", name="Sospensione o riattivazione della copertura").click()
    expect(customer.get_by_role("heading", level=1)).to_have_text("Sospensione o riattivazione della copertura")
    customer.get_by_label("Numero di polizza", exact=False).first.fill("112.014.0000123456")
    customer.get_by_label("Sospendere la copertura").check()
    customer.get_by_label("Da quando").fill("2026-12-01")
    customer.locator("[name=text]").fill("Il camper resta in garage fino a marzo. 🚐 مرحبا")
    customer.locator("[name=files]").set_input_files(
        FilePayload(name=HOSTILE, mimeType="text/html", buffer=b"%PDF-1.4\n<script>alert(1)</script>\n%%EOF\n")
    )
    customer.locator("[name=name]").fill("Nella Ferrarotti")
    customer.locator("[name=email]").fill(address)
    look(customer, "guided-form")
    send(customer.locator("form.request-form"))
    expect(customer.locator(".sent-number strong")).to_have_text(re.compile(r"^C-\d+$"))
    number = customer.locator(".sent-number strong").inner_text()
    expect(customer.locator(".lead")).to_contain_text("Le risponderemo entro")
    look(customer, "request-sent")

    # The acknowledgement comes, and leads to her page
    open_mail(customer, address, number)
    look(customer, "mail-acknowledgement")
    follow_link(customer, "/contatti/seguito/")
    expect(customer.locator(".standing h2")).to_have_text("Ricevuta")
    expect(customer.locator(".thread-files")).to_contain_text(HARMLESS)
    expect(customer.locator(".thread-files")).not_to_contain_text("<")
    look(customer, "tracking-received")
    tracking = customer.url

    # An agent finds it in the queue, takes it and asks something
    agent = visitor()
    sign_in(agent, roles.AGENT, to=QUEUE)
    look(agent, "queue")
    find_in_queue(agent, number)
    expect(agent.locator(".vc-facts").first).to_contain_text("01/12/2026")
    expect(agent.locator(".vc-attachments")).to_contain_text(HARMLESS)
    with agent.expect_download() as download:
        agent.locator(".vc-attachments a").click()
    assert download.value.suggested_filename.endswith(".pdf")
    look(agent, "contact-new")
    agent.locator("form[action*='/comando/prendi/'] button").click()
    expect(agent.locator(".vc-chips")).to_contain_text("Tullio Cannizzaro")
    agent.locator("#reply-text").fill("Gentile Nella, mi conferma che la targa è ancora DX123YZ?")
    agent.get_by_role("button", name="Inviare e attendere la risposta").click()
    expect(agent.locator(".vc-clock")).to_have_attribute("data-tone", "paused")
    look(agent, "contact-waiting")

    # She reads it and answers
    open_mail(customer, address, number, place=2)
    expect(customer.locator(".mail-text")).to_contain_text("DX123YZ")
    look(customer, "mail-answer")
    follow_link(customer, "/contatti/seguito/")
    assert customer.url.split("#")[0] == tracking
    expect(customer.locator(".standing-warn")).to_be_visible()
    look(customer, "tracking-waiting")
    customer.locator("[name=text]").fill("Sì, la targa è quella.")
    send(customer.locator("form[action$='#write']"))
    expect(customer.locator(".thread-message")).to_have_count(3)

    # The agent sees it back and wraps it up, by keyboard alone
    agent.goto(f"{QUEUE}?work=mine")
    agent.get_by_role("link", name=number).click()
    expect(agent.locator(".vc-clock")).not_to_have_attribute("data-tone", "paused")
    expect(agent.locator(".vc-message").last).to_contain_text("la targa è quella")
    agent.locator("#reply-text").fill("La sospensione parte dal primo dicembre.")
    agent.get_by_role("button", name="Inviare e concludere").press("Enter")
    expect(agent).to_have_url(re.compile("/comando/esito/"))
    look(agent, "wrap-up")
    agent.keyboard.press("1")
    expect(agent.locator("[name=code][data-key='1']")).to_be_checked()
    agent.keyboard.press("Enter")
    expect(agent.get_by_text(f"{number}: Risolto.")).to_be_visible()
    look(agent, "after-wrap-up")

    # She is asked whether it was resolved, and answers once
    open_mail(customer, address, number, place=4)
    look(customer, "mail-survey")
    follow_link(customer, "/contatti/esito/")
    survey = customer.url
    second = customer.context.new_page()
    second.goto(survey)
    answer_survey(customer)
    expect(customer.get_by_role("heading", name="Siamo contenti")).to_be_visible()
    look(customer, "survey-answered")
    answer_survey(second)
    expect(second.locator(".notice")).to_contain_text("Ha già risposto")
    look(second, "survey-refused")
    customer.goto(tracking)
    look(customer, "tracking-answered")

    # And the manager's page counts one more
    site.run(["-m", "celery", "-A", "vittoria_care", "call", "contact_center.tasks.refresh_figures"])  # as beat does

    def one_more() -> None:
        assert counted(manager) == (handled + 1, confirmed + 1)

    until(one_more, within_ms=FIGURES_MS, page=manager)
    look(manager, "figures-site-form")


def find_in_queue(agent: Page, number: str) -> None:
    """Find a contact by its number in the queue's search, and open it."""
    search = agent.locator("input[name=q]").first
    search.fill(number)
    search.press("Enter")
    agent.get_by_role("link", name=number).click()
    expect(agent.locator("#contact")).to_be_visible()


def answer_survey(page: Page) -> None:
    """Say that it was resolved, and well."""
    page.get_by_label("Sì").check()
    page.locator("[name=rating][value='5']").check()
    page.get_by_role("button", name="Inviare la risposta").click()
