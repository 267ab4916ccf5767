"""A call-back that an agent agrees on at the desk: it is announced at its hour on any page, made, and closed."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from customers import roles
from e2e.people import sign_in
from e2e.records import ask
from e2e.telephone import Platform, new_caller, new_platform

DESK = "/backoffice/scrivania/"

# Its hour comes now; then what the timetable does every 15 seconds. `result`: how many are announced.
ITS_HOUR = """
from django.utils import timezone
from datetime import timedelta
from contact_center.call_backs.making import ring_call_backs
from contact_center.models import CallBack
now = timezone.now()
CallBack.objects.filter(contact_id=int(contact)).update(starts_at=now, ends_at=now + timedelta(minutes=30), rang_at=None)
result = ring_call_backs(now)
"""


@pytest.fixture(scope="module")
def platform(site) -> Platform:
    """A platform with a key of its own."""
    return new_platform(site)


@pytest.fixture(scope="module")
def caller(site) -> dict[str, str]:
    """A customer whose number nobody else has."""
    return new_caller(site)


@pytest.fixture
def desk(visitor) -> Callable[[], Page]:
    """The agent's desk, in a browser of its own."""

    def open_desk() -> Page:
        page = visitor()
        sign_in(page, roles.AGENT, to=DESK)
        return page

    return open_desk


@pytest.fixture
def off_duty(visitor) -> Iterator[None]:
    """Leave the agent as other journeys find them."""
    yield
    page = visitor()
    sign_in(page, roles.AGENT, to="/backoffice/turno/")
    page.get_by_role("button", name="Fuori servizio").click()


def test_a_call_back_is_agreed_announced_made_and_closed(site, desk, platform, caller, look, off_duty):
    page = desk()
    call, _took = platform.answered(page, caller["number"], card=caller["name"])
    page.locator(".vc-confirm button").click()
    expect(page.locator(".vc-badges")).to_contain_text("confermato")
    platform.ended(page, call)
    contact = page.locator("#desk-main [data-contact]").get_attribute("data-contact")
    page.get_by_role("link", name="Concordare una richiamata").click()
    page.locator("[name=topic]").select_option(index=1)
    page.locator("[name=note]").fill("Chiede della rata di dicembre")
    look(page, "call-back-agree")
    hour = page.locator("[name=at]").input_value()
    page.locator("[name=at]").fill("03:00")
    page.get_by_role("button", name="Concordare una richiamata").click()
    expect(page.locator(".vc-command-form")).to_contain_text(
        re.compile("ne scelga uno successivo|il servizio è chiuso")
    )
    look(page, "call-back-closed-hour")
    page.locator("[name=at]").fill(hour)
    page.get_by_role("button", name="Concordare una richiamata").click()
    expect(page.locator("#desk")).to_be_visible()
    expect(page.get_by_text("da richiamare", exact=False).first).to_be_visible()

    page.goto("/backoffice/contact_center/contact/?work=call_backs")
    expect(page.locator("#result_list")).to_contain_text("concordata con un operatore")
    look(page, "call-backs-tab")
    page.locator("#agent-state summary").click()
    page.locator("#agent-state").get_by_role("button", name="Pronto", exact=True).click()
    ringing = page.locator(".vc-ringing")
    assert contact is not None
    assert int(ask(site, ITS_HOUR, contact=contact)) >= 1
    expect(ringing).to_contain_text(f"Da richiamare ora: {caller['name']}")
    assert "Da richiamare ora" in page.title()
    look(page, "call-back-rings")

    page.goto(DESK)
    expect(ringing).to_contain_text(caller["name"])
    look(page, "call-back-at-the-desk")
    ringing.get_by_role("link", name="Richiamare ora").click()
    page.get_by_role("button", name="Richiamare ora").click()
    expect(page.get_by_text("è Suo: chiami il", exact=False)).to_be_visible()
    expect(ringing).to_be_hidden()
    look(page, "call-back-begun")

    page.goto(f"/backoffice/contact_center/contact/{contact}/comando/esito/")
    page.get_by_role("radio", name=re.compile("^Risolto")).check()
    page.locator("button[type=submit].vc-command").click()
    page.goto(f"/backoffice/contact_center/contact/?work=all&q=C-{int(contact):08d}")
    expect(page.locator("#result_list tbody tr .vc-chip")).to_have_attribute("data-state", "closed")
