"""Commands: see that the letter arrives. Correct the address, send the stored letter again, enter its posting.

A letter is on its way until its notice has gone or its posting is entered (`LetterSending`). One that was refused or came
back is reported at once (`follow_notice`), or else by the task that follows the letters.
"""

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import Error, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.letters import compose
from complaints.letters.ways import lines_of_address, looks_certified
from complaints.models import Complaint, ComplaintEvent, ComplaintLetter, LetterSending
from complaints.models.letter import Way
from complaints.services.handling import people_to_warn
from complaints.services.moves import (
    Attachments,
    inform_by,
    inform_complainant,
    locked,
    save_version,
    write_event,
)
from customers.models import ContactPoint, Customer, User
from customers.validators import normalise_email, normalise_phone
from foundation.files.downloads import PDF
from foundation.refusals import Refused
from foundation.text import clean_line, clean_text
from notifications.channels import Channel, served
from notifications.letters.commands import postal_lines
from notifications.models import DeliveryReport, Notice
from notifications.quoting import quotable
from notifications.services import is_enrolled, queue_notice, record_sent_by_hand
from notifications.services.queueing import email_of, pec_of

log = logging.getLogger(__name__)

PARTICULARS = ("complainant_name", "address", "phone", "subject")
IN_THE_LETTER = frozenset({"complainant_name", "subject"})  # an answer letter has them in it
FAILED = (Notice.State.REFUSED, Notice.State.WITHHELD, Notice.State.IN_DOUBT)


# --- By which way ---------------------------------------------------------------------------------------------------
def ways_for(complaint: Complaint) -> list[Way]:
    """The ways by which a letter to the complainant could go, the one that it goes by itself first.

    By PEC where the address is certified, by e-mail to any other, by post to a postal address. A customer who gave none is
    written to at their own: e-mail, the reserved area, PEC, then post.
    """
    has_pec = Channel.PEC in served()
    if complaint.email and has_pec and is_certified(complaint, complaint.email):
        return [Way.PEC, Way.EMAIL, Way.POST]
    ways = [Way.POST]
    if complaint.email:
        ways = [Way.EMAIL, Way.PEC, Way.POST]
    elif complaint.customer is not None and not complaint.address:
        ways = _ways_to(complaint.customer)
    return [way for way in ways if way != Way.PEC or has_pec]


def _ways_to(customer: Customer) -> list[Way]:
    known = {Way.EMAIL: email_of(customer), Way.INBOX: is_enrolled(customer), Way.PEC: pec_of(customer)}
    return [*(way for way, reaches in known.items() if reaches), Way.POST]


def is_certified(complaint: Complaint, address: str) -> bool:
    """Whether an e-mail address is certified: the customer's own PEC, or one whose domain shows it."""
    own = complaint.customer is not None and complaint.customer.contact_points.filter(
        kind=ContactPoint.Kind.PEC, value=address
    )
    return looks_certified(address) or bool(own and own.exists())


def send_out(
    complaint: Complaint, letter: ComplaintLetter, *, text: str, way: str, once: str, by: User
) -> LetterSending:
    """Let the kept letter go to the complainant, and record how. `way` empty: the first of `ways_for`.

    `text` are the words of the letter. By post it waits in the print queue behind a sheet with the address; where no postal
    address is known nothing waits there, and it is printed from the complaint's page. Refused for a way that is not open.
    """
    ways = ways_for(complaint)
    if way and way not in ways:
        raise Refused(
            _("The letter cannot go %(way)s: the address is not one for it.") % {"way": Way(way).label},
            code="not_that_way",
            field="way",
        )
    chosen = Way(way) if way else ways[0]
    attached = [(letter.file_name, PDF, bytes(letter.pdf))]
    words = {"letter": text}
    if chosen == Way.POST:
        return _by_post(complaint, attached, words=words, once=once, by=by)
    if chosen == Way.PEC:
        return _by_pec(complaint, attached, words=words, once=once, by=by)
    notices = inform_complainant(kinds.ANSWERED, complaint, once=once, words=words, attachments=attached)
    by_way = {notice.channel: notice for notice in notices}
    notice = by_way.get(Channel.EMAIL) or by_way.get(Channel.INBOX)
    if notice is None:  # the customer was reached a moment ago, and is not any more
        return _by_post(complaint, attached, words=words, once=once, by=by)
    sent_by = Way.EMAIL if notice.channel == Channel.EMAIL else Way.INBOX
    return LetterSending.objects.create(complaint=complaint, way=sent_by, address=notice.address, notice=notice, by=by)


