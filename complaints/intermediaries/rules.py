"""Rules: what the law asks for a type of intermediary on a day, until when it gives its position, and when it is reminded.

ISVAP Regulation 24/2008, arts. 10-ter (agents), 10-quater (brokers) and 10-sexies (banks and others of section D), as dated
data: `IntermediaryRule`.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol, TypeVar

from django.utils.translation import gettext as _

from complaints.models import Complaint, IntermediaryRule
from complaints.models.intermediary import CopiedLetter, Reached, reached_of_agency

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class Dated(Protocol):
    """What a rule has, as far as the choice of one looks at it."""

    kind: str
    valid_from: date | None
    valid_to: date | None


DatedT = TypeVar("DatedT", bound=Dated)


def rule_among(rules: Iterable[DatedT], kind: str, on: date) -> DatedT | None:
    """The rule for the type in force on the day, both ends included; None where there is none. Two are refused by the table."""
    return next(
        (
            each
            for each in rules
            if each.kind == kind
            and (each.valid_from is None or each.valid_from <= on)
            and (each.valid_to is None or on <= each.valid_to)
        ),
        None,
    )


def position_due_on(sent_on: date, days: int) -> date:
    """The last day for the position: so many calendar days after the day on which it was asked, which is not counted."""
    return sent_on + timedelta(days=days)


def reminder_due(answer_due_on: date, remind_days: int, today: date) -> str:
    """The reminder that is owed on the day: "before" the end, "after" it, "" for none yet. The last day is before the end."""
    if today > answer_due_on:
        return "after"
    return "before" if today >= answer_due_on - timedelta(days=remind_days) else ""


def pass_on_by(received_on: date, pass_on_days: int | None) -> date | None:
    """The last day on which a complaint is passed on "without delay"; None where the rule does not ask for it."""
    return None if pass_on_days is None else received_on + timedelta(days=pass_on_days)


# --- Of a complaint -------------------------------------------------------------------------------------------------
def rule_for(kind: str, on: date) -> IntermediaryRule | None:
    """The rule for a type of intermediary, "" for one that is not known, on a day; None where nobody entered one."""
    return rule_among(IntermediaryRule.objects.valid(on).filter(kind=kind), kind, on)


def gets_copy(complaint: Complaint, letter: str, on: date) -> bool:
    """Whether a letter of the day to the complainant, named by its kind of notice, goes to the intermediary in copy."""
    if not complaint.is_heard:
        return False
    rule = rule_for(complaint.concerned_kind, on)
    return rule is not None and rule.copies_of(letter)


def gets_the_answer(complaint: Complaint, on: date) -> bool:
    """Whether the answer letter of the day goes to the intermediary in copy, and says so."""
    return gets_copy(complaint, CopiedLetter.ANSWERED.value, on)


def reached_of(complaint: Complaint) -> Reached:
    """Where the intermediary concerned is written to: by its row, or else at the address that was stated."""
    if complaint.agency:
        return reached_of_agency(complaint.agency)
    if complaint.intermediary_row:
        return complaint.intermediary_row.reached
    return reached_at(complaint.intermediary_address)


def reached_at(stated: str) -> Reached:
    """An address as somebody stated it: one with an @ and no blank is an e-mail address, anything else a postal one."""
    return Reached(email=stated) if _EMAIL.fullmatch(stated) else Reached(postal=stated)


def article_of(rule: IntermediaryRule) -> str:
    """The article for people who work here, with a word where nobody has compared it with the law."""
    return rule.article if rule.is_verified else _("%(article)s (not verified)") % {"article": rule.article}


def channel_words(complaint: Complaint) -> str:
    """How the intermediary concerned is written to, in words."""
    reached = reached_of(complaint)
    if address := reached.pec or reached.email:
        return _("by e-mail to %(address)s") % {"address": address}
    if reached.postal:
        return _("by post to %(address)s") % {"address": reached.postal}
    return _("at no address that we know")
