"""Commands: cancel an entry that is no complaint, with its cause; and take that back.

The entry keeps its number and its days. The sender is informed of what is true: under which request or which other
entry the matter goes on. Nobody is written to about spam.
"""

from contextlib import ExitStack
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.codes.checking import check_codes
from complaints.documents.keeping import copies_of
from complaints.documents.queries import documents_of, find_document
from complaints.models import Complaint, ComplaintEvent
from complaints.models.complaint import DOUBLE, REQUEST, SPAM
from complaints.services.clock import close_enquiries
from complaints.services.moves import locked, move_complaint, write_event, write_to_complainant
from complaints.triage.recording import record_decision
from contact_center.contacts.complaints import open_from_complaint, record_complaint
from contact_center.models import Contact
from customers.models import User
from foundation.refusals import Refused
from foundation.text import clean_text
from notifications.models import Notice

# Which channel of contacts a channel of the register is, for what goes on as a request; anything else came by post.
CHANNELS = {
    "site": Contact.Channel.SITE_FORM,
    "portal": Contact.Channel.PORTAL,
    "app": Contact.Channel.APP,
    "email": Contact.Channel.EMAIL,
    "pec": Contact.Channel.EMAIL,
}


@transaction.atomic
def cancel(
    complaint: Complaint, *, cause: str, reason: str, double_of: Complaint | None = None, by: User
) -> Complaint:
    """Enter that an open entry is no complaint: a request, a double, a mistake, spam. It keeps its number, and stays visible.

    It is left out of the counts. `cause` is a code of the list of causes, `reason` the words; `double_of` the entry under
    which a double is treated. What was a request goes on as one: in the contact it began as, which may be registered
    again, or in a new one with its day and its files. The sender is informed of that; of spam nobody is. Refused without
    cause or reason, for an entry that is closed, and for a double of itself, of nothing, or of a cancelled entry.
    """
    complaint = locked(complaint)
    if not (reason := clean_text(reason)):
        raise Refused(_("Say why it is not a complaint."), code="no_reason", field="reason")
    if not cause:
        raise Refused(_("Choose the cause."), code="no_cause", field="cause")
    check_codes({"cancelled_as": cause}, received_on=complaint.first_received_on)
    if complaint.can_become(Complaint.State.CANCELLED):
        _check_double(complaint, cause, double_of)
    complaint.cancelled_as, complaint.double_of = cause, double_of if cause == DOUBLE else None
    moved = move_complaint(complaint, to=Complaint.State.CANCELLED)
    close_enquiries(complaint, why=_("The complaint was cancelled."), by=by)
    if cause == REQUEST and complaint.contact is None:
        complaint.contact = _go_on_as_request(complaint, by=by)
        complaint.save(update_fields=["contact"])
    notice: Notice | None = None
    copied: dict[str, str] = {}
    if cause != SPAM:
        notice, copied = write_to_complainant(
            kinds.CANCELLED,
            complaint,
            once=f"complaint-cancelled:{complaint.pk}:{complaint.version}",
            words={
                "cause": cause,
                "request": complaint.contact.number if cause == REQUEST and complaint.contact else "",
                "other": complaint.double_of.number if complaint.double_of else "",
            },
        )
    write_event(
        complaint,
        ComplaintEvent.Kind.CANCELLED,
        by=by,
        notice=notice,
        cancelled_as=cause,
        double_of=complaint.double_of.number if complaint.double_of else "",
        request=complaint.contact.number if cause == REQUEST and complaint.contact else "",
        reason=reason,
        **copied,
        **moved,
    )
    if complaint.contact is not None:
        record_complaint(complaint.contact, number=complaint.number, by=by, cancelled=True)
        if cause != DOUBLE:  # a double is a complaint, under another number
            record_decision(
                contact=complaint.contact,
                written_on=complaint.received_on,
                is_complaint=False,
                reason=reason,
                complaint=complaint,
                by=by,
            )
    return complaint


def _check_double(complaint: Complaint, cause: str, double_of: Complaint | None) -> None:
    if cause != DOUBLE:
        if double_of is not None:
            raise Refused(
                _("Only a double names another entry: choose that cause, or leave the number out."),
                code="not_a_double",
                field="double_of",
            )
        return
    if double_of is None:
        raise Refused(_("Say of which entry it is a double."), code="no_double", field="double_of")
    if double_of.pk == complaint.pk:
        raise Refused(_("An entry is no double of itself."), code="itself", field="double_of")
    if Complaint.objects.select_for_update().get(pk=double_of.pk).state == Complaint.State.CANCELLED:
        raise Refused(
            _("%(number)s is cancelled as well: name the entry under which the complaint is treated.")
            % {"number": double_of.number},
            code="double_of_cancelled",
            field="double_of",
        )


def _go_on_as_request(complaint: Complaint, *, by: User) -> Contact:
    """The request as which it goes on, with its day, its words and the files that the sender gave."""
    with ExitStack() as opened:
        files = [find_document(complaint, each.key) for each in documents_of(complaint, for_complainant=True)]
        return open_from_complaint(
            number=complaint.number,
            channel=CHANNELS.get(complaint.received_by, Contact.Channel.POST),
            customer=complaint.customer,
            address=complaint.email,
            subject=complaint.subject,
            text=complaint.text,
            written_at=_moment_of_receipt(complaint),
            files=copies_of([each for each in files if each is not None], opened),
            by=by,
        )


def _moment_of_receipt(complaint: Complaint) -> datetime:
    """When it was registered, if that was the day of receipt; else the noon of that day in Italy."""
    registered = timezone.localtime(complaint.registered_at)
    if registered.date() == complaint.received_on:
        return registered
    return datetime.combine(complaint.received_on, time(12), tzinfo=timezone.get_current_timezone())


@transaction.atomic
def reinstate(complaint: Complaint, *, reason: str, by: User) -> Complaint:
    """Enter that a cancelled entry is a complaint after all: it is open again under its number, its term as it was.

    The sender is informed. Refused without a reason, and where its contact has been registered again meanwhile.
    """
    complaint = locked(complaint)
    if not (reason := clean_text(reason)):
        raise Refused(_("Say why it is a complaint after all."), code="no_reason", field="reason")
    if complaint.state != Complaint.State.CANCELLED:
        raise Refused(_("Complaint %(number)s is not cancelled.") % {"number": complaint.number}, code="wrong_state")
    again = Complaint.objects.counted().filter(contact=complaint.contact_id).first() if complaint.contact_id else None
    if again is not None:
        raise Refused(
            _("The contact has been registered again as %(number)s.") % {"number": again.number},
            code="registered_again",
        )
    to = Complaint.State.UNDER_REVIEW if complaint.handler_id else Complaint.State.RECEIVED
    complaint.cancelled_as, complaint.double_of = "", None
    moved = move_complaint(complaint, to=to)
    notice, copied = write_to_complainant(
        kinds.REINSTATED,
        complaint,
        once=f"complaint-reinstated:{complaint.pk}:{complaint.version}",
        words={"due_on": complaint.due_on, "is_over": complaint.due_on < timezone.localdate()},
    )
    write_event(complaint, ComplaintEvent.Kind.REINSTATED, by=by, notice=notice, reason=reason, **copied, **moved)
    if complaint.contact is not None:
        record_complaint(complaint.contact, number=complaint.number, by=by)
        record_decision(
            contact=complaint.contact,
            written_on=complaint.received_on,
            is_complaint=True,
            reason=reason,
            complaint=complaint,
            by=by,
        )
    return complaint
