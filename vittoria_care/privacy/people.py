"""Who a person is in our tables: their file, the sign-ins that are theirs alone, the addresses that are nobody else's."""

from django.db.models import QuerySet

from customers.models import ContactPoint, Customer, ReservedAreaAccount, User
from customers.models.account import Capacity
from foundation.privacy import Person


def person_of(customer: Customer, *, every_sign_in: bool = False, using: str | None = None) -> Person:
    """The person behind a customer's file and those that were joined to it; three queries. `using` names the connection that is asked.

    With `every_sign_in`, for a copy of the data, also sign-ins that serve for something else: erasure leaves those alone.
    """
    users = list(sign_ins_of(customer, every=every_sign_in, using=using).values_list("pk", "email"))
    own = set(ContactPoint.objects.using(using).filter(customer__in=customer.file_ids).values_list("value", flat=True))
    own |= {email for _pk, email in users}
    shared = ContactPoint.objects.using(using).filter(value__in=own).exclude(customer__in=customer.file_ids)
    own -= set(shared.values_list("value", flat=True))
    return Person(
        customer_id=customer.pk,
        user_ids=tuple(pk for pk, _email in users),
        addresses=tuple(sorted(own)),
        tax_code=customer.tax_code,
        joined_ids=tuple(customer.joined_ids),
    )


def sign_ins_of(customer: Customer, *, every: bool = False, using: str | None = None) -> QuerySet[User]:
    """Users who sign in to this customer's reserved area for themselves, and for nothing else.

    Whoever acts for the customer (a guardian, a company's people) is somebody else. Whoever works here, or acts for another
    customer too, keeps the sign-in for that.
    """
    accounts = ReservedAreaAccount.objects.using(using)
    here = accounts.filter(customer__in=customer.file_ids, capacity=Capacity.SELF).values("user")
    elsewhere = (
        accounts.exclude(customer__in=customer.file_ids).exclude(state=ReservedAreaAccount.State.CLOSED).values("user")
    )
    if every:
        return User.objects.using(using).filter(pk__in=here)
    return User.objects.using(using).filter(pk__in=here, is_staff=False).exclude(pk__in=elsewhere)
