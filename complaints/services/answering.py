"""Commands: answer a complaint, with the letter that is kept, or enter that it was withdrawn."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.letters import Letter, compose, pdf_of
from complaints.models import Complaint, ComplaintEvent, ComplaintLetter
from complaints.services.clock import end_suspension
from complaints.services.moves import EMAIL, POST, locked, move, tell_complainant, tell_intermediary, write_event
from customers.models import User
from customers.refusals import Refused

PDF = "application/pdf"
NEED_REASONS = frozenset({Complaint.Outcome.REJECTED, Complaint.Outcome.SETTLED})


def draft_letter(complaint: Complaint, *, outcome: str, answer: str, reasons: str = "", by: User) -> Letter:
    """The letter as it would go out today; Refused when something that it must say is missing. Stores nothing."""
    if not complaint.ramo:
        raise Refused(
            _("Say first which line of business (ramo) it is about: the ways that the letter must name depend on it."),
            code="not_classified",
        )
    if outcome not in (Complaint.Outcome.UPHELD, Complaint.Outcome.SETTLED, Complaint.Outcome.REJECTED):
        raise Refused(_("Say what came of it."), code="no_outcome")
    if not answer.strip():
        raise Refused(_("Write the answer."), code="nothing_said")
    if outcome in NEED_REASONS and not reasons.strip():
        raise Refused(
            _("A complaint that is not upheld, or only in part, is answered with the reasons."), code="no_reasons"
        )
    return compose(
        complaint,
        outcome=outcome,
        answer=answer.strip(),
        reasons=reasons.strip(),
        on=timezone.localdate(),
        signed_by=by.get_full_name(),
    )


@transaction.atomic
def answer_complaint(complaint: Complaint, *, outcome: str, answer: str, reasons: str = "", by: User) -> Complaint:
    """Answer the complainant and close the complaint: the letter is made, kept, and sent.

    The intermediary gets a copy when its conduct is concerned. By post, nothing is sent: the letter is to be printed.
    Refused unless under review, without outcome or text, or without reasons where it is not upheld in full.
    """
    complaint = locked(complaint)
    now = timezone.now()
    letter = draft_letter(complaint, outcome=outcome, answer=answer, reasons=reasons, by=by)
    complaint.outcome, complaint.answer, complaint.reasons = outcome, answer.strip(), reasons.strip()
    complaint.answered_at = now
    moved = move(complaint, to=Complaint.State.ANSWERED)
    pdf = pdf_of(letter)
    kept = ComplaintLetter.objects.create(
        complaint=complaint, pdf=pdf, paragraphs=letter.versions, language=letter.language, by=by, made_at=now
    )
    attached = [(kept.file_name, PDF, pdf)]
    told = tell_complainant(
        kinds.ANSWERED,
        complaint,
        once=f"complaint-answer:{complaint.pk}",
        words={"letter": letter.text},
        attachments=attached,
    )
    copied = complaint.about_conduct and complaint.agency is not None
    copy = (
        tell_intermediary(kinds.COPY, complaint, once=f"complaint-copy:{complaint.pk}", words={}, attachments=attached)
        if copied
        else None
    )
    write_event(
        complaint,
        ComplaintEvent.Kind.ANSWERED,
        by=by,
        notice=next(iter(told), None),
        outcome=str(outcome),
        sha256=kept.sha256,
        days_late=max(0, (timezone.localdate(now) - complaint.due_on).days) or None,
        sent=EMAIL if any(each.channel == EMAIL for each in told) else POST,
        copy_to=complaint.agency.name if copied else "",
        copy_sent=(EMAIL if copy else POST) if copied else "",
        **moved,
    )
    return complaint


@transaction.atomic
def withdraw(complaint: Complaint, *, reason: str, by: User) -> Complaint:
    """Enter that the complainant withdrew an open complaint, and tell them so. It stays in the register.

    Refused without saying how it was withdrawn, and for a closed complaint.
    """
    complaint = locked(complaint)
    if not (reason := reason.strip()):
        raise Refused(_("Say how and when the complainant withdrew it."), code="no_reason")
    stood_still = complaint.state == Complaint.State.SUSPENDED
    moved = move(complaint, to=Complaint.State.WITHDRAWN)
    if stood_still:
        end_suspension(complaint)
    told = tell_complainant(
        kinds.WITHDRAWN,
        complaint,
        once=f"complaint-withdrawn:{complaint.pk}",
        words={"withdrawn_on": timezone.localdate()},
    )
    write_event(complaint, ComplaintEvent.Kind.WITHDRAWN, by=by, notice=next(iter(told), None), reason=reason, **moved)
    return complaint
