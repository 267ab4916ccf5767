"""What the whole API shares: refusals as RFC 9457 problem details."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from customers.refusals import Refused


class Conflict(exceptions.APIException):
    """A command was refused as things are now; nothing of it was done."""

    status_code = HTTPStatus.CONFLICT
    default_code = "refused"


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what REST framework understands into `application/problem+json`; anything else is a bug and surfaces.

    `code` is a word for programs, `detail` a sentence for people, and `errors` names the fields of invalid input.
    """
    if isinstance(error, Refused):
        error = Conflict(str(error), error.code)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(response.status_code).phrase,
        "status": response.status_code,
        "code": error.default_code if isinstance(error.detail, dict | list) else error.detail.code,
        "detail": str(error.default_detail if isinstance(error.detail, dict | list) else error.detail),
    }
    if isinstance(error.detail, dict):
        problem["errors"] = error.detail
    elif isinstance(error.detail, list):
        problem["errors"] = {"": error.detail}
    response.data = problem
    response.content_type = "application/problem+json"
    return response
