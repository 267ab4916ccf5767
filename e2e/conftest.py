"""One installation for all journeys, a browser at the width of a desk and of a phone, and what every page must keep."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright
from playwright.sync_api import TimeoutError as PageTimeout

from testbed.installation import ROOT, Installation
from testbed.openid_provider import OpenIDProvider, openid_provider

SIZES: dict[str, ViewportSize] = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# With JOURNEYS=once each journey is made at one of its widths, the same in every run: what .ci/run has time for.
ONCE = os.environ.get("JOURNEYS") == "once"
# Findings about what a library draws and no page of ours can change; each with its reason.
AXE_EXCEPTIONS: set[str] = set()

# axe compares the cells of a table with one another: of a long one it reads the first rows, of which the others are copies.
ROWS_READ = 20
# A symbol is a drawing that a font makes of a word, kept from those who are read to. axe guesses that it is no text by drawing it,
# and guesses otherwise now and then.
DRAWN_SYMBOLS = ".material-symbols-outlined[aria-hidden=true]"
FURTHER_ROWS = f"[...document.querySelectorAll('tbody')].flatMap((body) => [...body.rows].slice({ROWS_READ}))"
# A page that is just being left has no document for a moment: it is asked again.
WIDER = "((page) => page ? page.scrollWidth - page.clientWidth : 1)(document.documentElement)"
SETTLED_MS = 3_000  # while a page is still being laid out it may be wider for a moment
STICKING_OUT = """[...document.body.querySelectorAll("*")]
    .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth)
    .map((each) => each.cloneNode(false).outerHTML.slice(0, 120) + " " + each.textContent.trim().slice(0, 60))
    .slice(-5)"""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out all widths but one of each journey, where it is made once."""
    widths: dict[str, list[str]] = {}
    for item in items:
        if size := _size_of(item):
            widths.setdefault(_journey_of(item), []).append(size)
    left_out = [
        item
        for item in items
        if ONCE
        and (sizes := sorted(set(widths.get(_journey_of(item), []))))
        and _size_of(item) != sizes[crc32(_journey_of(item).encode()) % len(sizes)]
    ]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _size_of(item: pytest.Item) -> str:
    return item.callspec.params.get("size", "") if hasattr(item, "callspec") else ""


def _journey_of(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


@pytest.fixture(scope="session")
def identity_provider() -> Iterator[OpenIDProvider]:
    """A provider of OpenID Connect; a journey says whom it vouches for."""
    with openid_provider() as provider:
        yield provider


@pytest.fixture(scope="session")
def site(identity_provider: OpenIDProvider) -> Iterator[Installation]:
    """The product, running."""
    folder = Path(tempfile.mkdtemp(prefix="vittoria-journeys-"))
    try:
        with Installation(
            folder,
            OPENID_PROVIDERS=identity_provider.setting(),
            PROMOTIONS_AT_ALL_HOURS="true",
            NOTICE_QUIET_FROM="00:00",
            NOTICE_QUIET_UNTIL="00:00",
        ) as running:
            # The alerts of the first night leave now, and not in the middle of a journey: hundreds of mails at once would
            # push the one that it waits for off the first page of the mailbox.
            running.manage("deliver_notices")
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: that of CHROMIUM, or the one on the path."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.exit("The journeys need Chromium: install it (Debian: chromium), or name it in CHROMIUM.", returncode=2)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    """Each journey is made at a desk and on a phone."""
    return request.param


@pytest.fixture
def visitor(
    browser: Browser, site: Installation, identity_provider: OpenIDProvider, size: str
) -> Iterator[Callable[..., Page]]:
    """Opens a fresh visitor's page, in the browser's light scheme or with `color_scheme="dark"`; what goes wrong in a page or leaves the machine fails the journey."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(color_scheme: Literal["light", "dark"] = "light") -> Page:
        context = browser.new_context(
            viewport=SIZES[size],
            base_url=site.url,
            locale="it-IT",
            timezone_id="Europe/Rome",
            reduced_motion="reduce",
            color_scheme=color_scheme,
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((site.url, identity_provider.url, "data:", "blob:", "about:"))
                else faults.append(f"{page.url} asked {asked.url}")
            ),
        )
        page.on(
            "console",
            lambda line: (
                faults.append(f"{page.url}: {line.text}")
                if line.type == "error" and "Content Security Policy" in line.text
                else None
            ),
        )
        opened.append(context)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert faults == []


@pytest.fixture
def look(size: str) -> Callable[[Page, str], None]:
    """Takes a screenshot for a person to look at, and asks axe and the page's own width what is wrong with it.

    axe reads the same document at both widths of a journey: once is enough, and the narrow phone of test_phone.py has it for
    what a phone alone shows. A run that nobody looks at (SCREENSHOTS=no) takes no picture.
    """
    folder = ROOT / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)

    def look_at(page: Page, name: str) -> None:
        page.evaluate("document.fonts.ready")
        if os.environ.get("SCREENSHOTS") != "no":
            page.screenshot(path=folder / f"{name}-{size}.png", full_page=True)
        found = _violations(page) if size in ("desk", "narrow") else []
        worst = [
            f"{each['id']}: {each['help']} ({', '.join(node['html'][:120] for node in each['nodes'][:3])})"
            for each in found
            if each["id"] not in AXE_EXCEPTIONS
        ]
        assert worst == [], f"{page.url}: {worst}"
        try:
            page.wait_for_function(f"() => {WIDER} <= 0", timeout=SETTLED_MS)
        except PageTimeout:
            pytest.fail(
                f"{page.url} is {page.evaluate(WIDER)} pixels wider than the screen: {page.evaluate(STICKING_OUT)}"
            )

    return look_at


def _violations(page: Page) -> list[dict[str, Any]]:
    page.evaluate(f"{FURTHER_ROWS}.forEach((row) => row.style.display = 'none')")
    found = Axe().run(page, context={"exclude": [DRAWN_SYMBOLS]}).response["violations"]
    page.evaluate(f"{FURTHER_ROWS}.forEach((row) => row.style.display = '')")
    return found
