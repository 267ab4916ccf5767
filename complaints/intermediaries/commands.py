"""Commands: ask an intermediary, invite it, pass a complaint on to it; keep its position; close an enquiry; remind.

The term is suspended by an enquiry alone, where the rule for the type of intermediary says so, and goes on with the position,
with the end of the enquiry, or after 15 days (art. 10-ter). Each command locks the complaint first, then the enquiry.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.intermediaries.rules import position_due_on, reached_at, reminder_due, rule_for
from complaints.intermediaries.secret import answer_url
from complaints.models import Complaint, ComplaintEvent, Enquiry, EnquiryFile, Intermediary, IntermediaryRule
from complaints.models.complaint import AGENT
from complaints.models.intermediary import LONGEST_TERM, EnquiryKind, EnquiryState, Through
from complaints.services.clock import refuse_suspension, resume_clock, suspend_clock
from complaints.services.handling import classify, officers
from complaints.services.moves import (
    DEFAULT_LANGUAGE,
    channel_to,
    locked,
    locked_open,
    way_of,
    write_event,
    write_to_complainant,
    write_to_intermediary,
)
from customers.models import Agency, User
from foundation.files.accepted import CheckedFile
from foundation.files.keeping import keep_files
from foundation.refusals import ChangedMeanwhile, Refused
from foundation.text import clean_text, fold
from notifications.kinds import NoticeKind
from notifications.models import Notice
from notifications.services import queue_notice

Kind = EnquiryKind
REMIND_DAYS = 3  # before the end, where no rule says otherwise any more
SPACE = 0x56_43_49  # sets our numbers apart from those of other advisory locks


# --- The table ------------------------------------------------------------------------------------------------------
def row_of_agency(agency: Agency) -> Intermediary:
    """The row of an agency of ours in the table of intermediaries; made where there is none yet."""
    row, _made = Intermediary.objects.get_or_create(agency=agency, defaults={"kind": AGENT})
    return row


def keep_agencies() -> int:
    """Give every agency of ours its row in the table of intermediaries; returns how many were missing."""
    missing = Agency.objects.filter(intermediary__isnull=True)
    rows = [Intermediary(agency=agency, kind=AGENT) for agency in missing]
    Intermediary.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def row_concerned(complaint: Complaint, *, by: User) -> Intermediary:
    """The row of the intermediary that a locked complaint is about.

    One that was only stated is looked for by its name and type, entered where there is none, and linked. Refused where the
    complaint is not about the conduct of an intermediary, or its type is not known.
    """
    if not complaint.is_heard:
        raise Refused(
            _(
                "First record that the complaint is about the conduct of an intermediary, and which: an intermediary is asked "
                "about its own conduct only."
            ),
            code="no_intermediary",
        )
    if complaint.agency:
        return row_of_agency(complaint.agency)
    if complaint.intermediary_row:
        return complaint.intermediary_row
    if not complaint.intermediary_kind:
        raise Refused(
            _("First say of which type the intermediary is: what is asked of it depends on that."), code="no_type"
        )
    row = _row_named(complaint)
    classify(complaint, by=by, changes={"intermediary_row": row})
    return row


def _row_named(complaint: Complaint) -> Intermediary:
    """The row with the name and type that were stated, or a new one at the address that was stated.

    Whoever writes to one of the same name at the same time waits, and finds the row.
    """
    stated, kind = complaint.intermediary_stated, complaint.intermediary_kind
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [SPACE, f"{kind}:{fold(stated)}"])
    known = Intermediary.objects.filter(kind=kind, agency__isnull=True, is_active=True).order_by("pk")
    for row in known:
        if fold(row.name) == fold(stated):
            return row
    reached = reached_at(complaint.intermediary_address)
    return Intermediary.objects.create(kind=kind, name=stated, email=reached.email, address=reached.postal)


# --- Asking ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def send_enquiry(complaint: Complaint, *, asked: str, by: User) -> Enquiry:
    """Ask the intermediary for its documents and position, and suspend the term from today (art. 10-ter).

    The complainant is informed. Refused without a question, where the rule for its type knows no suspension, while another
    enquiry waits, when the 15 days are used up or the term is over, and unless under review.
    """
    complaint = locked(complaint)
    _refuse_while_one_waits(complaint)
    refuse_suspension(complaint, timezone.localdate())
    enquiry, rule = _ask(complaint, Kind.ENQUIRY, asked, by=by)
    if not rule.may_suspend:
        raise Refused(
            _(
                "For this type of intermediary the term is not suspended (%(article)s): invite it to give its position "
                "instead."
            )
            % {"article": rule.article},
            code="no_suspension",
        )
    _send(enquiry, kinds.ENQUIRY)
    suspend_clock(locked(complaint), enquiry=enquiry, by=by)
    return enquiry


@transaction.atomic
def invite_intermediary(complaint: Complaint, *, asked: str, by: User) -> Enquiry:
    """Ask the intermediary for its documents and position while the term runs; the complainant is informed.

    For brokers, banks and others (arts. 10-quater and 10-sexies), and for an agent when the term may not be suspended any
    more. Refused without a question, while another enquiry waits, and for a complaint that is closed.
    """
    complaint = locked_open(complaint)
    enquiry, rule = _ask(complaint, Kind.INVITATION, asked, by=by)
    _send(enquiry, kinds.INVITATION, article=rule.article)
    _inform(enquiry, rule, ComplaintEvent.Kind.INVITED, until=enquiry.answer_due_on)
    return enquiry


@transaction.atomic
def pass_on(complaint: Complaint, *, note: str = "", by: User) -> Enquiry:
    """Pass a complaint on to the intermediary whose conduct is concerned, with a word of ours; the complainant is informed.

    Without delay, and the term runs on (arts. 10-quater and 10-sexies). Once to each intermediary.
    """
    complaint = locked_open(complaint)
    row = row_concerned(complaint, by=by)
    if complaint.enquiries.filter(kind=Kind.FORWARDING, intermediary=row).exists():
        raise Refused(_("%(name)s has a copy already.") % {"name": row.known_as}, code="forwarded_already")
    rule = _rule(row)
    enquiry = _made(complaint, row, rule, kind=Kind.FORWARDING, asked=clean_text(note), by=by)
    _send(enquiry, kinds.PASSED_ON, note=enquiry.asked)
    _inform(enquiry, rule, ComplaintEvent.Kind.FORWARDED)
    return enquiry


def _rule(row: Intermediary) -> IntermediaryRule:
    rule = rule_for(row.kind, timezone.localdate())
    if rule is None:
        raise Refused(
            _("No rule for “%(type)s” is in force today: enter one among the rules for intermediaries first.")
            % {"type": row.get_kind_display()},  # type: ignore[attr-defined]
            code="no_rule",
        )
    return rule


def _ask(complaint: Complaint, kind: Kind, asked: str, *, by: User) -> tuple[Enquiry, IntermediaryRule]:
    if not (asked := clean_text(asked)):
        raise Refused(_("Write what is asked of the intermediary."), code="no_reason", field="reason")
    _refuse_while_one_waits(complaint)
    row = row_concerned(complaint, by=by)
    rule = _rule(row)
    return _made(complaint, row, rule, kind=kind, asked=asked, by=by), rule


def _refuse_while_one_waits(complaint: Complaint) -> None:
    waits = complaint.enquiries.filter(state=EnquiryState.OPEN).select_related("intermediary__agency").first()
    if waits is not None:
        raise Refused(asked_already(waits), code="asked_already")


def asked_already(waits: Enquiry) -> str:
    """That nobody is asked while an enquiry waits."""
    return _(
        "%(name)s has been asked already and has not answered: enter its position, or close that enquiry first."
    ) % {"name": waits.intermediary.known_as}


def _made(
    complaint: Complaint, row: Intermediary, rule: IntermediaryRule, *, kind: Kind, asked: str, by: User
) -> Enquiry:
    today, (channel, address) = timezone.localdate(), channel_to(row.reached)
    if not address:
        raise Refused(
            _("No address of %(name)s is known: enter one in the table of intermediaries first.")
            % {"name": row.known_as}
            if row.agency is None
            else _("No address of %(name)s is known: have one entered on the page of the agency first.")
            % {"name": row.known_as},
            code="no_address",
        )
    is_passed_on = kind == Kind.FORWARDING
    return Enquiry(
        complaint=complaint,
        intermediary=row,
        kind=kind,
        asked=asked,
        article=rule.article,
        way=channel,
        address=address,
        sent_on=today,
        answer_due_on=None if is_passed_on else position_due_on(today, rule.answer_days),
        state=EnquiryState.PASSED if is_passed_on else EnquiryState.OPEN,
        by=by,
    )


def _send(enquiry: Enquiry, kind: NoticeKind, **words: Any) -> None:
    """Store the enquiry and queue its notice, with the address at which it is answered."""
    complaint = enquiry.complaint
    enquiry.save()
    if enquiry.answer_due_on:
        words |= {"enquiry": enquiry.asked, "answer_by": enquiry.answer_due_on, **_answered_at(enquiry)}
    enquiry.notice = write_to_intermediary(
        kind,
        complaint,
        enquiry.intermediary.reached,
        once=f"enquiry:{enquiry.pk}:{kind.code}",
        words={"received_on": complaint.first_received_on, "text": complaint.text, **words},
    )
    enquiry.save(update_fields=["notice"])


def _answered_at(enquiry: Enquiry) -> dict[str, str]:
    with translation.override(DEFAULT_LANGUAGE):
        return {"action_url": answer_url(enquiry), "action_label": _("Give your position")}


def _inform(enquiry: Enquiry, rule: IntermediaryRule, event: str, *, until: date | None = None) -> None:
    """Inform the complainant, where the rule says so, that the intermediary has a copy; and write the event."""
    complaint = locked(enquiry.complaint)
    notice: Notice | None = None
    copied: dict[str, str] = {}
    if rule.informs_complainant:
        notice, copied = write_to_complainant(
            kinds.FORWARDED,
            complaint,
            once=f"complaint-forwarded:{complaint.pk}:enquiry-{enquiry.pk}",
            words={"intermediary": enquiry.intermediary.known_as},
        )
    agency = enquiry.intermediary.agency
    write_event(
        complaint,
        event,
        by=enquiry.by,
        notice=notice,
        agency=agency.code if agency else "",
        intermediary=enquiry.intermediary.known_as,
        intermediary_told=enquiry.way,
        until=until.isoformat() if until else None,
        **copied,
    )


# --- The position ---------------------------------------------------------------------------------------------------
def _both(enquiry: Enquiry) -> tuple[Complaint, Enquiry]:
    """The complaint and the enquiry as they are now, locked in this order; Refused unless it waits for the intermediary."""
    complaint = locked(enquiry.complaint)
    enquiry = Enquiry.objects.select_for_update(of=("self",)).select_related("intermediary__agency").get(pk=enquiry.pk)
    if not enquiry.is_open:
        raise Refused(
            nobody_waits(enquiry), code="answered_already" if enquiry.state == EnquiryState.ANSWERED else "closed"
        )
    return complaint, enquiry


def nobody_waits(enquiry: Enquiry) -> str:
    """Why nothing more can be said to an enquiry: a position was given, or it was closed."""
    if enquiry.state == EnquiryState.ANSWERED:
        return _("A position on this has been given already.")
    return _("Nobody waits for a position on this any more.")


@transaction.atomic
def keep_draft(enquiry: Enquiry, *, text: str, seen_version: int) -> Enquiry:
    """Keep what was written of a position, to go on with it later.

    `seen_version` is that of the enquiry from which the page began. Refused once a position was given or the enquiry closed;
    ChangedMeanwhile where another draft was kept since.
    """
    _complaint, enquiry = _both(enquiry)
    if enquiry.version != seen_version:
        raise ChangedMeanwhile(
            _("Somebody else kept a draft meanwhile: open the page again to see it. What you wrote is still here.")
        )
    enquiry.draft = clean_text(text)
    enquiry.version += 1
    enquiry.save(update_fields=["draft", "version"])
    return enquiry


@transaction.atomic
def give_position(
    enquiry: Enquiry,
    *,
    position: str,
    files: Iterable[CheckedFile] = (),
    through: Through,
    by: User | None = None,
    answered_on: date | None = None,
) -> Enquiry:
    """Keep the position of an intermediary with its documents; a suspended term goes on from the day on which it arrived.

    `answered_on` is for one that came by post and is entered by an officer; else it is today. The handler, or else all
    officers, are informed of what the intermediary gave itself. Refused without words, before the day on which it was asked,
    for a day to come, and once a position was given or the enquiry closed. FilesNotKept where there is no room for a file.
    """
    complaint, enquiry = _both(enquiry)
    today, files = timezone.localdate(), list(files)
    answered_on = answered_on or today
    if not (position := clean_text(position)):
        raise Refused(_("Write the position."), code="nothing_said", field="position")
    if not enquiry.sent_on <= answered_on <= today:
        raise Refused(
            _("A position arrives on the day on which it was asked for, or later, and not after today."),
            code="not_that_day",
            field="answered_on",
        )
    enquiry.state, enquiry.position, enquiry.through, enquiry.draft = EnquiryState.ANSWERED, position, through, ""
    enquiry.answered_on, enquiry.answered_at, enquiry.answered_by = answered_on, timezone.now(), by
    enquiry.version += 1
    enquiry.save()
    keep_files(EnquiryFile, files, enquiry=enquiry)
    notices = [] if through == Through.HAND else _inform_handler(complaint, enquiry, kinds.POSITION, files=len(files))
    write_event(
        complaint,
        ComplaintEvent.Kind.POSITION,
        by=by,
        notice=next(iter(notices), None),
        intermediary=enquiry.intermediary.known_as,
        answered_on=answered_on.isoformat(),
        files=[each.name for each in files],
    )
    if complaint.state == Complaint.State.SUSPENDED:
        resume_clock(complaint, by=by, on=answered_on)
    return enquiry


def _inform_handler(complaint: Complaint, enquiry: Enquiry, kind: NoticeKind, **words: Any) -> list[Notice]:
    """Inform the person who follows the complaint, or else all officers."""
    handler = complaint.handler
    people = [handler] if handler and handler.is_active else list(officers())
    about = {
        "number": complaint.number,
        "complainant": complaint.complainant_name,
        "intermediary": enquiry.intermediary.known_as,
        **words,
    }
    return [
        queue_notice(kind, once=f"enquiry:{enquiry.pk}:{kind.code}:{each.pk}", words=about, user=each)
        for each in people
    ]


@transaction.atomic
def close_enquiry(enquiry: Enquiry, *, why: str, by: User) -> Enquiry:
    """Wait for the intermediary no longer, with the reason; a suspended term goes on from today. The intermediary is informed.

    Refused without a reason, and once a position was given or the enquiry closed.
    """
    complaint, enquiry = _both(enquiry)
    if not (why := clean_text(why)):
        raise Refused(_("Say why it is not waited for any longer."), code="no_reason", field="reason")
    enquiry.state, enquiry.draft = EnquiryState.CLOSED, ""
    enquiry.closed_at, enquiry.closed_by, enquiry.closed_why = timezone.now(), by, why
    enquiry.version += 1
    enquiry.save()
    notice = write_to_intermediary(
        kinds.ENQUIRY_CLOSED,
        complaint,
        enquiry.intermediary.reached,
        once=f"enquiry:{enquiry.pk}:{kinds.ENQUIRY_CLOSED.code}",
        words={"asked_on": enquiry.sent_on},
    )
    write_event(
        complaint,
        ComplaintEvent.Kind.UNASKED,
        by=by,
        notice=notice,
        intermediary=enquiry.intermediary.known_as,
        reason=why,
    )
    if complaint.state == Complaint.State.SUSPENDED:
        resume_clock(complaint, by=by)
    return enquiry


# --- Reminding ------------------------------------------------------------------------------------------------------
def remind_intermediaries(today: date) -> int:
    """Remind of every position that is owed: once before its day and once after it; returns how many reminders went.

    It asks what is owed and was not yet reminded of, so it may run again and late. After the day the handler is informed too.
    """
    near = Enquiry.objects.open().filter(answer_due_on__lte=today + timedelta(days=LONGEST_TERM))
    waiting = near.filter(chased_at__isnull=True).order_by("pk")
    return sum(_remind(enquiry, today) for enquiry in waiting.select_related("complaint", "intermediary"))


def _owed(enquiry: Enquiry, today: date) -> str:
    rule = rule_for(enquiry.intermediary.kind, enquiry.sent_on)
    assert enquiry.answer_due_on is not None, "an open one has a day"
    which = reminder_due(enquiry.answer_due_on, rule.remind_days if rule else REMIND_DAYS, today)
    return "" if which == "before" and enquiry.reminded_at else which


@transaction.atomic
def _remind(enquiry: Enquiry, today: date) -> bool:
    if not _owed(enquiry, today):
        return False
    try:
        complaint, enquiry = _both(enquiry)
    except Refused:  # it was answered or closed meanwhile
        return False
    which = _owed(enquiry, today)
    if not which or enquiry.chased_at:  # another worker was first
        return False
    is_late = which == "after"
    notice = write_to_intermediary(
        kinds.ENQUIRY_REMINDER,
        complaint,
        enquiry.intermediary.reached,
        once=f"enquiry:{enquiry.pk}:{kinds.ENQUIRY_REMINDER.code}:{which}",
        words={
            "asked_on": enquiry.sent_on,
            "answer_by": enquiry.answer_due_on,
            "is_late": is_late,
            **_answered_at(enquiry),
        },
    )
    if is_late:
        enquiry.chased_at = timezone.now()
        _inform_handler(complaint, enquiry, kinds.POSITION_LATE, answer_by=enquiry.answer_due_on)
    else:
        enquiry.reminded_at = timezone.now()
    enquiry.save(update_fields=["chased_at", "reminded_at"])
    write_event(
        complaint,
        ComplaintEvent.Kind.REMINDED,
        by=None,
        notice=notice,
        intermediary=enquiry.intermediary.known_as,
        intermediary_told=way_of(notice),
        until=enquiry.answer_due_on.isoformat() if enquiry.answer_due_on else None,
    )
    return True


def no_longer_asked(notices: Iterable[Notice], now: datetime) -> dict[int, str]:
    """Why some of these notices to intermediaries are not owed any more, by the id of the notice."""
    about = {notice.pk: notice.about_id for notice in notices}
    over = Enquiry.objects.filter(pk__in=[pk for pk in about.values() if pk is not None]).exclude(
        state=EnquiryState.OPEN
    )
    known = set(over.values_list("pk", flat=True))
    reason = _("The intermediary has given its position, or is not waited for any longer.")
    return {pk: reason for pk, enquiry in about.items() if enquiry in known}
