"""`erase_person`: what an erasure does to each row of a person, and, without --dry-run, do it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from customers.models import Customer
from customers.privacy.erasure import take_back_consents
from foundation.privacy import Action
from vittoria_care.privacy.erasure import erase, held_whole, obstacles_of
from vittoria_care.privacy.planning import HELD, Line, Plan, Rows, going_of, plan_erasure

REFUSED = 2  # exit code
WORDS = {Action.DELETE: "deleted", Action.BLANK: "emptied"}
LEGEND = """\
deleted  the row goes, with its files and earlier versions
emptied  the row remains for the figures or the register and names nobody: its texts, files and earlier versions go
kept     the row remains as it is, for the reason given, and goes by itself: the day is that of the last of so many rows
with it  goes because the row above goes; files lie in the folder of files, versions are what the row was before a change"""


class Command(BaseCommand):
    """Print the plan line by line; withdraw the consents, erase what the plan says goes, and write it into the ledger."""

    help = (
        "Erase what may go of a customer, and print table by table what goes and what stays: rows, files, earlier versions, "
        "why, until when, and the totals; --verbosity 2 names the ids. Consents in force are withdrawn. Exit code 0: done; "
        "1: done, something stays for now; 2: there is no such customer, or something under way has to end first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("customer", metavar="ID", help="the customer's id, or the customer code")
        parser.add_argument("--dry-run", action="store_true", help="only print what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):  # as everything that this command prints
            self._handle(options["customer"], dry_run=options["dry_run"], with_ids=options["verbosity"] > 1)

    def _handle(self, named: str, *, dry_run: bool, with_ids: bool) -> None:
        customer = _customer_called(named)
        waits = [str(each) for each in obstacles_of(customer)]
        if held_whole(customer):
            waits.append(str(HELD))
        plan = plan_erasure(customer, granting=True)
        self.stdout.write(f"Customer {customer.pk} ({customer.code}), as of {timezone.localdate()}.")
        if waits:
            self._list("Nothing goes before this has ended:", [f"- {each}" for each in waits])
        self._print(plan, with_ids=with_ids)
        if dry_run:
            return
        if waits:
            raise CommandError("Nothing was erased: see above what has to end first.", returncode=REFUSED)
        take_back_consents(customer, by=None)
        result = erase(customer)
        self.stdout.write(
            f"Erased: {_counted(sum(result.numbers.values()), 'row')}, {_counted(result.files, 'file')}."
        )
        if plan.something_remains:
            raise SystemExit(1)

    def _print(self, plan: Plan, *, with_ids: bool) -> None:
        if not plan.lines:
            self.stdout.write("Nothing is known of this person any more.")
            return
        going = {line.rule.name: going_of(line) for line in plan.lines}
        if plan.something_goes:
            self._list("What goes:", [_going(each, with_ids) for line in plan.lines for each in _goes(line, going)])
        staying = [
            _staying(line, stay.keys, stay.until, stay.why, with_ids) for line in plan.lines for stay in line.stays
        ]
        if plan.works_here:
            staying.append("kept     the sign-in, which serves for something else too")
        if staying:
            self._list("What stays:", staying)
        self._list("In all:", _totals(plan, [each for rows in going.values() for each in rows]))
        self._list("In these words:", LEGEND.splitlines())

    def _list(self, title: str, lines: Iterable[str]) -> None:
        self.stdout.write(f"\n{title}")
        for each in lines:
            self.stdout.write(f"  {each}")


def _goes(line: Line, going: dict[str, list[Rows]]) -> list[tuple[Rows, str]]:
    """The rows of a line that go, and those that go with them, each with why."""
    why = "nothing makes us keep it"
    if line.rule.period is not None and not line.rule.at_once:
        why = "nothing is left beside which it was kept" if line.rule.beside else "the time to keep it is over"
        if line.rule.beside and line.stays:
            why = "the time to keep it is over"
    return [(rows, why if place == 0 else "with it") for place, rows in enumerate(going[line.rule.name])]


def _going(each: tuple[Rows, str], with_ids: bool) -> str:
    rows, why = each
    along = [_counted(rows.files, "file")] * bool(rows.files)
    along += [_counted(rows.versions, "earlier version")] * bool(rows.versions)
    more = f" ({', '.join(along)})" if along else ""
    return _line(WORDS[rows.rule.action], rows.rule.name, rows.keys, f"{why}{more}", with_ids)


def _staying(line: Line, keys: Sequence[Any], until: Any, why: Any, with_ids: bool) -> str:
    day = f"until {until}" if until else "until a day that nobody knows yet"
    return _line("kept", line.rule.name, keys, f"{day}: {why}", with_ids)


def _line(what: str, name: str, keys: Sequence[Any], more: str, with_ids: bool) -> str:
    ids = f" [{', '.join(map(str, sorted(keys)))}]" if with_ids else ""
    return f"{what:<8} {name:<40} {_counted(len(keys), 'row'):>8}  {more}{ids}"


def _totals(plan: Plan, going: list[Rows]) -> list[str]:
    """How much goes and stays in all."""
    gone = Counter[Action]()
    for each in going:
        gone[each.rule.action] += len(each.keys)
    files, versions = sum(each.files for each in going), sum(each.versions for each in going)
    stays = [stay for line in plan.lines for stay in line.stays]
    kept = sum(len(stay.keys) for stay in stays)
    unknown = sum(len(stay.keys) for stay in stays if stay.until is None)
    last = max((stay.until for stay in stays if stay.until), default=None)
    known = f", {kept - unknown} of them until {last} at the latest" if last else ""
    return [
        f"{_counted(gone[Action.DELETE], 'row')} deleted, {_counted(gone[Action.BLANK], 'row')} emptied, "
        f"{_counted(files, 'file')} and {_counted(versions, 'earlier version')} deleted with them",
        f"{_counted(kept, 'row')} kept{known}" + (f", {unknown} until a day that nobody knows yet" if unknown else ""),
    ]


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _customer_called(named: str) -> Customer:
    """The customer of that id or code; CommandError where there is none."""
    by = {"pk": int(named)} if named.isascii() and named.isdigit() and len(named) < 19 else {"code": named}
    customer = Customer.objects.filter(**by).first() or Customer.objects.filter(code=named).first()
    if customer is None:
        raise CommandError(f"There is no customer with the id or code “{named}”.", returncode=REFUSED)
    return customer
