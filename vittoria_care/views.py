"""The pages that belong to no single app."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contact_center.models import TollFreeLine


def home(request: HttpRequest) -> HttpResponse:
    """The public first page: the doors, and the three toll-free lines."""
    return render(request, "home.html", {"lines": TollFreeLine.objects.filter(is_active=True)})


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; it asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")
