"""Commands: enter an appeal to the Arbiter, follow its terms, send the counter-arguments, enter decision and compliance."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.arbitrator.rules import published_until
from complaints.models import ArbitratorAppeal, Complaint, ProcedureFile, ProcedureLetter
from complaints.models.arbitrator import TO_COMPLY
from complaints.models.procedure import CountsFrom, FigureKind
from complaints.procedures.figures import Book, open_book
from complaints.procedures.files import keep_documents
from complaints.procedures.letters import ProcedureText, counter_arguments_to
from complaints.procedures.sending import enclosed_with, make_letter
from complaints.procedures.steps import give_to, locked, move, save_version, write_step
from customers.models import User
from foundation.files.accepted import CheckedFile
from foundation.refusals import Refused
from foundation.text import clean_line, clean_text

State, Decision, Compliance = ArbitratorAppeal.State, ArbitratorAppeal.Decision, ArbitratorAppeal.Compliance


@transaction.atomic
def register_appeal(
    complaint: Complaint,
    *,
    number: str,
    kind: str,
    asked: str,
    filed_on: date,
    notified_on: date,
    complete_on: date | None = None,
    value: Decimal | None = None,
    facts_on: date | None = None,
    files: Iterable[CheckedFile] = (),
    by: User,
) -> ArbitratorAppeal:
    """Enter an appeal that follows a complaint; with `complete_on`, the term of the counter-arguments runs at once.

    `value` is in euro. Refused without the Arbiter's number or the question, for a number that is known, for a cancelled complaint,
    for days to come, and for one notified or complete before it was filed.
    """
    number, asked = clean_line(number), clean_text(asked)
    if not number:
        raise Refused(_("Write the number that the Arbiter gave it."), code="no_number", field="number")
    if not asked:
        raise Refused(_("Write what is asked."), code="nothing_asked", field="asked")
    _check_days(filed_on=filed_on, notified_on=notified_on, complete_on=complete_on)
    complaint = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if complaint.state == Complaint.State.CANCELLED:
        raise Refused(
            _("Complaint %(number)s is cancelled: reinstate it first.") % {"number": complaint.number},
            code="cancelled",
            field="complaint",
        )
    if ArbitratorAppeal.objects.counted().filter(number=number).exists():
        raise Refused(_already(number), code="known_already", field="number")
    appeal = ArbitratorAppeal(
        number=number,
        complaint=complaint,
        kind=kind,
        asked=asked,
        value=value,
        facts_on=facts_on,
        filed_on=filed_on,
        notified_on=notified_on,
    )
    book = open_book()
    if complete_on is not None:
        _complete(appeal, complete_on, book)
    appeal.decision_due_on = _decision_due_on(appeal, book)
    try:
        with transaction.atomic():
            appeal.save()
    except IntegrityError:  # the same number at the same moment; anything else the database refuses is a bug
        if not ArbitratorAppeal.objects.counted().filter(number=number).exists():
            raise
        raise Refused(_already(number), code="known_already", field="number") from None
    write_step(
        appeal,
        "registered",
        by=by,
        filed_on=filed_on.isoformat(),
        notified_on=notified_on.isoformat(),
        notice=None,
        **_terms(appeal),
    )
    keep_documents(appeal, files=list(files), direction=ProcedureFile.Direction.RECEIVED, by=by)
    return appeal


def _already(number: str) -> str:
    return _("The appeal %(number)s is entered already.") % {"number": number}


def _check_days(*, filed_on: date, notified_on: date, complete_on: date | None) -> None:
    today = timezone.localdate()
    for name, day in (("filed_on", filed_on), ("notified_on", notified_on), ("complete_on", complete_on)):
        if day is not None and day > today:
            raise Refused(_("That day is still to come."), code="in_the_future", field=name)
        if day is not None and day < filed_on:
            raise Refused(_("That is before the appeal was filed."), code="before_filing", field=name)


def _complete(appeal: ArbitratorAppeal, complete_on: date, book: Book) -> None:
    """The file is complete: our 40 days run from the day, which is not counted; the caller saves."""
    move(appeal, to=State.PREPARING)
    appeal.complete_on = complete_on
    appeal.counter_due_on = appeal.due_on = book.term(FigureKind.COUNTER_ARGUMENTS, complete_on)


def _decision_due_on(appeal: ArbitratorAppeal, book: Book) -> date | None:
    """The last day of the decision, from the filing or the complete file, as the number of the law says; None while that is not known."""
    figure = book.figure(FigureKind.DECISION, appeal.filed_on)
    start = appeal.complete_on if figure.counts_from == CountsFrom.COMPLETE_FILE else appeal.filed_on
    if start is None:
        return None
    due_on = book.term(FigureKind.DECISION, start, as_on=appeal.filed_on)
    if appeal.extended_on is not None:
        due_on = book.term(FigureKind.EXTENSION, due_on, as_on=appeal.extended_on)
    return due_on


def _terms(appeal: ArbitratorAppeal) -> dict[str, str]:
    """The days that were worked out, for the event."""
    known = {
        "complete_on": appeal.complete_on,
        "counter_due_on": appeal.counter_due_on,
        "decision_due_on": appeal.decision_due_on,
    }
    return {name: day.isoformat() for name, day in known.items() if day is not None}


def _undecided(appeal: ArbitratorAppeal) -> ArbitratorAppeal:
    """The locked row; Refused once it is decided or cancelled."""
    appeal = locked(appeal)
    if not appeal.is_open:
        raise Refused(
            _("Appeal %(number)s is “%(state)s”.") % {"number": appeal, "state": appeal.get_state_display()},
            code="wrong_state",
        )
    return appeal


@transaction.atomic
def assign_appeal(appeal: ArbitratorAppeal, *, handler: User, by: User) -> ArbitratorAppeal:
    """Give an appeal to an officer, also one that is decided and has still to be complied with.

    Refused for somebody who is no active complaint officer, for the person who has it, and when nothing is open.
    """
    appeal = locked(appeal)
    if not appeal.is_open and appeal.due_on is None:
        raise Refused(_("There is nothing to do about it any more."), code="wrong_state")
    before = give_to(appeal, handler)
    save_version(appeal)
    write_step(appeal, "assigned", by=by, handler=str(handler), before=before)
    return appeal


@transaction.atomic
def ask_completion(appeal: ArbitratorAppeal, *, asked_on: date, by: User) -> ArbitratorAppeal:
    """Enter that the secretariat asked the applicant to complete the file, who has 10 days. Refused unless just notified."""
    appeal = locked(appeal)
    _check_days(filed_on=appeal.filed_on, notified_on=appeal.notified_on, complete_on=asked_on)
    move(appeal, to=State.INCOMPLETE)
    appeal.completion_asked_on = asked_on
    appeal.completion_due_on = open_book().term(FigureKind.COMPLETION, asked_on)
    save_version(appeal)
    write_step(appeal, "completion", by=by, completion_due_on=appeal.completion_due_on.isoformat())
    return appeal


@transaction.atomic
def record_complete_file(appeal: ArbitratorAppeal, *, complete_on: date, by: User) -> ArbitratorAppeal:
    """Enter the day on which the file was complete: the 40 days of the counter-arguments run from it, with the stops.

    Refused for a day before the filing or to come, and where the file is complete already.
    """
    appeal = locked(appeal)
    _check_days(filed_on=appeal.filed_on, notified_on=appeal.notified_on, complete_on=complete_on)
    book = open_book()
    _complete(appeal, complete_on, book)
    appeal.decision_due_on = _decision_due_on(appeal, book)
    save_version(appeal)
    write_step(appeal, "complete", by=by, notice=None, **_terms(appeal))
    return appeal


@transaction.atomic
def correct_appeal(appeal: ArbitratorAppeal, *, changes: dict[str, Any], reason: str, by: User) -> ArbitratorAppeal:
    """Correct kind, value, day of the facts, or the days of filing, notification and complete file, with the reason.

    The terms are worked out again. Refused once it is decided, without a reason, for days out of order or to come, when nothing would
    change, and the complete file once the counter-arguments are made.
    """
    appeal = _undecided(appeal)
    if unknown := changes.keys() - set(CORRECTED):
        raise ValueError(f"Not corrected here: {', '.join(sorted(unknown))}.")
    if not (reason := clean_text(reason)):
        raise Refused(_("Say why it is another."), code="no_reason", field="reason")
    changed = {name: value for name, value in changes.items() if getattr(appeal, name) != value}
    if not changed:
        raise Refused(_("This is entered already."), code="unchanged")
    if "complete_on" in changed and (appeal.state != State.PREPARING or changed["complete_on"] is None):
        raise Refused(
            _("The day of the complete file is corrected while the counter-arguments are being written."),
            code="wrong_state",
            field="complete_on",
        )
    before = {name: getattr(appeal, name) for name in changed}
    for name, value in changed.items():
        setattr(appeal, name, value)
    _check_days(filed_on=appeal.filed_on, notified_on=appeal.notified_on, complete_on=appeal.complete_on)
    book = open_book()
    if "complete_on" in changed and appeal.complete_on is not None:
        appeal.counter_due_on = appeal.due_on = book.term(FigureKind.COUNTER_ARGUMENTS, appeal.complete_on)
    appeal.decision_due_on = _decision_due_on(appeal, book)
    save_version(appeal)
    pairs = {name: [_plain(before[name]), _plain(value)] for name, value in changed.items()}
    write_step(appeal, "corrected", by=by, notice=None, reason=reason, **pairs, **_terms_but(appeal, pairs))
    return appeal


CORRECTED = ("kind", "value", "facts_on", "filed_on", "notified_on", "complete_on")


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _terms_but(appeal: ArbitratorAppeal, named: dict[str, Any]) -> dict[str, str]:
    return {name: day for name, day in _terms(appeal).items() if name not in named}


@transaction.atomic
def save_draft(appeal: ArbitratorAppeal, *, draft: str, by: User) -> ArbitratorAppeal:
    """Keep the counter-arguments as far as they are written. Refused once they are made."""
    appeal = _undecided(appeal)
    if appeal.counter_arguments:
        raise Refused(_("The counter-arguments have been made."), code="made_already")
    appeal.draft = clean_text(draft)
    save_version(appeal)
    return appeal


def draft_counter_arguments(appeal: ArbitratorAppeal, *, text: str, by: User) -> ProcedureText:
    """The letter as it would be made today; Refused without words. Stores nothing."""
    if not (text := clean_text(text)):
        raise Refused(_("Write the counter-arguments."), code="nothing_said", field="text")
    enclosed = [each.name for each in enclosed_with(appeal)]
    return counter_arguments_to(
        appeal, text=text, enclosed=enclosed, on=timezone.localdate(), signed_by=by.get_full_name()
    )


@transaction.atomic
def make_counter_arguments(appeal: ArbitratorAppeal, *, text: str, by: User) -> ArbitratorAppeal:
    """Make and store the letter with our counter-arguments. It goes on the Arbiter's portal by hand, for that takes nothing else.

    Until the day and the receipt of the portal are entered (`record_handing`), the term runs on. Refused without words, and unless the
    file is complete.
    """
    appeal = locked(appeal)
    letter = draft_counter_arguments(appeal, text=text, by=by)
    appeal.counter_arguments, appeal.draft = letter.body, ""
    move(appeal, to=State.WAITING)
    save_version(appeal)
    made = make_letter(appeal, letter, way=ProcedureLetter.Way.PORTAL, address="", by=by)
    write_step(appeal, "counter_arguments", by=by, sha256=made.sha256)
    return appeal


@transaction.atomic
def extend_decision(appeal: ArbitratorAppeal, *, extended_on: date, by: User) -> ArbitratorAppeal:
    """Enter that the Arbiter took 90 days more, once. Refused the second time, for a day to come, and once it is decided."""
    appeal = _undecided(appeal)
    if appeal.extended_on is not None:
        raise Refused(_("The term was extended already: that is done once."), code="extended_already")
    if appeal.decision_due_on is None:
        raise Refused(_("The term of the decision does not run yet: the file is not complete."), code="no_term")
    _check_days(filed_on=appeal.filed_on, notified_on=appeal.notified_on, complete_on=extended_on)
    appeal.extended_on = extended_on
    appeal.decision_due_on = _decision_due_on(appeal, open_book())
    save_version(appeal)
    write_step(appeal, "extended", by=by, notice=None, **_terms(appeal))
    return appeal


@transaction.atomic
def record_decision(
    appeal: ArbitratorAppeal,
    *,
    decision: str,
    decided_on: date,
    amount: Decimal | None = None,
    comply_by: date | None = None,
    by: User,
) -> ArbitratorAppeal:
    """Enter how the appeal ended: by a decision, or withdrawn or settled, at whatever step it was.

    `amount` is in euro. An appeal upheld, wholly or in part, has a day by which we comply. Refused without the outcome, without that day,
    with a day or a sum where nothing is asked of us, for a day before the filing or to come, and for the second time.
    """
    appeal = locked(appeal)
    if decision not in Decision.values or not decision:
        raise Refused(_("Give the decision."), code="no_decision", field="decision")
    if not appeal.filed_on <= decided_on <= timezone.localdate():
        raise Refused(
            _("It was decided between the day of the filing and today."), code="not_that_day", field="decided_on"
        )
    asks = decision in TO_COMPLY
    if asks and (comply_by is None or comply_by < decided_on):
        raise Refused(
            _("Enter by when the decision is to be complied with."), code="no_compliance_day", field="comply_by"
        )
    if not asks and (comply_by is not None or (amount is not None and decision != Decision.SETTLED)):
        raise Refused(_("This decision asks nothing of us: leave sum and day empty."), code="nothing_to_comply")
    move(appeal, to=State.DECIDED)
    appeal.decision, appeal.decided_on, appeal.amount = decision, decided_on, amount
    appeal.comply_by = appeal.due_on = comply_by
    save_version(appeal)
    write_step(
        appeal,
        "decided",
        by=by,
        decision=str(decision),
        decided_on=decided_on.isoformat(),
        amount=_plain(amount),
        comply_by=comply_by.isoformat() if comply_by else None,
    )
    return appeal


@transaction.atomic
def record_compliance(
    appeal: ArbitratorAppeal,
    *,
    compliance: str,
    complied_on: date | None = None,
    published_on: date | None = None,
    by: User,
) -> ArbitratorAppeal:
    """Enter what we did about a decision, and where it was not complied with in full, since when that is published.

    From that day the decision stands 5 years on the Arbiter's site and 6 months on ours; complying later does not end it. May be entered
    again until it is complied with in full. Refused for a decision that asks nothing, for days before it or to come, and without the
    day of compliance.
    """
    appeal = locked(appeal)
    if appeal.decision not in TO_COMPLY:
        raise Refused(_("This appeal has no decision that asks something of us."), code="nothing_to_comply")
    if appeal.compliance == Compliance.FULL:
        raise Refused(_("It has been complied with already."), code="complied_already")
    if compliance not in Compliance.values or not compliance:
        raise Refused(_("Say what was done."), code="no_compliance", field="compliance")
    assert appeal.decided_on is not None, "a decision has its day"
    for name, day in (("complied_on", complied_on), ("published_on", published_on)):
        if day is not None and not appeal.decided_on <= day <= timezone.localdate():
            raise Refused(_("That day is between the decision and today."), code="not_that_day", field=name)
    if compliance != Compliance.NONE and complied_on is None:
        raise Refused(_("Enter the day on which it was done."), code="no_day", field="complied_on")
    if compliance == Compliance.FULL and published_on is not None:
        raise Refused(
            _("What was complied with in full is not published."), code="not_published", field="published_on"
        )
    appeal.compliance, appeal.due_on = compliance, None
    appeal.complied_on = None if compliance == Compliance.NONE else complied_on
    if published_on is not None:
        book = open_book()
        appeal.published_on = published_on
        arbiter, ours = (
            published_until(published_on, book.amount(kind, published_on))
            for kind in (FigureKind.PUBLISHED_BY_ARBITER, FigureKind.PUBLISHED_BY_US)
        )
        appeal.published_by_arbiter_until, appeal.published_by_us_until = arbiter, ours
    save_version(appeal)
    write_step(
        appeal,
        "compliance",
        by=by,
        compliance=str(compliance),
        complied_on=_plain(appeal.complied_on),
        published_on=_plain(published_on),
        published_by_us_until=_plain(appeal.published_by_us_until) if published_on else "",
    )
    return appeal


@transaction.atomic
def cancel_appeal(appeal: ArbitratorAppeal, *, reason: str, by: User) -> ArbitratorAppeal:
    """Enter that an appeal was entered by mistake. It remains, and does not count. Refused without a reason, and once the counter-arguments are made."""
    appeal = locked(appeal)
    if not (reason := clean_text(reason)):
        raise Refused(_("Say why it was a mistake."), code="no_reason", field="reason")
    move(appeal, to=State.CANCELLED)
    appeal.due_on = None
    save_version(appeal)
    write_step(appeal, "cancelled", by=by, reason=reason)
    return appeal
