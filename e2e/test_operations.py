"""Operations: a customer changes a number, suspends and reactivates a policy, accepts an offer; and is refused in words."""

import random
import re

import pytest
from playwright.sync_api import Page, expect

from customers import roles
from e2e.forms import wait_as_people_write
from e2e.mail import DELIVERED_MS, until
from e2e.people import mailbox_of, sign_in
from e2e.records import ask

SMS, PROFILE = "/demo/posta/sms/", "/area-riservata/profilo/"
IBAN = "IT60 X054 2811 1010 0000 0123 456"

# `result`: a motor policy of the customer that is in force and paid, made for the journey.
PAID_POLICY = """
import uuid
from datetime import timedelta
from django.utils import timezone
from customers.models import Policy, ReservedAreaAccount
customer = ReservedAreaAccount.objects.get(user__email=mailbox, mandate=None).customer
today = timezone.localdate()
policy = Policy.objects.create(
    number="VC-" + uuid.uuid4().hex[:10].upper(), holder=customer, agency=customer.agency, ramo="10", product="Strada Sicura",
    plate="EK123ZP", premium=480, starts_on=today - timedelta(days=60), ends_on=today + timedelta(days=300),
)
result = {"pk": policy.pk, "number": policy.number}
"""
# `result`: a claim with an offer, made for the journey.
OFFERED_CLAIM = (
    PAID_POLICY
    + """
from customers.models import Claim
claim = Claim.objects.create(
    number="S-" + uuid.uuid4().hex[:10].upper(), policy=policy, customer=customer, occurred_on=today - timedelta(days=40),
    reported_on=today - timedelta(days=38), complete_on=today - timedelta(days=30), state="offered", offered_on=today,
    offered_amount="1240.00", adjuster="dott.ssa Nora Pavan", adjuster_phone="+390255501401",
)
result = {"pk": claim.pk, "number": claim.number, "owner": customer.letter_name}
"""
)


def press(page: Page, step: str) -> None:
    """Press the button of the form that leads on, no sooner than a person would."""
    form = page.locator("main form.request-form")
    wait_as_people_write(form)
    form.locator(f"button[name=step][value={step}]").click()


def code_sent_to(page: Page, number: str) -> str:
    """The code in the newest text to the number, once it has come."""
    text = page.locator(".sms-list li").filter(has_text=number).locator(".sms-text")

    def arrived() -> None:
        page.goto(SMS)
        expect(text.first).to_contain_text(re.compile(r"\b[0-9]{6}\b"), timeout=500)

    until(arrived, within_ms=DELIVERED_MS, page=page)
    found = re.search(r"\b[0-9]{6}\b", text.first.inner_text())
    assert found is not None
    return found[0]


def carry_out(page: Page, number: str, answer: str) -> None:
    """The agent finds the operation by its number and carries it out."""
    page.goto(f"/backoffice/customers/operation/?q={number}")
    page.locator("#result_list a").filter(has_text=number).first.click()
    page.get_by_role("link", name="Eseguire").click()
    page.locator("[name=answer]").fill(answer)
    page.locator(".vc-command-form button[type=submit]").click()
    expect(page.locator("body")).to_contain_text(f"{number} è stata eseguita")


def number_of(page: Page) -> str:
    """The receipt number on the page of an operation."""
    found = re.search(r"O-[0-9]{8}", page.locator(".page-header").inner_text())
    assert found is not None
    return found[0]


def test_a_customer_changes_a_telephone_number_with_the_code_sent_to_it(site, visitor, look):
    page = visitor()
    sign_in(page, 1, to=PROFILE)
    look(page, "profile-operations")
    page.get_by_role("link", name="Cambiare un numero di telefono").click()
    number = f"33{random.randint(30, 89)} {random.randint(100, 999)} {random.randint(1000, 9999)}"  # noqa: S311
    page.locator("[name=phone]").fill("12")
    press(page, "check")
    expect(page.locator(".form-errors")).to_be_visible()
    page.locator("[name=phone]").fill(number)
    look(page, "operation-phone")
    press(page, "check")
    expect(page.locator("[name=code]")).to_be_visible()
    here = page.url
    look(page, "operation-code")
    page.locator("[name=code]").fill("000000")
    page.get_by_role("button", name="Confermare").click()
    expect(page.locator(".form-errors")).to_be_visible()
    other = visitor()
    code = code_sent_to(other, number.split()[-1])
    look(other, "demo-sms")
    page.goto(here)
    page.locator("[name=code]").fill(code)
    page.get_by_role("button", name="Confermare").click()
    expect(page.locator(".notice-success")).to_contain_text("È fatto")
    look(page, "operation-done")
    page.goto(PROFILE)
    expect(page.locator("#reach-title ~ ul")).to_contain_text(number.split()[-1])


