"""A manager reads why contacts are not resolved, begins a measure from a row, and reads its effect."""

from playwright.sync_api import expect

from customers import roles
from e2e.people import sign_in


def test_from_a_reason_to_a_measure(visitor, look):
    page = visitor()
    sign_in(page, roles.MANAGER, to="/dashboard/non-risolti/")
    expect(page.get_by_role("heading", name="Perché non al primo livello")).to_be_visible()
    page.get_by_label("Sistemati (%)").fill("60")
    page.get_by_role("button", name="Calcolare").click()
    expect(page.get_by_text("anziché")).to_be_visible()
    look(page, "unresolved")
    page.get_by_role("link", name="Motivi per argomento").click()
    look(page, "unresolved-by-topic")
    page.get_by_role("link", name="Avviare una misura").first.click()
    expect(page.get_by_role("heading", name="Avviare una misura")).to_be_visible()
    look(page, "measure-new")
    page.get_by_label("In vigore dal").fill("2026-02-02")
    page.get_by_role("button", name="Salvare").click()
    expect(page.get_by_role("heading", name="Effetto a oggi")).to_be_visible()
    look(page, "measure")
    page.goto("/dashboard/misure/")
    expect(page.get_by_role("heading", name="Misure")).to_be_visible()
    look(page, "measures")
    page = visitor("dark")
    sign_in(page, roles.MANAGER, to="/dashboard/non-risolti/")
    look(page, "unresolved-dark")
