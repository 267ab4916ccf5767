"""`rotate_encryption`: bring stored values to the first key of ENCRYPTION_KEYS, or out of encryption."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.encryption import KeyMissing, ValueDamaged, mark_of_now
from foundation.reencrypting import count_outdated, encrypted_columns, reencrypt
from vittoria_care.sign_in.secrets_at_rest import count_outdated_secrets, reencrypt_secrets

UNUSABLE = 2  # exit code


class Command(BaseCommand):
    """Write again what is not as it would be written now; a second run finds nothing to do."""

    help = (
        "Encrypt the stored values of the encrypted columns and the second factors with the first key of ENCRYPTION_KEYS; without"
        " a key, store them as they are. It may be stopped and run again at any time. Exit code 0: done; 2: a value cannot be"
        " read, because its key is missing or it was damaged."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument(
            "--chunk", type=int, default=500, metavar="N", help="rows in one transaction (%(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["chunk"] < 1:
            raise CommandError("--chunk must be 1 or more.", returncode=UNUSABLE)
        key = mark_of_now().split(":")[1] if mark_of_now() else ""
        self.stdout.write(f"Values are written with the key {key}." if key else "Nothing is encrypted: no key is set.")
        verb = "would be" if options["dry_run"] else "were"
        try:
            for column in encrypted_columns():
                rows = count_outdated(column) if options["dry_run"] else sum(reencrypt(column, chunk=options["chunk"]))
                self.stdout.write(f"{rows:>8} {verb} written again in {column}.")
            secrets = count_outdated_secrets() if options["dry_run"] else reencrypt_secrets()
        except (KeyMissing, ValueDamaged) as error:
            raise CommandError(str(error), returncode=UNUSABLE) from error
        self.stdout.write(f"{secrets:>8} {verb} written again of the second factors.")
