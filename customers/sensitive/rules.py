"""The rules of what is unusual: each with its threshold and the sentence that explains it to who looks at the list.

Plain values in and out; `customers.sensitive.unusual` asks the database.
"""

from datetime import time
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from customers import roles
from customers.models.access import AccessReason, UnusualRule
from foundation.text import fold

MANY_LEAST = 15  # files in one hour: fewer are never many
MANY_TIMES = 3  # times one's own usual busiest hour, and the team's of that day
PAST_DAYS = 28  # of one's own past
UNEXPLAINED_LEAST = 5  # files in a day
EXPLAINS_DAYS = 7  # work on a person's matter this long before explains a look at the file
OPENS, CLOSES = time(7), time(21)  # by the clock of Rome; on Sunday nobody works
DOWNLOADS_LEAST = 3  # in a day
AGAIN_LEAST = 6  # looks at one file in a day, ten minutes apart or more
SEARCHED_MOST = 3  # people found: a search that finds more names nobody
VAGUE_WORDS = 4  # a reason in fewer words says too little

# Whose work on a file leaves a contact, an operation or a complaint behind; managers, auditors and the officer only read.
LEAVE_A_TRACE = (roles.AGENT, roles.SPECIALIST, roles.COMPLAINT_OFFICER)


def _with(text: Any, **values: object) -> Promise:
    return format_lazy(text, **values)


EXPLAINED: dict[str, Promise] = {
    UnusualRule.MANY: _with(
        _(
            "At least {least} files in one hour, more than {times} times the person’s own busiest hour on an average day of the"
            " last {days} days, and more than {times} times that of colleagues of the same role on the same day."
        ),
        least=MANY_LEAST,
        times=MANY_TIMES,
        days=PAST_DAYS,
    ),
    UnusualRule.UNEXPLAINED: _with(
        _(
            "At least {least} files in a day of customers on whose contacts, operations and complaints the person did nothing"
            " on that day or in the {days} days before. Asked of agents, specialists and complaint officers alone."
        ),
        least=UNEXPLAINED_LEAST,
        days=EXPLAINS_DAYS,
    ),
    UnusualRule.NAMESAKE: _(
        "The customer has the surname of who opened the file, or the address of their own file, and no work explains it."
    ),
    UnusualRule.HOURS: _with(
        _("Opened before {opens}, after {closes} or on a Sunday, by the clock of Rome."),
        opens=f"{OPENS:%H:%M}",
        closes=f"{CLOSES:%H:%M}",
    ),
    UnusualRule.VAGUE: _with(
        _("A restricted file opened for “something else” or for a check, in fewer than {words} words."),
        words=VAGUE_WORDS,
    ),
    UnusualRule.DOWNLOADS: _with(
        _("At least {least} files with many customers in them taken away in one day."), least=DOWNLOADS_LEAST
    ),
    UnusualRule.AGAIN: _with(
        _("The same file looked at {least} times or more in one day, and no work explains it."), least=AGAIN_LEAST
    ),
    UnusualRule.SEARCHED: _with(
        _(
            "A search that found {most} people or fewer found one whose file asks a reason, which the reader had not given. The list"
            " showed that there is such a file and nothing of it, so it is no access, and the person does not read it among the"
            " accesses; whether the file was opened afterwards, and why, is below."
        ),
        most=SEARCHED_MOST,
    ),
    UnusualRule.OTHER_AGENCY: _(
        "A member of an agency opened the file of a customer whom another agency looks after."
    ),
}


def is_many(files: int, *, usual: float, of_team: float) -> bool:
    """Whether so many files in one hour are unusual, beside the person's own usual busiest hour and the team's that day."""
    return files >= MANY_LEAST and files > MANY_TIMES * usual and files > MANY_TIMES * of_team


def is_vague(kind: str, words: str) -> bool:
    """Whether the reason says too little: of those that need words, too few."""
    return kind in (AccessReason.OTHER, AccessReason.CHECK) and len(words.split()) < VAGUE_WORDS


def same_surname(one: str, other: str) -> bool:
    """Whether two people have the same surname, whatever its accents and blanks; nobody has the surname of nobody."""
    return bool(one) and fold(one).replace(" ", "") == fold(other).replace(" ", "")
