"""Reporting a claim: begun on one device and ended on another, with photographs; then followed, answered and worked on."""

import io
import re
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from customers import roles
from e2e.forms import send
from e2e.people import mailbox_of, sign_in
from e2e.records import ask

CLAIMS, START = "/area-riservata/sinistri/", "/area-riservata/sinistri/denuncia/"
YESTERDAY = timezone.localdate() - timedelta(days=1)
ANSWERS = {
    "evento": {
        "place": "Piazzale Lotto, Milano",
        "description": "Ferma al semaforo, sono stata tamponata.\nNessuno si è fatto male. 🚗",
        "occurred_time": "18:40",
    },
    "veicolo": {"damage": "Paraurti posteriore", "seen_at": "Sotto casa"},
    "altro-veicolo": {"other_plate": "FG456HJ", "other_insurer": "Compagnia di prova"},
    "persone": {"witnesses": "Ugo Prandi, 333 1234567, sul marciapiede"},
    "constatazione": {},
}
CHOICES = {
    "veicolo": {"driver": "me", "drivable": "yes"},
    "altro-veicolo": {"other": "yes"},
    "persone": {"injured": "no", "police": "no"},
    "constatazione": {"statement": "both"},
}

# `result`: nothing; the customer's drafts of earlier journeys go, and no claim of theirs is of the day of the event.
CLEARED = """
from customers.models import Claim, ClaimDraft, ReservedAreaAccount
customer = ReservedAreaAccount.objects.get(user__email=mailbox, mandate=None).customer
ClaimDraft.objects.filter(customer=customer).delete()
from datetime import date, timedelta
Claim.objects.filter(customer=customer, occurred_on=date.fromisoformat(day)).update(
    occurred_on=date.fromisoformat(day) - timedelta(days=30))
"""
# `result`: the key of the latest claim with a report of the customer's, about which an agent answered and asked for a document.
ANSWERED = """
from datetime import timedelta
from django.utils import timezone
from contact_center.claims.conversation import conversation_of
from contact_center.claims.documents import ask_document
from contact_center.contacts.commands import reply, take
from customers.models import Claim, User
agent = User.objects.get(email=agent)
claim = Claim.objects.filter(
    customer__reserved_area_accounts__user__email=mailbox, customer__reserved_area_accounts__mandate=None, report__isnull=False
).latest("pk")
contact = conversation_of(claim)
if contact.owner is None:
    take(contact, by=agent)
reply(contact, text="Buongiorno, ci serve ancora il preventivo.", by=agent)
asked = ask_document(claim, name="Preventivo del riparatore", why="Per stimare il danno.",
                     due_on=timezone.localdate() + timedelta(days=10), by=agent)
result = {"pk": claim.pk, "number": claim.report_number, "contact": contact.pk}
"""


def photograph(folder: Path, name: str, colour: str) -> Path:
    """A picture lying on its side, with the place where it was taken."""
    picture = Image.new("RGB", (640, 480), colour)
    ImageDraw.Draw(picture).rectangle((80, 80, 300, 200), fill="white")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (45.0, 27.0, 51.25)})
    path = folder / name
    picture.save(path, "JPEG", exif=exif)
    return path


def answer(page: Page, step: str) -> None:
    """Fill a step in, and go on."""
    expect(page).to_have_url(re.compile(f"/passo/{step}/"))
    for name, value in CHOICES.get(step, {}).items():
        page.locator(f"[name={name}][value={value}]").check()
    for name, value in ANSWERS[step].items():
        page.locator(f"main [name={name}]").fill(value)
    if step == "evento":
        page.locator("[name=occurred_on]").fill(YESTERDAY.isoformat())


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Salvare e proseguire").click()


