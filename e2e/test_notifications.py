"""Notifications on this device: asked for on the button alone, switched off again, and what a browser that refuses reads."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.people import sign_in

CUSTOMER = 1
ROOM = "/area-riservata/notifiche/"
# A browser's push service is on the internet, where no journey goes: the page is given a subscription as a browser makes it.
SUBSCRIPTION = """
(() => {
  const made = () => ({
    endpoint: "https://updates.push.services.mozilla.com/wpush/v2/journey",
    getKey: (name) => new Uint8Array(name === "auth" ? 16 : 65).buffer,
    unsubscribe: async () => { sessionStorage.removeItem("subscribed"); return true; },
  });
  let permission = "%s";
  window.__asked = 0;
  Object.defineProperty(Notification, "permission", { get: () => sessionStorage.getItem("subscribed") ? "granted" : permission });
  Notification.requestPermission = async () => { window.__asked += 1; permission = permission === "default" ? "granted" : permission; return permission; };
  PushManager.prototype.getSubscription = async () => sessionStorage.getItem("subscribed") ? made() : null;
  PushManager.prototype.subscribe = async () => {
    if (window.__offline) throw new DOMException("no service", "AbortError");
    sessionStorage.setItem("subscribed", "yes");
    return made();
  };
})();
"""


def enter(page: Page, permission: str) -> None:
    page.add_init_script(SUBSCRIPTION % permission)
    sign_in(page, CUSTOMER)
    page.goto(ROOM)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_this_device_is_switched_on_and_off(
    visitor: Callable[..., Page], look: Callable[[Page, str], None], scheme: str
) -> None:
    page = visitor(color_scheme=scheme)
    enter(page, "default")
    expect(page.get_by_text("Non attive: questo dispositivo non mostra nulla.")).to_be_visible()
    assert page.evaluate("window.__asked") == 0
    look(page, f"notifications-off-{scheme}")
    page.evaluate("window.__offline = true")
    page.get_by_role("button", name="Avvisarmi su questo dispositivo").click()
    expect(page.get_by_role("alert")).to_contain_text("non ha raggiunto il suo servizio di notifiche")
    page.evaluate("window.__offline = false")
    page.get_by_role("button", name="Avvisarmi su questo dispositivo").click()
    expect(page.get_by_text("Le notifiche sono attive per questo dispositivo.")).to_be_visible()
    expect(page.get_by_role("button", name="Disattivare su questo dispositivo")).to_be_visible()
    look(page, f"notifications-on-{scheme}")
    page.get_by_role("button", name="Disattivare su questo dispositivo").click()
    expect(page.get_by_role("button", name="Avvisarmi su questo dispositivo")).to_be_visible()


def test_a_browser_that_refuses_is_told_where_to_allow_it(visitor: Callable[..., Page]) -> None:
    page = visitor()
    enter(page, "denied")
    expect(page.get_by_text("Il Suo browser ha rifiutato le notifiche di questo sito")).to_be_visible()
