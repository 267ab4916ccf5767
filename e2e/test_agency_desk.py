"""An agency's day at the desk: a claim reported for a customer who is there, and the paper that the next one signs."""

import re

import pytest
from playwright.sync_api import expect

from customers import roles
from e2e.people import mailbox_of, sign_in
from e2e.records import ask
from e2e.test_report import answer, go_on

# `result`: the motor policy of a customer of the member's agency, and another customer, of theirs too, who was never asked for the consent.
CUSTOMERS = """
from datetime import timedelta
from django.utils import timezone
from customers.consents_on_paper import NEAREST_FIRST, with_paper_to_take
from customers.models import AgencyMember, Claim, ClaimDraft, Customer, Policy
today = timezone.localdate()
agency = AgencyMember.objects.get(user__email=member).agency
motor = Policy.objects.filter(agency=agency, holder__agency=agency, state="active", ramo="10", claims__isnull=True)
policy = motor.filter(starts_on__lt=today - timedelta(days=9), ends_on__gt=today).exclude(plate="").order_by("-pk").first()
ClaimDraft.objects.filter(customer=policy.holder).delete()
wanted = with_paper_to_take(Customer.objects.all(), agencies=[agency.pk], today=today).order_by(*NEAREST_FIRST)
result = {"plate": policy.plate, "policy": policy.number, "pk": policy.pk, "holder": policy.holder_id, "papers": wanted.count(),
          "elsewhere": Customer.objects.exclude(agency=agency).earliest("pk").pk}
"""
REPORTED = """
from customers.models import Claim
claim = Claim.objects.filter(policy=policy).latest("pk")
result = {"pk": claim.pk, "number": claim.report_number, "channel": claim.report.channel}
"""
PAPER = {"name": "modulo.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\\n%%EOF\\n"}
PAGE = "/backoffice/"


@pytest.fixture
def theirs(site):
    return ask(site, CUSTOMERS, member=mailbox_of(roles.AGENCY_MEMBER))


def test_an_agency_reports_a_claim_for_a_customer_who_is_there(site, visitor, look, theirs):
    page = visitor()
    sign_in(page, roles.AGENCY_MEMBER, to=PAGE)
    look(page, "agency-first-page")
    page.get_by_role("link", name="Denunciare un sinistro per un cliente").first.click()
    look(page, "agency-report-for-whom")
    page.locator("[name=text]").fill(theirs["plate"].lower())
    page.locator(".vc-command-end button[type=submit]").click()
    expect(page.locator(f"[name=policy][value='{theirs['pk']}']")).to_be_checked()
    look(page, "agency-report-begin")
    page.locator("main form button[type=submit]").last.click()
    for step in ("evento", "veicolo", "altro-veicolo", "persone", "constatazione"):
        answer(page, step)
        go_on(page)
    page.get_by_role("link", name=re.compile("riepilogo")).first.click()
    page.locator("[name=declared]").check()
    look(page, "agency-report-review")
    page.get_by_role("button", name="Inviare la denuncia").click()
    reported = ask(site, REPORTED, policy=theirs["pk"])
    assert reported["channel"] == "agency"
    expect(page).to_have_url(re.compile(f"/customers/claim/{reported['pk']}/"))
    page.goto(PAGE)
    expect(page.get_by_role("link", name=reported["number"]).first).to_be_visible()
    assert page.goto(f"/backoffice/customers/customer/{theirs['elsewhere']}/comando/sinistro/").status == 404


def test_an_agency_takes_a_consent_on_paper_from_its_list(visitor, look, theirs):
    page = visitor()
    sign_in(page, roles.AGENCY_MEMBER, to=PAGE)
    expect(page.locator(".vc-panel").filter(has_text="Consensi su carta")).to_contain_text(str(theirs["papers"]))
    page.locator(".vc-panel").filter(has_text="Consensi su carta").get_by_role("link").click()
    look(page, "agency-papers")
    before = page.locator("#result_list tbody tr").count()
    page.get_by_role("link", name="Registrare il consenso").first.click()
    expect(page.locator("[name=what][value^=agency_promotions]")).to_be_checked()
    page.locator("[name=scan]").set_input_files(PAPER)
    page.locator("[name=read]").check()
    look(page, "agency-paper")
    page.locator(".vc-command-end button[type=submit]").click()
    expect(page.get_by_text("Il consenso è in vigore").first).to_be_visible()
    expect(page.locator("#result_list tbody tr")).to_have_count(before - 1 if before < 50 else 50)
