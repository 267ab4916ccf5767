"""`import_opposition_check`: the answer of the register of oppositions to the numbers of a check."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from foundation.files.command import ImportCommand
from foundation.files.reading import Table, UnusableInput, open_bytes, said_of
from foundation.files.report import Progress, Report
from foundation.refusals import Refused
from promotions.management.commands.export_opposition_check import user_named
from promotions.models import OppositionCheck
from promotions.telephone.checking import import_opposition_check


class Command(ImportCommand):
    """File in, dated. The same file again changes nothing."""

    help = (
        "Read the operator's answer to a check of numbers (docs/formats/opposition-register.md). Rows that cannot be read are refused "
        "one by one, with their number and the reason; the others are kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--check", type=int, required=True, metavar="CHECK", help="the number of the check")
        parser.add_argument("--on", required=True, metavar="DATE", help="the day of the consultation, YYYY-MM-DD")
        parser.add_argument(
            "--by", required=True, metavar="ADDRESS", help="who asks: the e-mail address they sign in with"
        )
        parser.add_argument("--delimiter", default="", help="one character; found in the header when not given")
        parser.add_argument("--encoding", default="", help="such as windows-1252; UTF-8 when not given")

    def load(self, options: dict[str, Any], report: Report, progress: Progress) -> None:
        """Read the answer; UnusableInput before anything is written when the file or an argument cannot be used."""
        by = user_named(options["by"])
        check = OppositionCheck.objects.visible_to(by).filter(pk=options["check"]).first()
        if check is None:
            raise UnusableInput(_("There is no check %(number)d that you may see.") % {"number": options["check"]})
        try:
            day = parse_date(options["on"])
        except ValueError:
            day = None
        if day is None:
            raise UnusableInput(_("“%(day)s” is not a date: write it as 2026-03-31.") % {"day": options["on"]})
        how = {"delimiter": options["delimiter"], "encoding": options["encoding"]}
        with open_bytes(options["file"]) as source, said_of(options["file"]):
            table = Table(source, **how)
            report.open_errors(table.header, delimiter=table.delimiter)
            try:
                read = import_opposition_check(check, source=source, checked_on=day, by=by, **how)
            except Refused as refusal:
                raise UnusableInput(str(refusal)) from None
        for outcome in read.outcomes:
            report.read += 1
            report.count(outcome)
        for rejection in read.rejections:
            report.read += 1
            report.reject(rejection)
        report.remarks.append(
            _("Not in the register: %(free)d; in the register: %(opposed)d; without an answer: %(missing)d.")
            % {"free": read.free, "opposed": read.opposed, "missing": read.missing}
        )
