"""A letter is entered by hand for a customer and for somebody unknown, answered, and closed."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from customers import roles
from e2e.people import mailbox_of, sign_in
from e2e.records import ask

QUEUE = "/backoffice/contact_center/contact/"
TEXT = "Chiedo una copia della mia polizza, perché l'originale è andato perduto."
# `result`: the file of the first customer who signs in.
CUSTOMER = """
from customers.models import ReservedAreaAccount
customer = ReservedAreaAccount.objects.get(user__email=mailbox, mandate=None).customer
result = {"pk": customer.pk, "name": str(customer)}
"""


@pytest.fixture
def scan(tmp_path) -> Path:
    """A letter as the scanner gives it."""
    path = tmp_path / "lettera.pdf"
    path.write_bytes(b"%PDF-1.7\n%%EOF\n")
    return path


def press(page: Page) -> None:
    """Send the small page."""
    page.locator(".vc-command-end button[type=submit]").click()


def wrap_up(page: Page) -> None:
    """Close the contact that is open, as resolved."""
    page.locator(".vc-commands a[href*='/esito/']").first.click()
    page.locator(".vc-code input").first.check()
    page.locator("[name=topic]").select_option(index=1)
    page.locator("[name=then][value=stay]").check()
    press(page)


def test_a_letter_of_a_customer_is_entered_with_its_scan_answered_and_closed(site, visitor, look, scan):
    customer = ask(site, CUSTOMER, mailbox=mailbox_of(1))
    page = visitor()
    sign_in(page, roles.AGENT, to=f"/backoffice/customers/customer/{customer['pk']}/change/")
    page.locator("a[href*='/registra-contatto/']").first.click()
    look(page, "contact-by-hand-empty")
    page.locator("[name=how][value=post]").check()
    tomorrow = timezone.localdate() + timedelta(days=1)
    page.locator("[name=received_on]").fill(tomorrow.isoformat())
    page.locator("[name=subject]").fill("Copia della polizza")
    press(page)
    expect(page.locator(".field-error")).to_have_count(2)  # no text, and a day that is still to come
    expect(page.locator("[name=subject]")).to_have_value("Copia della polizza")
    look(page, "contact-by-hand-refused")
    page.locator("[name=received_on]").fill((timezone.localdate() - timedelta(days=2)).isoformat())
    page.locator("[name=received_at]").fill("09:30")
    page.locator("[name=text]").fill(TEXT)
    page.locator("[name=originals]").set_input_files(scan)
    press(page)
    expect(page.locator(".vc-thread")).to_contain_text("perché l'originale è andato perduto")
    expect(page.locator(".vc-attachments")).to_contain_text("lettera.pdf")
    expect(page.locator(".vc-contact-head")).to_contain_text("posta")
    look(page, "contact-by-hand")
    page.locator("#reply-text").fill("Le inviamo la copia in allegato.")
    page.locator(".vc-composer button[name=then][value='']").click()
    expect(page.locator(".vc-message[data-direction=outbound]")).to_contain_text("Le inviamo la copia")
    wrap_up(page)
    expect(page.locator(".vc-chips")).to_contain_text("Chiuso")


def test_somebody_unknown_came_to_an_office_and_is_answered_by_post(visitor, look):
    page = visitor()
    sign_in(page, roles.AGENT, to=QUEUE)
    page.locator("a[href*='/comando/registra/']").first.click()
    page.locator("[name=how][value=visit]").check()
    press(page)
    expect(page.locator("[name=name]")).to_be_visible()
    page.locator("[name=name]").fill("Giulia Serra")
    page.locator("[name=postal_address]").fill("Via dei Mille 4, 27100 Pavia")
    page.locator("[name=place]").fill("Agenzia di Pavia")
    page.locator("[name=text]").fill("Chiede quali documenti servono per un preventivo.")
    press(page)
    expect(page.locator(".vc-contact-head")).to_contain_text("visita")
    expect(page.locator(".vc-contact-aside")).to_contain_text("Giulia Serra")
    expect(page.locator(".vc-reply-note")).to_contain_text("Non c’è un indirizzo e-mail")
    look(page, "contact-by-hand-unknown")
    page.locator(".vc-reply-note a").click()
    page.locator("[name=way][value=post]").check()
    page.locator("[name=text]").fill("Inviato l'elenco dei documenti.")
    look(page, "contact-by-hand-recorded")
    press(page)
    expect(page.locator(".vc-message[data-direction=outbound]")).to_contain_text("Inviato l'elenco")
    wrap_up(page)
    expect(page.locator(".vc-chips")).to_contain_text("Chiuso")
