"""Commands: freeze the return of a half, revise it, publish the statement of a year; and the checksum by which it is checked."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.models import HalfYearReturn, PublicStatement, ReturnRow
from complaints.returns import files, rules
from complaints.returns.halves import Half, half_named
from complaints.returns.mapping import current_mapping
from complaints.returns.queries import (
    entries_now,
    entries_of,
    lines_for,
    newest,
    returned_elsewhere,
    unclassified,
)
from complaints.returns.rules import COUNT_ALIKE, FIELDS, RULES_VERSION, Entry
from customers.models import User
from foundation.dates import ROME, written_day
from foundation.refusals import Refused
from foundation.text import clean_line

CHUNK = 2_000
_FIELDS_OF_OURS = tuple(each for each in FIELDS if each != "old_number")
_LOCK = 20_080_519  # of whoever freezes: the day of the regulation


def rows_checksum_of(entries: Iterable[Entry]) -> str:
    """SHA-256 of every row, in the order of the numbers: one line of JSON each.

    An old number stands there only where there is one, so that returns of before there were any keep their checksums.
    """
    digest = hashlib.sha256()
    for entry in entries:
        names = FIELDS if entry.old_number else _FIELDS_OF_OURS
        digest.update(_json([rules.plain(getattr(entry, name)) for name in names]))
        digest.update(b"\n")
    return digest.hexdigest()


def checksum_of(tables: dict[str, Any], rows_checksum: str, rules_version: str) -> str:
    """SHA-256 of a return: its tables, its rows and the version of the rules, whenever and by whom it was frozen."""
    return hashlib.sha256(_json([rules_version, rows_checksum, tables])).hexdigest()


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@cache
def code_version() -> str:
    """SHA-256 of the modules that make a return: which program counted it, whatever the release is called."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def refuse_before_its_end(half: Half) -> None:
    """Refused while the half runs."""
    if timezone.localdate(timezone.now(), ROME) <= half.ends_on:
        raise Refused(
            _("The half year %(half)s ends on %(day)s: its return can be frozen from the day after.")
            % {"half": half.name, "day": written_day(half.ends_on)},
            code="not_ended",
            field="half",
        )


def refuse_elsewhere(half: Half) -> None:
    """Refused where the return of the half is not made here."""
    if (first := returned_elsewhere(half)) is not None:
        raise Refused(
            _(
                "The return of %(half)s was made of the register before ours: the first one that is made here is %(first)s."
            )
            % {"half": half.name, "first": first.name},
            code="returned_elsewhere",
            field="half",
        )


@transaction.atomic
def freeze_return(half: Half, *, by: User | None) -> HalfYearReturn:
    """Freeze the return of a half for the first time: its rows, tables and files, as the register has them at this moment.

    Refused before the half ends, for one that the register before ours returned, where it is frozen already, and while a
    complaint of the half is not classified: the refusal names the first ones, the page of the draft lists them all. `by` is
    None for a command of the system.
    """
    _wait_for_others()
    refuse_before_its_end(half)
    refuse_elsewhere(half)
    if (earlier := newest(half)) is not None:
        raise Refused(
            _("The return of %(half)s was frozen on %(day)s. What changed since is a revision of it.")
            % {"half": half.name, "day": written_day(timezone.localdate(earlier.frozen_at))},
            code="frozen_already",
            field="half",
        )
    return _freeze(half, entries_now(half), by=by, revision=1)


@transaction.atomic
def revise_return(frozen: HalfYearReturn, *, reason: str, by: User | None) -> HalfYearReturn:
    """Freeze a further revision of a half's return, with what differs from the one before; that one remains as it is.

    Refused without a reason, where this is not the newest revision, where nothing changed in the register since, and
    while a complaint is not classified.
    """
    _wait_for_others()
    half = half_named(frozen.half)
    if not (reason := clean_line(reason)):
        raise Refused(_("Say why the return is revised."), code="no_reason", field="reason")
    last = newest(half)
    if last is None or last.pk != frozen.pk:
        raise Refused(_("There is a newer revision of this return: revise that one."), code="not_the_newest")
    entries = entries_now(half)
    found = rules.differences(entries_of(frozen), entries)
    if not found:
        raise Refused(_("Nothing has changed in the register since this return was frozen."), code="nothing_changed")
    kept = [each.as_json() for each in found]
    return _freeze(half, entries, by=by, revision=last.revision + 1, reason=reason, found=kept)


