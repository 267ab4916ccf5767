"""A text of a notice: written with a wrong word, put right, submitted, and approved by somebody else."""

from playwright.sync_api import expect

from customers import roles
from e2e.people import sign_in

KIND = "/backoffice/notifications/noticetext/tipi/payment-refunded/"


def test_one_writes_and_another_approves(visitor, look):
    page = visitor()
    sign_in(page, roles.COMPLAINT_OFFICER, to=KIND)
    look(page, "texts-of-a-kind")
    page.get_by_role("link", name="Scrivere una nuova versione").first.click()
    body = page.locator("[name=body]")
    before = body.input_value()
    body.fill(before + "\n{{ premio_netto }}")
    page.locator("[name=change_note]").fill("Un saluto in più")
    page.get_by_role("button", name="Salvare la bozza").click()
    expect(page.locator("#id_body_error")).to_contain_text("«premio_netto» non è nota")
    look(page, "text-refused")

    body.fill(before + "\nA presto. ")
    body.press("End")
    page.get_by_role("button", name="policy", exact=True).click()
    expect(body).to_have_value(before + "\nA presto. {{ policy }}")
    expect(page.locator("#text-preview")).to_contain_text("P-2027-0042")
    expect(page.frame_locator("#text-preview iframe").first.locator("body")).to_contain_text("A presto. P-2027-0042")
    page.get_by_role("button", name="Salvare la bozza").click()
    expect(page.get_by_text("La bozza")).not_to_have_count(0)
    address = page.url
    look(page, "text-draft")
    page.get_by_role("link", name="Presentare per l’approvazione").click()
    page.locator(".vc-command-form button[type=submit]").click()
    expect(page.get_by_role("link", name="Approvare")).to_have_count(0)

    page = visitor()
    sign_in(page, roles.MANAGER, to=address)
    expect(page.locator(".vc-text ins").first).to_contain_text("A presto.")
    page.get_by_role("link", name="Approvare").click()
    page.locator(".vc-command-form button[type=submit]").click()
    expect(page.locator("#id_other_stays_error")).to_contain_text("indichi che resta com’è")
    page.get_by_role("checkbox").check()
    page.locator(".vc-command-form button[type=submit]").click()
    expect(page.get_by_text("Vale ora")).not_to_have_count(0)
    look(page, "text-in-force")
    page.get_by_role("link", name="Ritirare il testo").click()
    page.locator("[name=words]").fill("La prova è finita.")
    page.locator(".vc-command-form button[type=submit]").click()
    expect(page.get_by_text("Il testo è ritirato.")).to_be_visible()
