"""What an operation changes in our records when it is asked for or carried out. Called by its commands, on locked rows.

Most of what a person carries out happens in the company's own systems, and comes back with the feed: it changes nothing
here.
"""

import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.contact_points.commands import (
    NoChange,
    Why,
    add_point,
    change_home,
    correct_point,
    retire_point,
    verify_point,
)
from customers.contact_points.commands import change_language as write_in
from customers.contact_points.rules import seen_of
from customers.models import Claim, ContactPoint, Operation, Policy, ReservedAreaAccount
from customers.models.data_change import ChangeReason
from customers.models.operation import OperationChannel
from customers.operations.forms import AddressFacts, ReactivationFacts, SuspensionFacts, typed
from customers.services.language import choose_language
from foundation.dates import written_day
from foundation.refusals import Refused

Effect = Callable[[Operation, date], None]


def nothing(operation: Operation, today: date) -> None:
    """What happens, happens elsewhere."""


def _policy(operation: Operation) -> Policy:
    assert operation.policy_id is not None, "it is about a policy"
    return Policy.objects.select_for_update(no_key=True).get(pk=operation.policy_id)


def _from(day: date, today: date) -> None:
    if day > today:
        raise Refused(
            _("It was asked for from %(day)s on: carry it out then.") % {"day": written_day(day, "dal")},
            code="not_yet",
        )


def represent(operation: Operation, today: date) -> None:
    """The person acts for the customer already; Refused where nobody has decided what they may do, and until when."""
    if not ReservedAreaAccount.objects.not_closed().filter(mandate__operation=operation).exists():
        raise Refused(
            _("Read the document and use “Let act”: it asks for whom, what the person may do and until when."),
            code="not_granted",
        )


def suspend(operation: Operation, today: date) -> None:
    """The cover rests from the day asked for; Refused before that day, or where the policy is not in force any more."""
    policy, day = _policy(operation), typed(SuspensionFacts, operation.facts)["day"]
    _from(day, today)
    if policy.state != Policy.State.ACTIVE:
        raise Refused(
            _("The policy is “%(state)s” now.") % {"state": policy.get_state_display()}, code="policy_changed"
        )
    policy.state, policy.suspended_on = Policy.State.SUSPENDED, day
    policy.save(update_fields=["state", "suspended_on", "updated_at"])


def reactivate(operation: Operation, today: date) -> None:
    """The cover lasts again; Refused before the day asked for, or where the policy is not suspended any more."""
    policy = _policy(operation)
    _from(typed(ReactivationFacts, operation.facts)["day"], today)
    if policy.state != Policy.State.SUSPENDED:
        raise Refused(
            _("The policy is “%(state)s” now.") % {"state": policy.get_state_display()}, code="policy_changed"
        )
    policy.state, policy.suspended_on = Policy.State.ACTIVE, None
    policy.save(update_fields=["state", "suspended_on", "updated_at"])


def cancel_contract(operation: Operation, today: date) -> None:
    """The policyholder has withdrawn: there is no contract any more."""
    policy = _policy(operation)
    policy.state = Policy.State.CANCELLED
    policy.save(update_fields=["state", "updated_at"])


def cancel_renewal(operation: Operation, today: date) -> None:
    """The contract does not renew by itself any more."""
    policy = _policy(operation)
    policy.tacit_renewal = False
    policy.save(update_fields=["tacit_renewal", "updated_at"])


def accept_offer(operation: Operation, today: date) -> None:
    """The claim is accepted from this day, from which the term of its payment runs."""
    assert operation.claim_id is not None, "it is about a claim"
    claim = Claim.objects.select_for_update(no_key=True).get(pk=operation.claim_id)
    claim.state, claim.accepted_on = Claim.State.ACCEPTED, today
    claim.save(update_fields=["state", "accepted_on", "updated_at"])


def change_address(operation: Operation, today: date) -> None:
    """Where the customer lives; the same address again changes nothing."""
    home = typed(AddressFacts, operation.facts)
    with suppress(NoChange):
        change_home(
            operation.customer, home=home, why=_why(operation), key=operation.submission_key, by=operation.begun_by
        )


def change_language(operation: Operation, today: date) -> None:
    """Which language we write in; the pages follow for a customer who asked it themselves."""
    language = operation.facts["language"]
    with suppress(NoChange):
        write_in(
            operation.customer,
            language=language,
            why=_why(operation),
            key=operation.submission_key,
            by=operation.begun_by,
        )
    if operation.is_self_service:
        choose_language(operation.customer, language=language, by=operation.begun_by)


def change_phone(operation: Operation, today: date) -> None:
    """Another number, in place of an earlier one or beside it."""
    _change_point(operation, ContactPoint.Kind.PHONE, operation.facts["phone"])


def change_email(operation: Operation, today: date) -> None:
    """Another e-mail address, in place of an earlier one or beside it."""
    _change_point(operation, ContactPoint.Kind.EMAIL, operation.facts["email"])


def _change_point(operation: Operation, kind: str, value: str) -> None:
    """Only what the customer proved by a code counts as verified: what an agent was given is stated."""
    customer, why, key, by = operation.customer, _why(operation), operation.submission_key, operation.begun_by
    points = ContactPoint.objects.select_for_update().filter(customer=customer, kind=kind)
    verified_at = timezone.now() if operation.is_self_service else None
    earlier = points.filter(value=operation.facts.get("replaces") or "").exclude(value=value).first()
    same = points.filter(value=value).first()
    if same is None and earlier is None:
        add_point(customer, kind=kind, value=value, why=why, key=key, by=by, verified_at=verified_at)
        return
    if same is None and earlier is not None:
        seen = seen_of(earlier.value, earlier.verified_at)
        correct_point(
            customer, point=earlier.pk, seen=seen, value=value, why=why, key=key, by=by, verified_at=verified_at
        )
        return
    assert same is not None, "the two cases before were the others"
    if verified_at is not None:
        verify_point(customer, point=same.pk, value=value, why=why, key=key, by=by, at=verified_at)
    if earlier is not None:
        seen, removal = seen_of(earlier.value, earlier.verified_at), uuid.uuid5(key, "retired")
        retire_point(customer, point=earlier.pk, seen=seen, why=why, key=removal, by=by)


REASONS = {
    OperationChannel.PORTAL: ChangeReason.CUSTOMER,
    OperationChannel.APP: ChangeReason.CUSTOMER,
    OperationChannel.PHONE: ChangeReason.PHONE,
    OperationChannel.WRITTEN: ChangeReason.WRITTEN,
}


def _why(operation: Operation) -> Why:
    """The reason of a change that an operation makes: by which door the customer asked, and the operation's number."""
    return Why(REASONS[OperationChannel(operation.channel)], operation.number)
