"""A term comes near: an administrator enters a rung of alert, a round warns the team, and everybody reads who was warned."""

import uuid

from playwright.sync_api import expect

from customers import roles
from e2e.people import sign_in
from e2e.records import ask
from e2e.test_queue_views import QUEUE, write

# Its term is in half an hour; then a round, as the worker makes one every five minutes.
NEAR = """
from datetime import timedelta
from django.utils import timezone
from contact_center.contacts.rungs import raise_rungs
from contact_center.models import Contact
Contact.objects.with_number(number).update(due_at=timezone.now() + timedelta(minutes=30))
result = raise_rungs(timezone.now())
"""


def test_a_rung_is_entered_and_a_near_term_says_who_was_warned(site, visitor, look):
    mailbox = f"ines.{uuid.uuid4().hex[:10]}@posta.example"
    number = write(visitor(), "Disdetta", mailbox)

    administrator = visitor()
    sign_in(administrator, roles.ADMINISTRATOR, to="/backoffice/")
    administrator.goto("/backoffice/contact_center/termrung/")
    look(administrator, "rungs")
    administrator.goto("/backoffice/contact_center/termrung/add/")
    administrator.locator("[name=moment]").select_option("share_left")
    administrator.locator("[name=amount]").fill("100")
    administrator.locator("[name=warns]").select_option("team")
    administrator.locator("[name=_save]").click()
    expect(administrator.locator("#content")).to_contain_text("Scriva un numero intero da 1 a 99.")
    look(administrator, "rung-refused")
    administrator.locator("[name=amount]").fill("90")
    administrator.locator("[name=_save]").click()
    expect(administrator.locator("#content")).to_contain_text("con il 90 % del tempo rimasto")

    assert ask(site, NEAR, number=number) >= 1
    manager = visitor()
    sign_in(manager, roles.MANAGER, to=QUEUE)
    manager.goto(f"{QUEUE}?work=open&part=warned")
    look(manager, "queue-warned")
    manager.goto(f"{QUEUE}?work=open&q={mailbox}")
    expect(manager.locator(".vc-warned")).to_contain_text("avvisat")
    manager.get_by_role("link", name=number).click()
    expect(manager.locator(".vc-clock .warned")).to_contain_text("avvisat")
    look(manager, "contact-warned")
    manager.goto("/backoffice/")
    look(manager, "first-page-warned")
