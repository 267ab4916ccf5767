"""Rules: which codes a complaint may be given, and which value band a value lies in."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from complaints.models.code import Code, CodeList, code_of, codes_of
from complaints.models.complaint import CODED
from foundation.refusals import Refused

MOST_REASONS = 5  # of one complaint


def check_codes(changes: Mapping[str, Any], *, received_on: date) -> None:
    """Refused where a column is given a code that its list does not have, or not for a complaint received on the day.

    Only what changes is looked at: an old complaint keeps a code that is no longer given. Reasons: at most five, none twice.
    """
    for column, code_list in CODED.items():
        if word := changes.get(column):
            _check(code_list, word, received_on, field=column)
    reasons = changes.get("reason_codes") or []
    for word in reasons:
        _check(CodeList.REASON, word, received_on, field="reason_codes")
    if len(reasons) > MOST_REASONS:
        raise Refused(
            _("A complaint has at most %(most)d reasons: choose the ones that weigh most.") % {"most": MOST_REASONS},
            code="too_many_reasons",
            field="reason_codes",
        )
    if len(set(reasons)) < len(reasons):
        raise Refused(_("A reason is given once."), code="reason_twice", field="reason_codes")


def _check(code_list: CodeList, word: str, received_on: date, *, field: str) -> None:
    code = code_of(code_list, word)
    if code is None:
        raise Refused(
            _("“%(word)s” is none of the %(list)s.") % {"word": word, "list": code_list.label},
            code="unknown_code",
            field=field,
        )
    if not code.is_valid(received_on):
        words = {"name": code, "day": date_format(received_on, "SHORT_DATE_FORMAT")}
        raise Refused(
            _("“%(name)s” is not used for complaints received on %(day)s: choose another.") % words,
            code="code_not_valid",
            field=field,
        )


def band_of(value: Decimal | None, bands: Iterable[Code] | None = None) -> str:
    """The word of the value band in which a value (euro) lies: the last that begins at it or below; "" without a value."""
    if value is None:
        return ""
    known = codes_of(CodeList.VALUE_BAND) if bands is None else bands
    below = [(each.from_euro, each.word) for each in known if each.from_euro is not None and each.from_euro <= value]
    return max(below)[1] if below else ""
