"""Commands: keep what was written of an answer so far, on the server. It is there after a new sign-in and on another machine."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import AnswerDraft, Complaint
from customers.models import User
from foundation.refusals import Refused


@dataclass(frozen=True)
class Written:
    """What stands in the form of an answer, whole or not."""

    outcome: str
    answer: str
    reasons: str


def draft_of(complaint: Complaint) -> AnswerDraft | None:
    """What is kept of the answer to a complaint; None where nothing is."""
    return AnswerDraft.objects.select_related("by").filter(complaint=complaint).first()


@transaction.atomic
def keep_draft(complaint: Complaint, written: Written, *, seen_version: int, by: User) -> AnswerDraft:
    """Keep it as the next version of the complaint's one draft, and return it; the same again changes nothing.

    `seen_version` is the version that the page began from, 0 for none. Refused when another page has kept a later one, and
    for a complaint that cannot be answered any more; what was typed remains in the page.
    """
    complaint = Complaint.objects.select_for_update(of=("self",)).get(pk=complaint.pk)
    if not complaint.is_open:
        raise Refused(
            _("Complaint %(number)s is closed: it is %(state)s.")
            % {"number": complaint.number, "state": complaint.get_state_display()},
            code="closed",
        )
    outcome = written.outcome if written.outcome in Complaint.Outcome.values else ""
    draft = draft_of(complaint)
    if draft is None:
        return AnswerDraft.objects.create(
            complaint=complaint, outcome=outcome, answer=written.answer, reasons=written.reasons, by=by
        )
    if (draft.outcome, draft.answer, draft.reasons) == (outcome, written.answer, written.reasons):
        return draft
    if draft.version != seen_version:
        raise Refused(
            _("%(name)s kept another draft meanwhile: open the page again to see it. What you wrote is still here.")
            % {"name": draft.by},
            code="newer_draft",
        )
    draft.outcome, draft.answer, draft.reasons = outcome, written.answer, written.reasons
    draft.version, draft.by, draft.kept_at = draft.version + 1, by, timezone.now()
    draft.save()
    return draft
