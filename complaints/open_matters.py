"""What the contact centre sees of a person's complaints, on a contact's page, a call's card and the customer's file.

People who may read the register see number, subject, state and term, with a link. The company's other staff read that
a complaint is open, and nothing of it. An agency reads nothing, for the complaint may be about the agency itself: the
officer decides when an intermediary is heard.
"""

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from complaints.models import Complaint
from contact_center.desk.card import CardPanel, CardRow, CardSubject
from contact_center.office.contact_page import Matter
from customers.models import Customer, User
from customers.visibility import reach_of
from foundation.office.links import change_address

MOST_ROWS = 5


def matters_about(customer: Customer, user: User) -> list[Matter]:
    """The customer's open complaints, for the side of a contact's page."""
    return [Matter(row.text, row.hint, row.url) for row in _rows(customer, user)]


def card_panel(subject: CardSubject) -> CardPanel:
    """The customer's open complaints, for the card of a call and the head of the file; left out when there are none."""
    return CardPanel(_("Open complaints"), _rows(subject.customer, subject.reader))


def _rows(customer: Customer, user: User) -> list[CardRow]:
    """A row for every complaint that waits for its answer, as far as the user may know of it."""
    waiting = Complaint.objects.visible_to(user).open().filter(customer=customer)
    if not user.has_perm("complaints.view_complaint"):
        knows = reach_of(user).everything and waiting.exists()
        return [CardRow(_("A complaint is open: the complaints office follows it."), tone="warn")] if knows else []
    today, rows = timezone.localdate(), []
    for complaint in waiting.with_term(today).defer("text", "answer").order_by("due_on", "pk")[:MOST_ROWS]:
        due = formats.date_format(complaint.term_on, "SHORT_DATE_FORMAT")
        rows.append(
            CardRow(
                f"{complaint.number} · {complaint.subject}",
                _("%(state)s, to be answered by %(day)s") % {"state": complaint.get_state_display(), "day": due},
                change_address(complaint),
                "bad" if complaint.term_on < today else "warn",
                joins=f"contact:{complaint.contact_id}" if complaint.contact_id else "",
            )
        )
    return rows
