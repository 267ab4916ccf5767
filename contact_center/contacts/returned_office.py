"""The button by which an agent takes up what a person answered, on the page of the returned message."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contact_center.contacts.returned_messages import TAKEN, open_from_return
from foundation.office.commands import Command, Done
from foundation.requests import StaffRequest
from notifications.models import ReturnedMessage


class OpenFromReturn(Command[ReturnedMessage]):
    """The answer becomes a contact, or goes on in the one that it answers."""

    name = "contatto"
    label = gettext_lazy("Open a contact")
    icon = "forum"
    tone = "primary"
    permission = "contact_center.change_contact"
    question = gettext_lazy(
        "What was written stands in the queue of the first level, with its files. Where it answers a message about a contact, "
        "it goes on in that one. The customer is named where the address is theirs."
    )

    def offered(self, request: StaffRequest, row: ReturnedMessage) -> bool:
        return row.state == ReturnedMessage.State.OPEN and row.kind in TAKEN

    def run(self, request: StaffRequest, row: ReturnedMessage, data: dict[str, Any]) -> Done:
        contact = open_from_return(row, by=request.user)
        sentence = _("%(number)s has what was written.") % {"number": contact.number}
        return Done(sentence, reverse("admin:contact_center_contact_change", args=[contact.pk]))
