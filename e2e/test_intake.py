"""How complaints come: a visitor's complaint with documents, up to the answer; and a request that was registered by mistake."""

from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from customers import roles
from e2e.forms import send
from e2e.mail import open_mail
from e2e.people import mailbox_of, sign_in
from e2e.records import ask

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
REGISTERED = """
from datetime import timedelta
from django.utils import timezone
from complaints.services import Statement, assign, classify, register_complaint
from customers.models import User
made = register_complaint(
    Statement(
        complainant_name="Carlo Neri", subject="Copia della polizza", text="Vorrei una copia della mia polizza.",
        received_on=timezone.localdate() - timedelta(days=3), address=mailbox, received_by="email",
    ),
    by=User.objects.get(email=officer),
)
result = {"pk": made.pk, "number": made.number, "received": made.received_on.isoformat()}
"""
CLASSIFIED = """
from complaints.models import Complaint
from complaints.services import assign, classify
from customers.models import User
year, sequence = number.split("/")
complaint = Complaint.objects.get(year=int(year), sequence=int(sequence))
officer = User.objects.get(email=officer)
classify(complaint, by=officer, changes={"ramo": "10"})
assign(complaint, handler=officer, by=officer)
result = complaint.pk
"""
GOES_ON = """
from django.utils import timezone
from complaints.models import Complaint
complaint = Complaint.objects.get(pk=pk)
contact = complaint.contact
result = [complaint.number, complaint.state, contact.number, timezone.localdate(contact.started_at).isoformat()]
"""


def command(page: Page, pk: int, name: str) -> None:
    """Open the small page of a command of a complaint."""
    page.goto(f"/backoffice/complaints/complaint/{pk}/comando/{name}/")
    expect(page.locator(".vc-command-form")).to_be_visible()


def press(page: Page) -> None:
    """Do what the small page asks."""
    page.locator(".vc-command-end button[type=submit]").click()
    expect(page.locator(".vc-command-form")).to_have_count(0)


@pytest.fixture
def pdfs(tmp_path):
    """Two small papers."""
    paths = []
    for name in ("preventivo.pdf", "mandato.pdf"):
        path = tmp_path / name
        path.write_bytes(PDF)
        paths.append(path)
    return paths


def test_a_complaint_with_documents_goes_from_the_visitor_to_the_answer(site, visitor, look, pdfs):
    mailbox = f"studio.{token_hex(3)}@pec.example"
    page = visitor()
    page.goto("/contatti/reclamo/")
    form = page.locator("main form")
    page.locator("[name=complainant_name]").fill("Avv. Paola Ferri")
    page.locator("[name=complainant_kind]").select_option("policyholder")
    page.locator("[name=proposer_kind]").select_option("lawyer")
    page.locator("[name=email]").fill(mailbox)
    page.locator("[name=subject]").fill("Preventivo non rispettato")
    page.locator("[name=text]").fill("Il premio chiesto non è quello del preventivo.")
    send(form)
    expect(page.locator(".field-error [name=represented_name]")).to_be_visible()
    look(page, "complaint-for-another-errors")
    page.locator("[name=represented_name]").fill("Bruno Neri")
    page.locator("[name=relation]").select_option("client")
    page.locator("[name=files]").set_input_files(pdfs[0])
    send(form)
    number = page.locator(".quoted-number").inner_text()
    page.get_by_role("link", name="Segua il reclamo").or_(
        page.locator("a.btn-primary[href*='/seguito/']")
    ).first.click()
    expect(page.locator(".thread-files")).to_contain_text("preventivo.pdf")

    pk = ask(site, CLASSIFIED, number=number, officer=mailbox_of(roles.COMPLAINT_OFFICER))
    officer = visitor()
    sign_in(officer, roles.COMPLAINT_OFFICER, to=f"/backoffice/complaints/complaint/{pk}/change/")
    documents = officer.locator("section[aria-labelledby=documents-title]")
    expect(documents).to_contain_text("preventivo.pdf")
    expect(documents).to_contain_text("Bruno Neri")
    look(officer, "complaint-documents")
    command(officer, pk, "chiedi-mandato")
    press(officer)

    open_mail(page, mailbox, "mandato")
    page.locator(".mail-text a[href*='/seguito/']").first.click()
    expect(page.locator("main")).to_contain_text("Bruno Neri")
    page.locator("[name=files]").set_input_files(pdfs[1])
    send(page.locator("form[action*='#add']"))
    expect(page.locator("main")).to_contain_text("mandato.pdf")
    look(page, "complaint-thread")

    command(officer, pk, "mandato")
    officer.locator("label", has_text="mandato.pdf").first.click()
    press(officer)
    command(officer, pk, "rispondi")
    officer.locator("[name=outcome][value=upheld]").check()
    officer.locator("[name=answer]").fill("Abbiamo riesaminato la pratica e Le diamo ragione.")
    press(officer)
    open_mail(page, mailbox, "risposta al Suo reclamo")
    expect(page.locator(".mail-facts")).to_contain_text("application/pdf")


def test_a_request_registered_by_mistake_is_cancelled_and_goes_on_with_its_day(site, visitor, look):
    mailbox = f"carlo.{token_hex(3)}@posta.example"
    officer_of = mailbox_of(roles.COMPLAINT_OFFICER)
    registered = ask(site, REGISTERED, mailbox=mailbox, officer=officer_of)
    page = visitor()
    sign_in(page, roles.COMPLAINT_OFFICER, to=f"/backoffice/complaints/complaint/{registered['pk']}/change/")
    command(page, registered["pk"], "annulla")
    look(page, "complaint-cancel")
    page.locator("[name=cause][value=request]").check()
    page.locator("[name=reason]").fill("Chiede una copia: non si lamenta di nulla.")
    press(page)
    number, state, contact, started = ask(site, GOES_ON, pk=registered["pk"])
    assert (number, state, started) == (registered["number"], "cancelled", registered["received"])
    open_mail(page, mailbox, "non è trattata come reclamo")
    expect(page.locator(".mail-text")).to_contain_text(contact)
    look(page, "complaint-cancelled-mail")
