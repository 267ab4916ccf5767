"""`doctor`: configuration and health, in sentences."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from vittoria_care.running import doctor


class Command(BaseCommand):
    """Report of each part whether it works, and how to fix it."""

    help = (
        "Check settings, database, Redis, worker, beat, mail, clock, disk and what waits, and report how to fix what is "
        "wrong. Changes nothing. Exit code 0: all OK; 1: a person should look at something; 2: something does not work."
    )
    requires_system_checks: list[str] = []  # the faults that checks find are reported among the rest

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="a list of {level, about, says, hint}")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = []
        for finding in doctor.examine():
            findings.append(finding)
            if not options["json"]:
                self._show(finding)
        if options["json"]:
            self.stdout.write(json.dumps([asdict(each) for each in findings], ensure_ascii=False, indent=2))
        if code := doctor.worst(findings):
            raise SystemExit(code)

    def _show(self, finding: doctor.Finding) -> None:
        paint = {"OK": self.style.SUCCESS, "warn": self.style.WARNING, "bad": self.style.ERROR}[finding.level]
        self.stdout.write(f"{paint(f'{finding.level:4}')} {finding.about:13} {finding.says}")
        if finding.hint and finding.level != "OK":
            self.stdout.write(f"{'':18} -> {finding.hint}")
