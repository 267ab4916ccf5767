"""What the threads of requests and claims share in the app: a message with its files."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ValidationError as FormRefusal
from rest_framework import serializers

from contact_center.models import Contact
from contact_center.requests.forms import MessageFields
from contact_center.requests.thread import said_of
from customers.uploads import files_to_send
from foundation.api.strict import StrictSerializer
from foundation.files.accepted import MESSAGE, Limits
from reserved_area.api.base import MeRequest
from reserved_area.api.writing.door import (
    LONGEST_TEXT,
    UploadKeys,
    WrittenShape,
    filled_in,
    form_data,
    given,
    refused_files,
    written,
)

MOST_IN_AN_HOUR = 60  # messages of one person


class MessageInput(StrictSerializer):
    """One more message."""

    text = serializers.CharField(max_length=2 * LONGEST_TEXT, help_text="Up to 10,000 characters")
    uploads = UploadKeys(help_text="Up to five files of 10 MB, 20 MB together")


def take_message(request: MeRequest, contact: Contact | None, add: Callable[..., Any]) -> dict[str, Any]:
    """Add a message by the command `add`, which takes its text and files; what `WrittenShape` shows of it.

    `contact` is the thread as it was before, None where there was none.
    """
    sent = given(MessageInput, request)
    text = filled_in(MessageFields(form_data({"text": sent["text"]})))["text"]
    added = with_files(request, sent["uploads"], lambda files: add(text=text, files=files))
    return WrittenShape(written(added.contact, said_of(added, contact or added.contact), url="me_request")).data


def with_files(
    request: MeRequest, keys: Sequence[uuid.UUID], command: Callable[..., Any], *, limits: Limits = MESSAGE
) -> Any:
    """What a command makes of the files that were sent ahead; ValidationError where they are too many or too large."""
    try:
        with files_to_send(keys, customer=request.customer, by=request.user, limits=limits) as files:
            return command(files)
    except FormRefusal as error:
        raise refused_files(error) from error
