"""Rules: how long a check with the register of oppositions lasts, whether a number may be rung, and how the files look.

Registro pubblico delle opposizioni: d.P.R. 27 January 2022 n. 26, in force since 27 July 2022. Who rings for advertising
consults it each month and before each campaign; what was looked up holds for fifteen days (the operator's page for companies,
abbonati.registrodelleopposizioni.it). An enrolment ends the consents given
before it; a consent given after it holds. Companies may also ring who has a contract with them: we make no use of that.

What may change by another decree, or when the operator changes its files, is data with its first day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar


class Dated(Protocol):
    """What holds from a day on."""

    @property
    def valid_from(self) -> date:
        """The first day."""


DatedT = TypeVar("DatedT", bound=Dated)


@dataclass(frozen=True)
class Term:
    """For how many days after the consultation a check holds."""

    valid_from: date
    days: int


TERMS = (Term(date(2022, 7, 27), 15),)


@dataclass(frozen=True)
class FileFormat:
    """The files exchanged with the operator: CSV, one number on a line, without its +39.

    `verified_on` is the day on which they were compared with the operator's own description; None where nobody has: the pages of the
    checks say so then.
    `sent` is the one column of ours. Of the answer: the columns of the number, of the result, and (where the operator states it)
    of the day of the enrolment; `words` says of each word of the result whether the number is in the register.
    """

    valid_from: date
    sent: str
    number: str
    result: str
    since: str
    words: Mapping[str, bool]
    verified_on: date | None = None


# Neither the decree nor the operator's public pages describe the files: the operator gives their description to whoever registers.
FORMATS = (
    FileFormat(
        date(2022, 7, 27),
        sent="numero",
        number="numero",
        result="esito",
        since="data_iscrizione",
        words={"iscritto": True, "non iscritto": False},
    ),
)


def file_format(on: date, given: Mapping[str, Any] | None = None) -> FileFormat:
    """How the files look on the day: as `given` (the values of OPPOSITION_FILES), what it leaves out as in the last entry.

    ValueError for a value that is none of a format, or no day.
    """
    known = in_force(FORMATS, on)
    if not given:
        return known
    if unknown := given.keys() - (FileFormat.__dataclass_fields__.keys() - {"valid_from"}):
        raise ValueError(f"OPPOSITION_FILES has {', '.join(sorted(unknown))}, which is none of a file’s.")
    day = given.get("verified_on")
    return replace(known, **{**given, "verified_on": date.fromisoformat(day) if day else None})


def in_force(entries: Sequence[DatedT], on: date) -> DatedT:
    """The last entry that had begun by the day; ValueError before the first."""
    begun = [each for each in entries if each.valid_from <= on]
    if not begun:
        raise ValueError(f"Nothing was in force on {on}.")
    return max(begun, key=lambda each: each.valid_from)


def lasts_until(checked_on: date) -> date:
    """The last day on which the numbers of a check may be rung; the day of the consultation is not counted."""
    return checked_on + timedelta(days=in_force(TERMS, checked_on).days)


def may_be_rung(*, is_opposed: bool, opposed_on: date | None, checked_on: date, consented_on: date) -> bool:
    """Whether the number may be rung, as far as the register goes.

    A consent prevails over an enrolment only if it is later: a day later, because of the enrolment only the day is known. Where
    the operator does not state the day, the enrolment may be as late as the consultation.
    """
    return not is_opposed or consented_on > (opposed_on or checked_on)


def sent_number(phone: str) -> str:
    """A number as the operator's file has it: of an Italian one, what follows +39."""
    return phone.removeprefix("+39")