def _freeze(
    half: Half,
    entries: Sequence[Entry],
    *,
    by: User | None,
    revision: int,
    reason: str = "",
    found: Sequence[dict[str, Any]] = (),
) -> HalfYearReturn:
    refuse_unclassified(entries)
    tables = rules.tables_of(entries, half, lines_for(half))
    if broken := rules.broken_checks(tables):
        raise AssertionError(f"The tables of {half} contradict each other: {'; '.join(broken)}")
    now = timezone.now()
    rows_checksum = rows_checksum_of(entries)
    checksum = checksum_of(tables, rows_checksum, RULES_VERSION)
    on = timezone.localdate(now, ROME)
    frozen = HalfYearReturn.objects.create(
        half=half.name,
        revision=revision,
        frozen_at=now,
        by=by,
        reason=reason,
        rows_number=len(entries),
        rows_checksum=rows_checksum,
        checksum=checksum,
        rules_version=RULES_VERSION,
        code_version=code_version(),
        tables=tables,
        differences=list(found),
        csv=files.csv_of(tables, revision=revision),
        xlsx=files.xlsx_of(tables, revision=revision),
        pdf=files.pdf_of(tables, revision=revision, on=on, checksum=checksum),
        xml=files.xml_of(tables, current_mapping()),
    )
    rows = (ReturnRow(half_year_return=frozen, **{name: getattr(each, name) for name in FIELDS}) for each in entries)
    ReturnRow.objects.bulk_create(rows, batch_size=CHUNK)
    return frozen


def refuse_unclassified(entries: Sequence[Entry]) -> None:
    """Refused where a complaint lacks what the return counts it by; the first ten are named."""
    found = list(unclassified(entries))
    if found:
        first = ", ".join(entry.number for entry, _lacks in found[:10])
        raise Refused(
            ngettext(
                "%(n)d complaint is not classified, so the return cannot be frozen: %(first)s. The draft lists what is missing.",
                "%(n)d complaints are not classified, so the return cannot be frozen: %(first)s. The draft lists what is missing.",
                len(found),
            )
            % {"n": len(found), "first": first if len(found) <= 10 else f"{first} …"},
            code="unclassified",
        )


def faults_of(frozen: HalfYearReturn) -> list[str]:
    """What is wrong with a frozen return, in words; [] where rows, tables and files are as they were when it was frozen.

    The tables are counted again from the rows by the lines that they have, so this holds after years of other changes.
    """
    faults = []
    entries = entries_of(frozen)
    if len(entries) != frozen.rows_number or rows_checksum_of(entries) != frozen.rows_checksum:
        faults.append(_("the rows are not those that were frozen"))
    if checksum_of(frozen.tables, frozen.rows_checksum, frozen.rules_version) != frozen.checksum:
        faults.append(_("the tables are not those that were frozen"))
    if frozen.rules_version in COUNT_ALIKE:
        half = half_named(frozen.half)
        lines = {
            table: [
                rules.Line(each["key"], tuple(each["words"]), each["name"], each["name_en"], each["cells"] is not None)
                for each in kept
            ]
            for table, kept in frozen.tables["tables"].items()
        }
        if rules.tables_of(entries, half, lines) != frozen.tables:
            faults.append(_("the rows counted again give other tables"))
    return faults


def _wait_for_others() -> None:
    """Whoever freezes at the same time waits for the other's end, and then finds what it froze."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


@transaction.atomic
def publish_statement(year: int, *, by: User) -> PublicStatement:
    """Publish the yearly statement, made of the newest returns of both halves; an earlier one of the year is replaced.

    Refused while one of the halves is not frozen, and where these very returns are published already.
    """
    _wait_for_others()
    halves = [Half(year, part) for part in (1, 2)]
    returns = [newest(half) for half in halves]
    if missing := [half.name for half, found in zip(halves, returns, strict=True) if found is None]:
        raise Refused(
            _("The statement of %(year)d needs both returns. Not frozen yet: %(missing)s.")
            % {"year": year, "missing": ", ".join(missing)},
            code="not_frozen",
            field="year",
        )
    first, second = (each for each in returns if each is not None)
    if PublicStatement.objects.filter(first=first, second=second).exists():
        raise Refused(
            _("The statement of %(year)d was published from these returns already.") % {"year": year},
            code="published_already",
            field="year",
        )
    return PublicStatement.objects.create(year=year, first=first, second=second, by=by)
