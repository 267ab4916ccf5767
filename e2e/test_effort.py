"""What the commonest tasks of the desk ask of an agent. `make e2e PYTEST_ARGS="-n0 -s -k effort"` prints it; docs/performance.md has the table."""

import re
import uuid

from playwright.sync_api import expect

from customers import roles
from e2e.effort import Effort
from e2e.people import mailbox_of, sign_in
from e2e.records import ask
from e2e.telephone import identify, new_platform
from e2e.test_answer_in_one_page import CODES, WRITTEN
from e2e.test_change_number import PERSON, line_of, new_number
from e2e.test_claim_on_the_phone import INSURED
from e2e.test_find import MADE, choose
from e2e.test_report import answer, go_on

DESK, QUEUE = "/backoffice/scrivania/", "/backoffice/contact_center/contact/"


def test_to_answer_a_request_and_end_it(site, visitor):
    pk, _number, _paper = ask(
        site, WRITTEN, mailbox=mailbox_of(1), written_from=f"cliente.{uuid.uuid4().hex[:10]}@posta.example"
    )
    _ended, fits = ask(site, CODES)
    page = visitor()
    sign_in(page, roles.AGENT, to=f"{QUEUE}{pk}/change/")
    effort = Effort(page)
    effort.begin()
    page.locator("#reply-text").click()
    page.locator("#reply-text").fill(
        "Gentile Cliente, la copia parte oggi."
    )  # what is composed is no effort of the page's
    page.locator("[name=code]").select_option(str(fits))
    effort.chose()
    page.get_by_role("button", name="Inviare e concludere").click()
    expect(page.locator("body")).to_contain_text("La risposta è stata inviata.")
    effort.end("answer a request")
    assert (effort.presses, effort.pages) <= (4, 1)


def test_to_find_a_claim_by_its_number(site, visitor):
    made = ask(site, MADE)
    page = visitor()
    sign_in(page, roles.AGENT, to=made["contact_page"])
    effort = Effort(page)
    effort.begin()
    page.keyboard.press("Control+k")
    expect(page.locator("#find-q")).to_be_focused()
    number, address = made["words"][7]
    page.keyboard.type(number)
    choose(page, address)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{re.escape(address)}$"))
    effort.end("find a claim")
    assert (effort.presses, effort.pages) == (0, 1)


def test_to_change_the_number_of_a_person_who_calls(site, visitor):
    person, old, new = f"J{uuid.uuid4().hex[:9].upper()}", new_number(), new_number()
    customer = ask(site, PERSON, person=person, name="Quagliotti", number=f"+39{old}")
    page = visitor()
    sign_in(page, roles.AGENT, to=f"/backoffice/customers/customer/{customer}/change/")
    effort = Effort(page)
    effort.begin()
    page.get_by_role("link", name="Aggiungere un recapito").first.click()
    page.get_by_label("telefono", exact=True).click()
    page.locator("[name=value]").click()
    page.keyboard.type(new)
    page.get_by_label("chiesto dal cliente per telefono").click()
    page.locator("form.vc-command-form button[type=submit]").click()
    expect(line_of(page, new)).to_be_visible()
    line_of(page, old).get_by_role("link", name="Togliere").click()
    page.get_by_label("chiesto dal cliente per telefono").click()
    page.locator("form.vc-command-form button[type=submit]").click()
    expect(line_of(page, old)).to_have_count(0)
    effort.end("change a number (the new one entered, the old one removed)")
    assert (effort.presses, effort.pages) <= (8, 4)


def test_to_open_a_claim_during_the_call(site, visitor):
    platform, number = new_platform(site), f"+39346{uuid.uuid4().int % 10_000_000:07d}"
    insured = ask(site, INSURED, number=number)
    page = visitor()
    sign_in(page, roles.AGENT, to=DESK)
    call, _took = platform.answered(page, number, card=insured["name"])
    effort = Effort(page)
    effort.begin()
    identify(page)
    page.get_by_role("link", name=re.compile("^Denunciare un sinistro")).click()
    page.locator(f"[name=policy][value='{insured['policy']}']").click()
    page.locator("main form button[type=submit]").last.click()
    for step in ("evento", "veicolo", "altro-veicolo", "persone", "constatazione"):
        answer(page, step)
        go_on(page)
    page.get_by_role("link", name=re.compile("riepilogo")).first.click()
    page.locator("[name=declared]").click()
    page.get_by_role("button", name="Inviare la denuncia").click()
    expect(page.locator("#desk-main")).to_contain_text("Questa telefonata riguarda")
    effort.end("open a claim (its answers are filled in, not typed)")
    assert (effort.presses, effort.pages) <= (17, 13)
    platform.ended(page, call)


def test_to_agree_on_a_call_back_with_whoever_calls(site, visitor):
    platform, person, number = new_platform(site), f"J{uuid.uuid4().hex[:9].upper()}", new_number()
    ask(
        site, PERSON, person=person, name="Quagliotti", number=f"+39{number}"
    )  # nobody whom another journey calls back
    page = visitor()
    sign_in(page, roles.AGENT, to=DESK)
    call, _took = platform.answered(page, f"+39{number}", card="Quagliotti Delfina")
    page.locator(".vc-confirm button").click()
    expect(page.locator(".vc-badges")).to_contain_text("confermato")
    platform.ended(page, call)
    effort = Effort(page)
    effort.begin()
    page.get_by_role("link", name="Concordare una richiamata").click()
    page.locator("[name=topic]").select_option(index=1)
    effort.chose()
    page.get_by_role("button", name="Concordare una richiamata").click()
    expect(page.get_by_text("da richiamare", exact=False).first).to_be_visible()
    effort.end("agree on a call-back")
    assert (effort.presses, effort.pages) <= (4, 2)
