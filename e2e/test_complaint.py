"""A complaint from the words of a customer to the letter they download, and the register that holds it."""

import io
import re
from datetime import date, timedelta
from secrets import token_hex

import pytest
from django.utils import translation
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from customers import roles
from e2e.forms import send, wait_as_people_write
from e2e.mail import open_mail
from e2e.people import mailbox_of, sign_in
from e2e.records import WRITTEN_CONTACT, ask
from foundation.dates import written_day

REJECTION = "Abbiamo riesaminato la Sua pratica e non possiamo accogliere la richiesta."
REASONS = "L'articolo 12 delle condizioni esclude il caso che ci ha descritto."
MADE_FIVE_DAYS_OLDER = """
from datetime import timedelta
import pgtrigger
from complaints.models import RegisterYear, Suspension
with pgtrigger.ignore("complaints.Suspension:only_its_end_is_written"):
    row = Suspension.objects.get(complaint=complaint, ended_on=None)
    Suspension.objects.filter(pk=row.pk).update(started_on=row.started_on - timedelta(days=5))
"""
REGISTERED = (
    WRITTEN_CONTACT
    + """
from complaints.services import register_from_contact
from customers.models import User
officer = User.objects.get(email=officer)
made = register_from_contact(
    contact, by=officer, about_conduct=True, agency=contact.customer.agency, address=mailbox, ramo="10"
)
result = {"pk": made.pk, "number": made.number, "due": made.due_on.isoformat(), "subject": made.subject}
"""
)
SECOND_OFFICER = """
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib.auth.models import Group
from customers.models import User
from vittoria_care.demonstration.data.sign_ins import CODE_SECRET, PASSWORD
if not User.objects.filter(email=mailbox).exists():
    made = User.objects.create_user(mailbox, PASSWORD, first_name="Ada", last_name="Ferri", is_staff=True)
    made.groups.add(Group.objects.get(name="complaint_officer"))
    Authenticator.objects.create(user=made, type="totp", data={"secret": encrypt(CODE_SECRET)})
"""


@pytest.fixture
def registered(site):
    """A complaint about the conduct of an agency, of the first customer who signs in, that nobody looked at yet."""
    return ask(site, REGISTERED, mailbox=mailbox_of(1), officer=mailbox_of(roles.COMPLAINT_OFFICER))


def complaint_page(pk: int) -> str:
    return f"/backoffice/complaints/complaint/{pk}/change/"


def command(page: Page, name: str) -> None:
    """Open the small page of a command of the complaint or contact that is open."""
    page.locator(f"a.vc-command[href*='/{name}/'], .vc-commands a[href*='/{name}/']").first.click()
    expect(page.locator(".vc-command-form")).to_be_visible()


def press(page: Page) -> None:
    """Do what the small page asks."""
    page.locator(".vc-command-end button[type=submit]").click()


def expect_text(page: Page, words: str | re.Pattern) -> None:
    expect(page.get_by_text(words).first).to_be_visible()


# --- From a contact -------------------------------------------------------------------------------------------------
def test_an_agent_registers_what_a_customer_wrote_and_the_customer_is_informed(site, visitor, look):
    before = ask(
        site,
        WRITTEN_CONTACT
        + """
year = RegisterYear.objects.get(year=timezone.localdate().year)
received = timezone.localdate(contact.started_at)
result = {"pk": contact.pk, "number": contact.number, "next": f"{year.year}/{year.last_number + 1}",
        "received": received.strftime("%d/%m/%Y"), "due": (received + timedelta(days=45)).isoformat()}
""",
        mailbox=mailbox_of(2),
    )
    page = visitor()
    sign_in(page, roles.AGENT, to=f"/backoffice/contact_center/contact/{before['pk']}/change/")
    command(page, "reclamo")
    expect(page.locator(".vc-question")).to_contain_text("ricevuto il")
    page.locator("[name=address]").fill(mailbox_of(2))
    look(page, "complaint-from-contact")
    press(page)
    expect_text(page, re.compile(re.escape(before["next"])))
    open_mail(page, mailbox_of(2), before["next"])
    mail = page.locator(".mail-text")
    expect(mail).to_contain_text("45 giorni")
    expect(mail).to_contain_text(in_words(before["due"]))
    look(page, "complaint-acknowledged")
    kept = ask(
        site,
        "from complaints.models import Complaint\n"
        "result = Complaint.objects.get(contact=contact).received_on.strftime('%d/%m/%Y')",
        contact=before["pk"],
    )
    assert kept == before["received"]


