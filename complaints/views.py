"""The public form of complaints."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from complaints.forms import ComplaintForm, known_of
from complaints.models import Complaint
from complaints.services import register_complaint
from complaints.tracking import tracking_place
from customers.acting import acting_customer
from customers.models import Customer
from customers.models.account import Right
from foundation.files.keeping import FilesNotKept
from foundation.files.uploads import no_room, too_large
from foundation.form_guard import allowed
from foundation.refusals import Refused

FORM = "complaints/form.html"
PER_HOUR = 20  # from one address: an association of consumers writes for many
TOO_MANY = 429


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def complaint_form(request: HttpRequest) -> HttpResponse:
    """What counts as a complaint and what does not, the form, and the registration."""
    form, complaint, status = take_complaint(request, acting_customer(request, Right.ASK))
    if form is not None:
        return render(request, FORM, {"form": form}, status=status)
    if complaint is None:
        return redirect("complaint_received")
    return redirect(reverse("complaint_registered", kwargs=tracking_place(complaint)))


def take_complaint(
    request: HttpRequest, customer: Customer | None
) -> tuple[ComplaintForm | None, Complaint | None, int]:
    """The form as it is shown, with its status; or none, and the complaint that was registered (none for a machine's)."""
    if request.method != "POST":
        known = known_of(customer)
        if customer and request.user.is_authenticated:
            known["email"] = request.user.email
        return ComplaintForm(initial=known), None, 200
    form = ComplaintForm(request.POST, request.FILES, given_up=too_large(request), no_room=no_room(request))
    if not form.is_valid():
        return form, None, 200
    if form.is_trapped:
        return None, None, 302
    if not allowed(request, "complaint", PER_HOUR, 3600):
        form.add_error(
            None,
            _(
                "Too many complaints have come from your address in the last hour. What you wrote is still here: wait a "
                "little, or send it by post or PEC to our Complaints Office."
            ),
        )
        return form, None, TOO_MANY
    try:
        complaint = register_complaint(
            form.statement(customer, received_by="portal" if customer else "site"),
            by=None,
            submission_key=form.cleaned_data["submission_key"],
            files=form.documents(),
            represented=form.represented(),
            mandate=form.mandate_files(),
            privacy_version=settings.PRIVACY_NOTICE_VERSION,
        )
    except Refused as refusal:
        is_full = refusal.code == FilesNotKept.code
        form.add_error("files" if is_full else None, str(refusal))
        return form, None, 503 if is_full else 409
    return None, complaint, 302


@never_cache
@require_safe
def received(request: HttpRequest) -> HttpResponse:
    """What a machine that fell into the trap is shown."""
    return render(request, "complaints/registered.html", {"complaint": None})
