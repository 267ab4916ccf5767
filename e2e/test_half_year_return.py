"""The half-year return of complaints: what a manager freezes, where a number leads, what is corrected, and the print."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from complaints.returns.halves import Half
from customers import roles
from e2e.people import sign_in
from e2e.records import ask

RETURNS = "/backoffice/complaints/halfyearreturn/"

# `result`: the number of a complaint that reached the register late, received on `day` and classified.
LATE = """
from datetime import date
from complaints.services import Statement, classify, register_complaint
from customers import roles
from customers.models import User
by = User.objects.filter(groups__name=roles.COMPLAINT_OFFICER).earliest("pk")
entry = register_complaint(
    Statement(
        complainant_name="Ida Tornabuoni", subject="Ritardo", text="Attendo da mesi.", address="Via Roma 1, 27100 Pavia",
        received_on=date.fromisoformat(day), received_by="post", ramo="10",
    ),
    by=by, submission_key=None,
)
changes = {"area": "settlement", "reason_codes": ["settlement_delay"], "distribution": "agency"}
classify(entry, by=by, changes=changes)
result = entry.number
"""
PART = {"desk": 1, "phone": 2}  # a half of its own for each size: a return is frozen once


def test_a_return_is_frozen_corrected_and_printed(visitor, look, site, size):
    half = Half(timezone.localdate().year - 2, PART.get(size, 1))
    page = visitor()
    sign_in(page, roles.MANAGER, to=RETURNS)
    look(page, "returns")
    page.goto(f"{RETURNS}bozza/{half.name}/")
    expect(page.get_by_text("Tutti i reclami del semestre sono classificati.")).to_be_visible()
    look(page, "return-draft")
    page.goto(RETURNS)
    page.get_by_role("link", name="Fissare un prospetto").click()
    page.get_by_label("Semestre").select_option(half.name)
    page.get_by_role("button", name="Fissare un prospetto").click()
    expect(page.get_by_role("heading", name="Tutti i reclami")).to_be_visible()
    look(page, "return-frozen")
    address = page.url
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="PDF", exact=True).click()
    assert downloaded.value.path().read_bytes().startswith(b"%PDF")

    late = ask(site, LATE, day=str(half.ends_on - timedelta(days=3)))
    page.get_by_role("link", name="Vedere le rettifiche successive").click()
    expect(page.get_by_role("link", name=late)).to_be_visible()
    look(page, "return-corrections")
    page.goto(address)
    page.get_by_role("link", name="Fissare una revisione").click()
    page.get_by_label("Perché viene rivisto").fill("Un reclamo arrivato in ritardo dall'agenzia.")
    page.get_by_role("button", name="Fissare una revisione").click()
    expect(page.get_by_role("heading", name="Differenze dalla revisione precedente")).to_be_visible()
    expect(page.get_by_role("link", name=late).first).to_be_visible()
    look(page, "return-revised")
