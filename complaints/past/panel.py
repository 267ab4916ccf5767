"""What the page of a complaint shows of the past register that it came from."""

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from complaints.models import Complaint, PastEntry
from foundation.masking import seen_text_of, show_to
from foundation.office.base import Panel
from foundation.requests import StaffRequest


class PastPanel(Panel):
    """Where an imported entry came from, in the words of its file, and its days by our clock."""

    model = PastEntry
    fields = ("source", "old_number", "received_on", "disputed", "stated_shown", "clock_shown", "imported_at")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        self.reader = request.user  # a panel is made for each request
        return super().get_queryset(request).select_related("complaint__customer")

    @display(description=gettext_lazy("in the words of the file"))
    def stated_shown(self, entry: PastEntry) -> str:
        show_to(entry.complaint, self.reader)
        pairs = ((name, seen_text_of(entry.complaint, text)) for name, text in entry.stated.items())
        return format_html_join("; ", "{}: {}", pairs) or "–"

    @display(description=gettext_lazy("days to the answer"))
    def clock_shown(self, entry: PastEntry) -> str:
        return clock_words(entry.complaint)


def clock_words(complaint: Complaint) -> str:
    """The days from the earlier receipt to the answer and by how many it was late; what is not in the file, in words."""
    if complaint.state != Complaint.State.ANSWERED:
        return "–"
    if complaint.answered_at is None:
        return _("not known: the day of the answer is not in the file")
    answered_on: date = timezone.localdate(complaint.answered_at)
    days = (answered_on - complaint.first_received_on).days
    taken = ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    late = (answered_on - complaint.due_on).days
    if late <= 0:
        return _("%(taken)s, in time") % {"taken": taken}
    late_words = ngettext("%(days)d day late", "%(days)d days late", late) % {"days": late}
    return f"{taken}, {late_words}"
