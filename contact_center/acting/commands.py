"""Commands: ask to act for another customer, and let somebody. Refusing is that of every operation."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.contacts.moves import locked
from contact_center.models import WrapUpCode
from contact_center.operations.commands import Begun, begin_operation, carry_out, contact_of
from customers.models import Customer, Mandate, Operation, ReservedAreaAccount, User
from customers.models.account import Capacity
from customers.operations.commands import refuse_ended
from customers.operations.forms import RepresentationFacts, typed
from foundation.files.accepted import CheckedFile
from foundation.files.keeping import keep_files
from foundation.refusals import Refused
from notifications import people


class AskFromOwnFile(Refused):
    """The person has a file of their own: they ask from there, by `account`."""

    code = "ask_from_own_file"

    def __init__(self, account: ReservedAreaAccount, *, acting_for: Customer):
        super().__init__(
            _("You are acting for %(name)s now. The document is your own affair: send it from your own file.")
            % {"name": acting_for.letter_name}
        )
        self.account = account


def refuse_beside_own_file(account: ReservedAreaAccount) -> None:
    """AskFromOwnFile for a person who acts for another now and could ask from their own file, which is open to them."""
    if account.is_own:
        return
    own = ReservedAreaAccount.objects.filter(user=account.user_id, capacity=Capacity.SELF)
    if (found := own.open_on(timezone.localdate()).first()) is not None:
        raise AskFromOwnFile(found, acting_for=account.customer)


@transaction.atomic
def ask_to_act(
    account: ReservedAreaAccount,
    *,
    facts: Mapping[str, Any],
    document: CheckedFile,
    submission_key: uuid.UUID,
    by: User,
    channel: str = Operation.Channel.PORTAL,
) -> Begun:
    """Ask to act for another customer; the document goes with it into the queue.

    From one's own file. A person who has none asks by the account they use, as their own affair (`Operation.is_private`):
    nobody else who acts for that customer sees it. The same `submission_key` again asks nothing. AskFromOwnFile for a person
    who has a file of their own and asks from another; FilesNotKept where there is no room for the document: nothing is asked.
    """
    refuse_beside_own_file(account)
    begun = begin_operation(
        Operation.Kind.REPRESENTATION,
        customer=account.customer,
        facts=facts,
        submission_key=submission_key,
        by=by,
        channel=channel,
        by_its_own_page=True,
        is_private=not account.is_own,
    )
    if begun.is_new:
        said = typed(RepresentationFacts, dict(facts))
        keep_files(
            Mandate,
            [document],
            operation=begun.operation,
            customer=_customer_of(said["tax_code"]),
            capacity=said["capacity"],
            valid_until=said.get("valid_until"),
        )
    return begun


def _customer_of(code: str) -> Customer | None:
    """The customer whose tax code or VAT number was typed; None where there is none, or more than one."""
    found = list(Customer.objects.filter(Q(tax_code=code) | Q(vat_number=code)).order_by("pk")[:2])
    return found[0] if len(found) == 1 else None


@transaction.atomic
def let_act(
    operation: Operation,
    *,
    customer: Customer,
    rights: Iterable[str],
    valid_until: date | None,
    by: User,
    answer: str = "",
    code: WrapUpCode | None = None,
) -> ReservedAreaAccount:
    """Let the person who asked act for the customer, and end the operation and its contact.

    Refused where it has ended, for the asking person's own file, and as `customers.people.commands.give_access` refuses.
    """
    if (contact := contact_of(operation)) is not None:
        locked(contact)
    operation = Operation.objects.select_related("mandate", "begun_by").get(pk=operation.pk)
    refuse_ended(operation)
    user, mandate = operation.begun_by, operation.mandate
    terms = (
        ReservedAreaAccount.objects.filter(user=user)
        .order_by("-terms_accepted_at")
        .values_list("terms_version", flat=True)
    )
    if (terms_version := terms.first()) is None:
        raise Refused(_("The person who asked has no reserved area."), code="no_account")
    account = people.give_access(
        mandate,
        customer=customer,
        user=user,
        rights=rights,
        valid_until=valid_until,
        terms_version=terms_version,
        by=by,
    )
    carry_out(operation, by=by, answer=answer, code=code)
    return account
