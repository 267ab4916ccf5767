"""The file that a signed-in person may see as a customer."""

from django.contrib.auth.models import AnonymousUser

from customers.models import Customer, ReservedAreaAccount, User


def enrolled_customer(user: User | AnonymousUser) -> Customer | None:
    """The customer of a signed-in person who is enrolled; None for everybody else."""
    if not user.is_authenticated:
        return None
    enrolled = ReservedAreaAccount.State.ENROLLED
    account = ReservedAreaAccount.objects.select_related("customer").filter(user=user, state=enrolled).first()
    return account.customer if account else None
