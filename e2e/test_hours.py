"""A manager finds when it is busy, opens the calls of that hour, and sees how the time on duty was spent; in the light and in the dark."""

import re

from playwright.sync_api import expect

from customers import roles
from e2e.people import sign_in

TABLE = "table.of-week"


def test_the_busiest_hour_opens_its_calls(visitor, look):
    page = visitor()
    sign_in(page, roles.MANAGER, to="/dashboard/orari/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mezz’ore e orario di apertura")
    busiest = page.locator(f"{TABLE} td.shade-5 a").first
    number = busiest.inner_text()
    look(page, "hours")
    page.get_by_role("link", name="Tempo medio di risposta").first.click()
    expect(page.locator(TABLE)).to_contain_text(" s")
    page.go_back()
    page.locator(f"{TABLE} td.shade-5 a").first.click()
    expect(page).to_have_url(re.compile("weekday=.*half_hour=|half_hour=.*weekday="))
    expect(page.locator("h1")).to_contain_text("offerte")
    assert page.locator("tbody tr").count() == min(int(number.replace(".", "")), 50)


def test_the_hours_are_readable_in_the_dark_and_on_paper(visitor, look, size):
    page = visitor(color_scheme="dark")
    sign_in(page, roles.MANAGER, to="/dashboard/orari/?by=service_level")
    expect(page.locator(TABLE)).to_contain_text("%")
    look(page, "hours-dark")
    if size == "desk":  # paper is as wide as a desk
        page.emulate_media(media="print", color_scheme="light")
        look(page, "hours-paper")


def test_the_time_on_duty_is_a_tab_away(visitor, look):
    page = visitor()
    sign_in(page, roles.MANAGER, to="/dashboard/")
    page.get_by_role("link", name="Tempo in servizio").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tempo in servizio e occupazione")
    expect(page.locator("table")).to_contain_text("Totale")
    look(page, "duty")
