"""`manage.py load_demo`: invented data with the shapes of a real insurer's."""

import contextlib
import datetime
import logging
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from foundation.dates import ROME
from vittoria_care.demonstration.data.loading import Progress
from vittoria_care.demonstration.data.profiles import Plan, ScaleError, make_plan
from vittoria_care.demonstration.data.sign_ins import CODE_COMMAND, sign_ins
from vittoria_care.demonstration.data.story import UnsafePlace, load, refuse_unless_safe

UNUSABLE = 2  # exit code: nothing was written


class Command(BaseCommand):
    """Load the demonstration data once; a second run adds nothing."""

    stealth_options = ("sign_ins",)  # False: the caller prints them itself

    help = (
        "Load invented data: agencies, customers with policies and claims, calls, written requests, complaints, notices. "
        "The same seed and day always make the same rows. Refused in production, and beside real customers."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale",
            default="small",
            help="small (3,000 customers), full (642,141 customers, the company's calls of 2018 and 2019), or a number "
            "of customers (default: small)",
        )
        parser.add_argument("--seed", type=int, default=1, help="another seed makes other people (default: 1)")
        parser.add_argument(
            "--years",
            type=int,
            help="years of calls, 1 to 10: at full scale ending with 2019 (default 2; ten have 715,000 handled calls), "
            "otherwise ending with this year (default 3)",
        )
        parser.add_argument(
            "--until", metavar="DATE", help="make the data as of the end of this day (default: now, at the full hour)"
        )
        parser.add_argument(
            "--calls-factor", type=int, default=1, help="multiply all calls, for measurements (default: 1)"
        )
        parser.add_argument("--dry-run", action="store_true", help="only print what would be loaded")
        parser.add_argument("--force", action="store_true", help="load beside customers who are not invented")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = make_plan(
                options["scale"],
                seed=options["seed"],
                as_of=_as_of(options["until"]),
                years=options["years"],
                calls_factor=options["calls_factor"],
            )
            wanted = True
            try:
                wanted = refuse_unless_safe(plan, force=options["force"])
            except UnsafePlace as refusal:
                if not options["dry_run"]:
                    raise
                self.stderr.write(str(refusal))
        except (ScaleError, UnsafePlace) as error:
            raise CommandError(str(error), returncode=UNUSABLE) from error
        if not wanted:
            self.stdout.write(
                _("Already loaded: %(count)s customers. Nothing was added.") % {"count": number_format(plan.customers)}
            )
            return
        self._describe(plan)
        if options["dry_run"]:
            self.stdout.write(_("Trial run: nothing was written."))
            return
        with _without_log_lines():
            loaded = load(plan, Progress(self.stdout))
        self.stdout.write(
            _(
                "Loaded: %(customers)s customers, %(policies)s policies, %(claims)s claims, %(calls)s calls, "
                "%(contacts)s contacts, %(complaints)s complaints, %(notices)s notices."
            )
            % {name: number_format(value) for name, value in vars(loaded).items()}
        )
        if options.get("sign_ins", True):
            for each in sign_ins():
                self.stdout.write(f"  {each.email:<40} {each.password}  {each.lands_on:<17} {each.role}")
            self.stdout.write("  " + _("Staff need a code as well; this command prints it: %s") % CODE_COMMAND)

    def _describe(self, plan: Plan) -> None:
        self.stdout.write(
            _("%(customers)s customers of %(agencies)d agencies, as of %(day)s.")
            % {
                "customers": number_format(plan.customers),
                "agencies": plan.agencies,
                "day": date_format(plan.as_of, "SHORT_DATETIME_FORMAT"),
            }
        )
        for year in plan.years:
            self.stdout.write(
                _("  %(year)d: %(handled)s calls handled, %(first)s at first level (%(rate)s %%)")
                % {
                    "year": year.year,
                    "handled": number_format(year.handled),
                    "first": number_format(year.first_level),
                    "rate": number_format(round(100 * year.first_level / max(1, year.handled), 2), 2),
                }
            )


@contextlib.contextmanager
def _without_log_lines() -> Iterator[None]:
    """Log nothing meanwhile: invented bounces and erasures would read as faults of this start. What truly fails is raised."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _as_of(until: str | None) -> datetime.datetime:
    """The present of the data: the end of the given day, or this hour. ScaleError when it is not a date."""
    if until is None:
        return timezone.localtime(timezone=ROME).replace(minute=0, second=0, microsecond=0)
    try:
        day = parse_date(until)
    except ValueError:
        day = None
    if day is None:
        raise ScaleError(_("“%(text)s” is not a date: write it as YYYY-MM-DD, such as 2019-12-31.") % {"text": until})
    return datetime.datetime.combine(day, datetime.time(23, 59), tzinfo=ROME)
