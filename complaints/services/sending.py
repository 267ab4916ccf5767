"""Commands: see that the letter arrives. Correct the address, send the stored letter again, enter its posting.

A letter is on its way until its notice has gone or its posting is entered (`LetterSending`). A refused
mail is reported at once (`follow_notice`), or else by the task that follows the letters.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import date

from django.db import Error, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.letters import compose
from complaints.models import Complaint, ComplaintEvent, ComplaintLetter, LetterSending
from complaints.services.handling import people_to_warn
from complaints.services.moves import inform_complainant, locked, save_version, write_event
from customers.models import User
from customers.validators import normalise_email, normalise_phone
from foundation.files.downloads import PDF
from foundation.refusals import Refused
from foundation.text import clean_line, clean_text
from notifications.models import Notice
from notifications.services import queue_notice

log = logging.getLogger(__name__)

PARTICULARS = ("complainant_name", "address", "phone", "subject")
IN_THE_LETTER = frozenset({"complainant_name", "subject"})  # an answer letter has them in it
FAILED = (Notice.State.REFUSED, Notice.State.WITHHELD, Notice.State.IN_DOUBT)
Way = LetterSending.Way


def sending_of(complaint: Complaint, notices: Iterable[Notice], *, by: User | None) -> LetterSending:
    """Record how the letter goes to the complainant, from the notices that were queued for it.

    By e-mail where one was queued. By post where a postal address, or none, is known; in the reserved area alone for a
    customer who is reached nowhere else.
    """
    by_way = {notice.channel: notice for notice in notices}
    if email := by_way.get(Notice.Channel.EMAIL):
        return LetterSending.objects.create(
            complaint=complaint, way=Way.EMAIL, address=email.address, notice=email, by=by
        )
    inbox = by_way.get(Notice.Channel.INBOX)
    if inbox is not None and not complaint.address:
        return LetterSending.objects.create(complaint=complaint, way=Way.INBOX, notice=inbox, by=by)
    return LetterSending.objects.create(complaint=complaint, way=Way.POST, address=complaint.address, by=by)


# --- What came back -------------------------------------------------------------------------------------------------
def follow_letters() -> int:
    """Enter which letters have gone, and report those that did not arrive; returns how many sendings changed.

    It asks what is owed and not yet entered, so it may run again and late.
    """
    waiting = LetterSending.objects.not_gone().filter(notice__isnull=False)
    gone = waiting.filter(notice__state=Notice.State.SENT)
    failed = waiting.filter(notice__state__in=FAILED, problem="")
    return sum(follow_letter(pk) for pk in [*gone.values_list("pk", flat=True), *failed.values_list("pk", flat=True)])


def follow_notice(notice_id: int) -> None:
    """Report at once that a letter did not arrive, where one goes with the notice.

    An error of the database must not stop the delivery of notices: `follow_letters` looks at the letter later.
    """
    waiting = LetterSending.objects.not_gone().filter(notice=notice_id)
    try:
        with transaction.atomic():
            for pk in waiting.values_list("pk", flat=True):
                follow_letter(pk)
    except Error:
        log.exception("the letter of notice %s could not be followed", notice_id)


@transaction.atomic
def follow_letter(sending_id: int) -> bool:
    """Enter what became of one sending; whether there was anything to enter."""
    sending = LetterSending.objects.select_for_update(of=("self",)).select_related("notice", "by").get(pk=sending_id)
    notice = sending.notice
    if sending.gone_on is not None or notice is None:
        return False
    if notice.state == Notice.State.SENT:
        sending.gone_on = timezone.localdate(notice.sent_at)
        sending.save(update_fields=["gone_on"])
        return True
    if notice.state not in FAILED or sending.problem:
        return False
    sending.problem = notice.problem or notice.get_state_display()
    sending.save(update_fields=["problem"])
    _report(sending)
    return True


def _report(sending: LetterSending) -> None:
    complaint = locked(sending.complaint)
    people = people_to_warn(complaint, first=sending.by)
    words = {
        "number": complaint.number,
        "complainant": complaint.complainant_name,
        "address": sending.address,
        "problem": sending.problem,
    }
    for person in people:
        once = f"complaint-not-delivered:{sending.pk}:{person.pk}"
        queue_notice(kinds.NOT_DELIVERED, once=once, words=words, user=person)
    write_event(
        complaint,
        ComplaintEvent.Kind.RETURNED,
        by=None,
        notice=sending.notice,
        address=sending.address,
        problem=sending.problem,
        told=[str(person) for person in people],
    )


# --- What is done about it ------------------------------------------------------------------------------------------
@transaction.atomic
def correct_particulars(complaint: Complaint, *, changes: Mapping[str, str], reason: str, by: User) -> Complaint:
    """Enter another name, address, phone or subject than those in the register, with the reason. At any time.

    Complainant and subject are fixed once the letter has been made. Refused without a reason, for
    an unusable address, and when nothing would change.
    """
    if unknown := changes.keys() - set(PARTICULARS):
        raise ValueError(f"Not corrected here: {', '.join(sorted(unknown))}.")
    complaint = locked(complaint)
    if not (reason := clean_text(reason)):
        raise Refused(_("Say why it is another."), code="no_reason")
    changed = {}
    for name, value in changes.items():
        value, before = _stored(name, value), getattr(complaint, name)
        if value != before:
            changed[name] = [before, value]
            setattr(complaint, name, value)
    if not changed:
        raise Refused(_("This is in the register already."), code="unchanged")
    if not complaint.complainant_name or not complaint.subject:
        raise Refused(_("A complaint needs a subject and the complainant’s name."), code="nothing_said")
    if complaint.answered_at and changed.keys() & IN_THE_LETTER:
        raise Refused(
            _("The answer has been made: its letter keeps the name and the subject that it has."), code="in_the_letter"
        )
    save_version(complaint)
    write_event(complaint, ComplaintEvent.Kind.AMENDED, by=by, notice=None, reason=reason, **changed)
    return complaint


def _stored(name: str, value: str) -> str:
    value = clean_line(value)
    if name == "address" and "@" in value and " " not in value:
        return normalise_email(value)
    return normalise_phone(value) if name == "phone" and value else value


def is_on_its_way(complaint: Complaint) -> bool:
    """Whether a sending of the letter may still arrive, or waits to be posted."""
    return complaint.sendings.not_gone().filter(Q(notice__isnull=True) | ~Q(notice__state__in=FAILED)).exists()


@transaction.atomic
def send_letter_again(complaint: Complaint, *, by: User) -> LetterSending:
    """Send the same bytes of the stored letter to the present address; by post it waits for its day of posting.

    Refused where there is no letter, and while an earlier sending may still arrive.
    """
    complaint = locked(complaint)
    letter = ComplaintLetter.objects.filter(complaint=complaint).first()
    if letter is None:
        raise Refused(_("There is no letter yet."), code="no_letter")
    if is_on_its_way(complaint):
        raise Refused(
            _("The letter is still on its way, or waits to be posted: enter what became of that first."),
            code="on_its_way",
        )
    number = complaint.sendings.count() + 1
    notices = inform_complainant(
        kinds.ANSWERED,
        complaint,
        once=f"complaint-answer:{complaint.pk}:{number}",
        words={"letter": _letter_text(letter, complaint)},
        attachments=[(letter.file_name, PDF, bytes(letter.pdf))],
    )
    sending = sending_of(complaint, notices, by=by)
    write_event(
        complaint,
        ComplaintEvent.Kind.SENT,
        by=by,
        notice=sending.notice,
        sent=str(sending.way),
        address=sending.address,
        sha256=letter.sha256,
    )
    return sending


def _letter_text(letter: ComplaintLetter, complaint: Complaint) -> str:
    """The words of the letter, composed again from what is stored, with the paragraphs of the day of the answer."""
    return compose(
        complaint,
        outcome=complaint.outcome,
        answer=complaint.answer,
        reasons=complaint.reasons,
        on=timezone.localdate(complaint.answered_at),
        signed_by=letter.by.get_full_name() if letter.by else "",
    ).text


@transaction.atomic
def record_posting(complaint: Complaint, *, posted_on: date, post: str, tracking: str = "", by: User) -> LetterSending:
    """Enter the day on which the printed letter was posted, and how: the proof that the answer left in time.

    A letter that came back by e-mail may be posted as well. Refused where there is no letter, for a day before the
    answer or in the future, and without the kind of post.
    """
    complaint = locked(complaint)
    if not ComplaintLetter.objects.filter(complaint=complaint).exists():
        raise Refused(_("There is no letter yet."), code="no_letter")
    if not timezone.localdate(complaint.answered_at) <= posted_on <= timezone.localdate():
        raise Refused(_("The letter was posted between the day of the answer and today."), code="not_that_day")
    if post not in LetterSending.Post.values or not post:
        raise Refused(_("Say how the letter went."), code="no_way")
    sending = complaint.sendings.select_for_update().not_gone().filter(way=Way.POST).first()
    if sending is None:
        sending = LetterSending(complaint=complaint, way=Way.POST, by=by)
    sending.address = sending.address or ("" if complaint.email else complaint.address)
    sending.post, sending.tracking, sending.gone_on = post, clean_line(tracking)[:60], posted_on
    sending.save()
    write_event(
        complaint,
        ComplaintEvent.Kind.POSTED,
        by=by,
        notice=None,
        posted_on=posted_on.isoformat(),
        post=str(sending.post),
        tracking=sending.tracking,
        address=sending.address,
    )
    return sending
