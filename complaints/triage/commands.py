"""Commands: decide that what somebody wrote is no complaint. That it is one is decided by registering it."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from complaints.models import Complaint, Feedback, TriageDecision
from complaints.services.registering import days_written
from complaints.triage.recording import record_decision
from contact_center.models import Contact
from customers.models import User
from foundation.refusals import Refused
from foundation.text import clean_text


@transaction.atomic
def decide_no_complaint(contact: Contact, *, reason: str, written_on: date | None = None, by: User) -> TriageDecision:
    """Decide that what was written in the contact, on the day or at first, is no complaint (Reg. 24/2008, art. 2).

    It is taken back by registering the contact: the first day of writing still counts as that of receipt. Refused without
    a reason, while the contact is in the register (cancel the entry instead), and for a day without anything in writing.
    """
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    reason = clean_text(reason)
    if not reason:
        raise Refused(_("Say why it is no complaint."), code="no_reason", field="reason")
    if (entry := Complaint.objects.counted().filter(contact=contact).first()) is not None:
        raise Refused(
            _("It is in the register as %(number)s: cancel that entry, with the cause.") % {"number": entry.number},
            code="registered",
        )
    days = days_written(contact)
    if not days:
        raise Refused(
            _("Nothing is written in this contact: a call alone is no complaint in law."), code="not_written"
        )
    day = written_on or next(iter(days))
    if day not in days:
        raise Refused(
            _("Nothing was written in this contact on %(day)s.") % {"day": date_format(day, "SHORT_DATE_FORMAT")},
            code="not_written_then",
            field="written_on",
        )
    return record_decision(contact=contact, written_on=day, is_complaint=False, reason=reason, by=by)


@transaction.atomic
def decide_feedback_no_complaint(feedback: Feedback, *, reason: str, by: User) -> TriageDecision:
    """Decide that a feedback is no complaint. Refused without a reason, and for one that became a complaint."""
    feedback = Feedback.objects.select_for_update().get(pk=feedback.pk)
    reason = clean_text(reason)
    if not reason:
        raise Refused(_("Say why it is no complaint."), code="no_reason", field="reason")
    if feedback.complaint_id is not None:
        raise Refused(_("It became a complaint: cancel that entry, with the cause."), code="registered")
    return record_decision(
        feedback=feedback,
        written_on=timezone.localdate(feedback.received_at),
        is_complaint=False,
        reason=reason,
        by=by,
    )
