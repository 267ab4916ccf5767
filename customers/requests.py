"""The request of a page of the reserved area; staff's is in `foundation.requests`."""

from typing import Protocol

from django.http import HttpRequest

from customers.models import Customer, ReservedAreaAccount, User


class AboutCustomer(Protocol):
    """What queries need of a request, of a page or of the app: who asks, by which account, about which customer."""

    user: User
    account: ReservedAreaAccount
    customer: Customer


class CustomerRequest(HttpRequest):
    """A request of somebody who is enrolled, about one customer. The door of the reserved area sets the attributes.

    `account` is the one by which the person acts, `customer` the one it is for; `can_change` is whether they have others.
    """

    user: User
    account: ReservedAreaAccount
    customer: Customer
    can_change: bool
