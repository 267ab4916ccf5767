"""The pages that belong to no single app."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contact_center.models import TollFreeLine


def home(request: HttpRequest) -> HttpResponse:
    """The public first page: the doors, and the three toll-free lines."""
    return render(request, "home.html", {"lines": TollFreeLine.objects.filter(is_active=True)})


def legal(request: HttpRequest, name: str) -> HttpResponse:
    """A page whose words are a text of their own in each language: the privacy notice, the accessibility declaration."""
    privacy = name == "privacy"
    language = "en" if get_language() == "en" else "it"
    context = {
        "title": _("Privacy notice") if privacy else _("Accessibility declaration"),
        "version": settings.PRIVACY_NOTICE_VERSION if privacy else "",
        "text": f"legal/{name}.{language}.html",
    }
    return render(request, "legal/page.html", context)


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; it asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")