def test_an_agent_does_not_open_the_register(visitor):
    page = visitor()
    sign_in(page, roles.AGENT, to="/backoffice/")
    for address in ("", "registro/?year=2026&format=csv"):
        assert page.goto(f"/backoffice/complaints/complaint/{address}").status == 403


# --- The officer ----------------------------------------------------------------------------------------------------
def test_an_officer_hears_the_agency_and_answers_with_a_letter(site, visitor, look, registered):
    page = visitor()
    sign_in(page, roles.COMPLAINT_OFFICER, to=complaint_page(registered["pk"]))
    look(page, "complaint-received")
    command(page, "assegna")
    press(page)
    page.locator(".vc-way").get_by_role("link", name="Classificarlo").click()
    page.locator("[name=area]").select_option("commercial")
    page.locator("[name=reason_codes_main]").select_option("information")
    page.locator(".vc-more-reasons summary").click()
    page.locator("[name=reason_codes_more][value=documents]").check()
    look(page, "complaint-classify")
    press(page)
    expect(page.locator("section[aria-labelledby=about-title]")).to_contain_text("documenti non consegnati")
    look(page, "complaint-classified")
    command(page, "sospendi")
    page.locator("[name=reason]").fill("Chiediamo i documenti consegnati alla firma e la vostra posizione.")
    look(page, "complaint-suspend")
    press(page)
    ask(site, MADE_FIVE_DAYS_OLDER, complaint=registered["pk"])
    page.reload()
    command(page, "chiudi-richiesta")
    page.locator("[name=reason]").fill("L'agenzia ha risposto al telefono.")
    press(page)
    expect_text(page, re.compile(re.escape(short(registered["due"], later=5))))

    command(page, "rispondi")
    page.locator("[name=outcome][value=rejected]").check()
    page.locator("[name=answer]").fill(REJECTION)
    page.locator("[name=reasons]").fill(REASONS)
    look(page, "complaint-answer")
    letter = preview(page)
    for obligatory in ("IVASS", "Arbitro Assicurativo", REASONS[:40]):
        assert obligatory in letter
    press(page)
    expect_text(page, re.compile("Risposto|inviata|lettera"))
    look(page, "complaint-answered")

    open_mail(page, mailbox_of(1), f"risposta al Suo reclamo {registered['number']}")
    expect(page.locator(".mail-facts")).to_contain_text("application/pdf")
    look(page, "complaint-answer-mail")

    customer = visitor()
    sign_in(customer, 1, to="/area-riservata/reclami/")
    look(customer, "portal-complaints")
    customer.locator(f"a[href$='/reclami/{registered['pk']}/']").click()
    expect(customer.locator("main")).to_contain_text(REJECTION)
    look(customer, "portal-complaint")
    with customer.expect_download() as download:
        customer.locator("a[href$='/lettera/']").click()
    assert "Arbitro Assicurativo" in text_of_pdf(download.value.path().read_bytes())

    for kind in ("csv", "xlsx"):
        content = page.request.get(
            f"/backoffice/complaints/complaint/registro/?year={registered['number'][:4]}&format={kind}"
        ).body()
        assert registered["number"] in (content.decode("utf-8-sig") if kind == "csv" else cells(content))


def test_two_officers_answer_and_the_later_keeps_the_draft(site, visitor, look, registered):
    second = "reclami.seconda@vittoria-care.example"
    ask(site, SECOND_OFFICER, mailbox=second)
    one, other = visitor(), visitor()
    sign_in(one, roles.COMPLAINT_OFFICER, to=complaint_page(registered["pk"]))
    command(one, "assegna")
    press(one)
    sign_in(other, second, to=complaint_page(registered["pk"]))
    for page in (one, other):
        command(page, "rispondi")
        page.locator("[name=outcome][value=rejected]").check()
        page.locator("[name=answer]").fill(f"{REJECTION} {'Prima' if page is one else 'Seconda'} stesura.")
        page.locator("[name=reasons]").fill(REASONS)
    press(one)
    expect(one).to_have_url(re.compile("/change/$"))
    press(other)
    expect(other.locator(".vc-refusal")).to_be_visible()
    expect(other.locator("main, #content").first).to_contain_text("Seconda stesura.")
    look(other, "complaint-answered-meanwhile")


