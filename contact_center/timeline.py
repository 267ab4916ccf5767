"""What a customer's timeline shows of calls, requests and the messages in them."""

from collections.abc import Sequence

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy

from contact_center.models import Contact, Message
from contact_center.models.contact import OPEN_STATES, SPOKEN
from customers.timeline.queries import Entry, TimelineSource
from foundation.constraints import is_among
from foundation.masking import names_hidden, seen_text
from foundation.office.links import change_address
from foundation.requests import Reader

LONGEST_WORDS = 200  # characters of a message


def contacts_of(ids: Sequence[int], reader: Reader) -> QuerySet[Contact]:
    """Their contacts on all channels."""
    return Contact.objects.visible_to(reader).filter(customer__in=ids)


def contact_entry(contact: Contact, reader: Reader) -> Entry:
    """Number and what it was about; the channel, how it stands or ended, and who has it."""
    subject = seen_text(reader, contact.subject, names=names_hidden(reader, contact))
    about = subject or str(contact.topic or contact.get_kind_display())
    ended = contact.get_outcome_display() if contact.outcome else ""
    people = str(contact.owner or contact.team or "")
    parts = [contact.get_channel_display(), contact.get_state_display(), ended, people]
    tone = "warn" if contact.state in OPEN_STATES else {"resolved": "good"}.get(contact.outcome, "")
    return Entry(f"{contact.number} · {about}", " · ".join(filter(None, parts)), change_address(contact), tone)


def prepared(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """With what an entry looks at."""
    return contacts.select_related("topic", "owner__user", "team", "customer", "web_form", "entry").defer("notes")


def message_rows(ids: Sequence[int], reader: Reader) -> QuerySet[Message]:
    """What was written in their contacts; notes of the house are on the page of the contact alone."""
    within = contacts_of(ids, reader).order_by().values("pk")
    return Message.objects.filter(contact__in=within).exclude(direction=Message.Direction.NOTE)


def message_entry(message: Message, reader: Reader) -> Entry:
    """Who wrote to whom, and how it begins."""
    words = seen_text(
        reader, " ".join(message.text.split()), names=names_hidden(reader, message.contact), most=LONGEST_WORDS
    )
    title = f"{message.contact.number} · {message.get_direction_display()}"
    return Entry(title, words, change_address(message.contact))


_PHONE = is_among("channel", SPOKEN)

CALLS = TimelineSource(
    "chiamate",
    gettext_lazy("calls and visits"),
    Contact,
    F("started_at"),
    lambda ids, reader: contacts_of(ids, reader).filter(_PHONE),
    contact_entry,
    prepare=prepared,
    open=is_among("state", OPEN_STATES),
)
REQUESTS = TimelineSource(
    "richieste",
    gettext_lazy("written requests"),
    Contact,
    F("started_at"),
    lambda ids, reader: contacts_of(ids, reader).exclude(_PHONE),
    contact_entry,
    prepare=prepared,
    open=is_among("state", OPEN_STATES),
)
MESSAGES = TimelineSource(
    "messaggi",
    gettext_lazy("messages"),
    Message,
    F("written_at"),
    message_rows,
    message_entry,
    prepare=lambda rows: rows.select_related("contact__customer", "contact__web_form", "contact__entry"),
    reads=Contact,
)
