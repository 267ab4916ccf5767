"""The reserved area's room about one's own data: what we hold, a copy of it, how to correct or erase it, and one's other rights."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.data_exports.commands import DataExportEnded, DataExportNotReady, ask_data_export, end_data_export
from customers.data_exports.handing_out import hand_out
from customers.models import Customer, DataExport, DataExportOpening, ErasureRequest
from customers.models.account import Capacity, Right
from customers.privacy.explaining import Staying, explain_erasure
from customers.requests import CustomerRequest
from foundation.dates import written_day
from foundation.refusals import Refused
from foundation.slots import Slot
from notifications.channels import Channel
from notifications.erasure import ask_erasure, letters_of, withdraw_erasure
from notifications.models import Notice
from reserved_area.records import customer_page

MOST_OPENINGS = 5  # shown of a copy
GONE = 410


@dataclass(frozen=True)
class Held:
    """How many pieces of information we hold under a heading."""

    heading: str
    count: int


class ErasureForm(forms.Form):
    """That the person has read what goes and what stays."""

    read = forms.BooleanField(
        label=gettext_lazy("I have read what goes and what stays"),
        error_messages={
            "required": gettext_lazy("Tick that you have read it: what is erased cannot be brought back.")
        },
    )


# What is held about a customer, from the rules that the copy is made by; the top of the project knows all apps.
WHAT_WE_HOLD: Slot[Callable[[Customer], list[Held]]] = Slot("what is held about a customer")


@customer_page
@require_safe
def my_data_view(request: CustomerRequest) -> HttpResponse:
    """What we hold in words and numbers, the copy and how far it is, and where to correct, consent, object."""
    return _page(request)


def _page(request: CustomerRequest, *, status: int = 200) -> HttpResponse:
    exports = DataExport.objects.filter(customer__in=request.customer.file_ids).of_the_person()
    export = exports.order_by("-asked_at", "-pk").first()
    ready = exports.can_be_opened(timezone.now()).order_by("-asked_at").first()
    openings = DataExportOpening.objects.filter(export=ready)[:MOST_OPENINGS] if ready else ()
    erasure = ErasureRequest.objects.filter(customer=request.customer).order_by("-asked_at", "-pk").first()
    return render(
        request,
        "reserved_area/my_data.html",
        {
            "held": [each for what in WHAT_WE_HOLD for each in what(request.customer)],
            "under_way": export
            if export and export.state in (DataExport.State.WAITING, DataExport.State.MAKING)
            else None,
            "ready": ready,
            "openings": openings,
            "days": settings.DATA_EXPORT_DAYS,
            "erasure": erasure,
            "may_decide": request.account.may(Right.PEOPLE),
            "erasure_letter": _letter_about(erasure),
        },
        status=status,
    )


# --- The copy ---------------------------------------------------------------------------------------------------------
@customer_page(right=Right.PEOPLE)
@require_POST
def ask_export_view(request: CustomerRequest) -> HttpResponse:
    """Ask for a copy; asked twice, it is the same one."""
    try:
        export = ask_data_export(
            request.customer,
            by=request.user,
            channel=DataExport.Channel.PORTAL,
            language=get_language() or request.customer.language,
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if export.state == DataExport.State.READY:
            messages.info(request, _("A copy less than a day old is here already: you can open it now."))
        else:
            messages.success(request, _("We are making the copy of your data, and write to you when it is ready."))
    return redirect("portal_my_data")


@customer_page(right=Right.PEOPLE)
@require_safe
def export_file_view(request: CustomerRequest, key: UUID) -> HttpResponseBase:
    """The copy, for the person whom it is about; somebody else's is not found. 410 after its end."""
    export = get_object_or_404(DataExport.objects.of_the_person(), customer=request.customer, key=key)
    return _handed_out(request, export)


@reauthentication_required
def _handed_out(request: CustomerRequest, export: DataExport) -> HttpResponseBase:
    """The archive, once the person has proved who they are within the last minutes (ACCOUNT_REAUTHENTICATION_TIMEOUT)."""
    try:
        return hand_out(export, by=request.user, door=DataExportOpening.Door.PORTAL, is_real=request.method == "GET")
    except (DataExportEnded, DataExportNotReady) as refusal:
        messages.warning(request, str(refusal))
        return _page(request, status=GONE if isinstance(refusal, DataExportEnded) else 409)


@customer_page(right=Right.PEOPLE)
@require_POST
def end_export_view(request: CustomerRequest, key: UUID) -> HttpResponse:
    """Delete the copy before its time."""
    export = get_object_or_404(DataExport.objects.of_the_person(), customer=request.customer, key=key)
    try:
        end_data_export(export)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The copy of your data is deleted here. What you saved on your devices is yours."))
    return redirect("portal_my_data")


# --- Erasure ----------------------------------------------------------------------------------------------------------
@customer_page(right=Right.PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def erasure_view(request: CustomerRequest) -> HttpResponse:
    """What an erasure would do to one's own data; GET explains it, POST asks for it. Asked twice it is one request."""
    return _erasure(request)


@reauthentication_required
def _erasure(request: CustomerRequest) -> HttpResponse:
    form = ErasureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = ask_erasure(request.customer, by=request.user)
        day = written_day(asked.due_on, "il")
        messages.success(request, _("We have your request, and answer by %(day)s at the latest.") % {"day": day})
        return redirect("portal_my_data")
    explanation = explain_erasure(request.customer)
    stays: dict[str, list[Staying]] = {}
    for each in explanation.stays:
        stays.setdefault(each.heading, []).append(each)
    context = {
        "form": form,
        "explanation": explanation,
        "stays": stays,
        "acts_for_another": request.account.capacity != Capacity.SELF,
    }
    return render(request, "reserved_area/my_data_erasure.html", context)


@customer_page(right=Right.PEOPLE)
@require_POST
def withdraw_erasure_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """Take the request back while nobody has decided about it."""
    asked = get_object_or_404(ErasureRequest, customer=request.customer, pk=pk)
    try:
        withdraw_erasure(asked, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your request is withdrawn: nothing is erased."))
    return redirect("portal_my_data")


def _letter_about(erasure: ErasureRequest | None) -> Notice | None:
    """The letter in the reserved area about what was decided, which says what goes, what stays, why and until when."""
    return letters_of(erasure).filter(channel=Channel.INBOX).first() if erasure and erasure.decided_at else None
