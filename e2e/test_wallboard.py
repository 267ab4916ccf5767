"""The wallboard: a manager makes a browser a screen; it shows a call within seconds, and no number when the news stop."""

import re
import uuid

from playwright.sync_api import expect

from customers import roles
from e2e.people import sign_in
from e2e.telephone import new_platform

WALL = "/dashboard/parete/"
WHOLE = ".wall-part.is-whole"
WAITING = f"{WHOLE} .wall-tile:has(dt:text-is('In attesa')) .wall-value"
AT_ONCE_MS = 5_000  # the screen asks every two seconds, of a board that is at most three seconds old
TELEVISION = {"width": 1920, "height": 1080}


def test_a_screen_without_anybody_signed_in_shows_calls_and_says_when_it_knows_nothing(site, visitor, look, size):
    screen = visitor()
    sign_in(screen, roles.MANAGER, to="/dashboard/parete/schermi/")
    look(screen, "wallboard-screens")
    screen.get_by_label("Dove si trova lo schermo").fill(f"Sala {uuid.uuid4().hex[:6]}")
    screen.get_by_role("button", name="Tenere il tabellone su questo schermo").click()
    expect(screen).to_have_url(re.compile(f"{WALL}$"))
    expect(screen.get_by_role("link", name="Gli indicatori")).to_have_count(0)

    platform = new_platform(site)
    before = int(screen.locator(WAITING).inner_text().replace("–", "0"))
    call, took = platform.waiting(screen, words=f"In attesa {before + 1}", where=WHOLE)
    assert took < 2 * AT_ONCE_MS
    look(screen, "wallboard")
    if size == "desk":
        screen.set_viewport_size(TELEVISION)
        look(screen, "wallboard-television")
    platform.ended(screen, call)
    expect(screen.locator(WAITING)).to_have_text(str(before), timeout=2 * AT_ONCE_MS)

    screen.context.set_offline(True)
    expect(screen.locator(WAITING)).to_have_text("–", timeout=15_000)
    expect(screen.locator("#board-lost")).to_contain_text("Nessuna notizia dal server")
    screen.context.set_offline(False)
    expect(screen.locator(WAITING)).to_have_text(str(before), timeout=15_000)


def test_a_line_has_a_screen_of_its_own_in_the_dark(visitor, look):
    page = visitor()
    page.emulate_media(color_scheme="dark")
    sign_in(page, roles.AGENT, to=f"{WALL}?line=campers")
    expect(page.locator(".wall-part")).to_have_count(1)
    look(page, "wallboard-line-dark")
    page.get_by_role("link", name="Tutte le linee").click()
    expect(page.locator(".wall-part")).to_have_count(4)
