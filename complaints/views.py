"""The public form of complaints."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from complaints.forms import ComplaintForm, known_of
from complaints.services import register_complaint
from complaints.tracking import tracking_place
from customers.form_guard import allowed
from customers.models import Customer
from customers.portal import SHELL, customer_page, enrolled_customer
from customers.refusals import Refused

PER_HOUR = 20  # from one address: an association of consumers writes for many
TOO_MANY = 429


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def complaint_form(request: HttpRequest) -> HttpResponse:
    """What a complaint is and what is not, the form, and the registration of what it says."""
    return _form(request, enrolled_customer(request.user), shell="")


@customer_page
@require_http_methods(["GET", "HEAD", "POST"])
def complaint_form_of_customer(request: HttpRequest) -> HttpResponse:
    """The same in the reserved area."""
    return _form(request, request.customer, shell=SHELL)


def _form(request: HttpRequest, customer: Customer | None, *, shell: str) -> HttpResponse:
    if request.method != "POST":
        known = known_of(customer) | {"email": request.user.email} if customer else {}
        return _shown(request, ComplaintForm(initial=known), shell)
    form = ComplaintForm(request.POST)
    if not form.is_valid():
        return _shown(request, form, shell)
    if form.is_trapped:
        return redirect("complaint_received")
    if not allowed(request, "complaint", PER_HOUR, 3600):
        form.add_error(
            None,
            _(
                "Too many complaints have come from your address in the last hour. What you wrote is still here: wait a "
                "little, or send it by post or PEC to our Complaints Office."
            ),
        )
        return _shown(request, form, shell, status=TOO_MANY)
    try:
        complaint = register_complaint(
            form.statement(customer),
            by=None,
            submission_key=form.cleaned_data["submission_key"],
            privacy_version=settings.PRIVACY_NOTICE_VERSION,
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _shown(request, form, shell, status=409)
    if shell and customer and complaint.customer_id == customer.pk:
        number = {"number": complaint.number}
        messages.success(request, _("We have received your complaint: its number is %(number)s.") % number)
        return redirect("portal_complaint", pk=complaint.pk)
    return redirect("complaint_registered", **tracking_place(complaint))


def _shown(request: HttpRequest, form: ComplaintForm, shell: str, *, status: int = 200) -> HttpResponse:
    return render(request, "complaints/form.html", {"form": form, "shell": shell}, status=status)


@never_cache
@require_safe
def received(request: HttpRequest) -> HttpResponse:
    """What a machine that fell into the trap is shown."""
    return render(request, "complaints/registered.html", {"complaint": None})
