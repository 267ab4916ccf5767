"""What complaints hear from the apps below: that a mail which carried an answer letter did not arrive."""

import logging
from typing import Any

from django.db import Error, transaction
from django.dispatch import receiver

from complaints.services.sending import follow_notice
from notifications.signals import notice_in_trouble

log = logging.getLogger(__name__)


@receiver(notice_in_trouble)
def report_a_letter_that_did_not_arrive(sender: Any, *, notice_id: int, **_more: Any) -> None:
    """Report it at once. A fault here must not stop the delivery of notices: the task that follows letters comes by."""
    try:
        with transaction.atomic():
            follow_notice(notice_id)
    except Error:
        log.exception("the letter of notice %s could not be followed", notice_id)
