"""What a complainant sees of a complaint, by its secret link and in the reserved area alike, and what they may add."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.documents.queries import documents_of
from complaints.documents.sources import ShownDocument
from complaints.forms import AdditionForm
from complaints.models import Complaint, ComplaintAddition, ComplaintEvent, ComplaintLetter, Representation
from complaints.models.complaint import DOUBLE, REQUEST
from complaints.services import add_to_complaint
from foundation.files.downloads import PDF, download
from foundation.files.uploads import no_room, too_large
from foundation.form_guard import allowed
from foundation.refusals import Refused

SENT_PER_HOUR = 30  # additions from one address

State, Outcome = Complaint.State, Complaint.Outcome
# What we wrote to the complainant, as their page lists it; the answer has a place of its own.
TO_COMPLAINANT = [
    each.code
    for each in (
        kinds.RECEIVED,
        kinds.FORWARDED,
        kinds.SUSPENDED,
        kinds.RESUMED,
        kinds.CORRECTED,
        kinds.ANSWERED,
        kinds.WITHDRAWN,
        kinds.CANCELLED,
        kinds.REINSTATED,
    )
]


@dataclass(frozen=True)
class Entry:
    """One piece of a complaint's thread: what the complainant sent, or what we wrote or asked."""

    at: datetime
    is_ours: bool
    title: str = ""
    text: str = ""
    files: list[ShownDocument] = field(default_factory=list)


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
        State.CANCELLED: _cancelled(complaint),
    }[State(complaint.state)]


def _cancelled(complaint: Complaint) -> str:
    """Where a cancelled entry goes on, as its sender was informed."""
    if complaint.cancelled_as == DOUBLE and complaint.double_of:
        return _("This entry is a double: your complaint is treated under the number %(number)s.") % {
            "number": complaint.double_of.number
        }
    if complaint.cancelled_as == REQUEST and complaint.contact:
        return _("We treat it as a request, not as a complaint: it goes on under the number %(number)s.") % {
            "number": complaint.contact.number
        }
    return _("We closed this entry: it is not treated as a complaint.")


def letter_of(complaint: Complaint) -> ComplaintLetter | None:
    """The answer letter as it was sent; None where there is none."""
    return getattr(complaint, "letter", None)


def letter_response(letter: ComplaintLetter | None) -> HttpResponseBase:
    """The answer letter, as a file; Http404 where there is none."""
    if letter is None:
        raise Http404
    return download(bytes(letter.pdf), letter.file_name, PDF)


def thread_of(complaint: Complaint, additions: Iterable[ComplaintAddition]) -> list[Entry]:
    """What the complainant sent and what we wrote or asked, in the order of time; the queries are as many for a long one."""
    documents = {each.key: each for each in documents_of(complaint, for_complainant=True)}
    later = {file.key for each in additions for file in each.files.all()}
    first_day, before = timezone.localdate(complaint.registered_at), []
    by_day: dict[date, list[ShownDocument]] = {}
    for each in documents.values():
        if each.key in later:
            continue
        if each.given_on <= max(first_day, complaint.received_on):
            before.append(each)
        else:
            by_day.setdefault(each.given_on, []).append(each)
    entries = [Entry(complaint.registered_at, False, text=complaint.text, files=before)]
    entries += [
        Entry(
            each.received_at,
            False,
            text=each.text,
            files=[documents[file.key] for file in each.files.all() if file.key in documents],
        )
        for each in additions
    ]
    entries += [Entry(_noon(day), False, files=files) for day, files in by_day.items()]
    entries += _ours(complaint)
    return sorted(entries, key=lambda each: (each.at, each.is_ours))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=timezone.get_current_timezone())


def _ours(complaint: Complaint) -> Iterator[Entry]:
    """Our letters by their subject, once each, and that we asked for the mandate, also where that went by post."""
    events = ComplaintEvent.objects.filter(complaint=complaint).select_related("notice")
    for event in events.defer("notice__body_text", "notice__body_html").order_by("at", "pk"):
        if event.kind == ComplaintEvent.Kind.MANDATE and event.details.get("asked_of"):
            title = _("We asked you for the mandate of %(person)s.")
            yield Entry(event.at, True, title % {"person": event.details.get("represented", "–")})
        elif event.notice is not None and event.notice.kind in TO_COMPLAINANT:
            yield Entry(event.at, True, event.notice.subject)


def mandate_wanted(complaint: Complaint) -> str:
    """The represented person whose mandate we asked for and do not have; "" where none is awaited."""
    known = Representation.objects.filter(complaint=complaint, asked_on__isnull=False, mandate_key__isnull=True)
    found = known.first() if complaint.is_open else None
    return found.name if found else ""


def standing_of(complaint: Complaint) -> dict[str, Any]:
    """What the page of a complaint shows to its complainant. The row has its term (`with_term`)."""
    additions = list(complaint.additions.prefetch_related("files"))
    return {
        "complaint": complaint,
        "in_words": in_plain_words(complaint),
        "days_left": (complaint.term_on - timezone.localdate()).days if complaint.is_open else None,
        "letter": letter_of(complaint),
        "thread": thread_of(complaint, additions),
        "mandate_wanted": mandate_wanted(complaint),
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
