"""The Monday minute: from signing in to the contacts behind the largest part of what changed, counted in clicks and seconds."""

import re
from time import monotonic

from django.utils import timezone
from playwright.sync_api import expect

from customers import roles
from e2e.effort import Effort
from e2e.people import sign_in
from testbed.installation import ROOT

LAST_YEAR = timezone.localdate().year - 1
TWO_YEARS = f"/dashboard/perche/?from={LAST_YEAR}-01-01&to={LAST_YEAR}-12-31&against=year"
SLOW_MS = 30_000
MOST_PRESSES, MOST_SECONDS = 2, 60


def test_from_signing_in_to_the_contacts_behind_the_largest_part(visitor, look):
    manager = visitor()
    sign_in(manager, roles.MANAGER, to="/dashboard/")
    effort = Effort(manager)
    effort.begin()
    began = monotonic()
    manager.locator(".managers-tabs a", has_text="Che cosa è cambiato").click()
    expect(manager.locator(".change-sentence")).to_contain_text("Il primo livello", timeout=SLOW_MS)
    print(f"\nThe Monday minute: the sentence after {monotonic() - began:.1f} s")
    look(manager, "what-changed")
    manager.locator(".change-steps a").first.click()
    expect(manager.locator(".data-table tbody tr").first).to_be_visible(timeout=SLOW_MS)
    effort.end("the Monday minute")
    assert effort.presses <= MOST_PRESSES
    assert effort.seconds + effort.machine < MOST_SECONDS


def test_two_years_are_explained_on_paper(visitor, look):
    manager = visitor()
    sign_in(manager, roles.MANAGER, to=TWO_YEARS)
    sentence = manager.locator(".change-sentence")
    expect(sentence).to_contain_text(re.compile("Il primo livello è (salito|sceso) di"), timeout=SLOW_MS)
    print(f"\n{sentence.inner_text()}")
    table = manager.locator("#groups ~ * .data-table").first
    table.scroll_into_view_if_needed()
    expect(manager.locator(".chart-card canvas")).to_be_visible(timeout=SLOW_MS)
    expect(manager.locator(".chart-paper")).to_have_count(1)
    look(manager, "what-changed-two-years")
    folder = ROOT / "var" / "screenshots"
    manager.emulate_media(media="print")
    pages = manager.pdf(path=folder / "what-changed-two-years.pdf", format="A4", print_background=True).count(
        b"/Type /Page\n"
    )
    print(f"pages on paper: {pages}")


def test_each_part_by_line_and_in_the_dark(visitor, look):
    manager = visitor(color_scheme="dark")
    sign_in(manager, roles.MANAGER, to=f"{TWO_YEARS}&by=line")
    expect(manager.locator(".data-table").first).to_be_visible(timeout=SLOW_MS)
    look(manager, "what-changed-by-line")
    manager.goto("/dashboard/perche/?from=2019-12-31&to=2019-01-01")
    expect(manager.locator(".notice-error")).to_be_visible()
    look(manager, "what-changed-refused")
