"""What the search over everything finds of the register of complaints."""

from django.utils import formats

from complaints.models import Complaint
from complaints.models.complaint import OLD_NUMBER_MARK
from foundation.masking import Kind, may_see_whole, name_on_page, page_shows_whole, seen_text_of, show_to
from foundation.office.finding import Finder, on_one_line
from foundation.requests import Reader
from foundation.text import has_digit

MOST_SUBJECT = 60  # characters
SHORTEST_WORD, MOST_WORDS = 4, 6  # of the words of a complaint that are looked for
MOST_WITH_WORDS = 200  # complaints with the words that are put in order


def _complaints(text: str, reader: Reader, limit: int) -> list[Complaint]:
    """By the beginning of their number, the whole number first; by the whole number that they had in a past register; by words.

    The words are those of subject and text, the newest complaint first. A reader who is shown no names looks for no words: what a
    search finds would say whose complaint it is.
    """
    complaints = Complaint.objects.visible_to(reader).select_related("customer").defer("text", "answer")
    if not has_digit(text):
        words = [word for word in text.lower().split() if len(word) >= SHORTEST_WORD and word.isalpha()][:MOST_WORDS]
        if not words or not page_shows_whole(Kind.NAME) or not may_see_whole(reader, Kind.NAME):
            return []
        ids = list(complaints.with_words(words).order_by().values_list("pk", flat=True)[:MOST_WITH_WORDS])
        return list(complaints.filter(pk__in=ids).order_by("-received_on", "-pk")[:limit])
    marked = text if text.startswith(OLD_NUMBER_MARK) else f"{OLD_NUMBER_MARK} {text}"
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
