"""What the whole API shares: every error as RFC 9457 problem details.

`code` is a word for programs, `detail` a sentence for people, `errors` the fields at fault, and `instance` carries the
request's id, which is in the log lines as well. A fault of ours gives no more than that.
"""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from foundation.files.keeping import FilesNotKept
from foundation.refusals import Refused

from .parser import WritableJsonRenderer

PROBLEM = "application/problem+json"
ADDRESSES = "/api/"


class Conflict(exceptions.APIException):
    """A command was refused as things are now; nothing of it was done."""

    status_code = HTTPStatus.CONFLICT
    default_code = "refused"
    members: Mapping[str, Any] = {}  # what a program needs beside the sentence


class NoRoom(exceptions.APIException):
    """Files cannot be kept now; nothing of what was sent was. The same may be sent again later."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "files_not_kept"
    members: Mapping[str, Any] = {}


# --- Errors -----------------------------------------------------------------------------------------------------
def problem(status: int, code: str, detail: Any, **more: Any) -> dict[str, Any]:
    """The members of a problem; `instance` is the request's id."""
    about: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": str(detail),
    }
    if request_id := structlog.contextvars.get_contextvars().get("request_id"):
        about["instance"] = f"urn:request:{request_id}"
    return about | more


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what REST framework understands, and a refusal, into a problem; anything else is a bug and surfaces."""
    if isinstance(error, Refused):
        error = _as_error(error)
    elif isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = exception_handler(error, context)
    if response is None:
        return None
    assert isinstance(error, exceptions.APIException), "the handler answers nothing else"
    if isinstance(error.detail, dict | list):
        errors = _by_field(error.detail)
        response.data = problem(response.status_code, error.default_code, error.default_detail, errors=errors)
    else:
        more = getattr(error, "members", {})  # what a program needs beside the sentence
        response.data = problem(response.status_code, error.detail.code or error.default_code, error.detail, **more)
    response.content_type = PROBLEM
    if (request := context.get("request")) is not None:
        request.accepted_renderer, request.accepted_media_type = WritableJsonRenderer(), "application/json"
    return response


def _as_error(refusal: Refused) -> exceptions.APIException:
    """A refusal as an error: 409, or 503 where it is for want of room; with the field that it is about, if it names one."""
    away = isinstance(refusal, FilesNotKept)
    error = NoRoom(str(refusal), refusal.code) if away else Conflict(str(refusal), refusal.code)
    if refusal.field:
        error.members = {"errors": {refusal.field: [str(refusal)]}}
    return error


def _by_field(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Sentences by the path of their field: "" is the whole, "phone" a field, "2.phone" that of the third row."""
    parts: Iterable[tuple[Any, Any]]
    if isinstance(detail, dict):
        parts = detail.items()
    elif any(isinstance(each, dict | list) for each in detail):
        parts = enumerate(detail)
    else:
        return {path: [str(each) for each in detail]}
    found: dict[str, list[str]] = {}
    for name, inner in parts:
        step = "" if name == api_settings.NON_FIELD_ERRORS_KEY else str(name)
        inner = inner if isinstance(inner, dict | list) else [inner]
        for where, sentences in _by_field(inner, ".".join(filter(None, [path, step]))).items():
            found.setdefault(where, []).extend(sentences)
    return found


class ApiDoor:
    """Middleware around /api/: no error leaves as a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ADDRESSES):
            return self.get_response(request)
        response = self.get_response(request)
        if response.status_code >= 400 and not response.headers.get("Content-Type", "").startswith(PROBLEM):
            return self._as_problem(response)
        slash_missing = response.headers.get("Location", "").partition("?")[0].endswith(f"{request.path}/")
        if slash_missing and request.method not in ("GET", "HEAD"):  # a client that follows would send a GET
            return problem_answer(404, "not_found", _("There is nothing at this address: it ends with a slash."))
        return response

    def _as_problem(self, response: HttpResponse) -> HttpResponse:
        code, detail = {
            400: ("bad_request", _("This request cannot be understood.")),
            403: ("permission_denied", _("You may not do this.")),
            404: ("not_found", _("There is nothing at this address.")),
            405: ("method_not_allowed", _("This address does not take this method.")),
        }.get(response.status_code, ("error", _("Something went wrong on our side. Quote the instance when you ask.")))
        answer = problem_answer(response.status_code, code, detail)
        for name in ("Allow", "Retry-After", "WWW-Authenticate"):
            if name in response.headers:
                answer.headers[name] = response.headers[name]
        return answer


def problem_answer(status: int, code: str, detail: str) -> HttpResponse:
    """A problem as middleware answers it, where no view of REST framework is asked."""
    body = problem(status, code, detail)
    return JsonResponse(body, status=status, content_type=PROBLEM, json_dumps_params={"ensure_ascii": False})
