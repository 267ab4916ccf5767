"""A moment as a sentence has it: "mercoledì 25 novembre 2026, 20:12", or "Wednesday 25 November 2026, 20:12"."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language


def moment_in_words(at: datetime | None) -> str:
    """Day of the week, date and time in Italy, in the reader's language; nothing for no moment."""
    if at is None:
        return ""
    said = date_format(timezone.localtime(at), "l j F Y, H:i")
    return said if get_language() == "en" else said.lower()  # Italian writes days and months small
