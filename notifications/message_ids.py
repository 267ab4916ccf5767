"""The Message-ID of a notice, and the notice of a Message-ID."""

import hmac
import re

from django.conf import settings

from notifications.models import Notice

OURS = re.compile(r"<notice\.([0-9]{1,18})\.[0-9a-f]+@[^<>@\s]+>")


def message_id_of(notice: Notice) -> str:
    """The Message-ID of a notice: always the same one, and nobody else can make it up."""
    signed = hmac.digest(settings.SECRET_KEY.encode(), f"notice:{notice.pk}".encode(), "sha256").hex()[:24]
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
    return f"<notice.{notice.pk}.{signed}@{host}>"


def notice_of_message_id(message_id: str) -> Notice | None:
    """The notice that the id names; None for one that we did not make."""
    found = OURS.fullmatch(message_id)
    notice = Notice.objects.filter(pk=int(found[1])).first() if found else None
    return notice if notice is not None and message_id in (notice.message_id, message_id_of(notice)) else None
