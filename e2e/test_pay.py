"""Paying in the reserved area, and each way of not paying: from what is due to the receipt, by the sandbox's page."""

from datetime import timedelta
from pathlib import Path
from secrets import randbelow

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from e2e.people import sign_in
from testbed.installation import Installation

CUSTOMER = 2
CODE = f"DEMO-{CUSTOMER:07d}"


@pytest.fixture
def policy(site: Installation) -> str:
    """The number of a motor policy with an instalment to pay and a renewal offered, brought by the files of a night."""
    today, number = timezone.localdate(), f"{randbelow(10**8):08d}"
    bring(
        site,
        "import_policies",
        "number,holder,ramo,product,plate,premium,starts_on,ends_on,instalments",
        f"V{number},{CODE},10,In Viaggio – Camper e caravan,ZZ{randbelow(1000):03d}ZZ,513.40,{today - timedelta(days=344)},"
        f"{today + timedelta(days=21)},{today + timedelta(days=9)}:256.70",
    )
    bring(
        site,
        "import_renewal_offers",
        "number,policy,premium,terms,starts_on,ends_on,valid_until",
        f"R{number},V{number},498.10,Guida libera e assistenza stradale.,{today + timedelta(days=21)},"
        f"{today + timedelta(days=386)},{today + timedelta(days=21)}",
    )
    return f"V{number}"


def bring(site: Installation, command: str, header: str, row: str) -> None:
    """Import a file of one row."""
    file = Path(site.folder) / f"{command}.csv"
    file.write_text(f"{header}\n{row}\n")
    assert "created=1 " in site.manage(command, str(file))


def due(page: Page, policy: str, amount: str) -> None:
    """Open the page that pays what is due for the policy, from the home."""
    sign_in(page, CUSTOMER, to="/area-riservata/")
    page.locator(".due").filter(has_text=policy).filter(has_text=amount).locator(".due-action a").click()


def go_on(page: Page, way: str) -> None:
    """Send the form, then choose what happens on the page of the payment service."""
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/demo/pagamenti/**")
    page.locator(f"button[value={way}]").click()


def test_an_instalment_is_paid_once_whatever_is_clicked_and_has_its_receipt(policy, visitor, look):
    page = visitor()
    due(page, policy, "256,70")
    look(page, "pay-confirm")
    page.locator("main form button[type=submit]").dblclick()
    page.wait_for_url("**/demo/pagamenti/**")
    look(page, "pay-sandbox")
    page.locator("button[value=paga]").click()
    expect(page.locator("#state-title")).to_have_text("Pagato")
    look(page, "pay-paid")
    with page.expect_download() as receipt:
        page.get_by_role("link", name="Ricevuta (PDF)").click()
    assert receipt.value.suggested_filename.endswith(".pdf")
    paid = page.url
    page.go_back()
    page.go_back()
    page.reload()
    expect(page).to_have_url(paid)  # the page that paid leads to the payment
    page.goto("/area-riservata/")
    expect(page.locator(".due").filter(has_text=policy).filter(has_text="256,70")).to_have_count(0)
    page.goto("/area-riservata/pagamenti/")
    expect(page.locator("section[aria-labelledby=here-title] .card-row").filter(has_text=policy)).to_have_count(1)
    look(page, "pay-list")


def test_a_refusal_and_a_page_left_are_told_and_the_next_try_pays(policy, visitor, look):
    page = visitor()
    due(page, policy, "256,70")
    go_on(page, "rifiuta")
    expect(page.locator("#state-title")).to_have_text("Non accettato")
    look(page, "pay-refused")
    page.locator("main .actions a.btn-primary").click()
    go_on(page, "abbandona")
    expect(page.locator("#state-title")).to_have_text("Interrotto senza pagare")
    due(page, policy, "256,70")
    go_on(page, "due-volte")
    expect(page.locator("#state-title")).to_have_text("Pagato")


def test_a_slow_bank_is_waited_for_and_never_called_failed(policy, visitor, look):
    page = visitor()
    due(page, policy, "256,70")
    go_on(page, "lenta")
    expect(page.locator("#state-title")).to_have_text("Stiamo verificando")
    look(page, "pay-checking")
    expect(page.locator("#state-title")).to_have_text("Pagato", timeout=40_000)


def test_a_confirmation_that_comes_hours_later_pays(policy, visitor):
    page = visitor()
    due(page, policy, "256,70")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/demo/pagamenti/**")
    bank = page.url
    page.locator("button[value=dopo]").click()
    expect(page.locator("#state-title")).to_have_text("Stiamo verificando")
    payment = page.url
    page.goto("/area-riservata/")
    expect(page.locator(".due").filter(has_text=policy).filter(has_text="256,70")).to_contain_text("non confermato")
    page.goto(bank)
    page.locator("button[value=conferma]").click()
    page.goto(payment)
    expect(page.locator("#state-title")).to_have_text("Pagato")


def test_a_renewal_is_accepted_by_paying_it_and_its_contract_is_on_its_way(policy, visitor, look):
    page = visitor()
    sign_in(page, CUSTOMER, to="/area-riservata/polizze/")
    page.locator(".card-row").filter(has_text=policy).get_by_role("link").first.click()
    page.locator("[aria-labelledby=renewal-title] .actions a").click()
    look(page, "pay-renewal")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main form .field-error")).to_be_visible()
    page.get_by_role("checkbox").check()
    go_on(page, "prima")
    page.get_by_role("link", name="Tornare a Vittoria Care").click()
    expect(page.locator("#state-title")).to_have_text("Pagato")
    page.locator(".facts").get_by_role("link", name=policy).click()
    expect(page.locator("[aria-labelledby=renewal-title]")).to_contain_text("nuovo contratto è in arrivo")
    look(page, "pay-renewal-paid")
