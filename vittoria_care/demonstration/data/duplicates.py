"""Two files of one person: pairs that wait for somebody to compare them, and one pair that was joined."""

from customers import roles
from customers.joining.commands import join_files
from customers.joining.nightly import find_duplicates
from customers.models import ContactPoint, Customer, ReservedAreaAccount

from .organisation import Organisation
from .profiles import Plan

FIRST = 300  # places among the customers of the story; those before have a part in it
PAIRS = 3


def make_duplicates(plan: Plan, organisation: Organisation, customers: list[Customer]) -> None:
    """Three people had a second file, opened without their tax code: two are suggested to be compared, the third was joined."""
    signed_in = set(ReservedAreaAccount.objects.values_list("customer", flat=True))
    people = [
        each
        for each in customers[FIRST:]
        if each.kind == Customer.Kind.PERSON and each.tax_code and each.pk not in signed_in
    ][: 2 * PAIRS]
    if len(people) < 2 * PAIRS:
        return
    pairs = list(zip(people[:PAIRS], people[PAIRS:], strict=True))
    for person, other in pairs:
        other.first_name, other.last_name = person.first_name, person.last_name
        other.birth_date, other.tax_code = person.birth_date, ""
        other.save()
    first, second = pairs[0]
    for point in ContactPoint.objects.filter(customer=first, kind=ContactPoint.Kind.PHONE)[:1]:
        ContactPoint.objects.filter(pk=point.pk).update(verified_at=plan.as_of)
        ContactPoint.objects.get_or_create(customer=second, kind=point.kind, value=point.value)
    find_duplicates(plan.today)
    kept, joined = pairs[-1]
    join_files(
        kept,
        joined,
        choices={},
        reason="Stesso nome, stessa data di nascita; confermato al telefono dal cliente",
        by=organisation.staff[roles.SPECIALIST],
    )