def test_a_motor_claim_is_begun_on_one_device_and_ended_on_another(site, visitor, look, tmp_path):
    ask(site, CLEARED, mailbox=mailbox_of(1), day=YESTERDAY.isoformat())
    first = visitor()
    sign_in(first, 1, to=CLAIMS)
    first.get_by_role("link", name="Denunciare un sinistro").click()
    look(first, "report-start")
    first.locator(".report-policies label").filter(has_text="Responsabilità civile autoveicoli").first.click()
    first.get_by_role("button", name="Cominciare").click()
    go_on(first)  # nothing answered: each question that needs it is named
    expect(first.locator(".form-errors")).to_be_visible()
    look(first, "report-missing")
    answer(first, "evento")
    look(first, "report-event")
    go_on(first)
    answer(first, "veicolo")
    first.get_by_role("button", name="Salvare, e proseguire più tardi").click()
    expect(first.locator(".notice-success")).to_be_visible()

    second = visitor()
    sign_in(second, 1, to="/area-riservata/")
    second.get_by_role("link", name=re.compile("^Prosegua la denuncia")).first.click()
    answer(second, "altro-veicolo")
    look(second, "report-other-vehicle")
    second.get_by_role("link", name="Indietro").click()  # back without loss
    expect(second.locator("[name=damage]")).to_have_value("Paraurti posteriore")
    go_on(second)
    for step in ("altro-veicolo", "persone", "constatazione"):
        answer(second, step)
        go_on(second)

    # Two photographs at once, a script named .jpg, and one that is too large
    script, large = tmp_path / "foto.jpg", tmp_path / "enorme.jpg"
    script.write_bytes(b"#!/bin/sh\necho ciao\n")
    large.write_bytes(b"\xff\xd8\xff\xe0" + bytes(30 * 1024 * 1024))
    good = [photograph(tmp_path, "danno vicino.jpg", "firebrick"), photograph(tmp_path, "danno lontano.jpg", "navy")]
    second.locator("[name=files]").set_input_files([*good, script, large])
    second.get_by_role("button", name="Aggiungere").click()
    expect(second.locator(".report-files li")).to_have_count(2, timeout=60_000)
    refused = second.locator("#files-said")
    expect(refused).to_contain_text("foto.jpg")
    expect(refused).to_contain_text("enorme.jpg")
    look(second, "report-files")
    with second.expect_download() as download:
        second.locator(".report-files a").first.click()
    kept = Image.open(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert (kept.size, dict(kept.getexif())) == ((480, 640), {})

    second.get_by_role("link", name="Proseguire al riepilogo").click()
    expect(second.locator("main")).to_contain_text("Sì, e lo hanno firmato entrambi i conducenti")
    look(second, "report-review")
    second.locator("[name=declared]").check()
    second.get_by_role("button", name="Inviare la denuncia").click()
    expect(second.locator(".sent-number")).to_contain_text(re.compile(r"DEN-\d{4}-\d{6}"))
    expect(second.locator("main")).to_contain_text("30 giorni")
    look(second, "report-sent")
    number = second.locator(".sent-number strong").inner_text()

    second.go_back()  # the browser's way back does not send it again
    second.reload()
    expect(second.locator(".sent-number strong")).to_have_text(number)
    second.goto(CLAIMS)
    expect(second.locator(".card-row").filter(has_text=number)).to_have_count(1)


def test_a_claim_is_followed_and_answered(site, visitor, look, tmp_path):
    asked = ask(site, ANSWERED, mailbox=mailbox_of(1), agent=mailbox_of(roles.AGENT))
    page = visitor()
    sign_in(page, 1, to=f"{CLAIMS}{asked['pk']}/")
    expect(page.locator(".thread-ours").last).to_contain_text("ci serve ancora il preventivo")
    page.locator(".report-answers summary").first.click()
    look(page, "claim-followed")
    estimate = tmp_path / "preventivo.pdf"
    estimate.write_bytes(b"%PDF-1.7 preventivo")
    waiting = page.locator("#documents li").filter(has_text="Richiesto").first
    waiting.locator("[type=file]").set_input_files(estimate)
    waiting.get_by_role("button", name="Inviare il documento").click()
    expect(page.locator(".notice-success")).to_be_visible()
    page.locator("[name=text]").fill("Ho inviato il preventivo: mi confermate che basta?")
    send(page.locator("form[action$='#write']"))
    expect(page.locator(".thread-message").last).to_contain_text("mi confermate che basta?")
    look(page, "claim-answered")

    desk = visitor()
    sign_in(desk, roles.AGENT, to=f"/backoffice/contact_center/contact/{asked['contact']}/change/")
    expect(desk.locator("main")).to_contain_text("mi confermate che basta?")
    desk.goto(f"/backoffice/customers/claim/{asked['pk']}/change/")
    look(desk, "office-claim")
    desk.get_by_role("link", name="Chiedere un documento").first.click()
    look(desk, "office-ask-document")


def test_an_agent_reports_a_claim_for_a_customer(site, visitor, look):
    customer = ask(
        site,
        CLEARED + "\nresult = customer.pk",
        mailbox=mailbox_of(2),
        day=(YESTERDAY - timedelta(days=3)).isoformat(),
    )
    page = visitor()
    sign_in(page, roles.AGENT, to=f"/backoffice/customers/customer/{customer}/change/")
    page.get_by_role("link", name="Denunciare un sinistro").first.click()
    look(page, "office-report-begin")
    page.locator("[name=policy]").first.check()
    page.locator("[name=channel][value=phone]").check()
    page.locator("main form button[type=submit]").last.click()
    expect(page).to_have_url(re.compile("/backoffice/denunce/.*/passo/evento/"))
    look(page, "office-report-step")
    page.goto(page.url.replace("passo/evento", "foto"))
    look(page, "office-report-files")
    page.goto(page.url.replace("foto", "riepilogo"))
    look(page, "office-report-review")
