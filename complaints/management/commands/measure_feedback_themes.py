"""`measure_feedback_themes`: how often the suggested theme is the one that a person chose, on later opinions."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.feedback.commands import record_measure
from complaints.feedback.queries import themed_texts, words_of_the_table
from complaints.feedback.rules import percent_of
from complaints.feedback.suggesting import accuracy_of
from foundation.numbers import written_number

WEEKS = 4


class Command(BaseCommand):
    help = (
        "Learn from the opinions with a theme that are older than some weeks, suggest for the later ones, and print how "
        "often it was right beside always saying the commonest theme. The pages state what is kept here."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--weeks", type=int, default=WEEKS, help="the opinions of the last so many weeks are tested"
        )
        parser.add_argument("--dry-run", action="store_true", help="print, and keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["weeks"] <= 520:
            raise CommandError(_("--weeks must be between 1 and 520."))
        since = timezone.now() - timedelta(weeks=options["weeks"])
        earlier, later = themed_texts(before=since), themed_texts(since=since)
        if not earlier or not later:
            raise CommandError(
                _(
                    "Nothing to measure: %(earlier)d opinions with words and a theme are older than %(weeks)d weeks, "
                    "%(later)d are not. Give some a theme, or choose other --weeks."
                )
                % {"earlier": len(earlier), "later": len(later), "weeks": options["weeks"]}
            )
        listed, unclear = words_of_the_table()
        found = accuracy_of(earlier, later, listed=listed, unclear=unclear)
        self.stdout.write(
            _("Learnt from %(learnt)d opinions, tested on %(tested)d later ones; %(suggested)d had a suggestion.")
            % {"learnt": found.learnt_from, "tested": found.tested, "suggested": found.suggested}
        )
        for label, right in (
            (_("suggested theme right"), found.right),
            (_("commonest theme right"), found.commonest_right),
        ):
            share = written_number(percent_of(right, found.tested))
            self.stdout.write(
                _("%(label)s: %(right)d of %(tested)d (%(share)s%%)")
                % {"label": label, "right": right, "tested": found.tested, "share": share}
            )
        if not options["dry_run"]:
            record_measure(
                tested_from=timezone.localdate(since),
                learnt_from=found.learnt_from,
                tested=found.tested,
                suggested=found.suggested,
                right=found.right,
                commonest_right=found.commonest_right,
            )
        self.stdout.write(
            f"learnt={found.learnt_from} tested={found.tested} suggested={found.suggested} right={found.right} "
            f"commonest_right={found.commonest_right} kept={'no' if options['dry_run'] else 'yes'}"
        )
