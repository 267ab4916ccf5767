"""Command: the language somebody reads."""

from django.db import transaction

from customers.models import Customer, User


@transaction.atomic
def choose_language(customer: Customer, *, language: str, by: User) -> Customer:
    """Write to the customer, and greet the person who signs in for them, in the language from now on."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    customer.language = by.language = language
    customer.save(update_fields=["language", "updated_at"])
    by.save(update_fields=["language"])
    return customer
