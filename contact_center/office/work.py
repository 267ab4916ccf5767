"""What the commands of a contact share: who may give them, in which states, and the sentence after a code."""

from typing import Any

from django.utils.translation import gettext

from contact_center.desk.commands import complaint_form_url
from contact_center.models import Contact, Message, WrapUpCode
from foundation.office.commands import Command
from foundation.requests import StaffRequest

WORKS, ASSIGNS = "contact_center.change_contact", "contact_center.assign_contact"
KEEPS_AGENTS = "contact_center.change_agent"  # who can do something about work that nobody on duty can take
QUEUE = "admin:contact_center_contact_changelist"
State = Contact.State
LAST_MESSAGES = 4  # shown beside what is written


class Work(Command[Contact]):
    """A command of those who work contacts."""

    permission = WORKS
    states: tuple[str, ...] = Contact.OPEN_STATES  # in which it can be done

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        return row.state in self.states


def coded_sentence(contact: Contact, code: WrapUpCode) -> Any:
    """What is said after a contact got its code; with where to complain, where the code hints at a complaint."""
    sentence = gettext("%(number)s: %(code)s.") % {"number": contact.number, "code": code}
    if code.hints_complaint:
        sentence += " " + gettext("The form for complaints: %(address)s") % {"address": complaint_form_url()}
    return sentence


def last_messages(contact: Contact) -> list[Message]:
    """The end of the conversation, in the order of time, to have before one's eyes while writing or coding."""
    return list(contact.messages.select_related("author").order_by("-written_at", "-pk")[:LAST_MESSAGES])[::-1]
