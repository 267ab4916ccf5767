"""The page of sending: what failed is decided by its cause, any days are shown, and one notice is followed through its life."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from customers import roles
from e2e.people import sign_in

PAGE = "/backoffice/notifications/notice/invii/"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_readable_at_a_desk_and_on_a_phone(
    visitor: Callable[..., Page], look: Callable[[Page, str], None], scheme: str
) -> None:
    page = visitor(color_scheme=scheme)
    sign_in(page, roles.MANAGER)
    page.goto(f"{PAGE}?first=2026-01-01&last={page.evaluate('new Date().toISOString().slice(0, 10)')}")
    expect(page.get_by_role("heading", name="Che cosa non è riuscito, e perché")).to_be_visible()
    page.locator(".chart-card").first.scroll_into_view_if_needed()
    expect(page.locator(".vc-drawing canvas").first).to_be_visible()
    look(page, f"sendings-{scheme}")


def test_a_cause_is_decided_and_a_notice_followed(
    visitor: Callable[..., Page], look: Callable[[Page, str], None]
) -> None:
    page = visitor()
    sign_in(page, roles.MANAGER)
    page.goto(PAGE)
    page.get_by_role("link", name=re.compile("^Rinunciare: ")).first.click()  # each width another cause
    page.get_by_role("button", name="Decidere dei rifiutati").click()
    expect(page.get_by_text("Dica perché si rinuncia").first).to_be_visible()
    page.locator("[name=reason]").fill("Il cliente è stato chiamato")
    page.get_by_role("button", name="Decidere dei rifiutati").click()
    expect(page).to_have_url(re.compile(PAGE))
    page.locator("[name=first]").fill("2026-01-02")
    page.locator("[name=last]").fill("2026-01-01")
    page.get_by_role("button", name="Mostrare", exact=True).click()
    expect(page.get_by_text("Il periodo finisce prima").first).to_be_visible()
    page.locator("table a[href$='/change/']").first.click()
    expect(page.locator(".vc-life li").first).to_be_visible()
    look(page, "notice-life")
    page.get_by_role("link", name="Tutto ciò che è stato scritto a questa persona").click()
    expect(page.get_by_role("columnheader", name="Esito").first).to_be_visible()
    look(page, "notices-of-a-person")
