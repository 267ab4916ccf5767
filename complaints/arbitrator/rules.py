"""Rules: whether an appeal seems admissible, from when its decision counts, and how long a decision stays published.

D.M. 215/2024 and IVASS measure 106122/2025, read in secondary sources: the numbers are data (`LegalFigure`), and each says whether it
was verified. These are hints for whoever writes the counter-arguments: the Arbiter alone decides about admissibility.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

from django.utils.translation import gettext as _

from complaints.procedures.terms import months_after
from foundation.dates import written_day
from foundation.office.read_only import euro


class Verdict(Enum):
    """What a hint says."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Hint:
    """One condition of admissibility: its name for programs, what is known of it, and why, in words."""

    code: str
    verdict: Verdict
    words: str


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers that hold for an appeal: days for the answer, months of age, and the cap in euro."""

    answer_days: int
    complaint_months: int
    facts_months: int
    cap: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an appeal and of the complaint before it. None is not known."""

    filed_on: date
    complained_on: date
    answered_on: date | None
    facts_on: date | None
    value: Decimal | None


def hints_of(known: Known, limits: Limits) -> list[Hint]:
    """The conditions one by one: after a complaint, its age, the age of the facts, the value."""
    return [
        after_complaint(known, limits.answer_days),
        complaint_age(known, limits.complaint_months),
        facts_age(known, limits.facts_months),
        within_cap(known, limits.cap),
    ]


def after_complaint(known: Known, answer_days: int) -> Hint:
    """The complaint was answered before the appeal, or its days for the answer were over on that day without one."""
    over_on = known.complained_on + timedelta(days=answer_days)
    if known.answered_on is not None and known.answered_on <= known.filed_on:
        words = _("The complaint was answered on %(day)s, before the appeal.")
        return Hint("after_complaint", Verdict.MET, words % {"day": written_day(known.answered_on, "il")})
    day = {"day": written_day(over_on, "il"), "days": answer_days}
    if known.filed_on > over_on:
        words = _("The %(days)d days for the answer to the complaint were over on %(day)s, without an answer.")
        return Hint("after_complaint", Verdict.MET, words % day)
    words = _(
        "The complaint had no answer yet, and its %(days)d days were not over: they end on %(day)s. The appeal came too early."
    )
    return Hint("after_complaint", Verdict.NOT_MET, words % day)


def complaint_age(known: Known, months: int) -> Hint:
    """The appeal was filed at most so many months after the complaint."""
    last = months_after(known.complained_on, months)
    words = {"day": written_day(last, "il"), "months": months}
    if known.filed_on <= last:
        return Hint(
            "complaint_age",
            Verdict.MET,
            _("The complaint is not older than %(months)d months: there was time until %(day)s.") % words,
        )
    return Hint(
        "complaint_age",
        Verdict.NOT_MET,
        _("The complaint is older than %(months)d months: there was time until %(day)s.") % words,
    )


def facts_age(known: Known, months: int) -> Hint:
    """The facts are at most so many months older than the complaint."""
    if known.facts_on is None:
        return Hint("facts_age", Verdict.UNKNOWN, _("The day of the facts is not known: enter it."))
    first = months_after(known.complained_on, -months)
    words = {"day": written_day(first, "il"), "months": months, "facts": written_day(known.facts_on, "del")}
    if known.facts_on >= first:
        return Hint(
            "facts_age",
            Verdict.MET,
            _("The facts are %(facts)s, not more than %(months)d months before the complaint.") % words,
        )
    return Hint(
        "facts_age",
        Verdict.NOT_MET,
        _("The facts are %(facts)s, more than %(months)d months before the complaint: the first day would be %(day)s.")
        % words,
    )


def within_cap(known: Known, cap: int) -> Hint:
    """What is asked is not more than the cap of its kind."""
    if known.value is None:
        return Hint("value", Verdict.UNKNOWN, _("The value of what is asked is not known: enter it."))
    words = {"value": euro(known.value), "cap": euro(Decimal(cap))}
    if known.value <= cap:
        return Hint("value", Verdict.MET, _("What is asked, %(value)s, is within the cap of %(cap)s.") % words)
    return Hint("value", Verdict.NOT_MET, _("What is asked, %(value)s, is beyond the cap of %(cap)s.") % words)


def published_until(published_on: date, months: int) -> date:
    """The last day of the publication of a decision that is not complied with, which began on the day."""
    return months_after(published_on, months) - timedelta(days=1)
