"""Commands: write out the numbers that the register of oppositions is to look up, and read its answer."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import User
from customers.validators import normalise_phone
from foundation.files.cells import read_date, reason_of
from foundation.files.reading import Row, Table
from foundation.files.report import Outcome, Rejection, RowRefused
from foundation.files.spreadsheets import csv_lines
from foundation.refusals import Refused
from promotions.audience.query import PHONE, audience_of
from promotions.models import CheckedNumber, OppositionAnswer, OppositionCheck, Promotion
from promotions.reach import writes_for
from promotions.telephone.rules import FileFormat, file_format, lasts_until, sent_number
from promotions.writing.commands import locked

State = Promotion.State
MAY_RING = (State.SENDING, State.FINISHED)


def refuse_to_ring(promotion: Promotion, *, by: User, now: datetime) -> None:
    """Refused unless people may be rung about the promotion now, by somebody who writes for its agency."""
    ground = writes_for(by)
    if promotion.agency_id is None or not (ground.whole or promotion.agency_id in ground.agency_ids):
        raise Refused(_("Only the agency of the promotion rings its customers about it."), code="another_agency")
    if promotion.state not in MAY_RING:
        raise Refused(
            _("People are rung about a promotion that has begun, and is neither paused nor stopped."),
            code="wrong_state",
        )
    if promotion.not_after is None or promotion.not_after <= now:
        raise Refused(_("Its last day is over: nobody is rung about it any more."), code="too_late")


def may_ring(promotion: Promotion, *, by: User, now: datetime) -> bool:
    """Whether people may be rung about the promotion now, by this user."""
    try:
        refuse_to_ring(promotion, by=by, now=now)
    except Refused:
        return False
    return True


def people_to_ring(
    promotion: Promotion, *, now: datetime, customer_ids: list[int] | None = None
) -> list[dict[str, Any]]:
    """Who of the audience allows a call and has a number: customer_id, address (the number), consent_id.

    Who is held out by lot is not rung either, or the results could not be compared; nor who was on a list of it already.
    """
    statement, values = audience_of(promotion, now=now, customer_ids=customer_ids, channels=[PHONE])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT customer_id, address, consent_id FROM ({statement}) AS found WHERE reason = '' "  # noqa: S608 - ours
            "AND NOT EXISTS (SELECT FROM promotions_recipient AS lot WHERE lot.promotion_id = %(promotion)s "
            "AND lot.customer_id = found.customer_id AND lot.state = 'held_out') ORDER BY customer_id",
            values,
        )
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@transaction.atomic
def export_opposition_check(promotion: Promotion, *, by: User) -> OppositionCheck:
    """Keep which numbers are to be looked up, and return the check, whose file is `file_of`. Refused where there is nobody to ring."""
    promotion, now = locked(promotion), timezone.now()
    refuse_to_ring(promotion, by=by, now=now)
    listed = set(promotion.call_lists.values_list("people__customer", flat=True))
    people = [each for each in people_to_ring(promotion, now=now) if each["customer_id"] not in listed]
    if not people:
        raise Refused(
            _("Nobody of the audience consents to calls and has an Italian number: there is nothing to look up."),
            code="nobody_to_ring",
        )
    numbers = sorted({each["address"] for each in people})
    check = OppositionCheck.objects.create(
        promotion=promotion,
        number_of_numbers=len(numbers),
        sha256=hashlib.sha256(_file(numbers, on=timezone.localdate(now))).hexdigest(),
        made_by=by,
        made_at=now,
    )
    CheckedNumber.objects.bulk_create(
        (
            CheckedNumber(opposition_check=check, customer_id=each["customer_id"], phone=each["address"])
            for each in people
        ),
        batch_size=1_000,
    )
    return check


def file_of(check: OppositionCheck) -> bytes:
    """The file for the operator: each number once, in order, and nothing else of anybody; always the same bytes."""
    numbers = CheckedNumber.objects.filter(opposition_check=check).order_by("phone").values_list("phone", flat=True)
    return _file(sorted(set(numbers)), on=timezone.localdate(check.made_at))


def _file(numbers: list[str], *, on: date) -> bytes:
    layout = file_format(on, settings.OPPOSITION_FILES)
    return "".join(csv_lines([layout.sent], ([sent_number(each)] for each in numbers))).encode()


# --- The answer -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """A row of the answer, read."""

    row: Row
    phone: str
    is_opposed: bool
    opposed_on: date | None


@dataclass
class AnswerRead:
    """What an answer came to. `answer` is None where the same file had been read already; `missing` numbers have no answer yet."""

    answer: OppositionAnswer | None
    outcomes: list[Outcome] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    free: int = 0
    opposed: int = 0
    missing: int = 0


@transaction.atomic
def import_opposition_check(
    check: OppositionCheck, *, source: BinaryIO, checked_on: date, by: User, delimiter: str = "", encoding: str = ""
) -> AnswerRead:
    """Read the operator's answer of a day. Rows that cannot be are refused one by one, with their number and the reason.

    Refused for a day before the numbers were written out, ahead of us, or so long ago that it holds no more; UnusableInput for a
    file that is no answer at all, before anything is written. The same file again changes nothing. A number that was answered
    keeps its answer: for a newer one the numbers are written out again.
    """
    promotion, today = locked(check.promotion), timezone.localdate()
    _refuse_day(check, checked_on, today)
    ground = writes_for(by)
    if not (ground.whole or promotion.agency_id in ground.agency_ids):
        raise Refused(_("Only the agency of the promotion rings its customers about it."), code="another_agency")
    source.seek(0)
    digest = hashlib.sha256(source.read()).hexdigest()
    layout = file_format(checked_on, settings.OPPOSITION_FILES)
    source.seek(0)
    table = Table(source, delimiter=delimiter, encoding=encoding)
    table.require([layout.number, layout.result])
    numbers: dict[str, list[CheckedNumber]] = {}
    for each in CheckedNumber.objects.filter(opposition_check=check).order_by("pk"):
        numbers.setdefault(each.phone, []).append(each)
    if OppositionAnswer.objects.filter(opposition_check=check, sha256=digest).exists():
        return AnswerRead(None, missing=_missing(numbers))
    found: dict[str, Line] = {}
    read = AnswerRead(None)
    for outcome in _lines(table, layout, numbers, checked_on):
        if isinstance(outcome, Rejection):
            read.rejections.append(outcome)
            continue
        earlier = found.get(outcome.phone)
        if earlier is not None and (earlier.is_opposed, earlier.opposed_on) != (
            outcome.is_opposed,
            outcome.opposed_on,
        ):
            words = _("The number has another answer in row %(row)d.") % {"row": earlier.row.number}
            hint = _("Ask the operator which of the two holds; until then the first does.")
            read.rejections.append(Rejection(outcome.row, layout.result, "", words, hint))
            continue
        if earlier is not None:
            read.outcomes.append(Outcome.DUPLICATE)
            continue
        found[outcome.phone] = outcome
    _settle(check, found, numbers, read, checked_on=checked_on, digest=digest, by=by)
    return read


def _refuse_day(check: OppositionCheck, checked_on: date, today: date) -> None:
    if checked_on > today:
        raise Refused(_("The day of the consultation is ahead of us."), code="day_ahead", field="checked_on")
    if checked_on < timezone.localdate(check.made_at):
        raise Refused(
            _("The numbers were written out after that day: the answer is of another check."),
            code="day_before",
            field="checked_on",
        )
    if lasts_until(checked_on) < today:
        raise Refused(
            _("A consultation of that day holds no more: write the numbers out again."),
            code="day_over",
            field="checked_on",
        )


def _lines(
    table: Table, layout: FileFormat, numbers: dict[str, list[CheckedNumber]], checked_on: date
) -> Iterator[Line | Rejection]:
    for row in table:
        try:
            yield _line(row, layout, numbers, checked_on)
        except RowRefused as refusal:
            yield Rejection.of(row, refusal)


def _line(row: Row, layout: FileFormat, numbers: dict[str, list[CheckedNumber]], checked_on: date) -> Line:
    if row.problem:
        raise RowRefused("", row.problem, row.hint, value="")
    try:
        phone = normalise_phone(row.cells[layout.number])
    except ValidationError as error:
        raise RowRefused(layout.number, reason_of(error)) from None
    if phone not in numbers:
        raise RowRefused(
            layout.number,
            _("The number is not one of this check."),
            _("Is the file the answer to another check?"),
        )
    word = " ".join(row.cells[layout.result].casefold().split())
    if word not in layout.words:
        raise RowRefused(
            layout.result,
            _("Neither “%(opposed)s” nor “%(free)s”.")
            % {"opposed": _word(layout, True), "free": _word(layout, False)},
            _("Ask the operator for the answer to this number."),
        )
    is_opposed, since = layout.words[word], row.cells.get(layout.since, "")
    opposed_on = None
    if since and is_opposed:
        try:
            opposed_on = read_date(since)
        except ValidationError as error:
            raise RowRefused(layout.since, reason_of(error)) from None
        if opposed_on > checked_on:
            raise RowRefused(
                layout.since, _("The enrolment is later than the consultation."), _("Compare the two days.")
            )
    return Line(row, phone, is_opposed, opposed_on)


def _word(layout: FileFormat, is_opposed: bool) -> str:
    return next(word for word, means in layout.words.items() if means is is_opposed)


def _settle(
    check: OppositionCheck,
    found: dict[str, Line],
    numbers: dict[str, list[CheckedNumber]],
    read: AnswerRead,
    *,
    checked_on: date,
    digest: str,
    by: User,
) -> None:
    """Keep the answer and what it says of each number that has none yet."""
    new = {phone: line for phone, line in found.items() if numbers[phone][0].answer_id is None}
    read.outcomes += [Outcome.CREATED] * len(new) + [Outcome.UNCHANGED] * (len(found) - len(new))
    read.opposed = sum(line.is_opposed for line in new.values())
    read.free = len(new) - read.opposed
    read.missing = _missing(numbers) - len(new)
    if not new:
        return
    read.answer = OppositionAnswer.objects.create(
        opposition_check=check,
        checked_on=checked_on,
        sha256=digest,
        free=read.free,
        opposed=read.opposed,
        refused=len(read.rejections),
        read_by=by,
    )
    changed = []
    for phone, line in new.items():
        for each in numbers[phone]:
            each.answer, each.is_opposed, each.opposed_on = read.answer, line.is_opposed, line.opposed_on
            changed.append(each)
    CheckedNumber.objects.bulk_update(changed, ["answer", "is_opposed", "opposed_on"], batch_size=1_000)


def _missing(numbers: dict[str, list[CheckedNumber]]) -> int:
    return sum(rows[0].answer_id is None for rows in numbers.values())
