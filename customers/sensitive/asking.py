"""The door before a restricted file: the small page that asks why, and the middleware that leads to it."""

from collections.abc import Callable

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.access import ReasonNeeded, ReasonRefused, open_with_reason
from customers.models import Customer
from customers.sensitive.forms import ReasonForm
from customers.sensitive.restricted import is_own_file_of
from foundation.office.doors import for_staff
from foundation.page_before import page_before
from foundation.requests import StaffRequest
from foundation.text import cleaned_data_of

NEXT = "next"
CONFLICT = 409


class ReasonGuard:
    """Middleware: whoever comes to a file that asks a reason is led to the page that asks it, and from there back.

    A form that was sent meanwhile was not carried out; the person comes back to the page that it was sent from.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ReasonNeeded):
            return None
        is_page = request.method in ("GET", "HEAD") and not request.headers.get("HX-Request")
        after = request.get_full_path() if is_page else page_before(request, default=reverse("admin:index"))
        address = reverse("file_reason", args=[exception.customer_id], query={NEXT: after})
        if request.headers.get("HX-Request"):  # a part of a page: the whole page goes
            return HttpResponse(headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)


@for_staff("customers.view_customer")
@require_http_methods(["GET", "HEAD", "POST"])
def reason_view(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask why the person opens the file, write it down and lead on. It shows the customer's code, and nothing of the file."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    after = _after(request, customer)
    if Customer.objects.filter(is_own_file_of(request.user), pk=pk).exists():
        return _page(request, customer, after, None, status=403)
    if request.method != "POST":
        return _page(request, customer, after, ReasonForm())
    form = ReasonForm(cleaned_data_of(request.POST))
    if not form.is_valid():
        return _page(request, customer, after, form, status=400)
    try:
        open_with_reason(customer, by=request.user, **form.cleaned_data)
    except ReasonRefused as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return _page(request, customer, after, form, status=CONFLICT)
    return redirect(after)


def _after(request: StaffRequest, customer: Customer) -> str:
    """Where the person was going: an address of ours, else the file."""
    asked = request.POST.get(NEXT) or request.GET.get(NEXT, "")
    if url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
        return asked
    return reverse("admin:customers_customer_change", args=[customer.pk])


def _page(
    request: StaffRequest, customer: Customer, after: str, form: ReasonForm | None, *, status: int = 200
) -> HttpResponse:
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "title": _("File with restricted access"),
        "code": customer.code,
        "form": form,
        "after": after,
    }
    return TemplateResponse(request, "office/file_reason.html", context, status=status)
