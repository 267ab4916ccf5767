"""The reserved area on a telephone: without a network it shows its page, and nothing of a person is kept anywhere."""

import re

from playwright.sync_api import expect

from e2e.people import mailbox_of, sign_in
from e2e.records import ask
from reserved_area.menu import PLACES

# `result`: words of the customer's that no page about nobody may have.
OWN_WORDS = """
from customers.models import ReservedAreaAccount
customer = ReservedAreaAccount.objects.get(user__email=mailbox, capacity="self").customer
result = [mailbox, customer.last_name, customer.tax_code, *customer.policies.values_list("number", flat=True)]
"""
ROOMS = """
from django.urls import reverse
result = [reverse(name) for name in names]
"""
WORKER_READY = "navigator.serviceWorker.ready.then((found) => found.active !== null)"
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const answer = await cache.match(request);
      found.push([new URL(request.url).pathname, await answer.text()]);
    }
  }
  return found;
}"""


def test_nothing_of_a_person_is_kept_and_without_a_network_the_page_says_so(visitor, look, site):
    words = ask(site, OWN_WORDS, mailbox=mailbox_of(1))
    rooms = ask(site, ROOMS, names=[place.address for place in PLACES])
    page = visitor()
    sign_in(page, 1, to="/area-riservata/")
    assert page.evaluate(WORKER_READY)
    for room in rooms:
        page.goto(room)
    page.wait_for_function("caches.match('/fuori-rete/').then((found) => Boolean(found))")
    kept = page.evaluate(KEPT)
    assert [path for path, _text in kept if not path.startswith("/static/")] == ["/fuori-rete/"]
    assert [(path, word) for path, text in kept for word in words if word in text] == []

    page.context.set_offline(True)
    page.goto("/area-riservata/polizze/")
    expect(page.get_by_role("heading", name="Manca la connessione")).to_be_visible()
    look(page, "offline")
    page.context.set_offline(False)

    page.goto("/accesso/logout/")
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(re.compile("/$"))
    assert page.evaluate(KEPT) == []
