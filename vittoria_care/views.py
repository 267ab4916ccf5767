"""The pages that belong to no single app."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contact_center.models import TollFreeLine


def home(request: HttpRequest) -> HttpResponse:
    """The public first page: the doors, and the three toll-free lines."""
    return render(request, "home.html", {"lines": TollFreeLine.objects.filter(is_active=True)})


# Swagger UI writes style attributes; its scripts are files of ours like any other.
@csp_update({"style-src": [SELF, UNSAFE_INLINE]})
def api_docs(request: HttpRequest) -> HttpResponse:
    """The API's addresses, read from its schema, to be tried out; nothing is fetched from elsewhere."""
    return render(request, "api_docs.html")
