"""All of the service on one page: a manager opens what is behind a number, and prints the page."""

from playwright.sync_api import expect

from customers import roles
from e2e.people import sign_in

PAGE = "/dashboard/servizio/"


def test_a_manager_sees_the_whole_service_and_opens_the_complaints_behind_a_number(visitor, look):
    page = visitor()
    sign_in(page, roles.MANAGER, to=PAGE)
    expect(page.get_by_role("heading", name="Termini a rischio, adesso")).to_be_visible()
    look(page, "service")
    row = page.get_by_role("row").filter(has_text="Reclami ricevuti").first
    row.get_by_role("link").first.click()
    expect(page.locator("#result_list, .vc-empty").first).to_be_visible()
    page.go_back()
    page.emulate_media(color_scheme="dark")
    look(page, "service-dark")
