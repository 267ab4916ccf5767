"""What a complainant sees of a complaint, by its secret link and in the reserved area alike, and what they may add."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.forms import AdditionForm
from complaints.models import Complaint, ComplaintLetter
from complaints.services import add_to_complaint
from foundation.files.downloads import PDF, download
from foundation.files.uploads import no_room, too_large
from foundation.form_guard import allowed
from foundation.refusals import Refused

SENT_PER_HOUR = 30  # additions from one address

State, Outcome = Complaint.State, Complaint.Outcome


def in_plain_words(complaint: Complaint) -> str:
    """How far a complaint has come, in the words that its complainant reads."""
    if complaint.state == State.ANSWERED:
        return {
            Outcome.UPHELD: _("We answered: you were right."),
            Outcome.UPHELD_IN_PART: _("We answered: you were right in part, and the answer says why."),
            Outcome.SETTLED: _("We answered: the matter was settled by an agreement, and the answer says how."),
            Outcome.REJECTED: _("We answered: we could not agree, and the answer says why."),
        }[Outcome(complaint.outcome)]
    return {
        State.RECEIVED: _("We received it, and are about to assign it."),
        State.UNDER_REVIEW: _("Somebody is examining it."),
        State.SUSPENDED: _("We asked the intermediary for their side: meanwhile the term is suspended."),
        State.WITHDRAWN: _("You withdrew it."),
        State.CANCELLED: _("We closed this entry: it is not treated as a complaint."),
    }[State(complaint.state)]


def letter_of(complaint: Complaint) -> ComplaintLetter | None:
    """The answer letter as it was sent; None where there is none."""
    return getattr(complaint, "letter", None)


def letter_response(letter: ComplaintLetter | None) -> HttpResponseBase:
    """The answer letter, as a file; Http404 where there is none."""
    if letter is None:
        raise Http404
    return download(bytes(letter.pdf), letter.file_name, PDF)


def standing_of(complaint: Complaint) -> dict[str, Any]:
    """What the page of a complaint shows to its complainant. The row has its term (`with_term`)."""
    return {
        "complaint": complaint,
        "in_words": in_plain_words(complaint),
        "days_left": (complaint.term_on - timezone.localdate()).days if complaint.is_open else None,
        "letter": letter_of(complaint),
        "additions": complaint.additions.prefetch_related("files"),
    }


def take_addition(request: HttpRequest, complaint: Complaint) -> tuple[AdditionForm | None, int]:
    """Store what was sent. Returns the form to show again and its HTTP status; no form where all went well."""
    form = AdditionForm(request.POST, request.FILES, given_up=too_large(request), no_room=no_room(request))
    if not form.is_valid():
        return form, 422
    if form.is_trapped:
        return None, 302
    if not allowed(request, "addition", SENT_PER_HOUR, 3600):
        form.add_error(None, _("Many messages have come from where you are: please send it again in an hour."))
        return form, 429
    given = form.cleaned_data
    try:
        add_to_complaint(complaint, text=given["text"], files=given["files"], submission_key=given["submission_key"])
    except Refused as refusal:
        form.add_error("files" if refusal.code == "files_not_kept" else None, str(refusal))
        return form, 503 if refusal.code == "files_not_kept" else 409
    messages.success(request, _("We have added it to your complaint."))
    return None, 302