def _by_pec(
    complaint: Complaint, attached: Attachments, *, words: Mapping[str, Any], once: str, by: User
) -> LetterSending:
    customer = complaint.customer
    address = complaint.email or (pec_of(customer) if customer else "")
    notice = inform_by(Channel.PEC, complaint, address=address, words=words, once=once, attachments=attached)
    _show_in_the_reserved_area(complaint, words=words, once=once)
    return LetterSending.objects.create(complaint=complaint, way=Way.PEC, address=address, notice=notice, by=by)


def _by_post(
    complaint: Complaint, attached: Attachments, *, words: Mapping[str, Any], once: str, by: User
) -> LetterSending:
    customer = complaint.customer
    address = "" if complaint.email else complaint.address
    _show_in_the_reserved_area(complaint, words=words, once=once)
    notice = None
    if address or (customer is not None and postal_lines(customer)):
        name = {"number": complaint.number, "name": quotable(complaint.complainant_name)}
        notice = queue_notice(
            kinds.ANSWER_BY_POST,
            once=f"{once}:{Channel.POST.value}",
            words=name,
            channel=Channel.POST,
            customer=customer,
            address=address,
            language=complaint.answer_language,
            attachments=attached,
        )
    return LetterSending.objects.create(complaint=complaint, way=Way.POST, address=address, notice=notice, by=by)


def _show_in_the_reserved_area(complaint: Complaint, *, words: Mapping[str, Any], once: str) -> None:
    if complaint.customer is not None and is_enrolled(complaint.customer):
        inform_by(Channel.INBOX, complaint, address="", words=words, once=once)


def addressee_of(notice: Notice) -> list[str]:
    """The lines of the envelope of an answer letter: the complainant at the address that was given; [] for other notices."""
    if notice.kind != kinds.ANSWER_BY_POST.code:
        return []
    sending = LetterSending.objects.filter(notice=notice).select_related("complaint__customer").first()
    if sending is None:
        return []
    if lines := lines_of_address(sending.address):
        return [sending.complaint.complainant_name, *lines]
    return postal_lines(sending.complaint.customer) if sending.complaint.customer else []


# --- What came back -------------------------------------------------------------------------------------------------
def follow_letters() -> int:
    """Enter which letters have gone, and report those that did not arrive; returns how many sendings changed.

    It asks what is owed and not yet entered, so it may run again and late.
    """
    waiting = LetterSending.objects.not_gone().filter(notice__isnull=False)
    gone = waiting.filter(notice__state=Notice.State.SENT)
    failed = waiting.filter(notice__state__in=FAILED, problem="")
    back = LetterSending.objects.gone().filter(notice__arrival=Notice.Arrival.FAILED)
    return sum(follow_letter(pk) for rows in (gone, failed, back) for pk in list(rows.values_list("pk", flat=True)))


def follow_notice(notice_id: int) -> None:
    """Report at once that a letter did not arrive, or enter that it did, where one goes with the notice.

    An error of the database must not stop the delivery of notices: `follow_letters` looks at the letter later.
    """
    open_ones = LetterSending.objects.filter(notice=notice_id, returned_on__isnull=True)
    try:
        with transaction.atomic():
            for pk in open_ones.values_list("pk", flat=True):
                follow_letter(pk)
    except Error:
        log.exception("the letter of notice %s could not be followed", notice_id)


