"""A fourth line is data entry: an administrator adds it, everybody finds its number, and a call on it rings at the desk."""

import re
import uuid

from playwright.sync_api import expect

from customers import roles
from e2e.people import sign_in
from e2e.telephone import code_by_keyboard, new_platform

ADD = "/backoffice/contact_center/tollfreeline/add/"
DESK = "/backoffice/scrivania/"


def test_a_line_that_an_administrator_adds_is_found_and_rings(site, visitor, look):
    code, digits = f"nautica-{uuid.uuid4().hex[:6]}", f"{uuid.uuid4().int % 1_000_000:06d}"
    name = f"Assistenza Nautica {digits}"
    office = visitor()
    sign_in(office, roles.ADMINISTRATOR, to=ADD)
    fields = {"code": code, "name": name, "name_en": f"Boats {digits}", "number": f"800 {digits}", "position": "9"}
    fields |= {"serves": "Chi ha una barca", "serves_en": "Owners of boats"}
    for field, value in fields.items():
        office.locator(f"[name={field}]").fill(value)
    look(office, "fourth-line-form")
    office.locator("[name=_save]").click()
    expect(office).to_have_url(re.compile(r"/tollfreeline/(\?|$)"))
    expect(office.locator("#result_list")).to_contain_text(name)

    page = visitor()
    page.goto("/contatti/")
    shown = page.locator(".line-list li", has_text=name)
    expect(shown.locator("a.number")).to_have_attribute("href", f"tel:+39800{digits}")
    look(page, "fourth-line-public")

    desk = visitor()
    sign_in(desk, roles.AGENT, to=DESK)
    platform = new_platform(site)
    call, _took = platform.answered(desk, "", card="Numero nascosto", line=code)
    expect(desk.locator(".vc-caller")).to_contain_text(name)
    look(desk, "fourth-line-desk")
    platform.ended(desk, call)
    code_by_keyboard(desk, "2")
    expect(desk.get_by_text(": Informazione data.")).to_be_visible()
