"""What the search over everything finds of the register of complaints."""

from django.utils import formats

from complaints.models import Complaint
from complaints.models.complaint import OLD_NUMBER_MARK
from foundation.masking import name_on_page, seen_text_of, show_to
from foundation.office.finding import Finder, on_one_line
from foundation.requests import Reader
from foundation.text import has_digit

MOST_SUBJECT = 60  # characters


def _complaints(text: str, reader: Reader, limit: int) -> list[Complaint]:
    """By the beginning of their number, the whole number first; by the whole number that they had in a past register."""
    if not has_digit(text):
        return []
    marked = text if text.startswith(OLD_NUMBER_MARK) else f"{OLD_NUMBER_MARK} {text}"
    complaints = Complaint.objects.visible_to(reader).select_related("customer").defer("text", "answer")
    ours = complaints.begins_with_number(text).order_by("sequence")
    return [*ours[:limit], *complaints.with_number(marked)[:limit]][:limit]


def _number(complaint: Complaint, _reader: Reader) -> str:
    return complaint.number


def _complaint_line(complaint: Complaint, reader: Reader) -> str:
    show_to(complaint, reader)
    return on_one_line(
        name_on_page(complaint.complainant_name),
        seen_text_of(complaint, complaint.subject, most=MOST_SUBJECT),
        formats.date_format(complaint.received_on, "SHORT_DATE_FORMAT"),
        complaint.get_state_display(),
    )


# The list finds a number when it is whole.
COMPLAINTS = Finder(Complaint, "gavel", _complaints, _number, _complaint_line, listed=False)
