"""`figures`: the contact centre's figures of a period as JSON or CSV; their check against the rows; their rebuild."""

import json
import sys
from argparse import RawDescriptionHelpFormatter
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contact_center.catalogue import FIGURES
from contact_center.catalogue.measures import Count
from contact_center.figures import daily, documentation, figures
from contact_center.figures.asking import Asked, Unusable, read_date, refuse_single_agent, understand
from contact_center.figures.definitions import definitions, parameters_in_settings
from contact_center.figures.differences import compare
from contact_center.figures.export import as_dict, write_csv
from contact_center.figures.freezing import facts_of
from contact_center.figures.period import Period, UnusablePeriod, check_period
from contact_center.figures.query import BY, EVENTS
from contact_center.figures.unresolved import export as reasons
from contact_center.figures.unresolved.hand_overs import hand_overs
from contact_center.figures.unresolved.query import unresolved
from contact_center.models import Agent, Contact, FiguresBasis, TollFreeLine, Topic
from foundation.files.spreadsheets import csv_lines

FILTERS = ("line", "topic", "agent", "team", "channel")
DIFFERENT, UNUSABLE = 1, 2  # exit codes
# The stored counts that are figures of their own, and the keys of these.
SHOWN_AS = {
    figure.numerator.name: figure.key for figure in FIGURES if figure.is_count and isinstance(figure.numerator, Count)
}


