"""`verify_receipts`: the signatures of receipts of certified e-mail that could not be verified before, by hand."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from notifications.channels.pec.trusted import Unusable, trusted_certificates
from notifications.returns.receipts import check_again


class Command(BaseCommand):
    """Look at them once more, after a certificate was added; a second run changes nothing."""

    help = (
        "Look once more at the receipts of certified e-mail whose signature was not verified, by the certificates of "
        "PEC_TRUSTED_CERTIFICATES. Exit code 0: done, none is wrong; 1: one is wrong; 2: there are no certificates."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            trusted = trusted_certificates(settings.PEC_TRUSTED_CERTIFICATES)
        except Unusable as error:
            raise CommandError(str(error), returncode=2) from error
        if not trusted:
            raise CommandError("PEC_TRUSTED_CERTIFICATES is not set.", returncode=2)
        verified, wrong = check_again()
        self.stdout.write(f"certificates={len(trusted)} verified={verified} wrong={wrong}")
        if wrong:
            raise SystemExit(1)
