"""`make_forecast`: forecast the calls of the coming weeks from those that are over."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from contact_center.figures.asking import Unusable, read_date
from insights.staffing.making import make_forecast
from insights.staffing.printing import forecast_lines

NOTHING, UNUSABLE = 1, 2  # exit codes


class Command(BaseCommand):
    """The nightly work, by hand."""

    help = (
        "Forecast the calls of each line by half hour for the coming weeks, test the forecast on the last weeks, and keep it "
        "for the page of staffing, as the worker does each night. Prints the errors. Exit code 0: made; 1: no call was ever "
        "counted; 2: an argument cannot be used."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--today", metavar="D", default="", help="as on the day, YYYY-MM-DD: what is over is before it"
        )
        parser.add_argument("--dry-run", action="store_true", help="print the errors, keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            today = read_date("today", options["today"]) if options["today"] else None
        except Unusable as error:
            raise CommandError(str(error), returncode=UNUSABLE) from error
        run, found = make_forecast(today=today, dry_run=options["dry_run"])
        if not found:
            raise CommandError(
                _("No call was counted yet: load some, and count them with “figures --rebuild”."), returncode=NOTHING
            )
        for line in forecast_lines(found):
            self.stdout.write(line)
        if run is None:
            self.stdout.write(_("Trial run: nothing was written."))
