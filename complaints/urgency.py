"""Rule: how urgent a complaint is, in words: days left, due today, days late."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.models import Complaint
from foundation.dates import written_day

NEAR_DAYS = 7


@dataclass(frozen=True)
class Urgency:
    """What the head of a complaint's page shows about its term. `tone` is late or near."""

    tone: str
    words: str
    hint: str


def days_words(left: int) -> str:
    """Days to the term: in 5 days, today, 16 days late."""
    if left == 0:
        return _("today")
    if left > 0:
        return ngettext("in %(days)d day", "in %(days)d days", left) % {"days": left}
    return ngettext("%(days)d day late", "%(days)d days late", -left) % {"days": -left}


def urgency_of(complaint: Complaint, today: date) -> Urgency | None:
    """The urgency of a complaint read with its term (`with_term`); None while there is time, and once it is closed."""
    if not complaint.is_open:
        return None
    left = (complaint.term_on - today).days
    day = written_day(complaint.term_on, "il")
    if left < 0:
        return Urgency(
            "late",
            ngettext(
                "The answer is %(days)d day late: it was due by %(day)s.",
                "The answer is %(days)d days late: it was due by %(day)s.",
                -left,
            )
            % {"days": -left, "day": day},
            _("The complainant may turn to IVASS and to the Insurance Arbiter without waiting for it."),
        )
    if left > NEAR_DAYS:
        return None
    if left == 0:
        words = _("The answer is due today.")
    else:
        words = ngettext(
            "The answer is due in %(days)d day, by %(day)s.", "The answer is due in %(days)d days, by %(day)s.", left
        ) % {"days": left, "day": day}
    return Urgency("near", words, _("No holiday moves the term."))
