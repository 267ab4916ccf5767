"""What agents see of a person's complaints: that there is one and by when it is answered, on a contact and on the desk.

Agents do not read the register: the page of the complaint is a link for those who may.
"""

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from complaints.models import Complaint
from contact_center.contact_page import Matter
from contact_center.desk import CardPanel, CardRow
from customers.models import Customer, User

MOST_ROWS = 5


def matters_about(customer: Customer, user: User) -> list[Matter]:
    """The customer's open complaints, for the side of a contact's page."""
    return [
        Matter(_("Complaint %(number)s") % {"number": complaint.number}, _state(complaint), _address(complaint, user))
        for complaint in _open(customer, user)
    ]


def card_panel(customer: Customer, user: User) -> CardPanel | None:
    """The customer's open complaints, for the card of a call."""
    rows = [
        CardRow(f"{complaint.number} · {complaint.subject}", _state(complaint), _address(complaint, user), "warn")
        for complaint in _open(customer, user)
    ]
    return CardPanel(_("Open complaints"), rows, position=25)


def _open(customer: Customer, user: User) -> list[Complaint]:
    found = Complaint.objects.visible_to(user).open().filter(customer=customer)
    return list(found.defer("text", "answer").order_by("due_on", "pk")[:MOST_ROWS])


def _state(complaint: Complaint) -> str:
    due = formats.date_format(complaint.due_on, "SHORT_DATE_FORMAT")
    return _("%(state)s, to be answered by %(day)s") % {"state": complaint.get_state_display(), "day": due}


def _address(complaint: Complaint, user: User) -> str:
    if not user.has_perm("complaints.view_complaint"):
        return ""
    return reverse("admin:complaints_complaint_change", args=[complaint.pk])
