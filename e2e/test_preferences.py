"""How one is written to is chosen on one page; under a notice stands why it came; an agent answers for what did not."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from e2e.people import sign_in

CUSTOMER = 1
PAGE = "/area-riservata/avvisi/preferenze/"


def test_a_person_chooses_how_we_write_and_reads_why_a_notice_came(
    visitor: Callable[..., Page], look: Callable
) -> None:
    page = visitor()
    sign_in(page, CUSTOMER, to="/area-riservata/avvisi/")
    page.get_by_role("link", name="Come Le scriviamo").click()
    expect(page.get_by_role("heading", name="Come Le scriviamo")).to_be_visible()
    expect(page.get_by_text("art. 170-bis").first).to_be_visible()
    look(page, "preferences")

    texts = page.locator("#on-deadlines-sms")
    was_on = texts.is_checked()
    texts.set_checked(not was_on)
    page.get_by_label("Silenzio dalle").fill("13:00")
    page.get_by_label("Silenzio fino alle").fill("")
    page.get_by_role("button", name="Salvare le preferenze").click()
    expect(page.get_by_text("Indichi entrambe le ore").first).to_be_visible()
    expect(texts).to_be_checked(checked=not was_on)
    look(page, "preferences-wrong")
    page.get_by_label("Silenzio fino alle").fill("15:00")
    page.get_by_role("button", name="Salvare le preferenze").click()
    expect(page.get_by_text("d’ora in poi Le scriviamo così")).to_be_visible()
    expect(
        page.get_by_text(re.compile("ore di silenzio proprie dalle 13:00 alle 15:00", re.IGNORECASE)).first
    ).to_be_visible()

    texts.set_checked(was_on)  # as the next journey expects it
    page.get_by_label("Silenzio dalle").fill("")
    page.get_by_label("Silenzio fino alle").fill("")
    page.get_by_role("button", name="Salvare le preferenze").click()
    expect(page.get_by_text("d’ora in poi Le scriviamo così")).to_be_visible()

    page.goto("/area-riservata/avvisi/")
    page.locator(".card-row a").first.click()
    page.get_by_text("Perché ho ricevuto questo avviso?").click()
    expect(page.locator("details.why p").first).to_contain_text("Le abbiamo scritto")
    look(page, "notice-why")


def test_an_agent_answers_why_a_person_was_not_written_to(visitor: Callable[..., Page], look: Callable) -> None:
    page = visitor()
    sign_in(page, "agent", to="/backoffice/customers/customer/?q=cliente@posta.example")
    page.locator("#result_list a").first.click()
    page.get_by_role("link", name="Verificare perché non è stato avvisato").click()
    page.get_by_label("Polizza o sinistro").select_option(index=0)
    page.get_by_label("Quale avviso").select_option("instalment-due")
    page.get_by_role("button", name="Verificare perché non è stato avvisato").click()
    expect(
        page.get_by_text(re.compile("Non è stato scritto perché|Non ancora scritto|Le abbiamo scritto|Questo avviso"))
    ).to_be_visible()
    look(page, "why-not")