def test_two_officers_classify_and_the_later_takes_nothing_back(site, visitor, look, registered):
    second = "reclami.seconda@vittoria-care.example"
    ask(site, SECOND_OFFICER, mailbox=second)
    one, other = visitor(), visitor()
    for page, person in ((one, roles.COMPLAINT_OFFICER), (other, second)):
        sign_in(page, person, to=complaint_page(registered["pk"]))
        command(page, "classifica")
    one.locator("[name=area]").select_option("settlement")
    one.locator("[name=reason_codes_main]").select_option("late_payment")
    press(one)
    expect(one).to_have_url(re.compile("/change/$"))
    other.locator("[name=reason]").fill("Bonifico in ritardo")
    press(other)
    expect(other.locator(".vc-refusal")).to_contain_text("ritardo nel pagamento")
    expect(other.locator("[name=reason]")).to_have_value("Bonifico in ritardo")
    expect(other.locator("[name=area]")).to_have_value("settlement")
    look(other, "complaint-classified-meanwhile")
    press(other)
    about = other.locator("section[aria-labelledby=about-title]")
    expect(about).to_contain_text("ritardo nel pagamento")
    expect(about).to_contain_text("Bonifico in ritardo")


# --- The public form ------------------------------------------------------------------------------------------------
def test_a_visitor_makes_a_complaint_and_two_clicks_make_one(site, visitor, look):
    subject = f"Preventivo non rispettato {token_hex(3)}"
    page = visitor()
    page.goto("/contatti/reclamo/")
    look(page, "complaint-form")
    form = page.locator("main form")
    send(form)
    expect(page.locator(".notice-error")).to_be_visible()
    expect(page.locator(".field-error")).not_to_have_count(0)
    look(page, "complaint-form-errors")
    page.locator("[name=complainant_name]").fill("Bruna Colli")
    page.locator("[name=complainant_kind]").select_option("policyholder")
    page.locator("[name=proposer_kind]").select_option("interested")
    page.locator("[name=email]").fill("bruna.colli@posta.example")
    page.locator("[name=subject]").fill(subject)
    page.locator("[name=text]").fill("Il premio chiesto non è quello del preventivo del 3 marzo. Chiedo il rimborso.")
    wait_as_people_write(form)
    form.locator("button[type=submit]").dblclick()
    number = page.locator(".quoted-number").inner_text()
    look(page, "complaint-registered")
    made = ask(
        site,
        "from complaints.models import Complaint\n"
        "result = [each.number for each in Complaint.objects.filter(subject=subject)]",
        subject=subject,
    )
    assert made == [number]
    open_mail(page, "bruna.colli@posta.example", number)


# --- What is read ---------------------------------------------------------------------------------------------------
def preview(page: Page) -> str:
    """The letter that the preview shows, asked for as its button does: with what is in the form."""
    form = page.locator(".vc-command-form")
    button = form.locator("button[formaction$='/anteprima/']")
    expect(button).to_be_visible()
    address = button.get_attribute("formaction")
    assert address
    sent = form.evaluate("form => Object.fromEntries(new FormData(form))")
    answer = page.request.post(address, form=sent, headers={"Referer": page.url, "Origin": origin(page)})
    assert answer.headers["content-type"] == "application/pdf"
    return text_of_pdf(answer.body())


def origin(page: Page) -> str:
    return page.evaluate("location.origin")


def text_of_pdf(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(each.extract_text() for each in PdfReader(io.BytesIO(pdf)).pages))


def cells(workbook: bytes) -> str:
    sheet = load_workbook(io.BytesIO(workbook), read_only=True).active
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)


def in_words(day: str) -> str:
    """As letters and pages write it: 3 marzo 2026."""
    with translation.override("it"):
        return written_day(date.fromisoformat(day))


def short(day: str, *, later: int = 0) -> str:
    return in_words((date.fromisoformat(day) + timedelta(days=later)).isoformat())
