"""Signing in as the people of the demonstration: a colleague by role, a customer by number (demonstration/data/sign_ins.py)."""

import re
from time import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from playwright.sync_api import Page, expect

from vittoria_care.demonstration.data.sign_ins import CODE_SECRET, CUSTOMERS, PASSWORD, STAFF

SIGN_IN = "/accesso/login/"

_cookies: dict[str, list] = {}  # of the people who have signed in: everybody does so once in a run
_codes: dict[str, set[str]] = {}  # codes already used: a code signs a person in once


def mailbox_of(person: str | int) -> str:
    """The sign-in of a role ("agent", see customers/roles.py), of a customer (1, 2 or 3), or the address given."""
    if isinstance(person, int):
        return CUSTOMERS[person][1]
    return next((each.email for each in STAFF if each.group == person), person)


def sign_in(page: Page, person: str | int, *, to: str = "/accesso/fatto/", again: bool = False) -> None:
    """Sign the page's browser in and open `to`. With `again`, use form and code although the person has signed in before."""
    mailbox = mailbox_of(person)
    if mailbox in _cookies and not again:
        page.context.add_cookies(_cookies[mailbox])
        page.goto(to)
        if "/accesso/" not in page.url:
            return
    page.goto(f"{SIGN_IN}?next={to}")
    page.locator("[name=login]").fill(mailbox)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    if not isinstance(person, int):
        give_code(page, mailbox)
    expect(page, f"{mailbox} signs in").not_to_have_url(re.compile("/accesso/"))
    _cookies[mailbox] = page.context.cookies()


def give_code(page: Page, mailbox: str) -> None:
    """Write the code of now, or one of those beside it where that was used, or wait for the next: each is accepted once."""
    expect(page.locator("[name=code]")).to_be_visible()
    used = _codes.setdefault(mailbox, set())
    while (code := _unused_code(used)) is None:
        page.wait_for_timeout(1_000)
    used.add(code)
    page.locator("[name=code]").fill(code)
    page.locator("main form button[type=submit]").first.click()


def _unused_code(used: set[str]) -> str | None:
    now = int(time()) // settings.MFA_TOTP_PERIOD
    codes = (format_hotp_value(hotp_value(CODE_SECRET, now + step)) for step in (0, 1, -1))
    return next((each for each in codes if each not in used), None)
