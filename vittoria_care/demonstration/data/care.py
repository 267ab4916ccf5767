"""One person who asked for particular attention: they hear badly, and have something open with us."""

from django.utils import timezone

from contact_center.care.commands import record_care_need
from contact_center.care.forms import USUAL
from contact_center.models import Contact
from customers.models import CareNeed, Customer, User


def make_care_need(author: User) -> CareNeed | None:
    """Write it down for the person of the oldest open contact in writing; None where nobody has one."""
    people = Contact.objects.open().filter(customer__kind=Customer.Kind.PERSON)
    written = people.exclude(channel=Contact.Channel.PHONE).select_related("customer")
    contact = written.order_by("started_at", "pk").first()
    if contact is None or contact.customer is None:
        return None
    return record_care_need(
        contact.customer,
        kind=CareNeed.Kind.HEARING,
        note="Preferisce che le scriviamo; al telefono, parlare piano",
        stated_by=CareNeed.StatedBy.PERSON,
        until=timezone.localdate() + USUAL,
        by=author,
    )
