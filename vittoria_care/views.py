"""The pages that belong to no single app."""

from http import HTTPStatus

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views import csrf, defaults
from django.views.decorators.http import require_safe

from contact_center.due.line_hours import telephone
from foundation.files.accepted import MESSAGE
from foundation.page_before import page_before

from .backoffice.site import POLICY
from .demonstration.mail import is_kept_here
from .privacy.record import kept_for
from .privacy.rules import carriers


def home(request: HttpRequest) -> HttpResponse:
    """The public first page: the doors, the toll-free lines, and the mail where it is kept here."""
    lines = telephone(timezone.now()).lines
    return render(request, "home.html", {"lines": lines, "shows_demo_mail": is_kept_here()})


# Swagger UI writes style attributes; its scripts are files of ours like any other.
@csp_update({"style-src": [SELF, UNSAFE_INLINE]})
def api_docs(request: HttpRequest) -> HttpResponse:
    """The API's addresses, read from its schema, to try out. Nothing is loaded from other sites."""
    return render(request, "api_docs.html")


@require_safe
def api_docs_app(request: HttpRequest) -> HttpResponse:
    """For the makers of the app, as it is written (docs/app.md)."""
    page = settings.BASE_DIR / "docs" / "app.md"
    return HttpResponse(page.read_bytes(), content_type="text/markdown; charset=utf-8")


def legal(request: HttpRequest, name: str) -> HttpResponse:
    """A page with its own text in each language: the privacy notice, the accessibility declaration."""
    privacy = name == "privacy"
    language = "en" if get_language() == "en" else "it"
    context = {
        "title": _("Privacy notice") if privacy else _("Accessibility declaration"),
        "version": settings.PRIVACY_NOTICE_VERSION if privacy else "",
        "text": f"legal/{name}.{language}.html",
        "kept": kept_for() if privacy else [],
        "carriers": carriers() if privacy else [],
    }
    return render(request, "legal/page.html", context)


def could_not_read(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a request that cannot be read (400); one with too many files says how many a message may have."""
    if isinstance(exception, TooManyFilesSent):
        return render(request, "413.html", {"status": 400, "most_files": MESSAGE.files}, status=400)
    return defaults.bad_request(request, exception)


# --- Refusals: to staff inside the back office's frame, with its menu and in their words; to everybody else a bare page
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """403."""
    if _is_at_work(request):
        return _refused(request, "forbidden", HTTPStatus.FORBIDDEN)
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """404."""
    if _is_at_work(request):
        return _refused(request, "not_found", HTTPStatus.NOT_FOUND)
    return defaults.page_not_found(request, exception)


def form_key_lost(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its key: in the back office with a link back to the text, elsewhere the page for everybody."""
    index = reverse("admin:index")
    if not request.path.startswith(index):
        return csrf.csrf_failure(request, reason)
    context = {"page": page_before(request, default=index)}
    return render(request, "office/form_key_lost.html", context, status=HTTPStatus.FORBIDDEN)


def _is_at_work(request: HttpRequest) -> bool:
    """Whether a member of staff is in the back office: the frame is theirs."""
    user = getattr(request, "user", None)
    return user is not None and request.path.startswith(reverse("admin:index")) and admin.site.has_permission(request)


def _refused(request: HttpRequest, why: str, status: HTTPStatus) -> HttpResponseBase:
    context = {**admin.site.each_context(request), "title": REFUSED[why][0], "text": REFUSED[why][1]}
    page = csp_update(POLICY)(lambda request: render(request, "office/refused.html", context, status=status))
    return page(request)


REFUSED = {
    "forbidden": (
        gettext_lazy("This page is not open to you"),
        gettext_lazy("Your role may not see it. If your work needs it, ask whoever manages access."),
    ),
    "not_found": (
        gettext_lazy("This is not here"),
        gettext_lazy("There is no such row or page, or it is not within your reach. Search for it from its list."),
    ),
}
