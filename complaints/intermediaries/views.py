"""The page of an enquiry by its secret address: an intermediary without a sign-in reads what is asked and gives its position.

As for complaints, whoever holds the secret counts as the intermediary: the page is neither cached nor indexed, and a wrong
secret gets the same answer as a wrong number: not found. Once a position was given, or the enquiry closed, nothing of the
complaint is shown any more.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints.intermediaries.commands import give_position, keep_draft
from complaints.intermediaries.forms import LONGEST_TEXT, SecretPositionForm
from complaints.intermediaries.secret import answer_place, is_secret_of
from complaints.models import Enquiry
from contact_center.requests.views import miss, private
from foundation.files.uploads import no_room, too_large
from foundation.form_guard import allowed
from foundation.numbers import whole_number
from foundation.refusals import Refused
from foundation.text import clean_text

SENT_PER_HOUR = 30  # positions and drafts from one address
HIGHEST = 10**9  # of a number in an address
KEEP, GIVE = "keep", "give"  # the page's two buttons


def by_secret(view: Callable[[HttpRequest, Enquiry], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give a view the enquiry whose number and secret are in the address."""

    @wraps(view)
    def found(request: HttpRequest, pk: int, secret: str) -> HttpResponseBase:
        known = Enquiry.objects.select_related("complaint", "intermediary__agency")
        enquiry = known.exclude(state=Enquiry.State.PASSED).filter(pk=pk).first() if pk < HIGHEST else None
        if enquiry is None or not is_secret_of(enquiry, secret):
            return miss(request)
        return private(view(request, enquiry))

    return found


@require_http_methods(["GET", "HEAD", "POST"])
@by_secret
def answer_view(request: HttpRequest, enquiry: Enquiry) -> HttpResponseBase:
    """What is asked (GET); the position with its documents, or a draft of it (POST)."""
    if not enquiry.is_open:
        return _over(request, enquiry, unsent=request.POST.get("position", ""))
    form, status, seen_version = SecretPositionForm(initial={"position": enquiry.draft}), 200, enquiry.version
    if request.method == "POST":
        seen_version = _seen_version(request, enquiry)
        again, status = _take(request, enquiry, seen_version=seen_version)
        if again is None:
            return HttpResponseRedirect(reverse("enquiry_answer", kwargs=answer_place(enquiry)))
        enquiry.refresh_from_db(fields=["state", "answered_on"])
        if not enquiry.is_open:  # somebody was first
            return _over(request, enquiry, unsent=request.POST.get("position", ""))
        form = again
    late = enquiry.answer_due_on is not None and enquiry.answer_due_on < timezone.localdate()
    context = {
        "enquiry": enquiry,
        "complaint": enquiry.complaint,
        "form": form,
        "seen_version": seen_version,
        "is_late": late,
        "keep": KEEP,
        "give": GIVE,
    }
    return render(request, "complaints/enquiry.html", context, status=status)


def _over(request: HttpRequest, enquiry: Enquiry, *, unsent: str = "") -> HttpResponse:
    """That the position has arrived, or is not waited for any longer: without a word of the complaint.

    `unsent` is what was sent too late: it was not taken, and stands there to be copied.
    """
    answered, unsent = enquiry.state == Enquiry.State.ANSWERED, clean_text(unsent)[:LONGEST_TEXT]
    context = {"enquiry": enquiry, "is_answered": answered, "unsent": unsent}
    status = 409 if unsent else 200 if answered else 410
    return render(request, "complaints/enquiry_over.html", context, status=status)


def _take(request: HttpRequest, enquiry: Enquiry, *, seen_version: int) -> tuple[SecretPositionForm | None, int]:
    """Keep what was sent from a page. Returns the form to show again and its HTTP status; no form where all went well."""
    form = SecretPositionForm(request.POST, request.FILES, given_up=too_large(request), no_room=no_room(request))
    if not form.is_valid():
        return form, 422
    if form.is_trapped:
        return None, 302
    if not allowed(request, "position", SENT_PER_HOUR, 3600):
        form.add_error(None, _("Much has come from where you are: please send it again in an hour."))
        return form, 429
    given = form.cleaned_data
    try:
        if KEEP in request.POST:
            keep_draft(enquiry, text=given["position"], seen_version=seen_version)
            messages.success(request, _("The draft is kept, without the files: this address leads back to it."))
        else:
            give_position(enquiry, position=given["position"], files=given["files"], through=Enquiry.Through.PAGE)
    except Refused as refusal:
        form.add_error("files" if refusal.code == "files_not_kept" else None, str(refusal))
        return form, 503 if refusal.code == "files_not_kept" else 409
    return None, 302


def _seen_version(request: HttpRequest, enquiry: Enquiry) -> int:
    """The version of the enquiry from which the page began; a page without one began from the enquiry as it is."""
    seen = whole_number(request.POST.get("seen_version", ""), most_digits=9)
    return enquiry.version if seen is None else seen
