"""`explain_change`: what changed between two periods and why, as JSON or CSV: what the page and the API show."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contact_center.figures import refresh
from contact_center.figures.asking import Unusable
from contact_center.models import Contact
from foundation.files.spreadsheets import MACHINES, csv_lines
from insights.explaining.asking import understand_change
from insights.explaining.explanation import GROUPINGS, MEASURES
from insights.explaining.export import COLUMNS, as_dict, table
from insights.explaining.periods import AGAINST

UNUSABLE = 2  # exit code


class Command(BaseCommand):
    help = (
        "Explain how a share changed between two periods: how much comes from the mix of groups and how much from their own"
        " rates, adding up exactly, and what is more than chance. Days that changed are counted again first. Exit code 2: an"
        " argument cannot be used. docs/formats/changes.md describes the JSON and the CSV."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="start", metavar="D", required=True, help="first day, YYYY-MM-DD")
        parser.add_argument("--to", dest="end", metavar="D", required=True, help="last day, included, YYYY-MM-DD")
        parser.add_argument(
            "--against",
            default="",
            choices=AGAINST,
            help="the period before (the default), a year before, or another: give its days",
        )
        parser.add_argument("--against-from", dest="against_start", metavar="D", default="", help="its first day")
        parser.add_argument("--against-to", dest="against_end", metavar="D", default="", help="its last day, included")
        parser.add_argument("--measure", default="", choices=list(MEASURES), help="the share that is explained")
        parser.add_argument("--by", default="", choices=GROUPINGS, help="the groups that explain it")
        parser.add_argument("--line", metavar="CODE", default="", help="one toll-free line, by its code")
        parser.add_argument("--topic", metavar="CODE", default="", help="one topic, by its code")
        parser.add_argument("--agent", metavar="CODE", default="", help="one agent, by code, where that is allowed")
        parser.add_argument("--team", metavar="CODE", default="", help="the agents of one team, by its code")
        parser.add_argument("--channel", default="", choices=Contact.Channel.values, help="one channel")
        parser.add_argument("--format", default="json", choices=["json", "csv"])

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("start", "end", "against", "against_start", "against_end", "measure", "by")
        filters = ("line", "topic", "agent", "team", "channel")
        try:
            asked = understand_change(**{name: options[name] for name in (*names, *filters)})
        except Unusable as error:
            raise CommandError(str(error), returncode=UNUSABLE) from error
        refresh()
        found = asked.explained()
        if options["format"] == "csv":
            self.stdout.write("".join(csv_lines(COLUMNS, table(found), dialect=MACHINES)), ending="")
        else:
            self.stdout.write(json.dumps(as_dict(found), ensure_ascii=False, indent=2))
