"""Commands: answer a complaint, with the letter that is stored; enter that it was withdrawn, or was no complaint."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints import kinds
from complaints.letters import Letter, compose, pdf_of
from complaints.models import Complaint, ComplaintEvent, ComplaintLetter
from complaints.services.clock import end_suspension
from complaints.services.moves import (
    copied_to,
    inform_complainant,
    inform_intermediary,
    locked,
    move_complaint,
    write_event,
    write_to_complainant,
)
from complaints.services.sending import sending_of
from contact_center.contacts.complaints import record_complaint
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
def answer_complaint(complaint: Complaint, *, outcome: str, answer: str, reasons: str = "", by: User) -> Complaint:
    """Answer the complainant and close the complaint: the letter is made, stored, and sent.

    The intermediary gets a copy when its conduct is concerned. By post, nothing is sent: the letter is to be printed,
    and waits on a list until the day of posting is entered. Refused unless under review, without outcome or text, or
    without reasons where it is not upheld in full.
    """
    complaint = locked(complaint)
    now = timezone.now()
    letter = draft_letter(complaint, outcome=outcome, answer=answer, reasons=reasons, by=by)
    complaint.outcome, complaint.answer, complaint.reasons = outcome, clean_text(answer), clean_text(reasons)
    complaint.answered_at = now
    moved = move_complaint(complaint, to=Complaint.State.ANSWERED)
    pdf = pdf_of(letter)
    kept = ComplaintLetter.objects.create(
        complaint=complaint, pdf=pdf, paragraphs=letter.versions, language=letter.language, by=by, made_at=now
    )
    attached = [(kept.file_name, PDF, pdf)]
    notices = inform_complainant(
        kinds.ANSWERED,
        complaint,
        once=f"complaint-answer:{complaint.pk}",
        words={"letter": letter.text},
        attachments=attached,
    )
    sending = sending_of(complaint, notices, by=by)
    copied = {}
    if complaint.is_heard:
        copy = inform_intermediary(
            kinds.COPY, complaint, once=f"complaint-copy:{complaint.pk}", words={}, attachments=attached
        )
        copied = copied_to(complaint, copy)
    write_event(
        complaint,
        ComplaintEvent.Kind.ANSWERED,
        by=by,
        notice=next(iter(notices), None),
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
    stood_still = complaint.state == Complaint.State.SUSPENDED
    moved = move_complaint(complaint, to=Complaint.State.WITHDRAWN)
    if stood_still:
        end_suspension(complaint)
    notice, copied = write_to_complainant(
        kinds.WITHDRAWN,
        complaint,
        once=f"complaint-withdrawn:{complaint.pk}",
        words={"withdrawn_on": timezone.localdate()},
    )
    write_event(complaint, ComplaintEvent.Kind.WITHDRAWN, by=by, notice=notice, reason=reason, **copied, **moved)
    return complaint


@transaction.atomic
def cancel(complaint: Complaint, *, reason: str, by: User) -> Complaint:
    """Enter that an open entry is no complaint: a test, a double, a question. It keeps its number and stays visible.

    It is left out of the counts, nobody is written to, and the contact it began as may be registered again. Refused
    without a reason, and for an entry that is closed.
    """
    complaint = locked(complaint)
    if not (reason := clean_text(reason)):
        raise Refused(_("Say why it is not a complaint."), code="no_reason")
    stood_still = complaint.state == Complaint.State.SUSPENDED
    moved = move_complaint(complaint, to=Complaint.State.CANCELLED)
    if stood_still:
        end_suspension(complaint)
    write_event(complaint, ComplaintEvent.Kind.CANCELLED, by=by, notice=None, reason=reason, **moved)
    if complaint.contact is not None:
        record_complaint(complaint.contact, number=complaint.number, by=by, cancelled=True)
    return complaint


@transaction.atomic
def reinstate(complaint: Complaint, *, reason: str, by: User) -> Complaint:
    """Enter that a cancelled entry is a complaint after all: it is open again under its number, its term as it was.

    Refused without a reason, and where its contact has been registered again meanwhile.
    """
    complaint = locked(complaint)
    if not (reason := clean_text(reason)):
        raise Refused(_("Say why it is a complaint after all."), code="no_reason")
    if complaint.state != Complaint.State.CANCELLED:
        raise Refused(_("Complaint %(number)s is not cancelled.") % {"number": complaint.number}, code="wrong_state")
    again = Complaint.objects.counted().filter(contact=complaint.contact_id).first() if complaint.contact_id else None
    if again is not None:
        raise Refused(
            _("The contact has been registered again as %(number)s.") % {"number": again.number},
            code="registered_again",
        )
    to = Complaint.State.UNDER_REVIEW if complaint.handler_id else Complaint.State.RECEIVED
    moved = move_complaint(complaint, to=to)
    write_event(complaint, ComplaintEvent.Kind.REINSTATED, by=by, notice=None, reason=reason, **moved)
    if complaint.contact is not None:
        record_complaint(complaint.contact, number=complaint.number, by=by)
    return complaint
