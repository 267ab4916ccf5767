"""Commands on requests for erasure: ask, withdraw, lengthen the term, decide. What goes is planned and carried out further up."""

import calendar
from datetime import date
from typing import Literal

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.models import Consent, Customer, ErasureRequest, ReservedAreaAccount, User
from customers.models.account import Capacity
from customers.services import record_consent
from foundation.refusals import Refused

State = ErasureRequest.State
Decision = Literal["granted", "refused"]


TERM, FURTHER = 1, 2  # months to answer in, and those by which they can be lengthened (art. 12(3) GDPR)


def due_after(day: date, *, months: int = TERM) -> date:
    """The day by which an answer is owed to what came on a day: the same day so many months later, or the last of that month."""
    later = day.month - 1 + months
    year, month = day.year + later // 12, later % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@transaction.atomic
def ask_erasure(customer: Customer, *, by: User) -> ErasureRequest:
    """Ask that what is known of the customer be erased; who has asked already gets that request again."""
    Customer.objects.select_for_update().get(pk=customer.pk)
    standing = ErasureRequest.objects.filter(customer=customer, state__in=[State.ASKED, State.GRANTED]).first()
    if standing is not None:
        return standing
    now = timezone.now()
    return ErasureRequest.objects.create(
        customer=customer, asked_by=by, asked_at=now, due_on=due_after(timezone.localdate(now))
    )


@transaction.atomic
def withdraw_erasure(request: ErasureRequest, *, by: User) -> ErasureRequest:
    """Take the request back; Refused once it is decided. Withdrawn twice is withdrawn."""
    request = ErasureRequest.objects.select_for_update().get(pk=request.pk)
    if request.state == State.WITHDRAWN:
        return request
    if request.state != State.ASKED:
        raise Refused(
            _("It is decided already and cannot be taken back: what was decided is in the letter that you got."),
            code="decided",
        )
    request.state, request.ended_at = State.WITHDRAWN, timezone.now()
    request.save(update_fields=["state", "ended_at"])
    return request


@transaction.atomic
def lengthen_erasure(request: ErasureRequest, *, reason: str, by: User) -> ErasureRequest:
    """Take two further months to answer, with the reason that the person is given (art. 12(3) GDPR).

    Refused without a reason, once the month is over or the request is not open any more, the second time, and to the person
    whom it is about.
    """
    request = ErasureRequest.objects.select_for_update().select_related("customer").get(pk=request.pk)
    now = timezone.now()
    if (refusal := why_not_lengthened(request, timezone.localdate(now))) is not None:
        raise refusal
    _require_of_another(request, by)
    if not reason.strip():
        raise Refused(_("Say why it takes longer: the law asks for it, and the person reads it."), field="reason")
    request.first_due_on = request.due_on
    request.due_on = due_after(timezone.localdate(request.asked_at), months=TERM + FURTHER)
    request.lengthened_by, request.lengthened_at, request.lengthened_because = by, now, reason.strip()
    request.save(update_fields=["first_due_on", "due_on", "lengthened_by", "lengthened_at", "lengthened_because"])
    return request


@transaction.atomic
def decide_erasure(request: ErasureRequest, *, decision: Decision, reason: str = "", by: User) -> ErasureRequest:
    """Grant or refuse the request. A refusal says why; what is granted takes back all consents at once.

    Refused when it is decided or withdrawn already, and when the person who decides is the one it is about.
    """
    request = ErasureRequest.objects.select_for_update().select_related("customer").get(pk=request.pk)
    if request.state != State.ASKED:
        raise _not_open(request)
    _require_of_another(request, by)
    if decision == "refused" and not reason.strip():
        raise Refused(_("Say why: the person reads it, and may turn to the authority."), field="reason")
    now = timezone.now()
    request.reason, request.decided_by, request.decided_at = reason.strip(), by, now
    if decision == "refused":
        request.state, request.ended_at = State.REFUSED, now
    else:
        request.state = State.GRANTED
        take_back_consents(request.customer, by=by)
    request.save(update_fields=["state", "reason", "decided_by", "decided_at", "ended_at"])
    return request


def why_not_lengthened(request: ErasureRequest, today: date) -> Refused | None:
    """Why the term cannot be lengthened on the day; None where it can."""
    if request.state != State.ASKED:
        return _not_open(request)
    known = {"day": date_format(request.due_on, "SHORT_DATE_FORMAT")}
    if request.lengthened_at is not None:
        words = _("The term was lengthened already: the law allows it once, and the answer is owed by %(day)s.")
        return Refused(words % known, code="lengthened")
    if request.due_on < today:
        words = _("The month ended on %(day)s: the law allows to lengthen it only before. Decide now.")
        return Refused(words % known, code="too_late")
    return None


def _not_open(request: ErasureRequest) -> Refused:
    words = _("This request is not open any more: %(state)s.") % {"state": request.get_state_display()}
    return Refused(words, code="decided")


def _require_of_another(request: ErasureRequest, by: User) -> None:
    """Refused to the person whom the request is about."""
    if _is_about(request, by):
        raise Refused(_("Somebody else has to decide about your own request."), code="own_request")


def _is_about(request: ErasureRequest, user: User) -> bool:
    """Whether the user is the person whose data they are."""
    own = ReservedAreaAccount.objects.filter(user=user, customer=request.customer_id, capacity=Capacity.SELF)
    return own.exists()


def take_back_consents(customer: Customer, *, by: User | None) -> None:
    """Nothing is offered any more from this moment on; that it was allowed before remains proved."""
    for consent in Consent.objects.filter(customer=customer).in_force():
        if consent.event != Consent.Event.WITHDRAWN:
            record_consent(
                customer,
                purpose=consent.purpose,
                channel=consent.channel,
                event=Consent.Event.WITHDRAWN,
                text_version=consent.text_version,
                source=consent.source,
                by=by,
            )
