"""The pages that belong to no single app."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contact_center.models import TollFreeLine

from .demo_mail import is_kept_here


def home(request: HttpRequest) -> HttpResponse:
    """The public first page: the doors, the three toll-free lines, and the mail where it is kept here."""
    lines = TollFreeLine.objects.filter(is_active=True)
    return render(request, "home.html", {"lines": lines, "shows_demo_mail": is_kept_here()})


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; it asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")
