"""An answer is settled on one page: half of it is found again on another machine, files and documents go with it, one press ends it."""

import re
import uuid

from playwright.sync_api import Page, expect

from customers import roles
from e2e.mail import DELIVERED_MS, MAIL, follow_link, until
from e2e.people import mailbox_of, sign_in
from e2e.records import ask

CONTACT = "/backoffice/contact_center/contact/"
CUSTOMER = 1
HALF, WHOLE = "Gentile Cliente, Le mando", "Gentile Cliente, Le mando quello che ha chiesto."
# `result`: a request of the customer's by the site form, its number, and the titles of the documents that they have.
WRITTEN = """
import uuid
from contact_center.contacts.opening import open_request
from contact_center.models import Topic
from customers.models import ContactPoint, Document, ReservedAreaAccount
customer = ReservedAreaAccount.objects.get(user__email=mailbox, mandate=None).customer
address, _made = ContactPoint.objects.get_or_create(customer=customer, kind="email", value=written_from)
contact = open_request(
    form="open", submission_key=uuid.uuid4(), name=str(customer), email=written_from, customer=customer,
    subject="Copia delle condizioni", text="Mi servono le condizioni e l'attestato.", privacy_version="2026-01",
    topic=Topic.objects.public().first(),
).contact
papers = Document.objects.current().filter(customer=customer).order_by("-dated_on", "-pk")
result = [contact.pk, contact.number, papers.first().pk]
"""
CODE_ENDS = """
from datetime import timedelta
from django.utils import timezone
from contact_center.models import WrapUpCode
WrapUpCode.objects.filter(pk=ended).update(valid_to=timezone.localdate() - timedelta(days=1))
result = None
"""
CODES = """
from django.utils import timezone
from contact_center.models import WrapUpCode
ended, _made = WrapUpCode.objects.get_or_create(code="prova-di-viaggio", defaults={"name": "Esito di prova", "outcome": "resolved"})
WrapUpCode.objects.filter(pk=ended.pk).update(valid_to=None)
fits = WrapUpCode.objects.valid_on(timezone.localdate()).filter(outcome="resolved", lines=None, keeps_open=False).exclude(pk=ended.pk).first()
result = [ended.pk, fits.pk]
"""
TODAY = "from django.utils import timezone\nresult = timezone.localdate().isoformat()"
COLLEAGUE = "from contact_center.models import Agent\nresult = Agent.objects.get(user__email=mailbox).code"


def open_answer(page: Page, address: str) -> None:
    """Open the answer in the mailbox; what else came, such as the question whether it was resolved, is passed over."""
    found = page.locator(".mail-list a").filter(has_text=address).filter(has_text="Risposta alla Sua richiesta")

    def arrived() -> None:
        page.goto(MAIL)
        expect(found).to_have_count(1, timeout=500)

    until(arrived, within_ms=DELIVERED_MS, page=page)
    found.click()


def note(page: Page) -> None:
    """Open the note for colleagues."""
    if not page.locator("#note-text").is_visible():
        page.locator(".vc-note-composer summary").click()


