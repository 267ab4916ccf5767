"""A request of IVASS from its arrival to the posted answer, and an appeal to the Arbiter whose term lies across August."""

import re
from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from customers import roles
from e2e.people import sign_in
from e2e.records import ask

ANSWERED = """
from complaints.models import Complaint
made = Complaint.objects.numbered().filter(state="answered").latest("answered_at")
result = {"pk": made.pk, "number": made.number}
"""
STANDING = """
from complaints.models import ArbitratorAppeal
made = ArbitratorAppeal.objects.get(number=number)
result = {"due": made.counter_due_on.isoformat(), "state": made.state}
"""


@pytest.fixture
def complaint(site):
    """The complaint of the demonstration that was answered last."""
    return ask(site, ANSWERED)


def command(page: Page, name: str) -> None:
    """Open the small page of a command."""
    page.locator(f".vc-commands a[href*='/{name}/']").first.click()
    expect(page.locator(".vc-command-form")).to_be_visible()


def press(page: Page) -> None:
    """Do what the small page asks."""
    page.locator(".vc-command-end button[type=submit]").click()
    expect(page).to_have_url(re.compile("/change/$"))


def today(page: Page) -> str:
    return page.evaluate("new Date().toLocaleDateString('sv-SE', {timeZone: 'Europe/Rome'})")


def test_a_request_of_ivass_is_entered_answered_and_posted(visitor, look, complaint):
    protocol = f"{token_hex(4)}/26"
    page = visitor()
    sign_in(page, roles.COMPLAINT_OFFICER, to="/backoffice/complaints/regulatorrequest/")
    look(page, "ivass-requests")
    command(page, "registra")
    page.locator("[name=protocol]").fill(protocol)
    page.locator("[name=asked]").fill("Copia della polizza e della risposta al reclamante.")
    page.locator("[name=complaint]").fill(complaint["number"])
    look(page, "ivass-request-entered")
    press(page)
    command(page, "assegna")
    press(page)
    command(page, "bozza")
    page.locator("[name=draft]").fill("La pratica è stata riesaminata.")
    press(page)
    look(page, "ivass-request")
    command(page, "rispondi")
    expect(page.locator("[name=answer]")).to_have_value("La pratica è stata riesaminata.")
    page.locator("[name=way][value=post]").check()
    look(page, "ivass-answer")
    press(page)
    command(page, "spedita")
    page.locator("[name=post]").select_option("receipt")
    page.locator("[name=tracking]").fill("RA12345678901")
    press(page)
    command(page, "esito")
    page.locator("[name=outcome][value=no_remarks]").check()
    press(page)
    page.goto(f"/backoffice/complaints/complaint/{complaint['pk']}/change/")
    expect(page.locator("body")).to_contain_text(protocol)


def test_an_appeal_across_august_is_due_in_september(site, visitor, look, complaint):
    number = f"AAS-{token_hex(4)}"
    page = visitor()
    sign_in(page, roles.COMPLAINT_OFFICER, to="/backoffice/complaints/arbitratorappeal/")
    look(page, "appeals")
    command(page, "registra")
    page.locator("[name=number]").fill(number)
    page.locator("[name=complaint]").fill(complaint["number"])
    page.locator("[name=kind]").select_option("non_life")
    page.locator("[name=value]").fill("26.000,00")
    page.locator("[name=filed_on]").fill("2025-06-16")
    page.locator("[name=notified_on]").fill("2025-06-20")
    page.locator("[name=asked]").fill("Il pagamento dell'indennizzo.")
    look(page, "appeal-entered")
    press(page)
    expect(page.locator("body")).to_contain_text("25.000,00")  # beyond the cap, and said so
    command(page, "fascicolo")
    page.locator("[name=complete_on]").fill("2025-07-01")
    press(page)
    assert ask(site, STANDING, number=number) == {"due": "2025-09-10", "state": "preparing"}
    look(page, "appeal-across-august")
    command(page, "controdeduzioni")
    page.locator("[name=text]").fill("Il ricorso va respinto.")
    press(page)
    command(page, "spedita")
    page.locator("[name=tracking]").fill("RIC-0001")
    press(page)
    command(page, "decisione")
    page.locator("[name=decision][value=upheld]").check()
    page.locator("[name=decided_on]").fill(today(page))
    page.locator("[name=comply_by]").fill("2099-12-31")
    press(page)
    command(page, "adempimento")
    page.locator("[name=compliance][value=none]").check()
    page.locator("[name=published_on]").fill(today(page))
    press(page)
    page.goto("/contatti/reclamo/arbitro/decisioni-non-adempiute/")
    expect(page.locator("main")).to_contain_text(number)
    look(page, "decisions-on-our-site")