@transaction.atomic
def follow_letter(sending_id: int) -> bool:
    """Enter what became of one sending; whether there was anything to enter.

    It has gone when its notice has. It has not gone after all when the notice came back: a bounce, a receipt that
    it was not delivered, a letter that the post brought back. Then the officer is informed at once.
    """
    sending = LetterSending.objects.select_for_update(of=("self",)).select_related("notice", "by").get(pk=sending_id)
    notice = sending.notice
    if notice is None or sending.returned_on is not None:
        return False
    changed = []
    if sending.gone_on is None and notice.state == Notice.State.SENT:
        sending.gone_on = timezone.localdate(notice.sent_at)
        changed.append("gone_on")
    report = _report_of(notice) if sending.gone_on is not None else None
    if report is not None and sending.gone_on is not None and notice.arrival == Notice.Arrival.FAILED:
        sending.returned_on = max(sending.gone_on, timezone.localdate(report.happened_at))
        sending.problem = report.detail or notice.get_arrival_display()
        changed += ["returned_on", "problem"]
    elif report is not None and sending.delivered_at is None and notice.arrival == Notice.Arrival.DELIVERED:
        sending.delivered_at = report.happened_at
        changed.append("delivered_at")
    elif sending.gone_on is None and notice.state in FAILED and not sending.problem:
        sending.problem = notice.problem or notice.get_state_display()
        changed.append("problem")
    if not changed:
        return False
    sending.save(update_fields=changed)
    if "problem" in changed:
        _report(sending)
    return True


def _report_of(notice: Notice) -> DeliveryReport | None:
    """The newest report that says what the notice's arrival says."""
    return notice.reports.filter(outcome=notice.arrival).order_by("-happened_at", "-pk").first()


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
def send_letter_again(complaint: Complaint, *, address: str | None = None, way: str = "", by: User) -> LetterSending:
    """Send the same bytes of the stored letter again, to another address or the present one; by post it waits to be printed.

    Another address is entered in the register as the one for the answer. Refused where there is no letter, while an
    earlier sending may still arrive, and for a way that the address is not for.
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
    if address is not None and _stored("address", address) != complaint.address:
        complaint = correct_particulars(
            complaint, changes={"address": address}, reason=_("The letter is sent again, to this address."), by=by
        )
    number = complaint.sendings.count() + 1
    sending = send_out(
        complaint,
        letter,
        text=_letter_text(letter, complaint),
        way=way,
        once=f"complaint-answer:{complaint.pk}:{number}",
        by=by,
    )
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
    """The words of the letter, composed again from what is stored, of the versions of texts that it names."""
    return compose(
        complaint,
        outcome=complaint.outcome,
        answer=complaint.answer,
        reasons=complaint.reasons,
        on=timezone.localdate(complaint.answered_at),
        signed_by=letter.by.get_full_name() if letter.by else "",
        carrying=[*letter.paragraphs, *letter.frame],
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
    waiting = complaint.sendings.select_for_update(of=("self",)).not_gone().filter(way=Way.POST)
    sending = waiting.select_related("notice").order_by("-made_at", "-pk").first()
    if sending is None:
        sending = LetterSending(complaint=complaint, way=Way.POST, by=by)
    elif sending.notice is not None:
        _take_from_the_print_queue(sending.notice, how=f"{LetterSending.Post(post).label} {tracking}".strip(), by=by)
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


def _take_from_the_print_queue(notice: Notice, *, how: str, by: User) -> None:
    """The letter that waits to be printed was posted by hand. Refused while it is in a batch: that is entered there."""
    if notice.state == Notice.State.SENDING:
        raise Refused(
            _(
                "The letter is in a batch for the printer: enter there that it was handed to the post, or give the batch up."
            ),
            code="in_a_batch",
        )
    if notice.state == Notice.State.QUEUED:
        record_sent_by_hand(notice, how=how, by=by)
