"""The reserved area's room about complaints: what was received, by when it is answered, and the answer."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from complaints.models import Complaint
from customers.portal import customer_page, page_of

State, Outcome = Complaint.State, Complaint.Outcome


def in_plain_words(complaint: Complaint) -> str:
    """Where a complaint has got to, as one would say it to the person who made it."""
    if complaint.state == State.ANSWERED:
        return {
            Outcome.UPHELD: _("We answered: you were right."),
            Outcome.UPHELD_IN_PART: _("We answered: you were right in part, and the answer says why."),
            Outcome.SETTLED: _("We answered: the matter was settled by an agreement, and the answer says how."),
            Outcome.REJECTED: _("We answered: we could not agree, and the answer says why."),
        }[complaint.outcome]
    return {
        State.RECEIVED: _("We received it, and are about to assign it."),
        State.UNDER_REVIEW: _("Somebody is examining it."),
        State.SUSPENDED: _("We asked the intermediary for their side: meanwhile the term stands still."),
        State.WITHDRAWN: _("You withdrew it."),
        State.CANCELLED: _("We closed this entry: it is not treated as a complaint."),
    }[complaint.state]


def letter_of(complaint: Complaint) -> Any:
    """The answer letter as it was sent; None where there is none."""
    return getattr(complaint, "letter", None)


@customer_page
@require_safe
def complaints_view(request: HttpRequest) -> HttpResponse:
    """Every complaint one made, newest first."""
    known = Complaint.objects.visible_to(request.user).with_term(timezone.localdate())
    complaints, pages = page_of(request, known.order_by("-received_on", "-pk"))
    return render(
        request,
        "portal/complaints.html",
        {"complaints": [(each, in_plain_words(each)) for each in complaints], "page": pages},
    )


@customer_page
@require_safe
def complaint_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One complaint: what was written, by when it is answered, and the answer with its letter."""
    today = timezone.localdate()
    known = Complaint.objects.visible_to(request.user).with_term(today).select_related("policy", "claim")
    complaint = get_object_or_404(known, pk=pk)
    return render(
        request,
        "portal/complaint.html",
        {
            "complaint": complaint,
            "in_words": in_plain_words(complaint),
            "days_left": (complaint.term_on - today).days if complaint.is_open else None,
            "letter": letter_of(complaint),
        },
    )


@customer_page
@require_safe
def letter_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer letter, as a file."""
    complaint = get_object_or_404(Complaint.objects.visible_to(request.user), pk=pk)
    letter = letter_of(complaint)
    if letter is None:
        raise Http404
    answer = HttpResponse(bytes(letter.pdf), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{letter.file_name}"'
    return answer
