"""Commands: enter for whom a complaint is made, ask the one who writes for the mandate, and enter that it came."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.documents.queries import documents_of
from complaints.models import Complaint, ComplaintEvent, Representation
from complaints.representation.entering import Represented, enter_represented
from complaints.services.moves import inform_complainant, locked, locked_open, write_event
from customers.models import User
from foundation.refusals import Refused
from foundation.text import clean_line


@transaction.atomic
def represent(complaint: Complaint, *, represented: Represented, by: User) -> Representation:
    """Enter or correct the represented person. The mandate that came, and the day it was asked for, remain.

    Refused without a name, and for an unknown relation.
    """
    complaint = locked(complaint)
    name = clean_line(represented.name)
    if not name:
        raise Refused(_("Write the name of the represented person."), code="no_name", field="name")
    if represented.relation not in Representation.Relation.values:
        raise Refused(_("There is no such relation."), code="no_relation", field="relation")
    known = Representation.objects.filter(complaint=complaint).first()
    before = {} if known is None else {"before": known.name}
    if known is None:
        known = enter_represented(complaint, represented)
    else:
        known.name, known.tax_code, known.relation = name[:200], represented.tax_code, represented.relation
        known.save(update_fields=["name", "tax_code", "relation"])
    write_event(complaint, ComplaintEvent.Kind.PERSON, by=by, notice=None, represented=known.name, **before)
    return known


@transaction.atomic
def ask_for_mandate(complaint: Complaint, *, by: User) -> Representation:
    """Write to whoever complains for another that the mandate is missing; the day is kept. The term keeps running.

    By post where only a postal address is known: the event says so, and the letter is the officer's. Refused without a
    represented person, when the mandate has come, when it was asked for today, and for a closed complaint.
    """
    complaint = locked_open(complaint)
    known = _of(complaint)
    today = timezone.localdate()
    if known.has_mandate:
        raise Refused(_("The mandate has come already."), code="has_mandate")
    if known.asked_on == today:
        raise Refused(_("It was asked for today already."), code="asked_today")
    notices = inform_complainant(
        kinds.MANDATE,
        complaint,
        once=f"complaint-mandate:{complaint.pk}:{today.isoformat()}",
        words={"represented": known.name, "due_on": complaint.due_on},
    )
    known.asked_on, known.asked_by = today, by
    known.save(update_fields=["asked_on", "asked_by"])
    write_event(
        complaint,
        ComplaintEvent.Kind.MANDATE,
        by=by,
        notice=next(iter(notices), None),
        asked_of=complaint.complainant_name,
        represented=known.name,
        sent="email" if notices else "post",
    )
    return known


@transaction.atomic
def accept_mandate(complaint: Complaint, *, key: UUID, on: date, by: User) -> Representation:
    """Enter which document of the complaint is the mandate, and the day it came. Another replaces it.

    Refused without a represented person, for what is no document of the complaint, and for a day to come.
    """
    complaint = locked(complaint)
    if all(each.key != key for each in documents_of(complaint)):
        raise Refused(_("That is no document of this complaint."), code="no_document", field="document")
    if on > timezone.localdate():
        raise Refused(_("That day is still to come."), code="in_the_future", field="on")
    return note_mandate(complaint, key=key, on=on, by=by)


def note_mandate(complaint: Complaint, *, key: UUID, on: date, by: User) -> Representation:
    """Write on a locked complaint that the document is the mandate; Refused without a represented person."""
    known = _of(complaint)
    known.mandate_key, known.mandate_on = key, on
    known.save(update_fields=["mandate_key", "mandate_on"])
    write_event(complaint, ComplaintEvent.Kind.MANDATE, by=by, notice=None, mandate_on=on.isoformat())
    return known


def _of(complaint: Complaint) -> Representation:
    known = Representation.objects.select_for_update().filter(complaint=complaint).first()
    if known is None:
        raise Refused(
            _("Enter first for whom the complaint is made: the represented person."), code="nobody_represented"
        )
    return known
