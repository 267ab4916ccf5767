"""A claim opened during a call: who calls is identified, the report is sent while they wait, and the call is about the claim."""

import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers import roles
from e2e.people import sign_in
from e2e.records import ask
from e2e.telephone import Platform, code_by_keyboard, identify, new_platform
from e2e.test_report import answer, go_on

DESK = "/backoffice/scrivania/"
YESTERDAY = timezone.localdate() - timedelta(days=1)
# `result`: the name, and the policy, of a customer with a motor policy in force and no claim of these days, who can be reached at `number`.
INSURED = """
from datetime import timedelta
from django.utils import timezone
from customers.models import ContactPoint, Customer, Policy
today = timezone.localdate()
motor = Policy.objects.filter(state="active", ramo="10", starts_on__lt=today - timedelta(days=9), ends_on__gt=today)
free = motor.filter(holder__kind=Customer.Kind.PERSON, holder__birth_date__isnull=False, claims__isnull=True)
policy = free.order_by("-pk").first()
customer = policy.holder
ContactPoint.objects.create(customer=customer, kind="phone", value=number, verified_at=timezone.now())
result = {"name": str(customer), "policy": policy.pk}
"""
ABOUT = """
from contact_center.models import Contact
contact = Contact.objects.get(pk=pk)
result = [contact.claim_id, contact.claim.report_number, contact.outcome]
"""


@pytest.fixture(scope="module")
def platform(site) -> Platform:
    """A platform with a key of its own."""
    return new_platform(site)


def test_a_claim_is_reported_while_the_caller_is_on_the_line(site, visitor, platform, look):
    number = f"+39346{uuid.uuid4().int % 10_000_000:07d}"
    insured = ask(site, INSURED, number=number)
    page = visitor()
    sign_in(page, roles.AGENT, to=DESK)
    call, _took = platform.answered(page, number, card=insured["name"])
    expect(page.locator(".vc-known")).to_contain_text("dopo l’identificazione")
    look(page, "identity-asked")
    page.wait_for_load_state()
    page.keyboard.press("i")
    expect(page.locator(".vc-identity-answer")).to_be_visible()
    look(page, "identity-answer")
    page.wait_for_load_state()
    page.keyboard.press("y")
    identify(page, questions=1)
    look(page, "identity-passed")
    contact = page.locator("#desk-main [data-contact]").get_attribute("data-contact")

    page.get_by_role("link", name=re.compile("^Denunciare un sinistro")).click()
    page.locator(f"[name=policy][value='{insured['policy']}']").check()
    page.locator("main form button[type=submit]").last.click()
    for step in ("evento", "veicolo", "altro-veicolo", "persone", "constatazione"):
        answer(page, step)
        go_on(page)
    page.get_by_role("link", name=re.compile("riepilogo")).first.click()
    page.locator("[name=declared]").check()
    page.get_by_role("button", name="Inviare la denuncia").click()
    expect(page).to_have_url(re.compile(f"/scrivania/.contact={contact}"))
    expect(page.locator("#desk-main")).to_contain_text("Questa telefonata riguarda")
    look(page, "claim-on-the-phone")

    platform.ended(page, call)
    code_by_keyboard(page)
    expect(page.get_by_text(": Risolto.")).to_be_visible()
    claim, report, outcome = ask(site, ABOUT, pk=int(contact))
    assert outcome == "resolved"
    page.goto(f"/backoffice/customers/claim/{claim}/change/")
    expect(page.locator("main")).to_contain_text(report)
    expect(page.locator("main")).to_contain_text(f"C-{int(contact):08d}")
