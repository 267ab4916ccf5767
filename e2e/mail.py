"""The mail that the demonstration keeps instead of sending it: what a customer finds in the mailbox."""

from time import monotonic

from playwright.sync_api import Locator, Page, expect

MAIL = "/demo/posta/"
DELIVERED_MS = 75_000  # the worker is woken at once; a lost wake-up is found by the sweep of each minute


def open_mail(page: Page, address: str, number: str = "", *, place: int = 1) -> None:
    """Wait until `place` messages about `number` have come to the address, and open the newest of them."""
    found = _messages(page, address, number)

    def arrived() -> None:
        page.goto(MAIL)
        expect(found).to_have_count(place, timeout=500)

    until(arrived, within_ms=DELIVERED_MS, page=page)
    found.first.click()
    expect(page.locator(".mail-facts")).to_contain_text(address)


def how_many_mails(page: Page, address: str, number: str = "") -> int:
    """Return how many messages about `number` the address has, before one more is waited for."""
    page.goto(MAIL)
    return _messages(page, address, number).count()


def follow_link(page: Page, part: str) -> None:
    """Follow the first link of the open message whose address has the part."""
    page.locator(f".mail-text a[href*='{part}']").first.click()
    expect(page.locator("h1")).to_be_visible()


def until(holds, *, within_ms: int, page: Page) -> None:
    """Try again until `holds` raises no AssertionError; the last one, when the time is over."""
    end = monotonic() + within_ms / 1000
    while monotonic() < end:
        try:
            holds()
        except AssertionError:
            page.wait_for_timeout(250)
        else:
            return
    holds()


def _messages(page: Page, address: str, number: str) -> Locator:
    return page.locator(".mail-list a").filter(has_text=address).filter(has_text=number)
