"""`watch_figures`: judge the figures of the days and weeks that are over, and raise and end alerts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact_center.figures import daily
from contact_center.figures.asking import Unusable, read_date
from insights.watching.commands import Finding, look, watch_figures
from insights.watching.rules import JUDGED, OUTSIDE
from insights.watching.wording import (
    ALL_LINES,
    VERDICTS,
    alert_line,
    chance_written,
    figure_name,
    period_written,
    written,
)

UNUSABLE = 2  # exit code


class Command(BaseCommand):
    help = (
        "Judge every watched figure of the last day and week that were over before a day, by the control limits of the "
        "periods before; raise, continue and end alerts, and owe one mail to each subscriber. --dry-run prints what is "
        "judged and writes nothing. Exit code 0: done; 2: the day cannot be used. docs/decisions/watching.md has the rules."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--on", metavar="D", default="", help="the day of the round, YYYY-MM-DD; today if not given"
        )
        parser.add_argument("--dry-run", action="store_true", help="only print what would be found")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        try:
            on = read_date("on", options["on"]) if options["on"] else today
            if on > today:
                raise Unusable("on", _("A round cannot be made of days that are still to come."))
        except Unusable as error:
            raise CommandError(str(error), returncode=UNUSABLE) from error
        daily.refresh()
        if options["dry_run"]:
            for finding in look(on):
                self.stdout.write(_line(finding))
            return
        done = watch_figures(on)
        for alert in done.raised:
            self.stdout.write(alert_line(alert))
        judged = sum(finding.judged.verdict in JUDGED for finding in done.findings)
        words = ngettext(
            "%(rounds)d period judged (%(judged)d values): %(raised)d new, %(continued)d continued, %(ended)d ended.",
            "%(rounds)d periods judged (%(judged)d values): %(raised)d new, %(continued)d continued, %(ended)d ended.",
            len(done.rounds),
        )
        self.stdout.write(
            words
            % {
                "rounds": len(done.rounds),
                "judged": judged,
                "raised": len(done.raised),
                "continued": len(done.continued),
                "ended": len(done.ended),
            }
        )


def _line(finding: Finding) -> str:
    judged, key = finding.judged, finding.one.key
    where = finding.line.code if finding.line else str(ALL_LINES)
    text = (
        f"{period_written(finding.step, judged.point.start)} {figure_name(key)}, {where}: {written(key, judged.value)}"
    )
    if judged.verdict in JUDGED and judged.chance is not None:
        text += f" [{written(key, judged.low)}, {written(key, judged.high)}] {chance_written(judged.chance)}"
    text += f" {VERDICTS[judged.verdict]}"
    if finding.is_alarm:
        text += " " + _("ALERT")
    elif judged.verdict in OUTSIDE:
        text += " " + _("(no alert: among so many figures such a value is to be expected)")
    return text
