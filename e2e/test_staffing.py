"""The plan of staffing: a manager looks at a week, tries another target, and takes the rota along."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from customers import roles
from e2e.people import sign_in


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_manager_plans_a_week(visitor: Callable[..., Page], look: Callable[[Page, str], None], scheme: str) -> None:
    page = visitor(color_scheme=scheme)
    sign_in(page, roles.MANAGER)
    page.goto("/dashboard/")
    page.get_by_role("link", name="Personale", exact=True).first.click()
    expect(page.get_by_role("heading", name="Personale", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("^Mezz’ora per mezz’ora"))).to_be_visible()
    page.locator(".chart-card").first.scroll_into_view_if_needed()
    expect(page.locator(".chart canvas").first).to_be_visible()
    look(page, f"staffing-{scheme}")
    page.locator("[name=target]").select_option("one")
    page.locator("[data-slider=id_share]").fill("95")
    expect(page.locator("[name=share]")).to_have_value("95")
    page.locator("[name=agents]").fill("0")
    page.get_by_role("button", name="Calcolare").click()
    expect(page).to_have_url(re.compile("share=95"))
    expect(page.get_by_text("la coda crescerebbe senza fine").first).to_be_visible()
    with page.expect_download() as rota:
        page.get_by_role("link", name="Turni: CSV", exact=True).click()
    assert rota.value.suggested_filename.startswith("rota-")
