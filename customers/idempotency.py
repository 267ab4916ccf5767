"""Writes without a natural key are done once for each `Idempotency-Key`, however often they are sent.

    class Requests(APIView):
        @extend_schema(parameters=[IDEMPOTENCY_KEY], ...)
        @idempotent("requests:create")
        def post(self, request): ...

The key is claimed, the work done and its answer kept in one transaction: a second request waits for the first to end,
then gets the same answer. An error is not kept, and nothing of what caused it: the same key may be sent again.
"""

import functools
import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import ApiKey, IdempotencyRecord

KEPT = timedelta(hours=24)
HEADER = "Idempotency-Key"
LONGEST_KEY = 200
PURGED_AT_ONCE = 10_000  # rows of one transaction

IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description=(
        "A word of your choice for this write, such as a UUID. Sent again within 24 hours with the same body it does "
        "nothing and gets the same answer; with another body it is refused (422)."
    ),
)


class KeyReused(APIException):
    """The key was sent before, with something else."""

    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = _("This Idempotency-Key was used for another body. Use a new key for a new write.")


def idempotent(scope: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Decorate a method of a view: with an `Idempotency-Key` it is done once per key, principal and `scope`."""

    def decorate(method: Callable[..., Response]) -> Callable[..., Response]:
        @functools.wraps(method)
        def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            key = _key_of(request)
            if key is None:
                return method(view, request, *args, **kwargs)
            with transaction.atomic():
                record = _claim(key, scope=scope, request=request)
                if record.status:
                    return _said_before(record, request)
                response = method(view, request, *args, **kwargs)
                if response.status_code >= 400:
                    transaction.set_rollback(True)
                    return response
                record.status = response.status_code
                record.response = json.loads(JSONRenderer().render(response.data) or b"null")
                record.save(update_fields=["status", "response"])
                return response

        return once

    return decorate


def purge(now: datetime) -> int:
    """Forget the answers kept for more than a day; returns how many. What is left over is for the next run."""
    old = IdempotencyRecord.objects.filter(created_at__lt=now - KEPT).order_by("created_at")
    return IdempotencyRecord.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:PURGED_AT_ONCE])).delete()[0]


def _key_of(request: Request) -> str | None:
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
    """The record of the key: ours, still without a status, or that of who was first, for whose end we waited."""
    named = {"principal": _principal(request), "scope": scope, "key": key}
    ours = IdempotencyRecord(**named, digest=_digest(request))
    IdempotencyRecord.objects.bulk_create([ours], ignore_conflicts=True)
    return IdempotencyRecord.objects.get(**named)


def _said_before(record: IdempotencyRecord, request: Request) -> Response:
    if record.digest != _digest(request):
        raise KeyReused
    return Response(record.response, status=record.status, headers={"Idempotent-Replayed": "true"})


def _principal(request: Request) -> str:
    if isinstance(request.auth, ApiKey):
        return f"key:{request.auth.pk}"
    return f"user:{request.user.pk}" if request.user.is_authenticated else "anybody"


def _digest(request: Request) -> str:
    """The same for the same address and the same data, however the JSON was spaced or ordered."""
    said = json.dumps(request.data, sort_keys=True, default=str)
    return hashlib.sha256(f"{request.method} {request.path}\0{said}".encode()).hexdigest()
