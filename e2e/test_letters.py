"""What goes by post: a batch for the printer, handed over, what came back; and the pages that prove what was announced."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from customers import roles
from e2e.people import sign_in
from e2e.records import ask
from testbed.installation import Installation

BATCHES = "/backoffice/notifications/letterbatch/"
PROOF = "/backoffice/notifications/notice/prova/"
CHANNELS = "/demo/posta/canali/"
# A letter that waits for a person, to a customer who has no other address.
LETTER = """
from django.utils import timezone
from customers.models import Agency, Customer
from notifications.models import Notice
customer = Customer.objects.create(
    code=number, first_name="Lea", last_name="Cartolina", agency=Agency.objects.first(), address="via Roma 1",
    postal_code="20100", city="Milano", province="MI",
)
result = Notice.objects.create(
    kind="request-answer", channel="post", once=number, customer=customer, language="it", subject="La risposta",
    body_text="Gentile Lea Cartolina,\\n\\necco la risposta.", send_after=timezone.now(),
).pk
"""
ARRIVAL = """
from notifications.models import Notice
notice = Notice.objects.get(pk=pk)
result = [notice.state, notice.arrival]
"""


def test_a_batch_is_printed_posted_and_a_letter_comes_back(site: Installation, visitor, look, size):
    pk = ask(site, LETTER, number=f"E2E-LETTERA-{size}")
    page = visitor()
    sign_in(page, roles.COMPLAINT_OFFICER, to=BATCHES)
    look(page, "letter-batches")
    command(page, "Preparare un lotto di lettere")
    expect(page.locator("body")).to_contain_text(f"VC-{pk}")
    batch = page.url
    look(page, "letter-batch")
    for name, head in (("Documento (PDF)", b"%PDF"), ("Distinta (CSV)", b"")):
        with page.expect_download() as saved:
            page.get_by_role("link", name=name).click()
        assert Path(saved.value.path()).read_bytes().startswith(head)

    page.locator("a.vc-command").filter(has_text="Consegnare alla posta").click()
    confirm(page)
    expect(page.locator("[role=alert], .errorlist, .field-error").first).to_be_visible()  # how it was sent is missing
    page.get_by_label("Come è stato spedito").fill("Ufficio postale di Milano 45, ricevuta 123")
    confirm(page)
    assert ask(site, ARRIVAL, pk=pk)[0] == "sent"

    page.goto(BATCHES)
    page.locator("a.vc-command").filter(has_text="Lettere tornate indietro").click()
    page.get_by_label("Codici delle lettere").fill("VC-999999999")
    page.get_by_label("Che cosa c’è scritto").fill("Sconosciuto, 12 marzo")
    confirm(page)
    expect(page.locator(".vc-refusal")).to_be_visible()  # no letter has this code, and nothing was done
    look(page, "letters-back-refused")
    page.get_by_label("Codici delle lettere").fill(f"VC-{pk}")
    confirm(page)
    assert ask(site, ARRIVAL, pk=pk)[1] == "failed"
    page.goto(batch)
    look(page, "letter-batch-back")


def test_the_proof_of_the_alerts_is_shown_and_saved(visitor, look):
    page = visitor()
    sign_in(page, roles.COMPLAINT_OFFICER, to=PROOF)
    expect(page.locator(".vc-proof-table").first).to_be_visible()
    look(page, "alert-proof")
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert Path(saved.value.path()).read_text().startswith("policy,")
    page.goto(PROOF + "?first=2026-02-01&last=2026-01-01")
    expect(page.locator("[role=alert], .errorlist, .field-error").first).to_be_visible()
    dark = visitor(color_scheme="dark")
    sign_in(dark, roles.COMPLAINT_OFFICER, to=PROOF)
    look(dark, "alert-proof-dark")


def test_every_channel_of_the_demonstration_has_its_newest_text(visitor, look):
    page = visitor()
    page.goto(CHANNELS)
    expect(page.locator("h1")).to_be_visible()
    look(page, "demo-channels")
    dark = visitor(color_scheme="dark")
    dark.goto(CHANNELS)
    look(dark, "demo-channels-dark")


def command(page: Page, name: str) -> None:
    """A command of the page, with the small page that asks."""
    page.locator("a.vc-command").filter(has_text=name).first.click()
    confirm(page)
    expect(page).not_to_have_url(re.compile("/comando/"))


def confirm(page: Page) -> None:
    """Send the small page of a command."""
    page.locator(".vc-command-form button[type=submit]").click()
