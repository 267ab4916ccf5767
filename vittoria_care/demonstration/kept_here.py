"""Pages of the demonstration that show what would have been sent: only where it is kept on this machine."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

Arguments = ParamSpec("Arguments")
BACKEND = "vittoria_care.demonstration.mail.EmailBackend"


def is_kept_here() -> bool:
    """Whether mail is stored here, and so may be shown."""
    return not settings.PRODUCTION and settings.EMAIL_BACKEND == BACKEND


def only_where_kept(
    view: Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase]:
    """Make a view answer 404 wherever mail is really sent."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
        if not is_kept_here():
            raise Http404
        return view(request, *args, **kwargs)

    return shown
