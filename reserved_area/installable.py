"""The reserved area as an application on a telephone: its manifest, its worker, and the page that is shown without a network.

The worker keeps static files and one page without personal data, and nothing else; it shows what is pushed to the device. With INSTALLABLE off it is replaced, in
every browser that has one, by a worker that empties what was kept and goes.
"""

import hashlib
import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contact_center.models import TollFreeLine

THEME, GROUND = "#0b4a54", "#f5f8f8"  # --band and --ground of static/css/tokens.css
KEPT_SECONDS = 3600
SHELL = (
    "vendor/bootstrap-5.3.9/bootstrap.min.css",
    "vendor/figtree-5.3.0/figtree-latin-wght-normal.woff2",
    "vendor/figtree-5.3.0/figtree-latin-ext-wght-normal.woff2",
    "vendor/htmx-2.0.11/htmx.min.js",
    "css/tokens.css",
    "css/app.css",
    "css/portal.css",
    "js/page.js",
    "js/portal.js",
    "js/drafts.js",
    "js/installable.js",
    "img/logo.svg",
    "img/favicon.svg",
    "img/icons.svg",
)


@require_safe
def manifest_view(request: HttpRequest) -> HttpResponse:
    """What a telephone needs to install the reserved area: names, icons, where it opens, colours; in Italian."""
    home = reverse("reserved_area")
    with translation.override("it"):
        manifest = {
            "id": home,
            "name": "Vittoria Care",
            "short_name": "Vittoria Care",
            "description": _("Your policies, payments, claims and requests, wherever you are."),
            "lang": "it",
            "dir": "ltr",
            "start_url": home,
            "scope": "/",
            "display": "standalone",
            "theme_color": THEME,
            "background_color": GROUND,
            "icons": [
                {"src": static("img/app/icon-192.png"), "sizes": "192x192", "type": "image/png", "purpose": "any"},
                {"src": static("img/app/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any"},
                {
                    "src": static("img/app/maskable-512.png"),
                    "sizes": "512x512",
                    "type": "image/png",
                    "purpose": "maskable",
                },
            ],
            "shortcuts": [
                {"name": _("Report a claim"), "url": reverse("portal_report")},
                {"name": _("Payments"), "url": reverse("portal_payments")},
            ],
        }
    answer = JsonResponse(manifest, content_type="application/manifest+json")
    answer["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return answer


@require_safe
def worker_view(request: HttpRequest) -> HttpResponse:
    """The worker, whose version changes with what it keeps; with INSTALLABLE off the one that ends all others."""
    if not settings.INSTALLABLE:
        text = render_to_string("installable/no_worker.js")
    else:
        offline = reverse("offline")
        kept = [offline, *(static(name) for name in SHELL)]
        words = {
            "version": _version(kept),
            "shell": json.dumps(kept),
            "offline": json.dumps(offline),
            "sign_out": json.dumps(reverse("account_logout")),
            "icon": json.dumps(static("img/app/icon-192.png")),
            "places": json.dumps([reverse("reserved_area"), reverse("account_login")]),
        }
        text = render_to_string("installable/worker.js", words)
    answer = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"  # a browser asks each time, so that another worker takes over at once
    answer["Service-Worker-Allowed"] = "/"
    return answer


@require_safe
def offline_view(request: HttpRequest) -> HttpResponse:
    """The one page that a telephone keeps: it says that there is no network, and which numbers to call. About nobody."""
    answer = HttpResponse(_offline_page())
    answer["Cache-Control"] = "no-cache"
    return answer


def _offline_page() -> str:
    lines = TollFreeLine.objects.filter(is_active=True).order_by("position", "code")
    return render_to_string("installable/offline.html", {"lines": lines})


def _version(kept: list[str]) -> str:
    """A name of what is kept: the static files by their names, which have their content in them, and the page by its words."""
    with translation.override("it"):
        page = _offline_page()
    return hashlib.sha256("\n".join([*kept, page]).encode()).hexdigest()[:12]
