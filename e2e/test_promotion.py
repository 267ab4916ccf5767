"""A promotion from its first word to the last: written, counted, approved, sent, answered, ended by its readers; and by telephone."""

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from customers import roles
from e2e.mail import follow_link, open_mail
from e2e.people import mailbox_of, sign_in
from e2e.records import ask
from testbed.installation import Installation

LIST = "/backoffice/promotions/promotion/"
RESULTS = LIST + "risultati/"
# A customer of the member's agency, alone in a province, who consents to e-mails and to calls.
READER = """
from django.utils import timezone
from customers.models import AgencyMember, Consent, Customer
agency = AgencyMember.objects.get(user__email=member).agency
customer = Customer.objects.create(
    code=number, first_name="Ada", last_name="Lettrice", birth_date="1980-01-01", agency=agency, province=province
)
customer.contact_points.create(kind="email", value=mailbox)
customer.contact_points.create(kind="phone", value=phone)
for channel in ("email", "phone"):
    for event in ("given", "confirmed"):
        Consent.objects.create(
            customer=customer, purpose="agency_promotions", channel=channel, event=event, text_version="2026-01",
            source="agency", recorded_at=timezone.now() - timezone.timedelta(days=30 if event == "given" else 29),
        )
result = customer.pk
"""
STANDING = """
from customers.models import Consent
result = {each.channel: each.event for each in Consent.objects.filter(customer__code=number).in_force()}
"""
APPROVED = """
from datetime import timedelta
from django.utils import timezone
from customers.models import User
from promotions.models import Promotion
from promotions.writing.commands import approve_promotion, schedule_promotion, submit_promotion, write_promotion
writer, manager = User.objects.get(email=member), User.objects.get(email=director)
promotion = write_promotion(
    by=writer, agency=writer.agency_memberships.get().agency, controller="agency", name=name, ramo="8",
    channels=["email"], subject="Casa", text="La casa, protetta.", provinces=[province], holdout_percent=0,
)
submit_promotion(promotion, by=writer)
approve_promotion(promotion, by=manager)
now = timezone.now()
schedule_promotion(promotion, send_from=now - timedelta(minutes=1), not_after=now + timedelta(days=20), by=writer)
result = promotion.pk
"""


@pytest.fixture
def reader(site: Installation, size: str, request: pytest.FixtureRequest) -> dict[str, Any]:
    """The customer of this journey at this width, whom no other promotion reaches."""
    place = f"{request.node.originalname}-{size}"
    number = sum(map(ord, place)) % 9_000
    facts = {
        "number": f"E2E-{number}",
        "mailbox": f"lettrice.{number}@posta.example",
        "phone": f"+39333555{number:04}",
        "province": {"desk": "AO", "phone": "IS"}[size],
    }
    ask(site, READER, member=mailbox_of(roles.AGENCY_MEMBER), **facts)
    return facts


def press(page: Page, name: str) -> None:
    """A command of the page: its button, and that of the page which asks."""
    page.locator(".vc-command-row a, .vc-commands a, a.vc-command").filter(has_text=name).first.click()
    confirm(page)


def confirm(page: Page) -> None:
    """Send the small page of a command."""
    page.locator(".vc-command-form button[type=submit]").click()


def test_a_promotion_is_written_approved_sent_answered_and_ended_by_its_reader(site, reader, visitor, look, size):
    name = f"Prova delle promozioni {size}"
    member = visitor()
    sign_in(member, roles.AGENCY_MEMBER, to=LIST)
    look(member, "promotions")
    member.locator("a.vc-command").filter(has_text="Scrivere una promozione").click()
    member.get_by_label("Nome", exact=True).fill(name)
    member.get_by_label("Titolare del trattamento").select_option("agency")
    member.get_by_label("Ramo del prodotto offerto").select_option("8")
    member.locator("[name=channels][value=email]").check()
    member.locator("[name=channels][value=sms]").check()
    member.get_by_label("Oggetto").fill("La casa, protetta")
    member.get_by_label("Testo", exact=True).fill("fino alla fine del mese la polizza per la casa costa meno.")
    member.get_by_label("Province").fill(reader["province"])
    member.get_by_label("Gruppo di controllo").fill("0")
    confirm(member)
    expect(
        member.locator("[role=alert], .errorlist, .field-error").first
    ).to_be_visible()  # the text of the SMS is missing
    look(member, "promotion-write-refused")
    member.locator("[name=channels][value=sms]").uncheck()
    confirm(member)
    expect(member.locator("#promotion-audience")).to_be_visible()
    expect(member.locator(".vc-promotion-figures").first).to_contain_text("1")
    look(member, "promotion-draft")
    press(member, "Presentare per l’approvazione")
    page_of_it = member.url

    manager = visitor()
    sign_in(manager, roles.MANAGER, to=page_of_it)
    press(manager, "Approvare")
    member.goto(page_of_it)
    member.locator("a.vc-command").filter(has_text="Programmare").click()
    member.get_by_label("Primo giorno").fill(f"{timezone.localdate() - timedelta(days=1)}")
    member.get_by_label("Ultimo giorno").fill(f"{timezone.localdate() - timedelta(days=2)}")
    confirm(member)
    expect(member.locator("[role=alert], .errorlist, .field-error").first).to_be_visible()  # it ends before it begins
    member.get_by_label("Ultimo giorno").fill(f"{timezone.localdate() + timedelta(days=7)}")
    confirm(member)
    site.manage("send_promotions", "--seconds", "20")

    somebody = visitor()
    open_mail(somebody, reader["mailbox"], "La casa, protetta")
    look(somebody, "mail-promotion")
    follow_link(somebody, "/promozioni/")
    look(somebody, "offer")
    somebody.locator(".offer-hours > summary").click()
    look(somebody, "offer-hours")
    somebody.locator(".hour-list label").first.click()
    somebody.wait_for_timeout(3_500)  # people need some seconds to fill in a form
    somebody.locator("main form button[type=submit]").click()
    expect(somebody.locator("#id_phone, [name=phone]")).to_have_attribute("aria-invalid", "true")
    somebody.locator("[name=phone]").fill("333 555 1234")
    somebody.locator("main form button[type=submit]").click()
    expect(somebody.locator("h1")).to_contain_text("arrivata")
    look(somebody, "offer-asked")

    open_mail(somebody, reader["mailbox"], "La casa, protetta")
    stop = somebody.locator(".mail-text a[href*='disiscrizione']").first.get_attribute("href")
    for _scanner in range(2):
        assert somebody.request.get(stop).status == 200
    assert ask(site, STANDING, number=reader["number"])["email"] == "confirmed", "a look changes nothing"
    somebody.goto(stop)
    look(somebody, "unsubscribe")
    somebody.get_by_role("button", name="Sì").click()
    look(somebody, "unsubscribed")
    assert ask(site, STANDING, number=reader["number"])["email"] == "withdrawn"

    member.goto(page_of_it)
    expect(member.locator(".vc-promotion-results").first).to_contain_text("1")
    look(member, "promotion-results")


