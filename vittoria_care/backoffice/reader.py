"""Middleware: the pages of the back office and of the figures write people's names as their reader sees them."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from foundation.masking import page_for


class PageReader:
    """Says who reads the page, from the view of a look, or from the template of whatever was sent.

    What is sent is carried out before its page is made: a letter or a notice that a command writes has its names whole.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with ExitStack() as until_answered:
            request._until_answered = until_answered  # type: ignore[attr-defined]  # for the two methods below
            return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        if request.method in ("GET", "HEAD"):
            _begin(request)

    def process_template_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        _begin(request)
        return response


def _begin(request: HttpRequest) -> None:
    if request.path.startswith((reverse("admin:index"), reverse("figures"))) and request.user.is_authenticated:
        request._until_answered.enter_context(page_for(request.user))  # type: ignore[attr-defined]
