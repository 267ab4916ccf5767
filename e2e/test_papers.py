"""Papers of a customer: from the company's folder to the customer's telephone, the calendar, what a life policy is worth."""

import csv
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import Page, expect

from e2e.mail import open_mail
from e2e.people import mailbox_of, sign_in
from e2e.records import ask
from foundation.pdf import typeset
from testbed.installation import Installation
from vittoria_care.demonstration.data.papers import COMPANY, FOOT, TEMPLATE

CUSTOMER = 1
ROOM = "/area-riservata/documenti/"
CALENDAR = "/area-riservata/calendario/"
# `result`: the customer's policies by line of business, and somebody else's document.
POLICIES = """
from customers.models import Document, Policy, ReservedAreaAccount
customer = ReservedAreaAccount.objects.get(user__email=mailbox, mandate=None).customer
result = {policy.ramo: [policy.pk, policy.number] for policy in Policy.objects.filter(holder=customer, number__startswith="DEMO-")}
result["others"] = Document.objects.exclude(customer=customer).latest("pk").pk
"""
OPENINGS = """
from customers.models import DocumentOpening
result = DocumentOpening.objects.filter(document__title=title, user__email=mailbox, door="portal").count()
"""


@dataclass(frozen=True)
class Arrival:
    """A risk certificate that the company brought, corrected once."""

    title: str
    first: bytes
    second: bytes
    policies: dict[str, Any]


def paper(title: str, classe: str) -> bytes:
    """The PDF of a certificate."""
    values = {
        "title": title,
        "company": COMPANY,
        "about": "Attestato di rischio",
        "facts": [["Classe di merito", classe]],
        "text": ["Prova."],
        "foot": FOOT,
    }
    return typeset(TEMPLATE, values, on=timezone.localdate())


@pytest.fixture(scope="module")
def arrival(site: Installation) -> Arrival:
    """The same manifest twice, with another file the second time; and once more, which changes nothing."""
    policies = ask(site, POLICIES, mailbox=mailbox_of(CUSTOMER))
    title = "Attestato di rischio – prova"
    brought = Arrival(title, paper(title, "2"), paper(title, "1"), policies)
    bring(site, brought, brought.first, "created=1")
    bring(site, brought, brought.second, "updated=1")
    bring(site, brought, brought.second, "unchanged=1")
    site.manage("deliver_notices")
    return brought


