"""A rule of alerts: a manager writes it, reads what the law asks, simulates and submits it; an administrator switches it on."""

from secrets import token_hex

from django.utils import timezone
from playwright.sync_api import expect

from customers import roles
from e2e.people import sign_in

RULES = "/backoffice/notifications/alertrule/"


def test_a_rule_is_written_simulated_and_switched_on_by_a_second_person(visitor, look):
    page, name = visitor(), f"Promemoria {token_hex(3)}"
    sign_in(page, roles.MANAGER, to=RULES)
    expect(page.get_by_role("link", name="Scadenza della polizza: preavviso di legge")).to_be_visible()
    look(page, "alert-rules")
    page.get_by_role("link", name="Scrivere una regola").click()
    page.locator("[name=name]").fill(name)
    page.get_by_label("Evento").select_option("policy_expiring")
    page.get_by_label("Testo").select_option("policy-expiring")
    page.locator("[name=from_days]").fill("-20")
    page.get_by_role("button", name="Scrivere una regola").click()
    expect(page.get_by_text("almeno 30 giorni prima").first).to_be_visible()
    look(page, "alert-rule-below-the-law")
    page.locator("[name=number]").fill("4")
    page.get_by_label("Testo").select_option("policy-expiry-reminder")
    page.get_by_role("button", name="Scrivere una regola").click()
    expect(page.get_by_text("La simuli, poi la presenti.")).to_be_visible()
    address = page.url

    page.get_by_role("link", name="Simulare").click()
    page.locator("[name=last]").fill(f"{timezone.localdate():%Y}-12-31")
    page.locator("[name=first]").fill("2020-01-01")
    page.get_by_role("button", name="Simulare").click()
    expect(page.get_by_text("Al massimo 92 giorni per volta.").first).to_be_visible()
    today = timezone.localdate()
    page.locator("[name=first]").fill(str(today))
    page.locator("[name=last]").fill(str(today))
    page.get_by_role("button", name="Simulare").click()
    expect(page.get_by_text("Questa regola informerebbe")).to_be_visible()
    expect(page.get_by_role("heading", name="Che cosa non può sapere")).to_be_visible()
    look(page, "alert-rule-simulated")
    page.get_by_role("link", name="Tornare alla regola").click()
    page.get_by_role("link", name="Presentare").click()
    page.get_by_role("button", name="Presentare").click()
    expect(page.get_by_role("link", name="Accendere")).to_have_count(0)

    page = visitor()
    sign_in(page, roles.ADMINISTRATOR, to=address)
    look(page, "alert-rule-to-switch-on")
    page.get_by_role("link", name="Accendere").click()
    expect(page.get_by_text("Simulata dal")).to_be_visible()
    page.get_by_role("button", name="Accendere").click()
    expect(page.get_by_text("La regola è accesa.")).to_be_visible()
    page.get_by_role("link", name="Disattivare").click()
    page.get_by_role("button", name="Disattivare").click()
    expect(page.get_by_text("La regola è spenta.")).to_be_visible()
    look(page, "alert-rule-off")


def test_the_rule_of_the_law_has_no_button_that_switches_it_off(visitor, look):
    page = visitor(color_scheme="dark")
    sign_in(page, roles.MANAGER, to=RULES)
    page.get_by_role("link", name="Scadenza della polizza: preavviso di legge").click()
    expect(page.get_by_text("perché dovuta per legge")).to_be_visible()
    expect(page.get_by_role("link", name="Disattivare")).to_have_count(0)
    look(page, "alert-rule-of-law-dark")
