"""The mail that the demonstration keeps instead of sending it: what a customer finds in the mailbox."""

from playwright.sync_api import Page, expect

MAIL = "/demo/posta/"
DELIVERED_MS = 75_000  # the worker is woken at once; a lost wake-up is found by the sweep of each minute


def open_mail(page: Page, address: str, number: str = "", *, place: int = 1) -> None:
    """Wait until `place` messages about `number` have come to the address, and open the newest of them."""
    found = page.locator(".mail-list a").filter(has_text=address).filter(has_text=number)

    def arrived() -> None:
        page.goto(MAIL)
        expect(found).to_have_count(place, timeout=500)

    until(arrived, within_ms=DELIVERED_MS, page=page)
    found.first.click()
    expect(page.locator(".mail-facts")).to_contain_text(address)


def follow_link(page: Page, part: str) -> None:
    """Follow the first link of the open message whose address has the part."""
    page.locator(f".mail-text a[href*='{part}']").first.click()
    expect(page.locator("h1")).to_be_visible()


def until(holds, *, within_ms: int, page: Page) -> None:
    """Try again until `holds` raises no AssertionError; the last one, when the time is over."""
    for _attempt in range(max(1, within_ms // 500)):
        try:
            holds()
        except AssertionError:
            page.wait_for_timeout(250)
        else:
            return
    holds()
