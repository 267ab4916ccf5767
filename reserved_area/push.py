"""The reserved area's room about notifications: this browser and the person's other devices, switched on and off.

The browser is asked for its permission only when the person presses the button (static/js/push.js).
"""

import hashlib
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.devices import forget_device, register_browser
from customers.models import AppDevice
from customers.models.device import LONGEST_TOKEN
from customers.requests import CustomerRequest
from customers.user_agents import device_in_words
from foundation.refusals import Refused
from notifications.channels.push.configured import browser_key
from reserved_area.records import customer_page


class SubscriptionForm(forms.Form):
    """What a browser gives when it is subscribed: the address of its service, and its keys."""

    endpoint = forms.CharField(max_length=LONGEST_TOKEN)
    p256dh = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=40)


def is_offered() -> bool:
    """Whether a browser can be notified here: there is a key for it, and the worker that shows what comes."""
    return bool(settings.INSTALLABLE and browser_key())


@customer_page
@require_safe
def push_view(request: CustomerRequest) -> HttpResponse:
    """The person's devices, whomever they act for, and the button for this one."""
    devices = [_shown(each) for each in AppDevice.objects.filter(user=request.user.pk).order_by("-seen_at", "-pk")]
    known = {each["digest"]: each["off_url"] for each in devices if each["digest"]}
    return render(
        request,
        "reserved_area/push.html",
        {"devices": devices, "known": known, "key": browser_key() if is_offered() else ""},
    )


@customer_page
@require_POST
def subscribe_view(request: CustomerRequest) -> HttpResponse:
    """Keep this browser's subscription; the answer is JSON, because a script sends it."""
    form = SubscriptionForm(request.POST)
    if not is_offered() or not form.is_valid():
        problem = _("This browser cannot be notified: what it gave is not a whole subscription.")
        return JsonResponse({"problem": problem}, status=400)
    name = device_in_words(request.headers.get("User-Agent", ""))
    try:
        register_browser(user=request.user, name=name, **form.cleaned_data)
    except Refused as refusal:
        return JsonResponse({"problem": str(refusal)}, status=409)
    messages.success(request, _("Notifications are on for this device."))
    return JsonResponse({"to": reverse("portal_push")}, status=201)


@customer_page
@require_POST
def switch_off_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """Nothing is pushed to the device any more; in the browser itself a script ends the subscription first."""
    forget_device(get_object_or_404(AppDevice, user=request.user.pk, pk=pk))
    messages.success(request, _("Notifications are off for that device."))
    return redirect("portal_push")


def _shown(device: AppDevice) -> dict[str, Any]:
    is_browser = device.platform == AppDevice.Platform.WEB
    return {
        "device": device,
        "digest": hashlib.sha256(device.token.encode()).hexdigest() if is_browser else "",
        "off_url": reverse("portal_push_off", args=[device.pk]),
    }
