"""The pages that belong to no single app."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contact_center.models import TollFreeLine

from .demo_mail import is_kept_here


def home(request: HttpRequest) -> HttpResponse:
    """The public first page: the doors, the three toll-free lines, and the mail where it is kept here."""
    lines = TollFreeLine.objects.filter(is_active=True)
    return render(request, "home.html", {"lines": lines, "shows_demo_mail": is_kept_here()})


# Swagger UI writes style attributes; its scripts are files of ours like any other.
@csp_update({"style-src": [SELF, UNSAFE_INLINE]})
def api_docs(request: HttpRequest) -> HttpResponse:
    """The API's addresses, read from its schema, to be tried out; nothing is fetched from elsewhere."""
    return render(request, "api_docs.html")
