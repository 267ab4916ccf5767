"""Commands on requests for erasure that write to the person: pages, the app and the back office call these."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import formats, translation

from customers.models import Customer, ErasureRequest, User
from customers.privacy import erasure
from customers.privacy.erasure import Decision
from notifications import erasure_kinds as kinds
from notifications.kinds import EMAIL, INBOX, POST
from notifications.models import Notice
from notifications.services import tell_customer


@transaction.atomic
def ask_erasure(customer: Customer, *, by: User) -> ErasureRequest:
    """Ask for erasure, and confirm it with the day by which we answer; asked twice is one request."""
    request = erasure.ask_erasure(customer, by=by)
    with translation.override(customer.language):
        words = {"name": customer.letter_name, "due_on": formats.date_format(request.due_on, "DATE_FORMAT")}
    tell_customer(kinds.ERASURE_ASKED, once=f"erasure-asked:{request.pk}", words=words, customer=customer)
    return request


@transaction.atomic
def withdraw_erasure(request: ErasureRequest, *, by: User) -> ErasureRequest:
    """Take the request back, and confirm it; Refused once it is decided."""
    request = erasure.withdraw_erasure(request, by=by)
    words = {"name": request.customer.letter_name}
    tell_customer(
        kinds.ERASURE_WITHDRAWN, once=f"erasure-withdrawn:{request.pk}", words=words, customer=request.customer
    )
    return request


@transaction.atomic
def lengthen_erasure(request: ErasureRequest, *, reason: str, by: User) -> ErasureRequest:
    """Take two further months to answer, and write to the person why, and by when the answer comes."""
    request = erasure.lengthen_erasure(request, reason=reason, by=by)
    customer = request.customer
    with translation.override(customer.language):
        due_on = formats.date_format(request.due_on, "DATE_FORMAT")
    words = {"name": customer.letter_name, "due_on": due_on, "reason": request.lengthened_because}
    tell_customer(kinds.ERASURE_LENGTHENED, once=f"erasure-lengthened:{request.pk}", words=words, customer=customer)
    return request


@transaction.atomic
def decide_erasure(
    request: ErasureRequest,
    *,
    decision: Decision,
    reason: str = "",
    goes: Sequence[str] = (),
    stays: Sequence[str] = (),
    waits: Sequence[str] = (),
    by: User,
) -> ErasureRequest:
    """Grant or refuse, and write to the person: what goes, what stays, why and until when, in the sentences given."""
    request = erasure.decide_erasure(request, decision=decision, reason=reason, by=by)
    customer = request.customer
    words: dict[str, Any] = {"name": customer.letter_name, "reason": request.reason}
    if decision == "granted":
        words |= {"goes": list(goes), "stays": list(stays), "waits": list(waits)}
    kind = kinds.ERASURE_GRANTED if decision == "granted" else kinds.ERASURE_REFUSED
    tell_customer(kind, once=f"{kind.code}:{request.pk}", words=words, customer=customer)
    return request


def letters_of(request: ErasureRequest) -> QuerySet[Notice]:
    """The notices about the decision, on whatever channel they go."""
    keys = [
        f"{kind.code}:{request.pk}:{channel.value}"
        for kind in (kinds.ERASURE_GRANTED, kinds.ERASURE_REFUSED)
        for channel in (EMAIL, INBOX, POST)
    ]
    return Notice.objects.filter(once__in=keys)
