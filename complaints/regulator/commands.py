"""Commands: enter a request of IVASS, work on it, answer it, and enter what IVASS made of the answer."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Complaint, ProcedureFile, RegulatorRequest
from complaints.models.procedure import FigureKind
from complaints.procedures.figures import open_book
from complaints.procedures.files import keep_documents
from complaints.procedures.letters import ProcedureText, answer_to_ivass
from complaints.procedures.sending import check_way, enclosed_with, make_letter
from complaints.procedures.steps import give_to, locked, move, save_version, write_step
from complaints.services.registering import Statement, register_complaint
from customers.models import User
from foundation.files.accepted import CheckedFile
from foundation.refusals import Refused
from foundation.text import clean_line, clean_text

State = RegulatorRequest.State


def due_on(received_on: date, *, is_halved: bool) -> date:
    """The last day to answer a request received on the day: 30 days, 15 where halved, as the numbers of the law stand."""
    return open_book().term(FigureKind.IVASS_HALVED if is_halved else FigureKind.IVASS_ANSWER, received_on)


@transaction.atomic
def register_request(
    *,
    protocol: str,
    received_on: date,
    channel: str,
    is_halved: bool,
    asked: str,
    by: User,
    complaint: Complaint | None = None,
    statement: Statement | None = None,
    files: Iterable[CheckedFile] = (),
) -> RegulatorRequest:
    """Enter a request of IVASS about a complaint, or about one that is registered with it from `statement`; returns it.

    The term counts from the day of receipt, which is not counted itself. Refused without IVASS's number or the question, for a number
    that is known, for a day to come, without a complaint, and for one that was cancelled.
    """
    protocol, asked = clean_line(protocol), clean_text(asked)
    if not protocol:
        raise Refused(_("Write the number that IVASS gave it."), code="no_number", field="protocol")
    if not asked:
        raise Refused(_("Write what IVASS asks."), code="nothing_asked", field="asked")
    _refuse_to_come(received_on)
    if (known := RegulatorRequest.objects.counted().filter(protocol=protocol).first()) is not None:
        raise Refused(_already(known), code="known_already", field="protocol")
    if complaint is None:
        if statement is None:
            raise Refused(_("Say which complaint it is about, or register one."), code="no_complaint")
        complaint = register_complaint(statement, by=by)
    complaint = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if complaint.state == Complaint.State.CANCELLED:
        raise Refused(
            _("Complaint %(number)s is cancelled: reinstate it first.") % {"number": complaint.number},
            code="cancelled",
            field="complaint",
        )
    request = RegulatorRequest(
        protocol=protocol,
        complaint=complaint,
        channel=channel,
        received_on=received_on,
        is_halved=is_halved,
        asked=asked,
        due_on=due_on(received_on, is_halved=is_halved),
    )
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError:  # the same number at the same moment; anything else the database refuses is a bug
        if (known := RegulatorRequest.objects.counted().filter(protocol=protocol).first()) is None:
            raise
        raise Refused(_already(known), code="known_already", field="protocol") from None
    write_step(
        request,
        "registered",
        by=by,
        received_on=received_on.isoformat(),
        due_on=request.due_on.isoformat(),
        is_halved=is_halved or None,
    )
    keep_documents(request, files=list(files), direction=ProcedureFile.Direction.RECEIVED, by=by)
    return request


def _already(known: RegulatorRequest) -> str:
    return _("The request %(protocol)s is entered already, about complaint %(number)s.") % {
        "protocol": known.protocol,
        "number": known.complaint.number,
    }


def _refuse_to_come(day: date) -> None:
    if day > timezone.localdate():
        raise Refused(_("That day is still to come."), code="in_the_future", field="received_on")


@transaction.atomic
def assign_request(request: RegulatorRequest, *, handler: User, by: User) -> RegulatorRequest:
    """Give a request that is not answered to an officer; one just received is in progress from then on.

    Refused for somebody who is no active complaint officer, for the person who has it, and once it is answered.
    """
    request = _open(request)
    before = give_to(request, handler)
    if request.state == State.RECEIVED:
        move(request, to=State.IN_PROGRESS)
    save_version(request)
    write_step(request, "assigned", by=by, handler=str(handler), before=before)
    return request


def _open(request: RegulatorRequest) -> RegulatorRequest:
    """The locked row; Refused once it is answered, closed or cancelled."""
    request = locked(request)
    if request.state not in (State.RECEIVED, State.IN_PROGRESS):
        raise Refused(
            _("Request %(number)s is “%(state)s”.") % {"number": request, "state": request.get_state_display()},
            code="wrong_state",
        )
    return request


@transaction.atomic
def save_draft(request: RegulatorRequest, *, draft: str, by: User) -> RegulatorRequest:
    """Keep the answer as far as it is written. Refused once it is answered."""
    request = _open(request)
    request.draft = clean_text(draft)
    save_version(request)
    return request


def draft_answer(request: RegulatorRequest, *, answer: str, by: User) -> ProcedureText:
    """The letter as it would go out today; Refused without an answer. Stores nothing."""
    if not (answer := clean_text(answer)):
        raise Refused(_("Write the answer."), code="nothing_said", field="answer")
    enclosed = [each.name for each in enclosed_with(request)]
    return answer_to_ivass(
        request, answer=answer, enclosed=enclosed, on=timezone.localdate(), signed_by=by.get_full_name()
    )


@transaction.atomic
def answer_request(
    request: RegulatorRequest, *, answer: str, way: str, address: str = "", by: User
) -> RegulatorRequest:
    """Answer IVASS: the letter is made, stored and, by PEC, sent with the documents that are kept as sent.

    By post it waits until the day of posting is entered. The term is kept only by an answer that has gone (`sent_on`). Refused
    unless in progress, without text, and for a way by which nothing goes from here.
    """
    request = locked(request)
    move(request, to=State.ANSWERED)
    text = draft_answer(request, answer=answer, by=by)
    check_way(way, address)
    request.answer, request.draft, request.answered_at = text.body, "", timezone.now()
    save_version(request)
    letter = make_letter(request, text, way=way, address=clean_line(address), by=by)
    write_step(
        request,
        "answered",
        by=by,
        notice=letter.notice,
        way=str(way),
        address=letter.address,
        sha256=letter.sha256,
        days_late=max(0, (timezone.localdate() - request.due_on).days) or None,
    )
    return request


@transaction.atomic
def correct_request(
    request: RegulatorRequest, *, received_on: date, is_halved: bool, reason: str, by: User
) -> RegulatorRequest:
    """Enter another day of receipt, or that the term is halved or not; the term is worked out again.

    Refused once it is answered, without a reason, for a day to come, and when nothing would change.
    """
    request = _open(request)
    if not (reason := clean_text(reason)):
        raise Refused(_("Say why it is another."), code="no_reason", field="reason")
    _refuse_to_come(received_on)
    earlier = request.received_on
    if (earlier, request.is_halved) == (received_on, is_halved):
        raise Refused(_("This is entered already."), code="unchanged")
    request.received_on, request.is_halved = received_on, is_halved
    request.due_on = due_on(received_on, is_halved=is_halved)
    save_version(request)
    write_step(
        request,
        "corrected",
        by=by,
        received_on=received_on.isoformat(),
        before=earlier.isoformat(),
        is_halved=is_halved,
        due_on=request.due_on.isoformat(),
        reason=reason,
    )
    return request


@transaction.atomic
def close_request(
    request: RegulatorRequest, *, outcome: str, outcome_text: str, closed_on: date, by: User
) -> RegulatorRequest:
    """Enter what IVASS made of it, which closes the request; without an answer, where IVASS does not wait for one any more.

    Refused without the outcome, for a day before the receipt or to come, while the answer has not gone, and once it is closed.
    """
    request = locked(request)
    if outcome not in RegulatorRequest.Outcome.values or not outcome:
        raise Refused(_("Give the outcome."), code="no_outcome", field="outcome")
    if not request.received_on <= closed_on <= timezone.localdate():
        raise Refused(_("It was closed between the day of receipt and today."), code="not_that_day", field="closed_on")
    if request.state == State.ANSWERED and request.sent_on is None:
        raise Refused(_("The answer has not gone yet: see first what becomes of it."), code="not_out")
    move(request, to=State.CLOSED)
    request.outcome, request.outcome_text, request.closed_on = outcome, clean_text(outcome_text), closed_on
    save_version(request)
    write_step(request, "closed", by=by, ivass_outcome=str(outcome), closed_on=closed_on.isoformat())
    return request


@transaction.atomic
def cancel_request(request: RegulatorRequest, *, reason: str, by: User) -> RegulatorRequest:
    """Enter that a request was entered by mistake. It remains, and does not count. Refused without a reason, and once it is answered."""
    request = locked(request)
    if not (reason := clean_text(reason)):
        raise Refused(_("Say why it was a mistake."), code="no_reason", field="reason")
    move(request, to=State.CANCELLED)
    save_version(request)
    write_step(request, "cancelled", by=by, reason=reason)
    return request
