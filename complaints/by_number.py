"""Which complaint a number names, for forms: one of ours, or one of those that had it in a past register.

Past registers gave numbers twice. Where several entries had the number a form takes none of them: it lists them, each with the
words that name it alone, which are its number, its day of receipt and, of several of one day, which of them it is.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from complaints.models import Complaint
from complaints.models.complaint import LONGEST_OLD_NUMBER, OLD_NUMBER_MARK
from foundation.masking import name_on_page

MOST = 10  # entries that a refusal lists
LONGEST = LONGEST_OLD_NUMBER + 40  # characters that a form takes: the mark, the number, a day, and which of that day
# “prec. 7, 12/09/2016, 2”; the number may have commas of its own
_WITH_DAY = re.compile(r"(?P<number>.+?)\s*,\s*(?P<day>\d{1,2}/\d{1,2}/\d{4})(?:\s*,\s*(?P<which>\d{1,4}))?", re.ASCII)


def complaint_numbered(stated: str, *, unknown: str = "") -> Complaint | None:
    """The entry that the words name, such as 2026/17, “prec. 103” or “prec. 103, 12/09/2016”; None for no words.

    ValidationError where there is none (in the words of `unknown`, about %(value)s, where the form has its own), and where
    several entries of past registers had the number: the error lists them, the oldest first.
    """
    stated = stated.strip()
    if not stated:
        return None
    found = _named(stated)
    if not found:
        words = unknown or _("There is none with “%(value)s”.")
        raise ValidationError(words, code="unknown", params={"value": stated[:40]})
    if len(found) > 1:
        lines = [_("Several entries of past registers had this number. Write the one that you mean:"), *_listed(found)]
        raise ValidationError([ValidationError(line, code="several") for line in lines])
    return found[0]


def told_apart(complaint: Complaint, *, which: int | None = None) -> str:
    """An entry of a past register by the words that name it alone, and whose complaint it is; `which` it is of its day."""
    words = ", ".join([complaint.number, f"{complaint.received_on:%d/%m/%Y}", *([str(which)] if which else [])])
    name = name_on_page(complaint.complainant_name) or _("without a name")
    return f"{words} – {name}"


def _named(stated: str) -> list[Complaint]:
    """The entries, the oldest first: at most one more than a refusal lists."""
    in_order = Complaint.objects.with_number(stated).order_by("received_on", "pk")
    return list(in_order[: MOST + 1]) or _narrowed(stated)


def _narrowed(stated: str) -> list[Complaint]:
    """The entries of an old number and a day, or one of them by its place; [] for words of another shape."""
    if not stated.startswith(OLD_NUMBER_MARK) or (match := _WITH_DAY.fullmatch(stated)) is None:
        return []
    day, month, year = map(int, match["day"].split("/"))
    try:
        received_on = date(year, month, day)
    except ValueError:
        return []
    of_the_day = Complaint.objects.with_number(match["number"]).filter(received_on=received_on).order_by("pk")
    if match["which"] is None:
        return list(of_the_day[: MOST + 1])
    which = int(match["which"])
    return list(of_the_day[which - 1 : which]) if which else []


def _listed(found: Sequence[Complaint]) -> list[str]:
    """A line for each: the words that name it alone, and whose complaint it is."""
    number_of_day = Counter(each.received_on for each in found)
    seen = Counter[date]()
    lines = []
    for complaint in found[:MOST]:
        day = complaint.received_on
        seen[day] += 1
        lines.append(told_apart(complaint, which=seen[day] if number_of_day[day] > 1 else None))
    if len(found) > MOST:
        lines.append(_("… and more: look for the number in the list of complaints."))
    return lines
