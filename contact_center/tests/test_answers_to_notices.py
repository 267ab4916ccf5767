"""What a person answered to a notice becomes a contact, or goes on in the one that it answers."""

from email.message import EmailMessage

import pytest
from django.test import Client
from django.urls import reverse

from contact_center.contacts.returned_messages import open_from_return
from contact_center.models import Contact, Message, MessageAttachment
from contact_center.tests.factories import ContactFactory, TeamFactory
from customers import roles
from customers.tests.factories import ContactPointFactory, UserFactory
from foundation.refusals import Refused
from notifications.tests.factories import NoticeFactory, ReturnedMessageFactory
from notifications.tests.return_samples import RECIPIENT, RETURNS, answer

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def returned(raw=None, *, sender=RECIPIENT, thread="", **fields):
    notice = fields.pop("notice", None) or NoticeFactory(
        address=RECIPIENT, thread=thread, state="sent", sent_at="2026-01-01T00:00Z"
    )
    raw = raw or answer(RETURNS, text="Vorrei sapere quando scade.", sender=sender)
    given = {"raw": raw, "sender": sender, "subject": "Re: La Sua polizza", "notice": notice, "matched_by": "token"}
    return ReturnedMessageFactory(**given | fields)


def with_files():
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = RECIPIENT, RETURNS, "Re: La Sua polizza"
    mail.set_content("Ecco il modulo.")
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="modulo.pdf")
    mail.add_attachment(b"MZ\x90", maintype="application", subtype="octet-stream", filename="virus.exe")
    return mail.as_bytes()


def test_it_stands_in_the_queue_of_the_first_level_with_its_customer():
    team, row = TeamFactory(level=1), returned()
    contact = open_from_return(row, by=UserFactory(role=roles.AGENT))
    assert (contact.channel, contact.state, contact.customer, contact.team) == (
        "email",
        "open",
        row.notice.customer,
        team,
    )
    assert (contact.address, contact.due_at is not None) == (RECIPIENT, True)
    inbound = contact.messages.get(direction=Message.Direction.INBOUND)
    assert (inbound.text, inbound.written_at) == ("Vorrei sapere quando scade.", row.received_at)
    row.refresh_from_db()
    assert (row.state, row.effect, row.remark) == ("handled", "contact", contact.number)


def test_the_same_message_opens_one_contact():
    row, by = returned(), UserFactory(role=roles.AGENT)
    open_from_return(row, by=by)
    with pytest.raises(Refused):
        open_from_return(row, by=by)
    assert Contact.objects.count() == 1


def test_nobody_is_named_where_the_address_is_not_the_customer_s():
    contact = open_from_return(returned(sender="altro@example.net"), by=UserFactory(role=roles.AGENT))
    assert (contact.customer, contact.address) == (None, "altro@example.net")


def test_another_address_of_the_customer_s_is_theirs():
    row = returned(sender="lavoro@example.it")
    ContactPointFactory(customer=row.notice.customer, kind="email", value="lavoro@example.it")
    assert open_from_return(row, by=UserFactory(role=roles.AGENT)).customer == row.notice.customer


def test_an_answer_about_a_contact_goes_on_there_and_takes_it_up_again():
    before = ContactFactory(state="waiting", channel="site_form", address=RECIPIENT)
    contact = open_from_return(returned(thread=f"request:{before.pk}"), by=UserFactory(role=roles.AGENT))
    assert (contact.pk, contact.state != "waiting", Contact.objects.count()) == (before.pk, True, 1)
    assert contact.messages.filter(text="Vorrei sapere quando scade.").exists()


def test_a_stranger_joins_no_contact():
    before = ContactFactory(state="waiting", channel="site_form", address=RECIPIENT)
    row = returned(thread=f"request:{before.pk}", sender="estraneo@example.net")
    assert open_from_return(row, by=UserFactory(role=roles.AGENT)).pk != before.pk
    assert not before.messages.exists()


def test_files_that_we_take_come_along_and_the_others_are_named():
    contact = open_from_return(returned(with_files()), by=UserFactory(role=roles.AGENT))
    assert [each.name for each in MessageAttachment.objects.filter(message__contact=contact)] == ["modulo.pdf"]
    note = contact.messages.get(direction=Message.Direction.NOTE)
    assert "virus.exe" in note.text
    assert RECIPIENT in note.text


def test_one_without_a_text_is_taken_up_all_the_same():
    contact = open_from_return(returned(b"From: maria.rossi@example.it\n\n"), by=UserFactory(role=roles.AGENT))
    assert contact.messages.filter(direction=Message.Direction.INBOUND).exists()


def test_a_bounce_is_no_contact():
    with pytest.raises(Refused):
        open_from_return(returned(kind="bounce"), by=UserFactory(role=roles.AGENT))


def test_the_button_leads_to_the_contact_and_is_for_those_who_answer():
    row = returned()
    address = reverse("admin:notifications_returnedmessage_command", args=[row.pk, "contatto"])
    officer, agent = Client(), Client()
    officer.force_login(UserFactory(role=roles.COMPLAINT_OFFICER))
    agent.force_login(UserFactory(role=roles.AGENT))
    assert officer.get(address).status_code == 403
    assert address in agent.get(reverse("admin:notifications_returnedmessage_change", args=[row.pk])).content.decode()
    answered = agent.post(address)
    contact = Contact.objects.get()
    assert answered["Location"] == reverse("admin:contact_center_contact_change", args=[contact.pk])
    assert "Vorrei sapere" in agent.get(answered["Location"]).content.decode()
