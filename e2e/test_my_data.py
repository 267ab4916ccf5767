"""One's own data: a copy of everything is asked for, announced and saved; erasure is explained, asked for and taken back."""

import json
import re
import zipfile
from collections.abc import Callable

from playwright.sync_api import Page, expect

from e2e.mail import DELIVERED_MS, MAIL, until
from e2e.people import mailbox_of, sign_in

CUSTOMER = 2
ROOM = "/area-riservata/dati/"
MADE_MS = 120_000  # half a minute until a worker looks, and the time that the copy takes


def test_a_copy_is_asked_for_announced_and_saved(visitor: Callable[..., Page], look: Callable) -> None:
    page = visitor()
    sign_in(page, CUSTOMER, to="/area-riservata/profilo/", again=True)  # the password was given just now
    page.get_by_role("link", name="Vedere e scaricare i miei dati").click()
    expect(page.get_by_role("heading", name="Che cosa conserviamo su di Lei")).to_be_visible()
    look(page, "my-data")
    page.get_by_role("button", name="Chiedere una copia dei miei dati").click()
    expect(page.get_by_text("Stiamo facendo una copia")).to_be_visible()

    def ready() -> None:
        page.goto(ROOM)
        expect(page.get_by_text("La Sua copia è pronta")).to_be_visible(timeout=500)

    until(ready, within_ms=MADE_MS, page=page)
    look(page, "my-data-ready")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Salvare la copia").click()
    with zipfile.ZipFile(saved.value.path()) as archive:
        assert archive.testzip() is None
        facts = json.loads(archive.read("i-miei-dati.json"))
        assert archive.read("i-miei-dati.pdf").startswith(b"%PDF-")
    assert facts["format"] == "vittoria-care/personal-data"
    assert "customers.policy" in {each["key"] for each in facts["contents"]}
    page.goto(ROOM)
    expect(page.get_by_text("Quando è stata salvata")).to_be_visible()
    page.get_by_role("button", name="Cancellare ora la copia").click()
    expect(page.get_by_text("La copia dei Suoi dati qui è cancellata")).to_be_visible()
    expect_mail(visitor(), "La copia dei Suoi dati è pronta")


def expect_mail(page: Page, subject: str) -> None:
    """The mail has come; of an earlier journey there may be another one."""

    def arrived() -> None:
        page.goto(MAIL)
        found = page.locator(".mail-list a").filter(has_text=mailbox_of(CUSTOMER)).filter(has_text=subject)
        expect(found.first).to_be_visible(timeout=500)

    until(arrived, within_ms=DELIVERED_MS, page=page)


def test_erasure_is_explained_asked_for_and_taken_back(visitor: Callable[..., Page], look: Callable) -> None:
    page = visitor()
    sign_in(page, CUSTOMER, to=ROOM, again=True)
    page.get_by_role("link", name="Vedere che cosa si cancellerebbe").click()
    expect(page.get_by_role("heading", name="Che cosa resta per ora")).to_be_visible()
    look(page, "my-data-erasure")
    page.get_by_role("button", name="Chiedere di cancellare i miei dati").click()
    expect(page.locator("#id_read_error")).to_contain_text("Spunti che l'ha letto")
    page.get_by_label("Ho letto che cosa si cancella").check()
    page.get_by_role("button", name="Chiedere di cancellare i miei dati").click()
    expect(page).to_have_url(re.compile(ROOM + "(#ask)?$"))
    expect(page.get_by_text("In decisione")).to_be_visible()
    look(page, "my-data-erasure-asked")
    page.get_by_role("button", name="Ritirare la richiesta").click()
    expect(page.get_by_text("Ritirata da Lei: nulla è stato cancellato")).to_be_visible()
