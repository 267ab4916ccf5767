"""The page of a complaint by its secret address: state and term, what was written, the answer, one more document.

As for requests, whoever holds the secret counts as the complainant: the pages are neither cached nor indexed, and a
wrong secret gets the same answer as a wrong number: not found.
"""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from complaints.complainant_page import letter_of, letter_response, standing_of, take_addition
from complaints.documents.queries import find_own_document
from complaints.forms import AdditionForm
from complaints.models import Complaint
from complaints.tracking import is_secret_of, tracking_place
from contact_center.requests.views import miss, private
from foundation.files.keeping import attachment_response


class TrackingRequest(HttpRequest):
    """A request by a complaint's address; `tracking` is what that address is made of, as it was asked for."""

    tracking: dict[str, int | str]


def by_secret(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give a view the complaint whose number and secret are in the address."""

    @wraps(view)
    def found(request: TrackingRequest, year: int, sequence: int, secret: str, **more: Any) -> HttpResponseBase:
        known = Complaint.objects.with_term(timezone.localdate()).select_related(
            "policy", "claim", "double_of", "contact"
        )
        complaint = known.filter(year_id=year, sequence=sequence).first() if max(year, sequence) < 10**6 else None
        if complaint is None or not is_secret_of(complaint, secret):
            return miss(request)
        request.tracking = {"year": year, "sequence": sequence, "secret": secret}
        return private(view(request, complaint, **more))

    return found


@require_safe
@by_secret
def registered_view(request: TrackingRequest, complaint: Complaint) -> HttpResponse:
    """The number, the term and what happens next: shown once, after sending, without complainant or matter."""
    tracking_url = reverse("complaint_tracking", kwargs=request.tracking)
    context = {"complaint": complaint, "by_email": bool(complaint.email), "tracking_url": tracking_url}
    return render(request, "complaints/registered.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@by_secret
def tracking_view(request: TrackingRequest, complaint: Complaint) -> HttpResponse:
    """Where the complaint has got to, and its answer (GET); one more document (POST)."""
    form, status = AdditionForm(), 200
    if request.method == "POST":
        again, status = take_addition(request, complaint)
        if again is None:
            return HttpResponseRedirect(reverse("complaint_tracking", kwargs=tracking_place(complaint)))
        form = again
    context = {**standing_of(complaint), **request.tracking, "form": form}
    return render(request, "complaints/tracking.html", context, status=status)


@require_safe
@by_secret
def letter_view(request: TrackingRequest, complaint: Complaint) -> HttpResponseBase:
    """The answer letter."""
    return letter_response(letter_of(complaint))


@require_safe
@by_secret
def file_view(request: TrackingRequest, complaint: Complaint, key: uuid.UUID) -> HttpResponseBase:
    """A file that the complainant gave."""
    file = find_own_document(complaint, key)
    if file is None:
        raise Http404
    return attachment_response(file)
