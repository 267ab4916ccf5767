"""What comes due and claims taken in charge: from the files of the night to the customer's mailbox and reserved area."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from secrets import randbelow

import pytest
from django.utils import timezone, translation
from playwright.sync_api import Page, expect

from e2e.mail import DELIVERED_MS, MAIL, open_mail, until
from e2e.people import mailbox_of, sign_in
from foundation.dates import written_day
from testbed.installation import Installation

CUSTOMER = 2
CODE = f"DEMO-{CUSTOMER:07d}"
SWEEP = [
    "-m",
    "celery",
    "-A",
    "vittoria_care",
    "call",
    "notifications.tasks.sweep_notices",
]  # as beat does each minute
PLAN = ("send_deadline_alerts", "--now")


@dataclass(frozen=True)
class Night:
    """What the files of one night brought, for the customer who signs in."""

    policy: str
    claim: str
    expires_on: date
    due_on: date

    @property
    def covered_until(self) -> date:
        """Motor cover outlives the contract by the fifteen days of the law."""
        return self.expires_on + timedelta(days=15)


@pytest.fixture(scope="module")
def night(site: Installation) -> Night:
    """A motor policy that expires in five days with an instalment to pay, a claim taken in charge: imported, and announced once."""
    today, number = timezone.localdate(), f"{randbelow(10**8):08d}"
    # sooner than what other journeys bring: the first page shows what comes next
    brought = Night(f"V{number}", f"S{number}", today + timedelta(days=5), today + timedelta(days=2))
    site.manage(*PLAN)  # what other journeys left to announce
    bring(
        site,
        "import_policies",
        "number,holder,ramo,product,plate,premium,starts_on,ends_on,instalments",
        f"{brought.policy},{CODE},10,In Viaggio – Camper e caravan,FK482ZT,513.40,{today - timedelta(days=360)},"
        f'{brought.expires_on},"{today - timedelta(days=360)}:256.70:paid={today - timedelta(days=360)}|'
        f'{brought.due_on}:256.70"',
    )
    bring(
        site,
        "import_claims",
        "number,policy,kind,occurred_on,reported_on,complete_on,adjuster,adjuster_phone,assessor,repairer,state",
        f"{brought.claim},{brought.policy},property,{today - timedelta(days=3)},{today},{today},dott.ssa Nora Pavan,"
        "02 55501401,Studio peritale Actis,Carrozzeria del Ponte,taken_in_charge",
    )
    assert queued(site.manage(*PLAN)) == 6  # expiry, instalment, claim: each by e-mail and in the reserved area
    assert queued(site.manage(*PLAN)) == 0
    site.run(SWEEP)
    return brought


def bring(site: Installation, command: str, header: str, row: str) -> None:
    """Import a file of one row."""
    file = Path(site.folder) / f"{command}.csv"
    file.write_text(f"{header}\n{row}\n")
    assert "created=1 " in site.manage(command, str(file))


def queued(output: str) -> int:
    """How many notices the plan queued, by its output."""
    [number] = re.findall(r"(\d+) notices queued", output)
    return int(number)


def in_words(day: date, article: str = "") -> str:
    """As letters and pages write it: 3 marzo 2026."""
    with translation.override("it"):
        return written_day(day, article)


def open_notice(page: Page, words: str) -> None:
    """Open the newest notice of the reserved area whose subject has the words."""
    page.goto("/area-riservata/avvisi/")
    page.locator(".card-row").filter(has_text=words).first.get_by_role("link").click()
    expect(page.locator("h1")).to_contain_text(words)


def open_mail_about(page: Page, subject: str, number: str) -> None:
    """Wait until a message with the subject has come whose text has the number, and open it."""
    found = page.locator(".mail-list a").filter(has_text=mailbox_of(CUSTOMER)).filter(has_text=subject).first

    def arrived() -> None:
        page.goto(MAIL)
        expect(found).to_be_visible(timeout=500)
        found.click()
        expect(page.locator(".mail-text")).to_contain_text(number, timeout=500)

    until(arrived, within_ms=DELIVERED_MS, page=page)


def test_an_expiry_and_an_instalment_come_in_one_message_with_amounts_and_days(night, visitor, look):
    page = visitor()
    subject = f"2 scadenze delle Sue polizze, la prima {in_words(night.due_on, 'il')}"
    facts = (
        "513,40",
        in_words(night.expires_on),
        in_words(night.covered_until),
        "256,70",
        in_words(night.due_on),
        "FK482ZT",
    )
    open_mail_about(page, subject, night.policy)
    for fact in facts:
        expect(page.locator(".mail-text")).to_contain_text(fact)
    look(page, "mail-deadlines")
    sign_in(page, CUSTOMER, to="/area-riservata/")
    due = page.locator(".due").filter(has_text=night.policy)
    expect(due.locator(".due-amount strong")).to_have_text(["256,70\xa0€", "513,40\xa0€"])
    look(page, "portal-home-due")
    open_notice(page, subject)
    expect(page.locator(".said")).to_contain_text(night.policy)
    look(page, "portal-notice-due")


def test_a_claim_taken_in_charge_is_announced_with_the_person_who_follows_it(night, visitor, look):
    page = visitor()
    people = ("dott.ssa Nora Pavan", "Studio peritale Actis", "Carrozzeria del Ponte")
    open_mail(page, mailbox_of(CUSTOMER), night.claim)
    for fact in (*people, "+390255501401"):
        expect(page.locator(".mail-text")).to_contain_text(fact)
    look(page, "mail-claim")
    sign_in(page, CUSTOMER, to="/area-riservata/")
    expect(page.locator(".card-row").filter(has_text=night.claim).first).to_contain_text("dott.ssa Nora Pavan")
    open_notice(page, night.claim)
    expect(page.locator(".said")).to_contain_text("dott.ssa Nora Pavan")
    page.goto("/area-riservata/sinistri/")
    page.locator(".card-row").filter(has_text=night.claim).get_by_role("link").click()
    for name in people:
        expect(page.locator("[aria-labelledby=people-title]")).to_contain_text(name)
    expect(page.locator(".steps [aria-current=step]")).to_be_visible()
    expect(page.locator(".clock")).to_contain_text(in_words(timezone.localdate() + timedelta(days=60)))
    look(page, "portal-claim-in-charge")
