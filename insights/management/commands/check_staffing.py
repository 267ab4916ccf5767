"""`check_staffing`: a week that is over replayed, and the forecast tested, in numbers to read."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.figures.asking import Unusable, read_date
from contact_center.figures.period import Period
from insights.staffing.forecast import monday_of
from insights.staffing.history import MEASURED_WEEKS, Measured, measured
from insights.staffing.making import make_forecast, replays
from insights.staffing.printing import forecast_lines, replay_lines

DIFFERENT, UNUSABLE = 1, 2  # exit codes
POINTS = 0.02


class Command(BaseCommand):
    """The check of the staffing."""

    help = (
        "Replay a week of calls in the simulation, beside what happened and what Erlang A and C say, and test the forecast. "
        "Writes nothing. Exit code 0: service level and calls given up of the simulation are within two points of what "
        "happened; 1: they are not; 2: an argument cannot be used, or there is no such week."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--week", metavar="D", default="", help="a day of the week, YYYY-MM-DD; by default the last whole one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = read_date("week", options["week"]) if options["week"] else timezone.localdate() - timedelta(days=7)
        except Unusable as error:
            raise CommandError(str(error), returncode=UNUSABLE) from error
        monday = monday_of(day)
        after = monday + timedelta(days=7)
        times = measured(Period(after - timedelta(weeks=MEASURED_WEEKS), after - timedelta(days=1)))
        found = replays(monday, times.get(None, Measured([], [])))
        if not found:
            raise CommandError(
                _("No call of the week of %(day)s can be replayed.") % {"day": monday.isoformat()}, returncode=UNUSABLE
            )
        _run, lines = make_forecast(today=after, dry_run=True)
        for line in [*replay_lines(found), "", *forecast_lines(lines)]:
            self.stdout.write(line)
        by_way = {each.way: each for each in found}
        happened, simulated = by_way["happened"], by_way["simulated"]
        apart = max(
            abs(happened.service_level - simulated.service_level), abs(happened.abandoned - simulated.abandoned)
        )
        if apart > POINTS:
            raise SystemExit(DIFFERENT)
