"""What the writer of a request sees of it, by its secret link and in the reserved area alike."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.contacts.customer_messages import Added, may_reopen
from contact_center.models import Contact, Message, MessageAttachment, SatisfactionSurvey
from contact_center.requests.forms import SurveyForm
from foundation.numbers import whole_number

THREAD_PAGE = 20


@dataclass(frozen=True)
class Standing:
    """Where a request stands, in plain words."""

    key: str
    title: str
    text: str
    icon: str
    tone: str = ""


def standing_of(contact: Contact) -> Standing:
    """What the writer reads of the state of a contact."""
    if contact.state == Contact.State.CLOSED:
        if contact.kind == Contact.Kind.CONSIDERATION:
            text = _("We have read what you wrote, and thank you for it.")
            return Standing("answered", _("Read by us"), text, "check-circle", "good")
        text = _("Our answer is below. If something is missing, write it here.")
        return Standing("answered", _("Answered by us"), text, "check-circle", "good")
    if contact.state == Contact.State.WAITING:
        text = _("We asked you something and go on as soon as you answer, below.")
        return Standing("waiting", _("Waiting for you"), text, "chat-dots", "warn")
    if contact.state == Contact.State.IN_PROGRESS or contact.level == 2:
        text = _("Somebody of the customer service is working on it.")
        return Standing("in_progress", _("Being worked on"), text, "arrow-repeat")
    return Standing("received", _("Received"), _("It is in our queue and will be taken in turn."), "envelope-check")


def thread_page(contact: Contact, *, before: str = "", mailbox: str = "") -> dict[str, Any]:
    """What the parts of templates/contact_center/parts/ need; `before` is the key of the message to page back from.

    `mailbox` is the address that the reader has shown to have, where that is all that is known of them: answers that
    went elsewhere are named but not shown, and neither are their files.
    """
    now = timezone.now()
    is_closed = contact.state == Contact.State.CLOSED
    is_asked = is_closed and SatisfactionSurvey.objects.filter(contact=contact, answered_at=None).exists()
    thread, earlier = thread_of(contact, before, mailbox=mailbox)
    for message in thread:
        if mailbox and message.sent_to not in ("", mailbox):
            message.text = _("We answered by e-mail.")
    return {
        "contact": contact,
        "standing": standing_of(contact),
        "is_late": contact.due_at is not None and contact.due_at < now,
        "thread": thread,
        "earlier": earlier,
        "opens_another": is_closed and not may_reopen(contact, now),
        "survey_form": SurveyForm() if is_asked else None,
    }


def thread_of(contact: Contact, before: str, *, mailbox: str = "") -> tuple[list[Message], int | None]:
    """A page of the thread, oldest first, and the key of its first message where there are earlier ones.

    With the files of each message; where there is a `mailbox`, of those alone that went to it.
    """
    files = MessageAttachment.objects.order_by("pk")
    if mailbox:
        files = files.filter(message__sent_to__in=["", mailbox])
    shown = contact.messages.exclude(direction=Message.Direction.NOTE)
    number = whole_number(before)
    first = Message.objects.filter(contact=contact, pk=number).first() if number is not None else None
    if first is not None:
        earlier = Q(written_at__lt=first.written_at) | Q(written_at=first.written_at, pk__lt=first.pk)
        shown = shown.filter(earlier)
    page = list(
        shown.order_by("-written_at", "-pk").prefetch_related(Prefetch("attachments", files))[: THREAD_PAGE + 1]
    )
    more = len(page) > THREAD_PAGE
    page = page[:THREAD_PAGE][::-1]
    return page, page[0].pk if more else None


def said_of(added: Added, contact: Contact) -> str:
    """What became of a message about a contact, in words."""
    if added.contact.pk == contact.pk:
        return _("We have received your message.")
    sentence = _("Your request was closed a while ago, so we opened a new one that goes on from it: %(number)s.")
    return sentence % {"number": added.contact.number}
