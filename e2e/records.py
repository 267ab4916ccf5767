"""What a journey needs of the database before it begins, asked of the installation's own shell."""

from typing import Any

from testbed.installation import Installation

# `contact`: what a customer who signs in wrote ten days ago.
WRITTEN_CONTACT = """
import uuid
from datetime import timedelta
from contact_center.contacts.opening import open_request
from customers.models import ReservedAreaAccount
from django.utils import timezone
customer = ReservedAreaAccount.objects.get(user__email=mailbox, mandate=None).customer
contact = open_request(
    form="open", submission_key=uuid.uuid4(), name=str(customer), email=mailbox, customer=customer,
    subject="Rimborso negato", text="Il rimborso mi è stato negato senza spiegazioni: non sono soddisfatto.",
    privacy_version="2026-01", at=timezone.now() - timedelta(days=10),
).contact
"""


def ask(site: Installation, code: str, **given: Any) -> Any:
    """Run the code in the installation with the names given, and return what it leaves in `result` (a plain value)."""
    return site.shell.code(code, given)
