"""One line for each request, and one id for all that a request causes.

The id is the caller's `X-Request-ID` where it is a plain word, else one of ours; it is bound to every log line, goes with
each task that the request queues (django-structlog), is sent back in the same header and stored nowhere.

Addresses are logged without what people put into them: no query, and of a path's variable parts only numbers.
"""

import re
import time
import uuid

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_structlog import middlewares

from foundation.models import ApiKey
from foundation.numbers import is_digits

HEADER = "X-Request-ID"
ID = "vittoria_care.request_id"  # where META keeps it: no header of a request is called so
SLOW_SECONDS = 2.0  # a request that takes longer has a line of its own, whatever its result
logger = structlog.get_logger(__name__)

GIVEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
VARIABLE_PART = re.compile(r"(?:\(\?P)?<(?:[^<>:]+:)?(?P<name>[^<>]+)>(?:[^()<>/]*\))?")
PLAIN_SEGMENT = re.compile(r"[a-z][a-z_-]{0,30}|v\d|\d{1,9}|")


class RequestLog(middlewares.RequestMiddleware):
    """The outermost middleware: every answer has the id and is logged."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:  # type: ignore[override]  # an answer may stream
        begun = time.monotonic()
        response = super().__call__(request)
        assert isinstance(response, HttpResponseBase), "no view of the project is asynchronous"
        if (seconds := time.monotonic() - begun) > SLOW_SECONDS:
            logger.warning(
                "request_slow",
                request_id=request.META[ID],
                request=self.format_request(request),
                seconds=round(seconds, 1),
            )
        response.headers[HEADER] = request.META[ID]
        return response

    def prepare(self, request: HttpRequest) -> None:
        """Bind the id to this thread's log lines."""
        given = request.headers.get(HEADER, "")
        request.META[ID] = given if GIVEN.fullmatch(given) else str(uuid.uuid4())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.META[ID])

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Bind the user or key that the request has shown; never asks the database for it."""
        if isinstance(key := getattr(request, "auth", None), ApiKey):
            structlog.contextvars.bind_contextvars(api_key=key.prefix)
        elif (user := getattr(request, "_cached_user", None)) is not None and user.pk is not None:
            structlog.contextvars.bind_contextvars(user_id=user.pk)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Method and address, without anything that may be about a person."""
        if (match := getattr(request, "resolver_match", None)) is None:
            segments = (each if PLAIN_SEGMENT.fullmatch(each) else "…" for each in request.path[:200].split("/"))
            return f"{request.method} {'/'.join(segments)}"

        def shown(part: re.Match[str]) -> str:
            value = str(match.kwargs.get(part["name"], ""))
            return value if is_digits(value) else f"<{part['name']}>"

        route = match.route.replace("^", "").removesuffix("$")
        return f"{request.method} /{VARIABLE_PART.sub(shown, route)}"
