"""Commands: answer a complaint, with the letter that is stored; enter that it was withdrawn."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints import kinds
from complaints.approvals.rules import needs_approval
from complaints.intermediaries.rules import gets_the_answer
from complaints.letters import Letter, compose, pdf_of
from complaints.models import AnswerDraft, Complaint, ComplaintEvent, ComplaintLetter
from complaints.services.clock import close_enquiries
from complaints.services.moves import (
    copied_to,
    inform_intermediary,
    locked,
    move_complaint,
    write_event,
    write_to_complainant,
)
from complaints.services.sending import send_out
from customers.models import User
from foundation.files.downloads import PDF
from foundation.refusals import Refused
from foundation.text import clean_text

Outcome = Complaint.Outcome
NEED_REASONS = frozenset({Outcome.REJECTED, Outcome.UPHELD_IN_PART, Outcome.SETTLED})
NO_REASONS = gettext_lazy("A complaint that is not upheld, or only in part, is answered with the reasons.")


def draft_letter(complaint: Complaint, *, outcome: str, answer: str, reasons: str = "", by: User) -> Letter:
    """The letter as it would go out today; Refused when something that it must contain is missing. Stores nothing."""
    if not complaint.ramo:
        raise Refused(
            _("Say first which line of business (ramo) it is about: the ways that the letter must name depend on it."),
            code="not_classified",
        )
    if outcome not in Outcome.values or outcome == Outcome.OPEN:
        raise Refused(_("Give the outcome."), code="no_outcome", field="outcome")
    if not complaint.treatable and outcome != Outcome.REJECTED:
        raise Refused(
            _(
                "A complaint that cannot be treated is rejected, and the letter says why: correct the classification first."
            ),
            code="not_treatable",
            field="outcome",
        )
    if not clean_text(answer):
        raise Refused(_("Write the answer."), code="nothing_said", field="answer")
    if outcome in NEED_REASONS and not clean_text(reasons):
        raise Refused(NO_REASONS, code="no_reasons", field="reasons")
    return compose(
        complaint,
        outcome=outcome,
        answer=clean_text(answer),
        reasons=clean_text(reasons),
        on=timezone.localdate(),
        signed_by=by.get_full_name(),
    )


@transaction.atomic
def answer_complaint(
    complaint: Complaint,
    *,
    outcome: str,
    answer: str,
    reasons: str = "",
    way: str = "",
    by: User,
    is_approved: bool = False,
) -> Complaint:
    """Answer the complainant and close the complaint: the letter is made, stored, and sent. `by` wrote it.

    Where a rule asks for a second person it goes by `complaints.approvals`, which says that it is approved.

    The intermediary gets a copy where the rule for its type says so. `way` is e-mail, PEC or post; empty: as the address says. By
    post the letter waits in the print queue, and on the list of what has not gone, until it was posted. The draft goes.
    Refused unless under review, without outcome or text, or without reasons where it is not upheld in full.
    """
    complaint = locked(complaint)
    now = timezone.now()
    if not is_approved and needs_approval(complaint, outcome=outcome, on=timezone.localdate(now)):
        raise Refused(_("A second person approves this answer before it goes out: submit it."), code="needs_approval")
    letter = draft_letter(complaint, outcome=outcome, answer=answer, reasons=reasons, by=by)
    complaint.outcome, complaint.answer, complaint.reasons = outcome, clean_text(answer), clean_text(reasons)
    complaint.answered_at = now
    moved = move_complaint(complaint, to=Complaint.State.ANSWERED)
    close_enquiries(complaint, why=_("The complaint was answered."), by=by)
    pdf = pdf_of(letter)
    kept = ComplaintLetter.objects.create(
        complaint=complaint,
        pdf=pdf,
        paragraphs=letter.versions,
        frame=list(letter.frame),
        language=letter.language,
        by=by,
        made_at=now,
    )
    AnswerDraft.objects.filter(complaint=complaint).delete()
    sending = send_out(complaint, kept, text=letter.text, way=way, once=f"complaint-answer:{complaint.pk}", by=by)
    copied = {}
    if gets_the_answer(complaint, timezone.localdate(now)):
        copy = inform_intermediary(
            kinds.COPY,
            complaint,
            once=f"complaint-copy:{complaint.pk}",
            words={},
            attachments=[(kept.file_name, PDF, pdf)],
        )
        copied = copied_to(complaint, copy)
    write_event(
        complaint,
        ComplaintEvent.Kind.ANSWERED,
        by=by,
        notice=sending.notice,
        outcome=str(outcome),
        sha256=kept.sha256,
        days_late=max(0, (timezone.localdate(now) - complaint.due_on).days) or None,
        sent=str(sending.way),
        **copied,
        **moved,
    )
    return complaint


@transaction.atomic
def withdraw(complaint: Complaint, *, reason: str, by: User) -> Complaint:
    """Enter that the complainant withdrew an open complaint, and confirm it to them. It stays in the register.

    Refused without a reason (how and when it was withdrawn), and for a closed complaint.
    """
    complaint = locked(complaint)
    if not (reason := clean_text(reason)):
        raise Refused(_("Say how and when the complainant withdrew it."), code="no_reason", field="reason")
    moved = move_complaint(complaint, to=Complaint.State.WITHDRAWN)
    close_enquiries(complaint, why=_("The complaint was withdrawn."), by=by)
    notice, copied = write_to_complainant(
        kinds.WITHDRAWN,
        complaint,
        once=f"complaint-withdrawn:{complaint.pk}",
        words={"withdrawn_on": timezone.localdate()},
    )
    write_event(complaint, ComplaintEvent.Kind.WITHDRAWN, by=by, notice=notice, reason=reason, **copied, **moved)
    return complaint
