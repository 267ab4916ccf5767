"""An answer letter: written with the letter beside it, taken up on another machine, bounced, and sent again to another address."""

import re

import pytest
from playwright.sync_api import Page, expect

from customers import roles
from e2e.people import mailbox_of, sign_in
from e2e.records import ask
from e2e.test_complaint import REASONS, REGISTERED, REJECTION, command, complaint_page, press

BOUNCED = """
from django.utils import timezone
from complaints.models import Complaint, LetterSending
from complaints.services import follow_letters
from notifications.models import Notice
from notifications.moves import move_notices
from notifications.services import report_delivery
notice = LetterSending.objects.get(complaint=complaint).notice
if notice.state != "sent":
    now = timezone.now()
    move_notices([notice.pk], old="queued", new="sending", at=now, claimed_at=now)
    move_notices([notice.pk], old="sending", new="sent", at=now, sent_at=now)
follow_letters()
report_delivery(notice, outcome="failed", detail="550 5.1.1 no such user")
said = Notice.objects.filter(kind="complaint-not-delivered", user__email=officer)
result = said.filter(body_text__contains=Complaint.objects.get(pk=complaint).number).count()
"""
REGISTER = """
from complaints.register import COLUMNS, register_of
row = Complaint.objects.get(pk=complaint)
values = next(each for each in register_of(row.year_id, queryset=Complaint.objects.filter(pk=row.pk)))
result = str(dict(zip(COLUMNS, values))["letter_gone_on"])
"""
NEXT_TEXT = "/backoffice/complaints/lettertext/testi/"


@pytest.fixture
def registered(site):
    """A complaint about the conduct of an agency, of the first customer who signs in, that nobody looked at yet."""
    return ask(site, REGISTERED, mailbox=mailbox_of(1), officer=mailbox_of(roles.COMPLAINT_OFFICER))


def begin(page: Page, registered: dict) -> None:
    sign_in(page, roles.COMPLAINT_OFFICER, to=complaint_page(registered["pk"]))
    command(page, "assegna")
    press(page)
    command(page, "rispondi")


def test_the_letter_stands_beside_what_is_written_and_the_draft_is_there_on_another_machine(
    site, visitor, look, registered
):
    one, other = visitor(), visitor()
    begin(one, registered)
    one.locator("[name=outcome][value=rejected]").check()
    one.locator("[name=answer]").fill(REJECTION)
    expect(one.locator("#answer-figures")).to_contain_text("Gulpease")
    typed = one.locator("#answer-figures").inner_text()
    one.locator("[name=reasons]").fill(REASONS)
    expect(one.locator("#answer-live")).to_contain_text(REASONS)
    expect(one.locator("#answer-live")).to_contain_text("via del Quirinale 21")
    expect(one.locator("#answer-live")).to_contain_text("perché")
    assert typed != one.locator("#answer-figures").inner_text()
    expect(one.locator("#answer-draft")).to_contain_text(re.compile("conservata", re.IGNORECASE))
    look(one, "complaint-answer-live")
    sign_in(other, roles.COMPLAINT_OFFICER, to=complaint_page(registered["pk"]))
    command(other, "rispondi")
    expect(other.locator("[name=answer]")).to_have_value(REJECTION)
    server = other.locator("#answer-figures").inner_text()
    other.locator("[name=reasons]").press("End")
    other.evaluate("document.querySelector('[name=reasons]').dispatchEvent(new Event('input', {bubbles: true}))")
    assert other.locator("#answer-figures").inner_text() == server, "the script counts as the server does"


def test_an_answer_that_bounced_is_sent_again_to_another_address(site, visitor, look, registered):
    page = visitor()
    begin(page, registered)
    page.locator("[name=outcome][value=rejected]").check()
    page.locator("[name=answer]").fill(REJECTION)
    page.locator("[name=reasons]").fill(REASONS)
    press(page)
    expect(page).to_have_url(re.compile("/change/$"))
    known = {"complaint": registered["pk"], "officer": mailbox_of(roles.COMPLAINT_OFFICER)}
    assert ask(site, BOUNCED, **known) == 1
    assert ask(site, REGISTER, complaint=registered["pk"]) == "None"
    page.goto("/backoffice/complaints/complaint/?work=not_out")
    expect(page.locator("#result_list, main").first).to_contain_text(registered["number"])
    page.goto(complaint_page(registered["pk"]))
    expect(page.locator(".vc-urgency[data-tone=late]").first).to_be_visible()
    look(page, "complaint-answer-bounced")
    command(page, "rispedisci")
    page.locator("[name=address]").fill("altra.casella@posta.example")
    look(page, "complaint-answer-again")
    press(page)
    expect(page).to_have_url(re.compile("/change/$"))
    site.manage("deliver_notices")
    ask(site, "from complaints.services import follow_letters\nresult = follow_letters()")
    assert ask(site, REGISTER, complaint=registered["pk"]) != "None"


def test_all_texts_of_letters_are_on_one_page_and_a_version_is_begun_with_its_preview(visitor, look):
    page = visitor()
    sign_in(page, roles.COMPLAINT_OFFICER, to=NEXT_TEXT)
    expect(page.locator("table").first).to_contain_text("IVASS")
    look(page, "letter-texts")
    page.locator("a[href*='code=ivass'][href*='language=it']").click()
    expect(page.locator("#text-preview")).to_contain_text("via del Quirinale 21")
    page.locator("[name=body]").fill("Scriva all'IVASS.")
    expect(page.locator("#text-preview .vc-refusal")).to_be_visible()
    look(page, "letter-text-write")
