"""Refuse a body that is too large by its headers, before anything reads it: it fills neither memory nor disk."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from contact_center.contacts.attachments import LARGEST_TOGETHER, MEGABYTE
from foundation.api import problems as api
from foundation.numbers import is_digits


class BodyLimit:
    """Middleware that lets a body through up to API_BODY_LIMIT under /api/, up to PAGE_BODY_LIMIT elsewhere.

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
        if is_digits(length) and (len(length) > 18 or int(length) > most):
            return _refused(request, 413, most, for_program=for_program)
        return self.get_response(request)


def _refused(request: HttpRequest, status: int, most: int, *, for_program: bool) -> HttpResponse:
    if not for_program:
        together = min(most, LARGEST_TOGETHER) // MEGABYTE
        return render(request, "413.html", {"status": status, "most": f"{together} MB"}, status=status)
    if status == 411:
        return api.problem_answer(411, "length_required", _("Send the body in one piece, with its Content-Length."))
    words = {"most": f"{most:,}".replace(",", ".")}
    return api.problem_answer(413, "body_too_large", _("The body is over %(most)s bytes. Send it in parts.") % words)
