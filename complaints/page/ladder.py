"""Who is warned of a term that is over, and from when: the handler, the head of the office, the managers; in words."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.models import Complaint
from complaints.services.handling import head_of_office, is_away
from complaints.terms import OVERDUE_EVERY, warned_from
from customers.models import User
from foundation.dates import written_day


@dataclass(frozen=True)
class Ladder:
    """The sentence, and where its reader may enter who heads the office; "" where somebody does, or the reader may not."""

    words: str
    url: str = ""


def ladder_of(complaint: Complaint, *, reader: User) -> Ladder:
    """How the warnings of the complaint go up once its term is over, by its term as it is kept. One question."""
    head, handler = head_of_office(), complaint.handler
    words = {
        "days": OVERDUE_EVERY,
        "first": _first(handler),
        "second_from": written_day(warned_from(complaint.due_on, 1), "dal"),
        "third_from": written_day(warned_from(complaint.due_on, 2), "dal"),
        "head": head,
    }
    if head is None:
        sentence = _(
            "Past the term a warning goes out every %(days)d days: to %(first)s, and from %(second_from)s to the managers as well. Nobody is entered as the head of the complaints office."
        )
        return Ladder(sentence % words, _people(reader))
    if head == handler:
        sentence = _(
            "Past the term a warning goes out every %(days)d days: to %(first)s, and from %(second_from)s to the managers as well, since %(first)s heads the complaints office."
        )
        return Ladder(sentence % words)
    if is_away(head):
        sentence = _(
            "Past the term a warning goes out every %(days)d days: to %(first)s, and from %(second_from)s to %(head)s, who heads the complaints office and is away, and to the managers as well."
        )
        return Ladder(sentence % words)
    sentence = _(
        "Past the term a warning goes out every %(days)d days: to %(first)s, from %(second_from)s to %(head)s as well, who heads the complaints office, and from %(third_from)s to the managers."
    )
    return Ladder(sentence % words)


def _first(handler: User | None) -> str:
    """Who is warned from the first day: the handler, and all officers where the handler is not here to answer."""
    if handler is None:
        return _("all complaint officers")
    if is_away(handler):
        return _("%(handler)s, who is away, and all complaint officers") % {"handler": handler}
    return str(handler)


def _people(reader: User) -> str:
    """The list of the people who sign in, for a reader who may enter which of them heads the office."""
    return reverse("admin:customers_user_changelist") if reader.has_perm("customers.change_user") else ""