def test_people_are_rung_after_the_register_was_asked(site, reader, visitor, look, size, tmp_path):
    people = {"member": mailbox_of(roles.AGENCY_MEMBER), "director": mailbox_of(roles.MANAGER)}
    pk = ask(site, APPROVED, name=f"Prova al telefono {size}", province=reader["province"], **people)
    site.manage("send_promotions", "--seconds", "20")
    page = visitor()
    promotion = f"{LIST}{pk}/change/"
    sign_in(page, roles.AGENCY_MEMBER, to=promotion)
    press(page, "Controllare i numeri nel registro")
    expect(page.locator("a.vc-command").filter(has_text="Leggere la risposta")).to_be_visible()
    check = page.url
    look(page, "opposition-check")

    page.locator("a.vc-command").filter(has_text="Scaricare i numeri").click()
    with page.expect_download() as saved:
        confirm(page)
    rows = list(csv.reader(Path(saved.value.path()).read_text().splitlines()))
    mine = reader["phone"].removeprefix("+39")
    assert rows[0] == ["numero"]
    assert [mine] in rows
    assert "Lettrice" not in Path(saved.value.path()).read_text()

    answer = tmp_path / "risposta.csv"
    page.goto(check)
    page.locator("a.vc-command").filter(has_text="Leggere la risposta").click()
    answer.write_text("numero;stato\n")
    read(page, answer)
    expect(page.locator("[role=alert], .errorlist, .field-error").first).to_contain_text("esito")
    look(page, "opposition-answer-refused")
    answer.write_text("\n".join(["numero;esito", *(f"{row[0]};non iscritto" for row in rows[1:]), "02;boh"]) + "\n")
    read(page, answer)
    expect(page.locator("table")).to_contain_text("02")
    look(page, "opposition-answer")

    page.goto(promotion)
    look(page, "promotion-telephone")
    press(page, "Preparare l’elenco di chiamata")
    expect(page.locator("body")).to_contain_text("Lettrice")
    listed = page.url
    look(page, "call-list")
    page.locator("a.vc-command").filter(has_text="Scaricare l’elenco").click()
    with page.expect_download() as saved:
        confirm(page)
    assert "Ada Lettrice" in Path(saved.value.path()).read_text(encoding="utf-8-sig")
    page.goto(listed)
    expect(page.locator("body")).to_contain_text("Fosca Giraudo (")

    page.goto(f"/backoffice/promotions/calledperson/?q={listed.rstrip('/').split('/')[-2]}")
    page.locator("#result_list a").filter(has_text="Lettrice").first.click()
    look(page, "called-person")
    page.locator("a.vc-command").filter(has_text="Registrare la telefonata").click()
    page.get_by_label("chiede di essere richiamato").check()
    confirm(page)
    expect(page.locator("[role=alert], .errorlist, .field-error").first).to_be_visible()  # on which day?
    look(page, "call-refused")
    page.get_by_label("non interessato").check()
    confirm(page)
    assert ask(site, STANDING, number=reader["number"])["phone"] == "withdrawn"


def read(page: Page, answer: Path) -> None:
    """Send the answer of today."""
    page.locator("[name=answer]").set_input_files(answer)
    page.locator("[name=checked_on]").fill(f"{timezone.localdate()}")
    confirm(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pooled_results_and_a_promotion_are_legible(visitor, look, scheme):
    page = visitor(color_scheme=scheme)
    sign_in(page, roles.MANAGER, to=RESULTS)
    expect(page.locator(".vc-proof-table")).to_contain_text("troppo pochi")
    look(page, f"promotions-pooled-{scheme}")
    page.goto(RESULTS + "?first=2026-12-31&last=2026-01-01")
    expect(page.locator("[role=alert], .errorlist, .field-error").first).to_be_visible()
    page.goto(LIST + "?work=all")
    page.locator("#result_list a").filter(has_text="Casa sicura").first.click()
    expect(page.locator("#promotion-results")).to_be_visible()
    look(page, f"promotion-ended-{scheme}")


def test_offers_stand_apart_in_the_reserved_area(visitor, look):
    page = visitor()
    sign_in(page, 1, to="/area-riservata/avvisi/offerte/")
    look(page, "offers-room")
    expect(page.locator("h1")).to_be_visible()
