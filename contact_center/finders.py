"""What the search over everything finds of the contact centre: contacts, and people who are no customers."""

from django.db.models.functions import Lower
from django.utils import formats, timezone

from contact_center.admin import as_phone, with_form_from
from contact_center.models import Contact, KnownPerson
from contact_center.office.known_people import cards_named
from foundation.masking import Kind, seen, seen_text_of, show_to
from foundation.office.finding import Finder, named, on_one_line
from foundation.requests import Reader

MOST_FROM_ONE = 200  # contacts from one address that are put in order
MOST_SUBJECT = 60  # characters


def _contacts(text: str, reader: Reader, limit: int) -> list[Contact]:
    """By their number; by the whole address or telephone number they came from, the newest first."""
    within = Contact.objects.visible_to(reader)
    ids = list(within.with_number(text).values_list("pk", flat=True))
    ids += within.begins_with_number(text).order_by("-pk").values_list("pk", flat=True)[:limit]
    if stated := text.lower() if "@" in text else as_phone(text):
        came_from = within.exclude(address="").alias(came_from=Lower("address")).filter(came_from=stated)
        written = within.filter(pk__in=with_form_from(text))
        for question in (came_from, written):
            ids += question.order_by().values_list("pk", flat=True)[:MOST_FROM_ONE]
        ids = sorted(set(ids), reverse=True)[:limit]
    found = Contact.objects.for_list().select_related("web_form").defer("notes", "web_form__answers").in_bulk(ids)
    return [found[pk] for pk in ids[:limit] if pk in found]


def _contact_line(contact: Contact, reader: Reader) -> str:
    show_to(contact, reader)
    return on_one_line(
        contact.customer or seen(reader, Kind.TELEPHONE, contact.address),
        seen_text_of(contact, contact.subject, most=MOST_SUBJECT),
        contact.topic,
        contact.get_channel_display(),
        formats.date_format(timezone.localtime(contact.started_at), "SHORT_DATE_FORMAT"),
        contact.get_state_display(),
    )


def _known_people(text: str, reader: Reader, limit: int) -> list[KnownPerson]:
    """By the number of the card, the telephone, the e-mail address or the beginnings of their names' words."""
    found = KnownPerson.objects.visible_to(reader).select_related("customer").filter(cards_named(text))
    return list(found.order_by("-last_contact_at", "-pk")[:limit])


def _known_person_line(person: KnownPerson, reader: Reader) -> str:
    show_to(person, reader)
    return on_one_line(
        person.number,
        seen(reader, Kind.TELEPHONE, person.phone),
        person.email,
        seen_text_of(person, person.tie, most=MOST_SUBJECT),
        person.customer,
    )


KNOWN_PEOPLE = Finder(KnownPerson, "contact_page", _known_people, named, _known_person_line)
CONTACTS = Finder(Contact, "inbox", _contacts, named, _contact_line)
