"""Pages of the wallboard: the screen, the part of it that is asked for all the time, and the screens that need no sign-in."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from foundation.api.keys import create_key, key_in_force, note_use, revoke_key
from foundation.models import ApiKey, Scope
from foundation.refusals import Refused
from foundation.requests import StaffRequest
from insights.wallboard.now import wall
from insights.wallboard.shown import shown

SEES, KEEPS = "contact_center.view_wallboard", "contact_center.keep_wallscreens"
COOKIE, PATH, LASTS = "wallscreen", "/dashboard/parete/", timedelta(days=365)

View = Callable[..., HttpResponse]


def _is_screen(request: HttpRequest) -> bool:
    """Whether the browser is a screen that may show the wallboard without anybody who signed in."""
    secret = request.COOKIES.get(COOKIE)
    if not secret:
        return False
    now = timezone.now()
    key = key_in_force(secret, now)
    if key is None or Scope.WALLBOARD_READ not in key.scopes:
        return False
    note_use(key, now)
    return True


def _for_the_room(view: View) -> View:
    """Let in screens, and staff who may see the wallboard."""
    for_staff = login_required(permission_required(SEES, raise_exception=True)(view))

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated and _is_screen(request):
            return view(request, *args, **kwargs)
        return for_staff(request, *args, **kwargs)

    return never_cache(require_safe(asked))


@_for_the_room
def wallboard(request: HttpRequest) -> HttpResponse:
    """The screen: all lines, or the one of `line`."""
    return render(request, "insights/wallboard.html", {"line": _line(request), "wall": _now(request)})


@_for_the_room
def wallboard_now(request: HttpRequest) -> HttpResponse:
    """The part of the screen that its script asks for all the time."""
    return render(request, "insights/wallboard_now.html", {"wall": _now(request)})


def _line(request: HttpRequest) -> str:
    return request.GET.get("line", "")[:30]


def _now(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    return shown(wall(now), now, line=_line(request))


# --- Screens ----------------------------------------------------------------------------------------------------------
@never_cache
@login_required
@permission_required(KEEPS, raise_exception=True)
@require_safe
def wallscreens(request: StaffRequest) -> HttpResponse:
    """The screens that show the wallboard by themselves, and the way to make this browser one."""
    screens = ApiKey.objects.in_use(timezone.now()).filter(scopes=[Scope.WALLBOARD_READ])
    return render(
        request,
        "insights/wallscreens.html",
        {"screens": screens.select_related("created_by")[:100], "line": _line(request), "days": LASTS.days},
    )


@login_required
@permission_required(KEEPS, raise_exception=True)
@require_POST
def wallscreen_keep(request: StaffRequest) -> HttpResponse:
    """Make this browser a screen: it keeps a key that opens the wallboard alone, and the person is signed out of it."""
    try:
        _key, secret = create_key(
            name=request.POST.get("name", ""),
            source="wallboard",
            scopes=[Scope.WALLBOARD_READ],
            by=request.user,
            expires_at=timezone.now() + LASTS,
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("wallscreens")
    logout(request)
    answer = redirect("wallboard")
    answer.set_cookie(
        COOKIE, secret, max_age=LASTS, path=PATH, httponly=True, secure=request.is_secure(), samesite="Strict"
    )
    return answer


@login_required
@permission_required(KEEPS, raise_exception=True)
@require_POST
def wallscreen_end(request: StaffRequest, pk: int) -> HttpResponse:
    """End a screen: it shows nothing from its next question on."""
    key = get_object_or_404(ApiKey.objects.filter(scopes=[Scope.WALLBOARD_READ]), pk=pk)
    try:
        revoke_key(key, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The screen “%(name)s” shows nothing any more.") % {"name": key.name})
    return redirect("wallscreens")
