"""Commands on legal holds: set one over a customer's file or one matter of it, lift it. Both say why."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer, LegalHold, User
from foundation.refusals import Refused


@transaction.atomic
def set_hold(customer: Customer, *, matter: str = "", reason: str, by: User) -> LegalHold:
    """Keep the whole file, or what belongs to `matter` ("customers.Claim:17"), until somebody lifts it.

    Refused without a reason, and where the same is held already.
    """
    if not reason.strip():
        raise Refused(_("Say why it is held: which dispute, which authority."), field="reason")
    Customer.objects.select_for_update().get(pk=customer.pk)
    if LegalHold.objects.in_force().filter(customer=customer, matter=matter).exists():
        raise Refused(_("There is a legal hold over it already."), code="held")
    return LegalHold.objects.create(customer=customer, matter=matter, reason=reason.strip(), set_by=by)


@transaction.atomic
def lift_hold(hold: LegalHold, *, reason: str, by: User) -> LegalHold:
    """End the hold: what waited for it goes by itself. Refused without a reason, and the second time."""
    if not reason.strip():
        raise Refused(_("Say why it is lifted."), field="reason")
    hold = LegalHold.objects.select_for_update().get(pk=hold.pk)
    if not hold.is_in_force:
        raise Refused(_("It was lifted already."), code="lifted")
    hold.lifted_by, hold.lifted_at, hold.lifted_because = by, timezone.now(), reason.strip()
    hold.save(update_fields=["lifted_by", "lifted_at", "lifted_because"])
    return hold
