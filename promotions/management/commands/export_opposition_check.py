"""`export_opposition_check`: the numbers of a promotion's audience, for the register of oppositions."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from customers.models import User
from foundation.refusals import Refused
from promotions.models import Promotion
from promotions.telephone.checking import export_opposition_check, file_of

UNUSABLE = 2  # exit code


def user_named(address: str) -> User:
    """Who signs in with the address; CommandError for nobody."""
    user = User.objects.filter(email__iexact=address, is_active=True).first()
    if user is None:
        raise CommandError(f"Nobody who may sign in has the address “{address}”.", returncode=UNUSABLE)
    return user


class Command(BaseCommand):
    """File out. The answer comes in by `import_opposition_check`."""

    help = (
        "Write the numbers of those in a promotion's audience who consent to calls into a CSV for the register of oppositions: "
        "one column, no names (docs/formats/opposition-register.md). Exit code 0: done; 2: an argument cannot be used, or there is "
        "nobody to ring."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "promotion", type=int, metavar="PROMOTION", help="its number, from the address of its page"
        )
        parser.add_argument(
            "--by", required=True, metavar="ADDRESS", help="who asks: the e-mail address they sign in with"
        )
        parser.add_argument("--output", required=True, metavar="FILE", help="where the numbers are written")
        parser.add_argument("--dry-run", action="store_true", help="count the numbers, keep and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        by = user_named(options["by"])
        promotion = Promotion.objects.visible_to(by).filter(pk=options["promotion"]).first()
        if promotion is None:
            raise CommandError(f"{by} sees no promotion {options['promotion']}.", returncode=UNUSABLE)
        try:
            with transaction.atomic():
                check = export_opposition_check(promotion, by=by)
                if options["dry_run"]:
                    transaction.set_rollback(True)
                else:
                    Path(options["output"]).write_bytes(file_of(check))
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=UNUSABLE) from None
        except OSError as error:
            raise CommandError(
                f"“{options['output']}” cannot be written: {error.strerror or error}.", returncode=UNUSABLE
            ) from None
        if options["dry_run"]:
            self.stdout.write(f"Numbers to look up: {check.number_of_numbers}. Trial run: nothing was written.")
            return
        self.stdout.write(
            f"Check {check.pk}: {check.number_of_numbers} numbers in {options['output']}, SHA-256 {check.sha256}."
        )
