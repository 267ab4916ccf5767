"""An answer that the caller has already is not sent again: ETag with If-None-Match."""

import hashlib
from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response, set_response_etag
from django.utils.http import quote_etag
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


def tag_of(answer: Any) -> str:
    """The ETag of an answer that has a part which differs each time: made of what is given here."""
    return quote_etag(hashlib.sha256(JSONRenderer().render(answer)).hexdigest()[:32])


class ConditionalView(APIView):
    """A view whose answers to GET carry an ETag. Where If-None-Match names it, the answer is 304 without a body.

    The tag is made of the answer's bytes, so that nothing an answer depends on can be forgotten, be it the day or the
    reader's language. A view that knows a cheaper tag sets it before the work: `answered_already`.
    """

    def answered_already(self, request: Request, tag: str) -> HttpResponse | None:
        """The 304 for a caller who has what the tag names; None for everybody else."""
        empty = HttpResponse()
        empty["ETag"] = tag
        found = get_conditional_response(request._request, etag=tag, response=empty)
        return None if found is empty else found

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The answer, which is compared with what the caller has once it is written."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if request.method in ("GET", "HEAD") and response.status_code == 200 and isinstance(response, Response):
            response.add_post_render_callback(lambda written: _compared(request, written))
        return response


def _compared(request: Request, response: Any) -> Any:
    if not response.has_header("ETag"):
        set_response_etag(response)
    return get_conditional_response(request._request, etag=response["ETag"], response=response)