def test_a_customer_suspends_a_policy_and_reactivates_it(site, visitor, look):
    policy = ask(site, PAID_POLICY, mailbox=mailbox_of(2))
    page, desk = visitor(), visitor()
    sign_in(page, 2, to=f"/area-riservata/polizze/{policy['pk']}/")
    look(page, "policy-operations")
    page.get_by_role("link", name="Sospendere la copertura").click()
    look(page, "operation-form")
    press(page, "check")
    expect(page.locator(".form-errors")).to_be_visible()
    page.locator("[name=understood]").check()
    press(page, "check")
    expect(page.locator("h2")).to_contain_text(["È tutto giusto?"])
    look(page, "operation-check")
    press(page, "send")
    receipt, number = page.url, number_of(page)
    look(page, "operation-receipt")
    page.goto(f"/area-riservata/polizze/{policy['pk']}/operazioni/suspension/")
    expect(page).to_have_url(receipt)

    sign_in(desk, roles.AGENT, to="/backoffice/")
    carry_out(desk, number, "La copertura è sospesa da oggi.")
    look(desk, "office-operation")
    page.goto(receipt)
    expect(page.locator(".notice-success")).to_contain_text("La copertura è sospesa da oggi.")
    page.goto(f"/area-riservata/polizze/{policy['pk']}/")
    expect(page.locator(".notice-warning")).to_be_visible()
    page.get_by_role("link", name="Riattivare la copertura").click()
    press(page, "check")
    press(page, "send")
    number = number_of(page)
    desk.goto(f"/backoffice/customers/operation/?q={number}")
    look(desk, "office-operations")
    carry_out(desk, number, "")
    page.goto(f"/area-riservata/polizze/{policy['pk']}/")
    expect(page.locator(".notice-warning")).to_have_count(0)
    page.goto("/area-riservata/operazioni/")
    look(page, "operations-list")


def test_a_customer_accepts_an_offer_and_is_refused_in_words_before(site, visitor, look):
    claim = ask(site, OFFERED_CLAIM, mailbox=mailbox_of(3))
    page = visitor()
    sign_in(page, 3, to=f"/area-riservata/sinistri/{claim['pk']}/")
    look(page, "claim-operations")
    page.get_by_role("link", name="Accettare l’offerta").click()
    for words in ("1.240,00", "15 giorni dall’accettazione"):
        expect(page.locator("main .notice").filter(has_text=words)).to_be_visible()
    page.locator("[name=iban]").fill("IT60 X054 2811 1010 0000 0123 457")
    page.locator("[name=owner]").fill("Un'altra persona")
    page.locator("[name=understood]").check()
    press(page, "check")
    expect(page.locator(".form-errors li")).to_have_count(2)
    look(page, "operation-refused-in-words")
    page.locator("[name=iban]").fill(IBAN)
    page.locator("[name=owner]").fill(claim["owner"])
    press(page, "check")
    look(page, "operation-check-offer")
    press(page, "send")
    expect(page.locator(".notice-success")).to_contain_text(number_of(page))
    expect(page.get_by_role("button", name="Ritirare la richiesta")).to_have_count(0)
    page.goto(f"/area-riservata/sinistri/{claim['pk']}/")
    expect(page.locator(".steps")).to_contain_text("Offerta accettata")
    expect(page.get_by_role("link", name="Rifiutare l’offerta")).to_have_count(0)


@pytest.mark.parametrize("width", [320])
def test_without_javascript_and_on_a_narrow_screen_it_works_all_the_same(site, browser, width):
    policy = ask(site, PAID_POLICY, mailbox=mailbox_of(1))
    context = browser.new_context(
        base_url=site.url, locale="it-IT", java_script_enabled=False, viewport={"width": width, "height": 700}
    )
    page = context.new_page()
    sign_in(page, 1, to=f"/area-riservata/polizze/{policy['pk']}/operazioni/copy/")
    page.locator("[name=document]").first.check()
    page.wait_for_timeout(3_500)
    page.locator("main button[name=step][value=check]").click()
    page.locator("main button[name=step][value=send]").click()
    expect(page.locator(".notice-success")).to_contain_text(number_of(page))
    page.get_by_role("button", name="Ritirare la richiesta").click()
    expect(page.locator("main .badge-state").first).to_contain_text("Ritirata dal cliente")
    context.close()
