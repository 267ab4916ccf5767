"""The request of a page of the reserved area; staff's is in `foundation.requests`."""

from django.http import HttpRequest

from customers.models import Customer, ReservedAreaAccount, User


class CustomerRequest(HttpRequest):
    """A request of somebody who is enrolled, about their own file. The door of the reserved area sets the attributes."""

    user: User
    account: ReservedAreaAccount
    customer: Customer
