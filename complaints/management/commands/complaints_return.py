"""`complaints_return`: freeze the half-year return, print its draft, revise it, write its files, check it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from complaints.models import HalfYearReturn
from complaints.returns import rules
from complaints.returns.freezing import (
    faults_of,
    freeze_return,
    refuse_before_its_end,
    refuse_elsewhere,
    revise_return,
)
from complaints.returns.halves import Half, half_named
from complaints.returns.queries import (
    corrections_of,
    entries_now,
    lines_for,
    newest,
    returned_elsewhere,
    unclassified,
)
from customers.models import User
from foundation.dates import ROME
from foundation.refusals import Refused

BLOCKED, UNUSABLE = 1, 2  # exit codes
MAY_FREEZE = "complaints.add_halfyearreturn"


class Command(BaseCommand):
    help = (
        "Freeze the return of a half year (2026H1 is January to June 2026), or print the one that is frozen with what the "
        "register corrected since. Exit code 0: done; 1: complaints are not classified (they are listed), or a check "
        "fails; 2: an argument cannot be used, the half year has not ended, or the register before ours returned it. "
        "docs/formats/complaints-return.md describes the files."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--half", required=True, metavar="2026H1", help="the half year")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--draft", action="store_true", help="print what would be frozen now; nothing is kept")
        what.add_argument("--revise", metavar="WHY", help="freeze a further revision, for this reason")
        what.add_argument(
            "--check", action="store_true", help="check the frozen rows and tables against their checksums"
        )
        parser.add_argument("--by", metavar="WHO", help="e-mail address of the manager who freezes")
        parser.add_argument("--output", metavar="FOLDER", help="write the files of the frozen return there")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            half = half_named(options["half"])
            if options["draft"]:
                return self._draft(half)
            if options["check"]:
                return self._check(half)
            frozen = self._frozen(half, options)
        except Refused as refusal:
            raise CommandError(
                str(refusal), returncode=BLOCKED if refusal.code == "unclassified" else UNUSABLE
            ) from refusal
        self.stdout.write(
            f"{frozen}: {frozen.rows_number} complaints, frozen {frozen.frozen_at.astimezone(ROME):%Y-%m-%d %H:%M}, "
            f"checksum {frozen.checksum}"
        )
        self._print_corrections(frozen)
        if options["output"]:
            self._write(frozen, Path(options["output"]))
        return None

    def _frozen(self, half: Half, options: dict[str, Any]) -> HalfYearReturn:
        by = self._person(options["by"])
        last = newest(half)
        if options["revise"] is not None:
            if last is None:
                raise Refused(f"{half} was never frozen: there is nothing to revise.", code="not_frozen")
            return revise_return(last, reason=options["revise"], by=by)
        if last is not None:
            self.stdout.write(f"{half} was frozen already; nothing is frozen again.")
            return last
        refuse_before_its_end(half)
        refuse_elsewhere(half)
        if self._print_unclassified(entries_now(half)):
            raise CommandError(f"The return of {half} is not frozen.", returncode=BLOCKED)
        return freeze_return(half, by=by)

    def _person(self, named: str | None) -> User | None:
        if named is None:
            return None
        person = User.objects.filter(email=named.strip().lower(), is_active=True).first()
        if person is None or not person.has_perm(MAY_FREEZE):
            raise Refused(f"{named} is nobody who may freeze a return.", code="may_not")
        return person

    def _draft(self, half: Half) -> None:
        entries = entries_now(half)
        tables = rules.tables_of(entries, half, lines_for(half))
        self.stdout.write(f"Draft of {half}, due {half.due_on}: {len(entries)} complaints. Nothing is frozen.")
        if (first := returned_elsewhere(half)) is not None:
            self.stdout.write(
                f"{half} was returned by the register before ours: the first return made here is {first}."
            )
        if past := sum(bool(each.old_number) for each in entries):
            self.stdout.write(f"Entries of past registers among them: {past}.")
        for name, value in tables["whole"].items():
            self.stdout.write(f"  {name}: {'-' if value is None else value}")
        for table, lines in rules.tables_in(tables):
            self.stdout.write(table)
            for line in lines:
                cells = line["cells"]
                numbers = (
                    f"{cells['open_at_start']} + {cells['received']} = {cells['closed']} + {cells['open_at_end']}"
                    if cells
                    else "not done"
                )
                self.stdout.write(f"  {line['key'] or '(not classified)'}: {numbers}")
        if self._print_unclassified(entries):
            raise CommandError(f"The return of {half} cannot be frozen yet.", returncode=BLOCKED)

    def _print_unclassified(self, entries: list[rules.Entry]) -> bool:
        found = list(unclassified(entries))
        for entry, lacks in found:
            self.stderr.write(f"{entry.number}: {', '.join(lacks)}")
        if found:
            self.stderr.write(f"Not classified: {len(found)}.")
        return bool(found)

    def _print_corrections(self, frozen: HalfYearReturn) -> None:
        for found in corrections_of(frozen):
            changes = "; ".join(f"{name}: {before} -> {after}" for name, before, after in found.changes)
            self.stdout.write(f"  since then {found.number}: {found.kind}{' (' + changes + ')' if changes else ''}")

    def _check(self, half: Half) -> None:
        revisions = list(HalfYearReturn.objects.filter(half=half.name).order_by("revision"))
        if not revisions:
            raise Refused(f"{half} was never frozen.", code="not_frozen")
        wrong = False
        for frozen in revisions:
            faults = faults_of(frozen)
            wrong = wrong or bool(faults)
            self.stdout.write(f"{frozen}: {'; '.join(faults) or 'as it was frozen'}, checksum {frozen.checksum}")
        if wrong:
            raise CommandError("A frozen return is not what it was.", returncode=BLOCKED)

    def _write(self, frozen: HalfYearReturn, folder: Path) -> None:
        for kind in ("csv", "xlsx", "pdf", "xml"):
            path = folder / f"reclami-{frozen.half}-r{frozen.revision}.{kind}"
            try:
                path.write_bytes(bytes(getattr(frozen, kind)))
            except OSError as error:
                raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=UNUSABLE) from error
            self.stdout.write(f"written: {path}")
