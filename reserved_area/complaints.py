"""The reserved area's room about complaints: what was received, by when it is answered, and the answer."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.complainant_page import in_plain_words, letter_of, letter_response, standing_of, take_addition
from complaints.documents.queries import find_own_document
from complaints.forms import AdditionForm
from complaints.models import Complaint
from complaints.tracking import tracking_place
from complaints.views import FORM, take_complaint
from customers.models.account import Right
from customers.requests import CustomerRequest
from foundation.files.keeping import attachment_response
from reserved_area.records import SHELL, customer_page, one_page


@customer_page
@require_safe
def complaints_view(request: CustomerRequest) -> HttpResponse:
    """Every complaint one made, newest first."""
    known = Complaint.objects.visible_to(request.user).with_term(timezone.localdate())
    known = known.select_related("double_of", "contact")
    complaints, pages = one_page(request, known.order_by("-received_on", "-pk"))
    return render(
        request,
        "reserved_area/complaints.html",
        {
            "complaints": [(each, in_plain_words(each)) for each in complaints],
            "page": pages,
            "today": timezone.localdate(),
        },
    )


@customer_page(right=Right.ASK)
@require_http_methods(["GET", "HEAD", "POST"])
def write_view(request: CustomerRequest) -> HttpResponse:
    """Write a complaint: what counts as one and what does not, the form, and the registration."""
    customer = request.customer
    form, complaint, status = take_complaint(request, customer)
    if form is not None:
        return render(request, FORM, {"form": form, "shell": SHELL}, status=status)
    if complaint is None:
        return redirect("complaint_received")
    if complaint.customer_id != customer.pk:
        return redirect(reverse("complaint_registered", kwargs=tracking_place(complaint)))
    messages.success(
        request,
        _("We have received your complaint: its number is %(number)s.") % {"number": complaint.number},
    )
    return redirect("portal_complaint", pk=complaint.pk)


@customer_page
@require_safe
def complaint_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """One complaint: what was written, by when it is answered, and the answer with its letter."""
    context = {**standing_of(_mine(request, pk)), "form": AdditionForm()}
    return render(request, "reserved_area/complaint.html", context)


@customer_page(right=Right.ASK)
@require_POST
def addition_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """Add a document or a few words; what was typed is shown again where it cannot be sent."""
    complaint = _mine(request, pk)
    form, status = take_addition(request, complaint)
    if form is None:
        return redirect("portal_complaint", pk=complaint.pk)
    return render(request, "reserved_area/complaint.html", {**standing_of(complaint), "form": form}, status=status)


@customer_page
@require_safe
def file_view(request: CustomerRequest, pk: int, key: uuid.UUID) -> HttpResponseBase:
    """A file that one sent with a complaint of one's own."""
    file = find_own_document(_mine(request, pk), key)
    if file is None:
        raise Http404
    return attachment_response(file)


def _mine(request: CustomerRequest, pk: int) -> Complaint:
    known = Complaint.objects.visible_to(request.user).with_term(timezone.localdate())
    return get_object_or_404(known.select_related("policy", "claim", "double_of", "contact"), pk=pk)


@customer_page
@require_safe
def letter_view(request: CustomerRequest, pk: int) -> HttpResponseBase:
    """The answer letter, as a file."""
    complaint = get_object_or_404(Complaint.objects.visible_to(request.user), pk=pk)
    return letter_response(letter_of(complaint))
