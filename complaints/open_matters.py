"""The complaints of a customer that wait for their answer, as the contact centre sees them beside a call or a contact."""

from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from complaints.models import Complaint
from contact_center.contact_page import Matter
from contact_center.desk import CardPanel, CardRow
from customers.models import Customer

MOST_SHOWN = 3


def _open_complaints(customer: Customer, user: Any) -> list[tuple[str, str, str, str]]:
    """Number and subject, state and term, page and tone of each that waits for its answer; nothing for who may not see them."""
    if not user.has_perm("complaints.view_complaint"):
        return []
    today, told = timezone.localdate(), []
    waiting = Complaint.objects.visible_to(user).open().filter(customer=customer).with_term(today)
    for complaint in waiting.defer("text", "answer").order_by("due_on", "pk")[:MOST_SHOWN]:
        hint = _("%(state)s · answer by %(day)s") % {
            "state": complaint.get_state_display(),
            "day": formats.date_format(complaint.term_on, "SHORT_DATE_FORMAT"),
        }
        what = f"{complaint.number} · {complaint.subject}"
        page = reverse("admin:complaints_complaint_change", args=[complaint.pk])
        told.append((what, hint, page, "bad" if complaint.term_on < today else "warn"))
    return told


def complaint_card(customer: Customer, user: Any) -> CardPanel | None:
    """The card beside a call, and at the head of the customer's file."""
    rows = [CardRow(*each) for each in _open_complaints(customer, user)]
    return CardPanel(_("Open complaints"), rows, position=25) if rows else None


def complaint_matters(customer: Customer, user: Any) -> list[Matter]:
    """The lines on the page of a contact."""
    return [Matter(what, hint, page) for what, hint, page, _tone in _open_complaints(customer, user)]
