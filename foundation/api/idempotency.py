"""Writes without a natural key are done once for each key that their sender gives, however often they are sent.

    class Requests(APIView):
        @extend_schema(parameters=[IDEMPOTENCY_KEY], ...)
        @idempotent("requests:create", stated_in="submission_key")
        def post(self, request): ...

A key is the header `Idempotency-Key`, or a field of the body where the door has one. It belongs to the sender, an API key
or a person (and the account by which they act): the same text from somebody else is another key. Keys are claimed, the work done and its answer kept in
one transaction: a second request waits for the first to end, then gets the same answer. An error is not kept, and
nothing of what caused it: the same key may be sent again.
"""

import contextlib
import functools
import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.models import ApiKey, IdempotencyRecord

KEPT = timedelta(hours=24)
HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LONGEST_KEY = 200
PURGED_AT_ONCE = 10_000  # rows of one transaction

IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": r"^[\x21-\x7e][\x20-\x7e]*$"},
    OpenApiParameter.HEADER,
    description=(
        "A word of your choice for this write, such as a UUID. Sent again within 24 hours with the same body it does "
        f"nothing and gets the same answer, marked `{REPLAYED}: true`; with another body it is refused (422)."
    ),
)


class KeyReused(APIException):
    """The key was sent before, with something else."""

    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = _("This Idempotency-Key was used for another body. Use a new key for a new write.")


def idempotent(scope: str, *, stated_in: str = "") -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Decorate a method of a view: with a key it is done once per key, sender and `scope`.

    `stated_in` names the field of the body that holds a UUID made for this write; the header counts beside it.
    """

    def decorate(method: Callable[..., Response]) -> Callable[..., Response]:
        @functools.wraps(method)
        def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            keys = _keys_of(request, scope, stated_in)
            if not keys:
                return method(view, request, *args, **kwargs)
            with transaction.atomic():
                records = [_claim(key, scope=kind, request=request) for kind, key in keys]
                if any(record.status and record.digest != _digest(request) for record in records):
                    raise KeyReused
                if before := next((record for record in records if record.status), None):
                    _keep_answer(records, before.status, before.response)
                    return Response(before.response, status=before.status, headers={REPLAYED: "true"})
                response = method(view, request, *args, **kwargs)
                if response.status_code >= 400:
                    transaction.set_rollback(True)
                    return response
                kept = json.loads(JSONRenderer().render(response.data) or b"null")
                _keep_answer(records, response.status_code, kept)
                return response

        return once

    return decorate


def write_id(request: Request, scope: str, *, stated_in: str = "") -> uuid.UUID | None:
    """An id of the write for the row that it makes: the same for the same sender, key and body, and for no other.

    It outlives the answers kept for a day: the same write sent again after that finds the row it made, and a key used
    again for another body makes another row. None without a key.
    """
    keys = _keys_of(request, scope, stated_in)
    if not keys:
        return None
    kind, key = keys[-1]
    return uuid.uuid5(uuid.NAMESPACE_URL, "\x1f".join([_principal(request), kind, key, _digest(request)]))


def purge(now: datetime) -> int:
    """Forget the answers kept for more than a day; returns how many. What is left over is for the next run."""
    old = IdempotencyRecord.objects.filter(created_at__lt=now - KEPT).order_by("created_at")
    return IdempotencyRecord.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:PURGED_AT_ONCE])).delete()[0]


def _keys_of(request: Request, scope: str, stated_in: str) -> list[tuple[str, str]]:
    """Scope and key of each that was given, the header's first: all requests claim them in this order."""
    keys = []
    if (header := _header_key(request)) is not None:
        keys.append((scope, header))
    stated = request.data.get(stated_in) if stated_in and isinstance(request.data, Mapping) else None
    if isinstance(stated, str):
        with contextlib.suppress(ValueError):  # where the field is no UUID, the door itself refuses it
            keys.append((f"{scope}:{stated_in}", str(uuid.UUID(stated))))
    return keys


def _header_key(request: Request) -> str | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    key = key.strip().strip('"')
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise ValidationError(
            {HEADER: [_("Send 1 to %(most)d printable ASCII characters, such as a UUID.") % {"most": LONGEST_KEY}]}
        )
    return key


def _claim(key: str, *, scope: str, request: Request) -> IdempotencyRecord:
    """The record of the key: ours, still without a status, or that of the first request, whose end we waited for."""
    named = {"principal": _principal(request), "scope": scope, "key": key}
    ours = IdempotencyRecord(**named, digest=_digest(request))
    IdempotencyRecord.objects.bulk_create([ours], ignore_conflicts=True)
    return IdempotencyRecord.objects.get(**named)


def _keep_answer(records: list[IdempotencyRecord], status: int, response: Any) -> None:
    for record in records:
        if not record.status:
            record.status, record.response = status, response
            record.save(update_fields=["status", "response"])


def _principal(request: Request) -> str:
    if isinstance(request.auth, ApiKey):
        return f"key:{request.auth.pk}"
    if not request.user.is_authenticated:
        return "anybody"
    account = getattr(request, "account", None)  # by which a person acts, where the door asks for it
    return f"user:{request.user.pk}" if account is None else f"user:{request.user.pk}/{account.pk}"


def _digest(request: Request) -> str:
    """The same for the same address and the same data, however the JSON was spaced or ordered."""
    body = json.dumps(request.data, sort_keys=True, default=str)
    return hashlib.sha256(f"{request.method} {request.path}\0{body}".encode()).hexdigest()
