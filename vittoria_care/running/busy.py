"""The answer of a page when the database made it wait too long (`databases.LIMITS`): 409 or 503, with nothing lost.

A lock that somebody else holds is a conflict, so is a deadlock: the page says so and holds all that was typed, to be sent
again by one button. A statement that took too long is 503. The API answers the same as problem details.
"""

from collections.abc import Callable
from typing import Any

import structlog
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.shortcuts import render
from django.utils.translation import gettext as _

from foundation.api.problems import ADDRESSES, problem_answer

log = structlog.get_logger(__name__)

LOCKED = {"55P03": "lock not available", "40P01": "deadlock"}
TOO_LONG = {"57014": "statement cancelled"}
RETRY_AFTER = 5  # seconds


class Busy:
    """Middleware, the innermost: it sees the error of a view once its transaction has been rolled back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer to a wait that was too long; None for any other error."""
        if not isinstance(error, OperationalError):
            return None
        why = getattr(error.__cause__, "pgcode", None) or ""
        if why in LOCKED:
            log.warning("waited_too_long", reason=LOCKED[why], view=_name_of(request))
            text = _("Somebody is saving this just now. Try again in a moment.")
            answer = self._answer(request, 409, "busy", text, "409.html")
        elif why in TOO_LONG:
            log.error("waited_too_long", reason=TOO_LONG[why], view=_name_of(request))
            answer = self._answer(
                request, 503, "too_slow", _("This took too long. Try again in a moment."), "503.html"
            )
        else:
            return None
        answer.headers["Retry-After"] = str(RETRY_AFTER)
        return answer

    def _answer(self, request: HttpRequest, status: int, code: str, text: str, template: str) -> HttpResponse:
        if request.path_info.startswith(ADDRESSES):
            return problem_answer(status, code, text)
        typed = _typed(request)
        return render(request, template, {"typed": typed, "files": sorted(_files(request))}, status=status)


def _name_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _typed(request: HttpRequest) -> list[tuple[str, Any]]:
    """The fields that were sent, to be sent again; passwords and tokens never go back into a page."""
    if request.method != "POST":
        return []
    try:
        sent = request.POST.lists()
    except (OSError, RawPostDataException):
        return []
    kept = [each for each in sent if each[0] != "csrfmiddlewaretoken" and "password" not in each[0].lower()]
    return [(name, value) for name, values in kept for value in values]


def _files(request: HttpRequest) -> set[str]:
    """The names of the files that were sent, which have to be chosen again."""
    if request.method != "POST":
        return set()
    return {file.name or "" for name in request.FILES for file in request.FILES.getlist(name)}
