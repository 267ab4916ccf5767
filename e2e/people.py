"""Signing in as the people of the demonstration: a colleague by role, a customer by number (demo_data/sign_ins.py)."""

import re
from time import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from playwright.sync_api import Page, expect

from vittoria_care.demonstration.data.sign_ins import CODE_SECRET, CUSTOMERS, PASSWORD, STAFF

SIGN_IN, CODE, TRUST = "/accesso/login/", "/accesso/secondo-fattore/authenticate/", "/accesso/secondo-fattore/trust/"

_cookies: dict[str, list] = {}  # of the people who have signed in: everybody does so once in a run
_codes: dict[str, set[str]] = {}  # already used: each opens the door to a person once


def mailbox_of(who: str | int) -> str:
    """The sign-in of a role ("agent", see customers/roles.py), of a customer (1, 2 or 3), or the address given."""
    if isinstance(who, int):
        return CUSTOMERS[who][1]
    return next((each.email for each in STAFF if each.group == who), who)


def sign_in(page: Page, who: str | int, *, to: str = "/accesso/fatto/", again: bool = False) -> None:
    """Sign the page's browser in and open `to`. With `again`, use form and code although the person has signed in before."""
    mailbox = mailbox_of(who)
    if mailbox in _cookies and not again:
        page.context.add_cookies(_cookies[mailbox])
        page.goto(to)
        if "/accesso/" not in page.url:
            return
    page.goto(f"{SIGN_IN}?next={to}")
    page.locator("[name=login]").fill(mailbox)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    if not isinstance(who, int):
        give_code(page, mailbox)
        page.locator("button[name=action][value=skip]").click()
    expect(page, f"{mailbox} signs in").not_to_have_url(re.compile("/accesso/"))
    _cookies[mailbox] = page.context.cookies()


def give_code(page: Page, mailbox: str) -> None:
    """Write the code of now, or one of those beside it where that was used: each is taken once."""
    expect(page.locator("[name=code]")).to_be_visible()
    now = int(time()) // settings.MFA_TOTP_PERIOD
    used = _codes.setdefault(mailbox, set())
    codes = (format_hotp_value(hotp_value(CODE_SECRET, now + step)) for step in (0, 1, -1))
    code = next((each for each in codes if each not in used), None)
    assert code, f"{mailbox} has signed in three times within a minute: keep the session instead"
    used.add(code)
    page.locator("[name=code]").fill(code)
    page.locator("main form button[type=submit]").first.click()
