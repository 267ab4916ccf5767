"""What a customer's timeline shows of complaints."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import Complaint
from complaints.models.complaint import OPEN_STATES, ComplaintQuerySet
from customers.timeline.queries import Entry, MomentOfDay, TimelineSource
from foundation.constraints import is_among
from foundation.masking import names_hidden, seen_text
from foundation.office.links import change_address
from foundation.requests import Reader


def complaint_rows(ids: Sequence[int], reader: Reader) -> QuerySet[Complaint]:
    """Their complaints."""
    return Complaint.objects.visible_to(reader).filter(customer__in=ids)


def complaint_entry(complaint: Complaint, reader: Reader) -> Entry:
    """Number and subject; how it stands and, while it waits, until when it is to be answered."""
    parts = [complaint.get_state_display()]
    if complaint.state in OPEN_STATES:
        due = formats.date_format(complaint.term_on, "SHORT_DATE_FORMAT")
        parts.append(_("to be answered by %(day)s") % {"day": due})
    subject = seen_text(reader, complaint.subject, names=names_hidden(reader, complaint))
    tone = "warn" if complaint.state in OPEN_STATES else ""
    return Entry(f"{complaint.number} · {subject}", " · ".join(parts), change_address(complaint), tone)


def prepared(complaints: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """With what an entry looks at; `term_on` is until when it is to be answered while its clock stands still."""
    assert isinstance(complaints, ComplaintQuerySet), "the manager of complaints makes it"
    with_term = complaints.with_term(timezone.localdate())
    return with_term.select_related("customer").defer("text", "answer", "reasons")


COMPLAINTS = TimelineSource(
    "reclami",
    gettext_lazy("complaints"),
    Complaint,
    MomentOfDay("received_on", "registered_at"),
    complaint_rows,
    complaint_entry,
    prepare=prepared,
    open=is_among("state", OPEN_STATES),
    is_of_a_day=True,
)