def bring(site: Installation, arrival: Arrival, content: bytes, expected: str) -> None:
    """Import the certificate by a manifest of one row."""
    folder = Path(site.folder) / "arrivo"
    folder.mkdir(exist_ok=True)
    (folder / "attestato.pdf").write_bytes(content)
    with (folder / "manifest.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["key", "file", "kind", "title", "policy", "dated_on"])
        rows.writerow(
            ["E2E-1", "attestato.pdf", "certificate", arrival.title, arrival.policies["10"][1], timezone.localdate()]
        )
    assert expected in site.manage("import_documents", str(folder / "manifest.csv"), "--source", "prove")


def test_a_certificate_arrives_is_announced_and_opened_on_a_phone(arrival, site, visitor, look):
    page = visitor()
    open_mail(page, mailbox_of(CUSTOMER), "L’attestato di rischio della Sua polizza", place=2)  # the corrected one too
    expect(page.locator(".mail-text")).to_contain_text(arrival.policies["10"][1])
    look(page, "mail-certificate")

    sign_in(page, CUSTOMER, to=ROOM)
    look(page, "documents")
    page.get_by_label("Tipo").select_option("certificate")
    page.get_by_role("button", name="Mostrare").click()
    row = page.locator(".document").filter(has_text=arrival.title)
    expect(row).to_have_count(1)
    expect(page.locator(".document .eyebrow").first).to_have_text("Attestato di rischio")
    look(page, "documents-certificates")

    opened = ask(site, OPENINGS, title=arrival.title, mailbox=mailbox_of(CUSTOMER))
    address = row.get_by_role("link", name=arrival.title, exact=True).get_attribute("href")
    shown = page.request.get(address)
    assert (shown.status, shown.headers["content-type"], shown.body()) == (200, "application/pdf", arrival.second)
    assert shown.headers["content-disposition"].startswith("inline;")
    with page.expect_download() as saved:
        row.get_by_role("link", name="Salvare").click()
    assert saved.value.path().read_bytes() == arrival.second
    assert re.fullmatch(r"attestato-di-rischio-prova-[\d-]+\.pdf", saved.value.suggested_filename)
    assert ask(site, OPENINGS, title=arrival.title, mailbox=mailbox_of(CUSTOMER)) == opened + 2

    row.get_by_role("link", name="versioni precedenti").click()
    look(page, "document")
    page.get_by_role("link", name="Versione 1").click()
    expect(page.locator(".notice-warning")).to_contain_text("sostituita")
    earlier = page.request.get(page.get_by_role("link", name="Aprire il documento").get_attribute("href"))
    assert earlier.body() == arrival.first
    look(page, "document-replaced")

    assert page.goto(f"{ROOM}{arrival.policies['others']}/").status == 404
    assert page.request.get(f"{ROOM}{arrival.policies['others']}/file/").status == 404


def test_a_policy_shows_its_papers_and_a_life_policy_its_value_and_day(arrival, visitor, look):
    page = visitor()
    sign_in(page, CUSTOMER, to=f"/area-riservata/polizze/{arrival.policies['10'][0]}/")
    papers = page.locator("section:has(> .section-head #documents-title)")
    expect(papers.locator(".document").filter(has_text="Condizioni di assicurazione")).to_have_count(1)
    look(page, "policy-documents")
    papers.get_by_role("link", name="Tutti quelli della polizza").click()
    expect(page.locator("#by-policy")).to_have_value(str(arrival.policies["10"][0]))

    page.goto(f"/area-riservata/polizze/{arrival.policies['III'][0]}/")
    worth = page.locator("[aria-labelledby=value-title]")
    last_month = timezone.localdate().replace(day=1) - timedelta(days=1)
    expect(worth.locator(".amount")).to_have_text([re.compile(r"^[\d.]+,\d\d\s€$")] * 2)
    expect(worth).to_contain_text(str(last_month.year))
    expect(worth.locator(".fund")).to_have_count(2)
    expect(page.locator("[aria-labelledby=people-title]")).to_contain_text(re.compile("beneficiari", re.IGNORECASE))
    look(page, "policy-life")

    page.goto(f"/area-riservata/polizze/{arrival.policies['I'][0]}/")
    expect(page.locator(".unknown")).to_contain_text("non ha ancora trasmesso un valore di riscatto")
    expect(page.locator("[aria-labelledby=value-title]")).not_to_contain_text("0,00")
    look(page, "policy-life-unknown")


def test_the_calendar_is_given_out_changed_and_revoked(arrival, visitor, look):
    page, program = visitor(), visitor()
    sign_in(page, CUSTOMER, to=ROOM)
    page.get_by_role("link", name="Aggiungere al calendario").click()
    expect(page).to_have_url(re.compile(f"{CALENDAR}$"))
    if page.get_by_role("button", name="Revocare").count():
        page.get_by_role("button", name="Revocare").click()
    look(page, "calendar-none")
    page.get_by_role("button", name="Creare l’indirizzo").click()
    first = address_on(page)
    look(page, "calendar")
    answer = program.request.get(first)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    events = Calendar.from_ical(answer.body()).walk("VEVENT")
    assert any("Rata da pagare" in str(event["summary"]) for event in events)
    assert program.request.get(first, headers={"if-none-match": answer.headers["etag"]}).status == 304

    page.get_by_role("button", name="Cambiare l’indirizzo").click()
    second = address_on(page)
    assert second != first
    assert [program.request.get(each).status for each in (first, second)] == [404, 200]
    page.get_by_role("button", name="Revocare l’indirizzo").click()
    expect(page.locator(".notice-success")).to_contain_text("revocato")
    assert program.request.get(second).status == 404


def address_on(page: Page) -> str:
    """The address that the page shows; by it the calendar is read on the installation's own port."""
    shown = page.locator("#address").input_value()
    return "/area-riservata/" + shown.partition("/area-riservata/")[2]
