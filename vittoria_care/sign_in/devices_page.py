"""The room “Access and devices”: how one signs in, where one is signed in, and what is remembered; each can be taken away.

Customers have it in the reserved area, staff under the sign-in; what is done is the same for both.
"""

from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from customers.models import KnownDevice, User
from customers.requests import CustomerRequest
from customers.sessions import NO_ADDRESS, ROW, end_other_sessions, end_session, live_sessions
from customers.user_agents import device_in_words
from foundation.requests import signed_in_user
from reserved_area.records import SHELL, customer_page, one_page

from .events import report_forgotten_device
from .known_devices import device_of, devices_of
from .passkeys import OFFER, PASSKEYS_AT_MOST, passkeys_of
from .second_factor import has_second_factor, is_staff


# --- The page
@customer_page(for_heirs=True)
@require_safe
def customer_view(request: CustomerRequest) -> HttpResponse:
    """The room of a customer."""
    return _page(request, frame=SHELL)


@never_cache
@login_required
@require_safe
def staff_view(request: HttpRequest) -> HttpResponse:
    """The page of somebody who works here; customers are led to their room."""
    if not is_staff(request.user) and signed_in_user(request).enrolled_customer_id() is not None:
        return redirect("portal_access")
    return _page(request, frame="base.html")


def _page(request: HttpRequest, *, frame: str) -> HttpResponse:
    user = signed_in_user(request)
    sessions, pages = one_page(request, live_sessions(user, idle_since=_idle_since(user)), size=10)
    passkeys = passkeys_of(user)
    return render(
        request,
        "account/devices.html",
        {
            "frame": frame,
            "sessions": [_shown_session(each, request) for each in sessions],
            "page": pages,
            "devices": _shown_devices(request, user),
            "passkeys": passkeys,
            "can_add_passkey": len(passkeys) < PASSKEYS_AT_MOST,
            "has_second_factor": has_second_factor(user),
        },
    )


def _idle_since(user: User) -> datetime | None:
    """Since when a session of pages in which nothing was done is over; None without a limit."""
    minutes = settings.STAFF_IDLE_MINUTES if is_staff(user) else settings.CUSTOMER_IDLE_MINUTES
    return timezone.now() - timedelta(minutes=minutes) if minutes else None


def _shown_session(session: UserSession, request: HttpRequest) -> dict[str, Any]:
    return {
        "pk": session.pk,
        "is_this": session.pk == request.session.get(ROW),
        "device": device_in_words(session.user_agent),
        "address": "" if session.ip == NO_ADDRESS else session.ip,
        "since": session.created_at,
        "seen": session.last_seen_at,
    }


def _shown_devices(request: HttpRequest, user: User) -> list[dict[str, Any]]:
    now, devices = timezone.now(), list(devices_of(user))
    this = device_of(request, user)
    return [
        {
            "pk": each.pk,
            "is_this": this is not None and each.pk == this.pk,
            "device": device_in_words(each.user_agent),
            "since": each.first_used_at,
            "used": each.last_used_at,
            "until": each.remembered_until if each.remembered_until and each.remembered_until > now else None,
        }
        for each in devices
    ]


# --- What is done
@login_required
@require_POST
def end_session_view(request: HttpRequest, pk: int) -> HttpResponse:
    """End one session, another's than this: this one ends by signing out."""
    if pk == request.session.get(ROW):
        messages.info(request, _("This is the session you are in: sign out to end it."))
    elif end_session(signed_in_user(request), pk):
        messages.success(request, _("The session was ended: it opens nothing any more."))
    else:
        messages.info(request, _("That session was over already."))
    return redirect("devices")


@login_required
@require_POST
def end_other_sessions_view(request: HttpRequest) -> HttpResponse:
    """End every session but this one."""
    ended = end_other_sessions(signed_in_user(request), but=request.session.get(ROW))
    text = ngettext("%(ended)d other session was ended.", "%(ended)d other sessions were ended.", ended)
    messages.success(request, text % {"ended": ended} if ended else _("There was no other session."))
    return redirect("devices")


@login_required
@require_POST
def forget_device_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a device: the next sign-in on it is one from a new device, and asks for everything."""
    if forget_device(signed_in_user(request), pk):
        messages.success(request, _("The device was forgotten."))
    else:
        messages.info(request, _("That device was forgotten already."))
    return redirect("devices")


@transaction.atomic
def forget_device(user: User, pk: int) -> bool:
    """Forget a device of the user, and report it if it was remembered; False when there is none of theirs."""
    device = (
        KnownDevice.objects.select_for_update(of=("self",)).filter(user=user, pk=pk).select_related("user").first()
    )
    if device is None:
        return False
    was_remembered = device.remembered_until is not None and device.remembered_until > timezone.now()
    device.delete()
    if was_remembered:
        report_forgotten_device(device)
    return True


@login_required
@require_POST
def passkey_later_view(request: HttpRequest) -> HttpResponse:
    """Take the offer of a passkey away. It was made once on this device, and is not made again."""
    request.session.pop(OFFER, None)
    return redirect("after_sign_in")
