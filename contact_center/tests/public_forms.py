"""What the tests of the public forms share: a form as a browser sends it, some seconds after it was opened."""

import uuid
from datetime import timedelta
from typing import Any

import time_machine
from django.conf import settings
from django.utils import timezone

from foundation.form_guard import GuardedForm


def guard(*, seconds: int = 30, key: uuid.UUID | None = None) -> dict[str, str]:
    """The hidden fields of a form that was opened some seconds ago."""
    with time_machine.travel(timezone.now() - timedelta(seconds=seconds), tick=False):
        form = GuardedForm()
        form._open(key or uuid.uuid4())
    return {name: form.fields[name].initial for name in ("submission_key", "opened")}


def filled(**given: Any) -> dict[str, Any]:
    """An open request as a browser sends it."""
    return {
        **guard(),
        "name": "Anna Bianchi",
        "email": "Anna@Example.it",
        "subject": "Copia della polizza",
        "text": "Vorrei una copia della polizza.",
        "privacy_version": settings.PRIVACY_NOTICE_VERSION,
        **given,
    }
