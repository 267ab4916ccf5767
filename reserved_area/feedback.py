"""The reserved area's room about opinions: what one thinks of it and of the app, and what we answered."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from complaints.feedback.views import take_opinion
from complaints.models import Feedback
from customers.models.account import Right
from customers.requests import CustomerRequest
from reserved_area.records import SHELL, customer_page, one_page


@customer_page
@require_safe
def feedback_view(request: CustomerRequest) -> HttpResponse:
    """Every opinion one gave, newest first, with our answer or what it became."""
    known = Feedback.objects.visible_to(request.user).select_related("contact", "complaint")
    opinions, pages = one_page(request, known.order_by("-received_at", "-pk"))
    return render(request, "reserved_area/feedback.html", {"opinions": opinions, "page": pages})


@customer_page(right=Right.ASK)
@require_http_methods(["GET", "HEAD", "POST"])
def write_view(request: CustomerRequest) -> HttpResponse:
    """Give an opinion: stars, and words if one likes."""
    form, status = take_opinion(request, request.customer, source=Feedback.Source.PORTAL)
    if form is not None:
        context = {"form": form, "customer": request.customer, "shell": SHELL}
        return render(request, "complaints/opinion.html", context, status=status)
    messages.success(
        request, _("Thank you: we have kept what you think. If you want something done, write us a request.")
    )
    return redirect("portal_feedback")
