"""Commands on needs of particular attention: write one down, end one. The priorities of the person's open contacts follow.

Lock order: the customer, then the needs; contacts are never waited for (`recompute_for`).
"""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.contacts.priority import recompute_for
from customers.models import CareNeed, Customer, User
from customers.models.care import LONGEST, LONGEST_NOTE, LONGEST_REASON, CareNeedQuerySet
from foundation.dates import written_day
from foundation.refusals import Refused


@transaction.atomic
def record_care_need(customer: Customer, *, kind: str, note: str, stated_by: str, until: date, by: User) -> CareNeed:
    """Write down what to mind with the person, who agreed to it, and until when (its last day).

    An open one of the same kind ends with it; the same facts again return what is there. Refused for a company, for an
    unknown kind or source, for a file that was joined with another, without words for “something else”, and for a last day that has passed or is more than a year off.
    """
    customer, today = Customer.objects.select_for_update().get(pk=customer.pk), timezone.localdate()
    note = note.strip()
    _check(customer, kind, note, stated_by, until, today)
    before = list(_open_of(customer, kind))
    for earlier in before:
        same = (earlier.note, earlier.stated_by, earlier.until) == (note, stated_by, until)
        if same and earlier.is_in_force(today) and earlier.customer_id == customer.pk:
            return earlier
    for earlier in before:
        _end(earlier, reason=_("It was written again"), by=by, today=today)
    need = CareNeed.objects.create(
        customer=customer, kind=kind, note=note, stated_by=stated_by, since=today, until=until, recorded_by=by
    )
    recompute_for(customer)
    return need


@transaction.atomic
def end_care_need(need: CareNeed, *, reason: str, by: User) -> CareNeed:
    """End it today, with the reason; Refused without one, and where it has ended already.

    With it ends what was written of the same kind under another file of the same person: of a file that was joined, and of the one
    that remains.
    """
    stands = Customer.objects.get(pk=need.customer_id)
    customer = Customer.objects.select_for_update().get(pk=stands.merged_into_id or stands.pk)
    need = CareNeed.objects.select_for_update().get(pk=need.pk)
    reason = reason.strip()
    if need.ended_at is not None:
        raise Refused(_("This has ended already. Look at the file as it is now."), code="ended_already", field="need")
    if not reason or len(reason) > LONGEST_REASON:
        raise Refused(
            _("Write why it ends, in %(most)d characters at most.") % {"most": LONGEST_REASON},
            code="no_reason",
            field="reason",
        )
    for each in _open_of(customer, need.kind):
        _end(each, reason=reason, by=by, today=timezone.localdate())
    need.refresh_from_db()
    recompute_for(customer)
    return need


def _open_of(customer: Customer, kind: str) -> CareNeedQuerySet:
    """What of the kind has not ended in any file of the person, locked; the customer is that of the file that remains."""
    needs = CareNeed.objects.select_for_update().filter(customer__in=customer.file_ids, kind=kind)
    return needs.filter(ended_at__isnull=True).order_by("pk")


def _end(need: CareNeed, *, reason: str, by: User, today: date) -> None:
    need.ended_by, need.ended_at, need.ended_reason = by, timezone.now(), reason
    need.until = min(need.until, today)
    need.save(update_fields=["ended_by", "ended_at", "ended_reason", "until"])


def _check(customer: Customer, kind: str, note: str, stated_by: str, until: date, today: date) -> None:
    if customer.merged_into_id is not None:
        raise Refused(_("This file was joined with another: open that one and write it there."), code="joined")
    if customer.kind != Customer.Kind.PERSON:
        raise Refused(_("This is written down of people, and not of companies."), code="no_person")
    if kind not in CareNeed.Kind.values:
        raise Refused(_("Choose what to mind from the list."), code="unknown", field="kind")
    if stated_by not in CareNeed.StatedBy.values:
        raise Refused(_("Say who asked for it."), code="unknown", field="stated_by")
    if kind == CareNeed.Kind.OTHER and not note:
        raise Refused(_("Write in a few words what helps the person."), code="no_note", field="note")
    if len(note) > LONGEST_NOTE:
        raise Refused(
            _("Write what helps in %(most)d characters at most.") % {"most": LONGEST_NOTE},
            code="too_long",
            field="note",
        )
    if not today <= until <= today + LONGEST:
        raise Refused(
            _("The last day is today or later, %(last)s at the latest: then the person is asked again.")
            % {"last": written_day(today + LONGEST, "il")},
            code="until",
            field="until",
        )
