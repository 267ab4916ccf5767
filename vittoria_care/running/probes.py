"""The addresses for machines: `/healthz`, `/readyz`, `/metrics`.

They are answered before everything else: by whatever name or address the machine is called, without a redirect to HTTPS,
a session or a language.
"""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.utils.crypto import constant_time_compare

from . import health, metrics


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that this process runs, without asking the database."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer whether the system can work: 200 or 503. Only this machine and METRICS_TOKEN see which check failed."""
    checks = health.readiness()
    ready = all(each["ok"] for each in checks.values())
    body: dict[str, Any] = {"status": "ready" if ready else "not ready"}
    if _may_look_inside(request):
        body["checks"] = checks
    return JsonResponse(body, status=200 if ready else 503)


def metrics_page(request: HttpRequest) -> HttpResponse:
    """Prometheus's text, for this machine itself or a caller with METRICS_TOKEN; else 403."""
    if not _may_look_inside(request):
        return HttpResponseForbidden("METRICS_TOKEN opens this address.\n", content_type="text/plain")
    return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


def _may_look_inside(request: HttpRequest) -> bool:
    return _shows_token(request) or _is_this_machine(request)


def _shows_token(request: HttpRequest) -> bool:
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and constant_time_compare(shown, settings.METRICS_TOKEN)


def _is_this_machine(request: HttpRequest) -> bool:
    """A caller on the loopback that is no proxy: what a proxy passes on comes from the loopback as well."""
    passed_on = settings.BEHIND_PROXY or any(
        name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "Via")
    )
    try:
        return not passed_on and ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


PROBES = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics_page}


class Probes:
    """Middleware that answers the probes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info)
        if probe is None:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        return probe(request)
