"""Command: the language somebody reads."""

from django.db import transaction

from customers.contact_points.fed import remember_fed
from customers.models import Customer, User
from customers.models.fed_value import FedKind


@transaction.atomic
def choose_language(customer: Customer, *, language: str, by: User) -> Customer:
    """Write to the customer, and greet the person who signs in for them, in the language from now on."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    if language != customer.language:
        remember_fed(customer, FedKind.LANGUAGE)
    customer.language = by.language = language
    customer.save(update_fields=["language", "updated_at"])
    by.save(update_fields=["language"])
    return customer
