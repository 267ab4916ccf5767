"""The telephone platform of the journeys: posts the events of calls from a page, as a platform would from elsewhere."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from e2e.mail import until
from e2e.records import ask
from testbed.installation import Installation

AGENT = "DEMO-001"  # of the person who signs in as agent

# `result`: the name of a person who can be reached at `number`.
CALLER = """
from django.utils import timezone
from customers.models import ContactPoint, Customer
customer = Customer.objects.filter(kind=Customer.Kind.PERSON).earliest("pk")
ContactPoint.objects.create(customer=customer, kind="phone", value=number, verified_at=timezone.now())
result = str(customer)
"""

# Posts events as the platform does, then waits for `words` in the part of the page that is `where`; the milliseconds between the two.
POST = """async ([key, events, words, where]) => {
  const shown = () => {
    const place = document.querySelector(where);
    return place.checkVisibility() && place.textContent.replace(/\\s+/g, " ").includes(words);
  };
  const answer = await fetch("/api/v1/calls/events/", {
    method: "POST", credentials: "omit", body: JSON.stringify(events),
    headers: { "Authorization": `Bearer ${key}`, "Content-Type": "application/json" },
  });
  const results = await answer.json();
  if (!answer.ok || results.refused) throw new Error(JSON.stringify(results));
  const began = performance.now();
  if (!words) return 0;
  while (!shown()) {
    if (performance.now() - began > 15000) throw new Error(`no card with “${words}”`);
    await new Promise(requestAnimationFrame);
  }
  return performance.now() - began;
}"""


@dataclass
class Platform:
    """The telephone platform, whose calls come from a page of the desk."""

    key: str

    def answered(
        self, page: Page, caller: str, *, card: str, where: str = "#desk-main", line: str = "customers"
    ) -> tuple[str, float]:
        """Have the agent answer a call; its key, and after how many milliseconds the desk showed the card."""
        call, now = f"journey-{uuid.uuid4().hex[:12]}", timezone.now()
        queued = {
            "call_id": call,
            "event": "queued",
            "at": (now - timedelta(seconds=9)).isoformat(),
            "line": line,
        }
        if caller:
            queued["caller"] = caller
        taken = {"call_id": call, "event": "answered", "at": now.isoformat(), "agent": AGENT}
        return call, page.evaluate(POST, [self.key, [queued, taken], card, where])

    def answered_elsewhere(self, page: Page, caller: str, *, banner: str) -> tuple[str, float]:
        """The same on a page beside the desk, with the milliseconds until its banner says so."""
        return self.answered(page, caller, card=banner, where=".vc-ringing")

    def waiting(self, page: Page, *, words: str, where: str, line: str = "customers") -> tuple[str, float]:
        """Have a call wait in the queue; its key, and after how many milliseconds the page had the words."""
        call = f"journey-{uuid.uuid4().hex[:12]}"
        queued = {"call_id": call, "event": "queued", "at": timezone.now().isoformat(), "line": line}
        return call, page.evaluate(POST, [self.key, [queued], words, where])

    def ended(self, page: Page, call: str) -> None:
        """End the call."""
        event = {"call_id": call, "event": "ended", "at": timezone.now().isoformat(), "reason": "completed"}
        page.evaluate(POST, [self.key, [event], "", ""])


def new_platform(site: Installation) -> Platform:
    """A platform with a key of its own."""
    name = f"Centralino {uuid.uuid4().hex[:6]}"
    secret = site.manage("create_api_key", "--name", name, "--source", "journeys", "--scopes", "calls:write")
    return Platform(secret.strip())


def new_caller(site: Installation) -> dict[str, str]:
    """A customer whose number nobody else has."""
    number = f"+39347{uuid.uuid4().int % 10_000_000:07d}"
    return {"number": number, "name": ask(site, CALLER, number=number)}


def identify(page: Page, *, questions: int = 2) -> None:
    """Ask the first questions and take the answers as right, by keyboard: the caller is identified."""
    for _question in range(questions):
        expect(page.locator("[data-key=i]")).to_be_visible()
        page.wait_for_load_state()
        page.keyboard.press("i")
        expect(page.locator(".vc-identity-answer")).to_be_visible()
        page.wait_for_load_state()
        page.keyboard.press("y")
        expect(page.locator(".vc-identity-answer")).to_have_count(0)
    expect(page.locator(".vc-badges")).to_contain_text("identificato")


def code_by_keyboard(page: Page, key: str = "1") -> None:
    """Choose the topic, the outcome and save: no mouse."""

    def at_the_topic() -> None:
        page.keyboard.press("t")
        expect(page.locator("form[data-draft] [name=topic]")).to_be_focused(timeout=500)

    until(at_the_topic, within_ms=5_000, page=page)
    page.keyboard.type("Importo")
    page.keyboard.press("Escape")
    page.keyboard.press(key)
    expect(page.locator(f"[name=code][data-key='{key}']")).to_be_checked()
    page.keyboard.press("Control+Enter")
