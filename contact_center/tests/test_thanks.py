"""A message that only says thank you wakes nobody; any other word is for a person to read."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from contact_center.contacts.customer_messages import add_customer_message
from contact_center.contacts.thanks import is_only_thanks
from contact_center.models import Contact, ContactEvent
from contact_center.tests.factories import ContactFactory, WebFormRequestFactory


@pytest.mark.parametrize(
    "text",
    [
        "Grazie",
        "Grazie mille!",
        "GRAZIE  MILLE 😊",
        "Perfetto, grazie infinite. Buona giornata!",
        "Vi ringrazio per la rapidità e la gentilezza.\nCordiali saluti",
        "Thank you very much for your quick reply!",
        "Grazie, Anna Rossi",
        "👍",
    ],
)
def test_thanks_in_many_words(text):
    assert is_only_thanks(text, ["Anna Rossi"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "Perfetto.",
        "Buongiorno",
        "Grazie, ma manca una pagina.",
        "Grazie, e la quietanza?",
        "Grazie mille?",
        "No grazie",
        "Grazie di niente",
        "Grazie, Luca Bianchi",
        "grazie " * 16,
        "شكرا",
    ],
)
def test_whatever_may_say_more_is_no_thanks(text):
    assert not is_only_thanks(text, ["Anna Rossi"])


def write(contact, text, **given):
    return add_customer_message(contact, text=text, key=uuid.uuid4(), **given)


@pytest.mark.django_db
@pytest.mark.parametrize("days", [1, 300])
def test_what_is_closed_remains_closed_and_counted_as_it_was(days):
    closed_at = timezone.now() - timedelta(days=days)
    contact = ContactFactory(closed=True, started_at=closed_at - timedelta(hours=1), closed_at=closed_at)
    added = write(contact, "Grazie mille!")
    contact.refresh_from_db()
    assert (contact.state, contact.reopened_count, contact.first_level) == ("closed", 0, True)
    assert (added.is_new, added.message.text, Contact.objects.count()) == (True, "Grazie mille!", 1)
    event = ContactEvent.objects.get(contact=contact)
    assert (event.kind, event.details) == ("received", {"message": added.message.pk, "thanks": True})


@pytest.mark.django_db
def test_one_who_signs_with_their_name_is_understood():
    contact = WebFormRequestFactory(name="Anna Rossi", contact__closed=True).contact
    write(contact, "Grazie. Anna Rossi")
    contact.refresh_from_db()
    assert contact.state == "closed"


@pytest.mark.django_db
def test_what_waits_for_the_customer_goes_on_all_the_same():
    contact = ContactFactory(state="waiting")
    write(contact, "Grazie")
    contact.refresh_from_db()
    assert contact.state == "open"
