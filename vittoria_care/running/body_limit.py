"""Refuse a body that is too large by its headers, before anything reads it: it fills neither memory nor disk."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from foundation.api import problems as api
from foundation.files.accepted import MEGABYTE, MESSAGE
from foundation.files.uploads import limits_at, stated_limits
from foundation.numbers import is_digits


class BodyLimit:
    """Middleware that lets a body through up to API_BODY_LIMIT under /api/, up to PAGE_BODY_LIMIT elsewhere and where the API
    takes a file, and up to REPORT_BODY_LIMIT at the pages that take the files of a claim.

    A body without its length (sent in chunks) is refused as well (411): its size is not known in advance.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for_program = request.path_info.startswith(api.ADDRESSES)
        most = settings.API_BODY_LIMIT if for_program else settings.PAGE_BODY_LIMIT
        length = request.META.get("CONTENT_LENGTH") or ""
        if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
            return _refused(request, 411, most, for_program=for_program)
        if _is_more(length, most) and for_program and stated_limits(request.path_info) is not None:
            most = settings.PAGE_BODY_LIMIT
        elif _is_more(length, most) and limits_at(request.path_info).together > MESSAGE.together:
            most = settings.REPORT_BODY_LIMIT
        if _is_more(length, most):
            return _refused(request, 413, most, for_program=for_program)
        return self.get_response(request)


def _is_more(length: str, most: int) -> bool:
    return is_digits(length) and (len(length) > 18 or int(length) > most)


def _refused(request: HttpRequest, status: int, most: int, *, for_program: bool) -> HttpResponse:
    if not for_program:
        together = min(most, limits_at(request.path_info).together) // MEGABYTE
        return render(request, "413.html", {"status": status, "most": f"{together} MB"}, status=status)
    if status == 411:
        return api.problem_answer(411, "length_required", _("Send the body in one piece, with its Content-Length."))
    words = {"most": f"{most:,}".replace(",", ".")}
    return api.problem_answer(413, "body_too_large", _("The body is over %(most)s bytes. Send it in parts.") % words)
