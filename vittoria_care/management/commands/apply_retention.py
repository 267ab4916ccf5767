"""`apply_retention`: what beat does each night, by hand; --dry-run names what would go."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from foundation.privacy import Rule
from vittoria_care.privacy.retention import Count, plan_retention, ruled, run_retention


class Command(BaseCommand):
    """Let go what is past its period, and print it rule by rule."""

    help = (
        "Delete or empty the rows that are past their period, with their files and earlier versions, and print how many "
        "by rule, and what a legal hold keeps. Rules with nothing to do are counted; --verbosity 2 prints them too. Exit "
        "code 0: done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        with translation.override("en"):  # as everything that this command prints
            total = self._plan(options["verbosity"]) if options["dry_run"] else self._run(options["verbosity"])
        verb = "would go" if options["dry_run"] else "gone"
        self.stdout.write(f"{total:>9} {_rows(total)} {verb}, in {time.monotonic() - begun:.1f} s.")

    def _plan(self, verbosity: int) -> int:
        total, idle = 0, 0
        for rule, count in plan_retention():
            total += count.gone
            is_idle = not (count.gone or count.held)
            idle += is_idle
            if verbosity > 1 or not is_idle:
                self._print(rule, count)
        self._count_idle(idle)
        return total

    def _print(self, rule: Rule, count: Count) -> None:
        assert rule.period is not None, "only rules with a period go at night"
        if count.gone or not count.held:
            details = f"{count.files} files, {count.versions} earlier versions"
            self.stdout.write(f"{count.gone:>9} {rule.action.value:<6} {rule.name:<45} {details} ({rule.period.name})")
        if count.held:
            self.stdout.write(f"{count.held:>9} held   {rule.name:<45} {_named(count.held_keys, count.held)}")

    def _run(self, verbosity: int) -> int:
        run = run_retention()
        names = [rule.name for rule in ruled()]
        for name in [*names, *(name for name in run.numbers if name not in names)]:
            numbers = run.numbers.get(name, {"gone": 0})
            if verbosity > 1 or numbers["gone"]:
                self.stdout.write(f"{numbers['gone']:>9} gone   {name:<45} {numbers.get('files', 0)} files")
            if numbers.get("held"):
                held = _named(numbers["held_keys"], numbers["held"])
                self.stdout.write(f"{numbers['held']:>9} held   {name:<45} {held}")
        self._count_idle(sum(name not in run.numbers for name in names))
        return sum(numbers["gone"] for numbers in run.numbers.values())

    def _count_idle(self, number: int) -> None:
        if number:
            have = "rule has" if number == 1 else "rules have"
            self.stdout.write(f"{number:>9} {have} nothing to do today.")


def _rows(number: int) -> str:
    return "row" if number == 1 else "rows"


def _named(keys: list[Any], number: int) -> str:
    """The first ids of what is held."""
    more = ", …" if number > len(keys) else ""
    return f"by a legal hold: {', '.join(map(str, keys))}{more}"
