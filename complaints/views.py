"""The public form of complaints, and the page that gives the number."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from complaints.forms import ComplaintForm, known_of
from complaints.models import Complaint
from complaints.services import register_complaint
from customers.form_guard import allowed
from customers.portal import enrolled_customer
from customers.refusals import Refused

PER_HOUR = 20  # from one address: an association of consumers writes for many
TOO_MANY = 429


def _signer() -> Signer:
    """Made when it is needed: a start without a key must come as far as the checks that say so."""
    return Signer(salt="complaints.registered")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def complaint_form(request: HttpRequest) -> HttpResponse:
    """What a complaint is and what is not, the form, and the registration of what it says."""
    customer = enrolled_customer(request.user)
    if request.method != "POST":
        known = known_of(customer) | {"email": request.user.email} if customer else {}
        return _shown(request, ComplaintForm(initial=known))
    form = ComplaintForm(request.POST)
    if not form.is_valid():
        return _shown(request, form)
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
        return _shown(request, form, status=TOO_MANY)
    try:
        complaint = register_complaint(
            form.statement(customer),
            by=None,
            submission_key=form.cleaned_data["submission_key"],
            privacy_version=settings.PRIVACY_NOTICE_VERSION,
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _shown(request, form, status=409)
    return redirect("complaint_registered", token=_signer().sign(complaint.pk))


def _shown(request: HttpRequest, form: ComplaintForm, *, status: int = 200) -> HttpResponse:
    return render(request, "complaints/form.html", {"form": form}, status=status)


@never_cache
@require_safe
def registered(request: HttpRequest, token: str = "") -> HttpResponse:
    """The number, the term and what happens next, for who has the link; without one, only that it was received.

    The page says nothing of who complains or why. 404 for a link that is not ours.
    """
    complaint = None
    if token:
        try:
            complaint = Complaint.objects.get(pk=_signer().unsign(token))
        except (BadSignature, Complaint.DoesNotExist):
            raise Http404 from None
    context = {"complaint": complaint, "by_email": bool(complaint and complaint.email)}
    return render(request, "complaints/registered.html", context)
