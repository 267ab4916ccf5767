"""The reserved area's room about call-backs: book an hour when the line is open, move it, call it off."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contact_center.call_backs.commands import book_call_back, cancel_call_back, move_call_back
from contact_center.call_backs.forms import CallBackForm, HourForm
from contact_center.call_backs.queries import free_slots, own_hours
from contact_center.due.line_hours import telephone
from contact_center.models import CallBack
from customers.contact_points.queries import numbers_of
from customers.models.account import Right
from customers.requests import CustomerRequest
from foundation.dates import moment_in_full
from foundation.refusals import Refused
from reserved_area.records import customer_page, one_page


@customer_page(right_to_send=Right.ASK)
@require_http_methods(["GET", "HEAD", "POST"])
def call_backs_view(request: CustomerRequest) -> HttpResponse:
    """One's call-backs, those ahead first, and the form that books another; when the lines are open."""
    now = timezone.now()
    options: dict[str, Any] = {
        "slots": free_slots(now, is_chosen=request.method == "POST"),
        "own": own_hours(request.customer, now),
        "phones": numbers_of(request.customer),
    }
    if request.method != "POST":
        return _room(request, CallBackForm(initial={"topic": request.GET.get("argomento", "")}, **options))
    form = CallBackForm(request.POST, **options)
    if not form.is_valid():
        return _room(request, form, status=422)
    if form.is_trapped:
        return redirect("portal_call_backs")
    given = form.cleaned_data
    try:
        booked = book_call_back(
            customer=request.customer,
            starts_at=given["slot"],
            phone=given["phone"],
            topic=given["topic"],
            text=given["text"],
            submission_key=given["submission_key"],
            by=request.user,
            language=get_language() or "",
        )
    except Refused as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return _room(request, form, status=409)
    when = {"when": moment_in_full(booked.call_back.starts_at)}
    messages.success(request, _("We call you: %(when)s.") % when)
    return redirect("portal_call_backs")


@customer_page(right=Right.ASK)
@require_http_methods(["GET", "HEAD", "POST"])
def move_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """Choose another hour."""
    call_back = _mine(request, pk)
    now = timezone.now()
    sent = request.POST if request.method == "POST" else None
    slots = free_slots(now, is_chosen=request.method == "POST", line_id=call_back.contact.line_id)
    form = HourForm(sent, slots=slots, own=own_hours(request.customer, now))
    page, context = "reserved_area/call_back_move.html", {"call_back": call_back, "form": form}
    if request.method != "POST":
        return render(request, page, context)
    if not form.is_valid():
        return render(request, page, context, status=422)
    if form.is_trapped:
        return redirect("portal_call_backs")
    try:
        moved = move_call_back(
            call_back, starts_at=form.cleaned_data["slot"], by=request.user, language=get_language() or ""
        )
    except Refused as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return render(request, page, context, status=409)
    messages.success(request, _("We call you: %(when)s.") % {"when": moment_in_full(moved.starts_at)})
    return redirect("portal_call_backs")


@customer_page(right=Right.ASK)
@require_POST
def cancel_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """Call it off."""
    try:
        cancel_call_back(_mine(request, pk), by=request.user, language=get_language() or "")
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your call-back is called off."))
    return redirect("portal_call_backs")


def _mine(request: CustomerRequest, pk: int) -> CallBack:
    return get_object_or_404(CallBack.objects.visible_to(request.user).select_related("customer", "contact"), pk=pk)


def _room(request: CustomerRequest, form: CallBackForm, *, status: int = 200) -> HttpResponse:
    own = CallBack.objects.visible_to(request.user).select_related("contact__topic")
    call_backs, pages = one_page(request, own.order_by("-starts_at", "-pk"))
    context = {
        "form": form,
        "call_backs": call_backs,
        "page": pages,
        "now": timezone.now(),
        **vars(telephone(timezone.now())),
    }
    return render(request, "reserved_area/call_backs.html", context, status=status)
