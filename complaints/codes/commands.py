"""Commands: add a code to a list of the register, and change what it is called, where it stands and until when it is given."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from complaints.models import Code
from complaints.models.code import CLOSED_LISTS, KNOWN, CodeList, code_of
from customers.models import User
from foundation.refusals import Refused
from foundation.text import clean_line

CHANGEABLE = ("name", "name_en", "area", "from_euro", "return_line", "place", "valid_from", "valid_to")


@transaction.atomic
def add_code(*, by: User, code_list: str, word: str, **facts: Any) -> Code:
    """Add a code to a list, for complaints from now on. Refused for a word that is there, and in a list that rules know.

    `by` is who asks; the database keeps who changed what (`foundation/history.py`).
    """
    if code_list in CLOSED_LISTS:
        raise Refused(
            _(
                "Outcomes are not added: what a letter says and needs follows from each. Change the name of one instead."
            ),
            code="closed_list",
            field="list",
        )
    code = Code(list=code_list, word=word.strip().lower(), **_tidy(facts))
    _check(code)
    try:
        with transaction.atomic():
            code.save()
    except IntegrityError as error:
        if not Code.objects.filter(list=code.list, word=code.word).exists():
            raise
        raise Refused(
            _("The list has “%(word)s” already, as “%(name)s”: change that one, or take another word.")
            % {"word": code.word, "name": Code.objects.get(list=code.list, word=code.word)},
            code="known_word",
            field="word",
        ) from error
    KNOWN.forget()
    return code


@transaction.atomic
def change_code(code: Code, *, by: User, changes: Mapping[str, Any]) -> Code:
    """Change a code's names, area, line in the return, place or validity. Its list and word remain.

    Complaints that have it keep it, also outside its validity. Refused where it would end before it begins.
    """
    if unknown := changes.keys() - set(CHANGEABLE):
        raise ValueError(f"Not changed here: {', '.join(sorted(unknown))}.")
    code = Code.objects.select_for_update().get(pk=code.pk)
    for name, value in _tidy(changes).items():
        setattr(code, name, value)
    _check(code)
    code.version += 1
    code.save()
    KNOWN.forget()
    return code


def _tidy(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: clean_line(value) if isinstance(value, str) else value for name, value in facts.items()}


def _check(code: Code) -> None:
    if not code.name or not code.name_en:
        field = "name_en" if code.name else "name"
        raise Refused(_("Give the name in Italian and in English: people read either."), code="no_name", field=field)
    begins: date | None = code.valid_from
    if begins and code.valid_to and code.valid_to < begins:
        raise Refused(_("A code ends on the day it begins, or later."), code="ends_first", field="valid_to")
    if code.area and code.list != CodeList.REASON:
        raise Refused(_("Only a reason lies within a business area."), code="no_area", field="area")
    if code.area and code_of(CodeList.AREA, code.area) is None:
        raise Refused(_("There is no such business area."), code="unknown_area", field="area")
    if (code.list == CodeList.VALUE_BAND) != (code.from_euro is not None):
        words = (
            _("Say from how many euro the band begins.")
            if code.list == CodeList.VALUE_BAND
            else _("Only a value band begins at a number of euro.")
        )
        raise Refused(words, code="band", field="from_euro")
    if code.from_euro is not None and code.from_euro < 0:
        raise Refused(_("A band begins at zero or above."), code="band", field="from_euro")