def test_an_answer_with_its_files_and_its_code_is_settled_on_one_page(site, visitor, look, tmp_path):
    written_from = f"cliente.{uuid.uuid4().hex[:10]}@posta.example"
    pk, _number, paper = ask(site, WRITTEN, mailbox=mailbox_of(CUSTOMER), written_from=written_from)
    ended, fits = ask(site, CODES)
    address = f"{CONTACT}{pk}/change/"
    file = tmp_path / "condizioni.pdf"
    file.write_bytes(b"%PDF-1.7 condizioni")

    # Half an answer, and on another machine it is there
    first = visitor()
    sign_in(first, roles.AGENT, to=address)
    first.locator("#reply-text").fill(HALF)
    expect(first.locator("#reply-draft")).to_contain_text("Bozza conservata sul server")
    second = visitor()
    sign_in(second, roles.AGENT, to=address)
    expect(second.locator("#reply-text")).to_have_value(HALF)
    expect(second.locator(".vc-draft-back")).to_be_visible()
    look(second, "answer-draft-is-back")

    # What the first machine writes now the second does not overwrite unawares
    first.locator("#reply-text").fill("Altro testo")
    first.locator("[data-draft-url]").first.click()
    expect(first.locator("#reply-draft")).to_contain_text("Bozza conservata sul server")
    second.locator("#reply-text").fill(WHOLE)
    expect(second.locator("#reply-draft")).to_contain_text("un’altra bozza")
    second.reload()
    expect(second.locator("#reply-draft")).to_contain_text("un altro testo")
    look(second, "answer-two-drafts")
    second.get_by_role("button", name="Riprendere il testo di questa scheda").click()
    expect(second.locator("#reply-text")).to_have_value(WHOLE)
    expect(second.locator("#reply-draft")).to_contain_text("Bozza conservata sul server")

    # A file of one's own and a paper that the customer has; a code that does not serve any more
    second.locator("#reply-files").set_input_files(file)
    expect(second.locator("#reply-kept")).to_contain_text("condizioni.pdf")
    second.locator(".vc-papers summary").click()
    second.locator(f"[name=documents][value='{paper}']").check()
    second.locator("[name=code]").select_option(str(ended))
    look(second, "answer-with-everything")
    ask(site, CODE_ENDS, ended=ended)
    second.get_by_role("button", name="Inviare e concludere").click()
    expect(second.locator(".errorlist").first).to_be_visible()
    expect(second.locator("#reply-text")).to_have_value(WHOLE)
    expect(second.locator("#reply-kept")).to_contain_text("condizioni.pdf")
    expect(second.locator(f"[name=documents][value='{paper}']")).to_be_checked()
    look(second, "answer-code-refused")

    # One press sends and ends it
    second.locator("[name=code]").select_option(str(fits))
    second.get_by_role("button", name="Inviare e concludere").click()
    expect(second.locator("body")).to_contain_text("La risposta è stata inviata.")
    expect(second).to_have_url(re.compile(f"{CONTACT}$"))
    second.goto(address)
    expect(second.locator(".vc-chips")).to_contain_text("hius")
    expect(second.locator(".vc-attachments")).to_contain_text("condizioni.pdf")

    # The customer has both, in the mail and on the page
    customer = visitor()
    open_answer(customer, written_from)
    expect(customer.locator("body")).to_contain_text("condizioni.pdf")
    expect(customer.locator(".mail-text")).to_contain_text("arrivano 2 file")
    look(customer, "mail-answer-with-files")
    follow_link(customer, "/contatti/seguito/")
    expect(customer.locator(".thread-files")).to_contain_text("condizioni.pdf")
    expect(customer.locator(".thread-files a")).to_have_count(2)
    with customer.expect_download() as download:
        customer.locator(".thread-files a").filter(has_text="condizioni.pdf").click()
    assert download.value.suggested_filename == "condizioni.pdf"
    look(customer, "tracking-answer-with-files")


def test_a_colleague_who_is_mentioned_finds_the_contact_and_a_reminder_brings_it_back(site, visitor, look):
    written_from = f"cliente.{uuid.uuid4().hex[:10]}@posta.example"
    pk, number, _paper = ask(site, WRITTEN, mailbox=mailbox_of(CUSTOMER), written_from=written_from)
    code = ask(site, COLLEAGUE, mailbox=mailbox_of(roles.SPECIALIST))
    agent = visitor()
    sign_in(agent, roles.AGENT, to=f"{CONTACT}{pk}/change/")
    note(agent)
    agent.locator("#note-text").press_sequentially(f"@{code[:-1]}")
    option = agent.locator("#colleagues li").filter(has_text=code)
    expect(option).to_be_visible()
    look(agent, "note-mention")
    option.click()
    agent.locator("#note-text").press_sequentially("puoi guardare la franchigia?")
    agent.locator("form.vc-note button[type=submit]").first.click()
    expect(agent.locator("body")).to_contain_text("La nota è stata aggiunta. È nella coda di:")

    specialist = visitor()
    sign_in(specialist, roles.SPECIALIST, to=f"{CONTACT}?work=mentions")
    look(specialist, "queue-mentions")
    specialist.get_by_role("link", name=number).click()
    expect(specialist.locator(".vc-urgency").first).to_contain_text("puoi guardare la franchigia?")
    look(specialist, "contact-mentioned")
    specialist.goto(f"{CONTACT}?work=mentions")
    expect(specialist.get_by_role("link", name=number)).to_have_count(0)

    agent.locator("a[href$='/comando/promemoria/']").click()
    agent.locator("[name=day]").fill("2020-01-01")
    agent.locator(".vc-command-form button[type=submit]").click()
    expect(agent.locator(".errorlist").first).to_contain_text("passato")
    look(agent, "reminder-refused")
    agent.locator("[name=day]").fill(ask(site, TODAY))
    agent.locator(".vc-command-form button[type=submit]").click()
    agent.goto(f"{CONTACT}?work=follow_up")
    expect(agent.get_by_role("link", name=number)).to_be_visible()
    look(agent, "queue-to-take-up-again")
