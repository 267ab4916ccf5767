"""What an intermediary is asked about a complaint: an agency answers by its sign-in, a broker on its secret page."""

import re

import pytest
from playwright.sync_api import Page, expect

from customers import roles
from e2e.forms import wait_as_people_write
from e2e.people import mailbox_of, sign_in
from e2e.records import WRITTEN_CONTACT, ask

ASKED = "Vi chiediamo i documenti consegnati alla firma e la vostra posizione."
POSITION = "Il set informativo è stato consegnato prima della firma: alleghiamo la dichiarazione."
PAPER = {"name": "dichiarazione.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 prova"}
ABOUT_AN_AGENCY = (
    WRITTEN_CONTACT
    + """
from complaints.services import assign, register_from_contact
from customers.models import AgencyMember, User
officer = User.objects.get(email=officer)
agency = AgencyMember.objects.get(user__email=member).agency
made = register_from_contact(contact, by=officer, about_conduct=True, agency=agency, address=mailbox, ramo="10")
assign(made, handler=officer, by=officer)
result = {"pk": made.pk, "number": made.number, "text": made.text}
"""
)
ABOUT_A_BROKER = (
    WRITTEN_CONTACT
    + """
from complaints.intermediaries.commands import invite_intermediary
from complaints.intermediaries.secret import answer_url
from complaints.services import register_from_contact
from customers.models import User
officer = User.objects.get(email=officer)
made = register_from_contact(
    contact, by=officer, about_conduct=True, intermediary_kind="broker", intermediary_stated="Broker di prova",
    intermediary_address="broker@posta.example", address=mailbox, ramo="10",
)
enquiry = invite_intermediary(made, asked=asked, by=officer)
result = {"url": answer_url(enquiry), "text": made.text, "pk": made.pk}
"""
)


def command(page: Page, name: str) -> None:
    """Open the small page of a command of the row that is open."""
    page.locator(f"a.vc-command[href*='/{name}/'], .vc-commands a[href*='/{name}/']").first.click()
    expect(page.locator(".vc-command-form")).to_be_visible()


def press(page: Page) -> None:
    """Do what the small page asks."""
    page.locator(".vc-command-end button[type=submit]").click()


@pytest.fixture
def about_an_agency(site):
    """A complaint about the conduct of the agency whose member signs in, followed by the officer."""
    return ask(
        site,
        ABOUT_AN_AGENCY,
        mailbox=mailbox_of(1),
        officer=mailbox_of(roles.COMPLAINT_OFFICER),
        member=mailbox_of(roles.AGENCY_MEMBER),
    )


def test_an_agency_answers_an_enquiry(visitor, look, about_an_agency):
    officer = visitor()
    sign_in(officer, roles.COMPLAINT_OFFICER, to=f"/backoffice/complaints/complaint/{about_an_agency['pk']}/change/")
    command(officer, "sospendi")
    officer.locator("[name=reason]").fill(ASKED)
    press(officer)

    agency = visitor()
    sign_in(agency, roles.AGENCY_MEMBER, to="/backoffice/complaints/enquiry/")
    look(agency, "enquiries-of-an-agency")
    agency.get_by_role("link", name=about_an_agency["number"], exact=True).click()
    expect(agency.get_by_text(about_an_agency["text"]).first).to_be_visible()
    expect(agency.get_by_text(ASKED).first).to_be_visible()
    look(agency, "enquiry-of-an-agency")
    command(agency, "bozza")
    agency.locator("[name=position]").fill(POSITION)
    press(agency)
    command(agency, "rispondi")
    expect(agency.locator("[name=position]")).to_have_value(POSITION)
    agency.locator("input[type=file]").first.set_input_files(PAPER)
    look(agency, "enquiry-answered-by-an-agency")
    press(agency)
    expect(agency.get_by_text(re.compile("arrivata al Servizio Reclami")).first).to_be_visible()
    assert agency.goto(f"/backoffice/complaints/complaint/{about_an_agency['pk']}/change/").status == 403

    officer.reload()
    expect(officer.get_by_text("dichiarazione.pdf").first).to_be_attached()
    expect(officer.locator("a.vc-command[href*='/rispondi/']").first).to_be_visible()
    look(officer, "complaint-with-a-position")


def test_a_broker_answers_on_its_secret_page(site, visitor, look):
    asked = ask(site, ABOUT_A_BROKER, mailbox=mailbox_of(2), officer=mailbox_of(roles.COMPLAINT_OFFICER), asked=ASKED)
    page = visitor()
    page.goto(re.sub(r"^https?://[^/]+", "", asked["url"]))
    expect(page.locator("main")).to_contain_text(ASKED)
    expect(page.locator("main")).to_contain_text(asked["text"])
    look(page, "enquiry-of-a-broker")
    page.locator("[name=position]").fill(POSITION)
    page.locator("input[type=file]").first.set_input_files(PAPER)
    wait_as_people_write(page.locator("form:has([name=position])"))
    page.locator("button[name=give]").click()
    expect(page.locator("h1")).to_contain_text("La Vostra posizione ci è arrivata")
    expect(page.locator("main")).not_to_contain_text(asked["text"])
    look(page, "enquiry-answered-by-a-broker")