class Command(BaseCommand):
    help = (
        "Print offered, answered, abandoned, service level, ASA, AHT, first level (coded, corrected, confirmed) and "
        "repeat contacts of a period: counts, and ratios with numerator and denominator. Days that changed are counted "
        "again first. Exit code 0: done; 1: --check found differences; 2: an argument cannot be used. "
        "docs/formats/figures.md describes the JSON and the CSV."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Add the definitions, under the thresholds in force, to the help."""
        with translation.override("en"):  # as the help of every command
            known = definitions(parameters_in_settings())
        lines = [f"  {one.label}\n    = {one.formula}\n    {one.text}\n" for one in known]
        parser = super().create_parser(prog_name, subcommand, epilog="\n".join(lines).replace("%", "%%"), **kwargs)
        parser.formatter_class = _Help
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="start", metavar="D", default="", help="first day, YYYY-MM-DD")
        parser.add_argument("--to", dest="end", metavar="D", default="", help="last day, included, YYYY-MM-DD")
        parser.add_argument("--line", metavar="CODE", default="", help="one toll-free line, by its code")
        parser.add_argument("--topic", metavar="CODE", default="", help="one topic, by its code")
        parser.add_argument("--agent", metavar="CODE", default="", help="one agent, by code")
        parser.add_argument("--team", metavar="CODE", default="", help="the agents of one team, by its code")
        parser.add_argument("--channel", default="", choices=Contact.Channel.values, help="one channel")
        parser.add_argument(
            "--events", default="", choices=EVENTS, help="without the contacts of mass events, or these only"
        )
        parser.add_argument("--by", default="", choices=BY, help="one row for each value of this")
        parser.add_argument("--format", default="json", choices=["json", "csv"])
        parser.add_argument(
            "--against",
            default="previous-year",
            choices=["previous-year", "none"],
            help="compare with the same dates a year before (JSON only; the default), or not",
        )
        parser.add_argument(
            "--unresolved",
            action="store_true",
            help="why contacts were not resolved at first level: by reason, topic and team, with hand-overs and repeats",
        )
        parser.add_argument(
            "--check", action="store_true", help="compare every stored count of the period with the calls and contacts"
        )
        parser.add_argument(
            "--rebuild", action="store_true", help="count the period from nothing; all days, if no period is given"
        )
        parser.add_argument("--dry-run", action="store_true", help="with --rebuild: only print what would be counted")
        parser.add_argument(
            "--catalogue",
            action="store_true",
            help="print docs/formats/figures-catalogue.md, the definition of each figure",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["catalogue"]:
            self.stdout.write(documentation.page(), ending="")
            return
        try:
            if options["rebuild"]:
                self._rebuild(options)
            if options["check"]:
                self._check(options)
            if options["unresolved"]:
                self._print_unresolved(options)
            elif not options["rebuild"] and not options["check"]:
                self._print(options)
        except (Unusable, UnusablePeriod, daily.BasisChanged) as error:
            raise CommandError(str(error), returncode=UNUSABLE) from error

    def _asked(self, options: dict[str, Any], *names: str) -> Asked:
        """The period and filters of the arguments, once the days that changed are counted."""
        if not options["start"] or not options["end"]:
            raise Unusable("from", _("Give the period with --from YYYY-MM-DD and --to YYYY-MM-DD."))
        asked = understand(**{name: options[name] for name in ("start", "end", *FILTERS, *names)})
        daily.refresh()
        return asked

    def _print_unresolved(self, options: dict[str, Any]) -> None:
        if options["events"]:
            raise Unusable("events", _("Reasons are not counted apart for mass events: leave --events out."))
        asked = self._asked(options)
        refuse_single_agent(asked.arguments["agent"])
        report = unresolved(asked.period, **{name: asked.arguments[name] for name in FILTERS})
        if options["format"] == "csv":
            self.stdout.writelines(csv_lines(reasons.COLUMNS, reasons.table(report)))
            return
        lost = hand_overs(report.period, report.chosen, report.figures.parameters, today=timezone.localdate())
        self.stdout.write(json.dumps(reasons.as_dict(report, lost, None), ensure_ascii=False, indent=2))

    def _print(self, options: dict[str, Any]) -> None:
        asked = self._asked(options, "events", "by", "against")
        report = figures(asked.period, **asked.arguments)
        if report.basis_differs:
            self.stderr.write(str(BASIS_DIFFERS))
        if options["format"] == "csv":
            write_csv(report, self.stdout)
        else:
            self.stdout.write(
                json.dumps({**as_dict(report), "frozen": facts_of(report)}, ensure_ascii=False, indent=2)
            )

    def _rebuild(self, options: dict[str, Any]) -> None:
        period = self._period(options)
        if options["dry_run"]:
            span = daily.days_with_rows(*_ends(period))
            self._say(_("Would count %(first)s to %(last)s."), span)
            return

        def progress(month: date) -> None:
            if sys.stderr.isatty():
                self.stderr.write(f"\r{month:%Y-%m}", ending="")

        span = daily.rebuild(*((period.start, period.end) if period else ()), progress=progress)
        self._say(_("Counted %(first)s to %(last)s."), span)

    def _say(self, sentence: str, span: tuple[date, date] | None) -> None:
        self.stdout.write(sentence % {"first": span[0], "last": span[1]} if span else _("Nothing to count."))

    def _check(self, options: dict[str, Any]) -> None:
        period = self._period(options)
        daily.refresh()
        basis = FiguresBasis.objects.get()
        if not daily.basis_matches(basis):
            self.stderr.write(str(BASIS_DIFFERS))
        names = _Names()
        count = 0
        for found in compare(basis, *_ends(period)):
            count += 1
            self.stdout.write(
                f"{found.key[1]} cut={found.key[0]} {names.of(found.key)} {SHOWN_AS.get(found.figure, found.figure)}:"
                f" stored {found.stored}, raw {found.raw}"
            )
        if count:
            sentence = ngettext(
                "%(count)d stored count differs from the calls and contacts; --rebuild counts it again.",
                "%(count)d stored counts differ from the calls and contacts; --rebuild counts them again.",
                count,
            )
            raise CommandError(sentence % {"count": count}, returncode=DIFFERENT)
        self.stdout.write(_("Every stored count equals the calls and contacts."))

    def _period(self, options: dict[str, Any]) -> Period | None:
        """The period of --check and --rebuild: all days if neither end is given."""
        if not options["start"] and not options["end"]:
            return None
        if not options["start"] or not options["end"]:
            raise Unusable("from", _("Give both --from and --to, or neither for all days."))
        return check_period(
            read_date("from", options["start"]), read_date("to", options["end"]), today=timezone.localdate()
        )


class _Help(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Keeps the lines of the definitions as they are."""


class _Names:
    """Codes for the ids in a key."""

    def __init__(self) -> None:
        self.lines = dict(TollFreeLine.objects.values_list("pk", "code"))
        self.topics = dict(Topic.objects.values_list("pk", "code"))
        self.agents = dict(Agent.objects.values_list("pk", "code"))

    def of(self, key: tuple) -> str:
        """Channel, line, topic and agent of the key, as far as they are there."""
        _cut, _day, channel, line, of_mass_event, topic, agent = key
        parts = [f"channel={channel}"]
        parts += [f"line={self.lines.get(line)}"] if line else []
        parts += ["events=only"] if of_mass_event else []
        parts += [f"topic={self.topics.get(topic)}"] if topic else []
        parts += [f"agent={self.agents.get(agent)}"] if agent else []
        return " ".join(parts)


def _ends(period: Period | None) -> tuple[date, date]:
    return (period.start, period.end) if period else (date.min, date.max)


BASIS_DIFFERS = gettext_lazy(
    "The counts printed were made with other thresholds than those of the settings. `manage.py figures --rebuild` counts "
    "all days again."
)
