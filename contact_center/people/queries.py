"""Queries: which cards a contact may be from, and which customer somebody with a card may have become."""

from contextlib import suppress

from django.core.exceptions import ValidationError

from contact_center.contacts.candidates import Candidate
from contact_center.models import Contact, KnownPerson, WebFormRequest
from customers.models import ContactPoint, Customer, User
from customers.validators import normalise_phone

MOST = 3  # cards beside a contact
MOST_CUSTOMERS = 5


def cards_for(contact: Contact, user: User) -> list[KnownPerson]:
    """The cards with the number or address that the contact came from, whoever heard from them last first.

    None for a contact whose person is known, and for a reader who may not see cards. One joined to a customer is shown too:
    the customer may be calling from a number that their file does not have.
    """
    if contact.customer_id is not None or contact.person_id is not None or not contact.address:
        return []
    if not user.has_perm("contact_center.view_knownperson"):
        return []
    reached = {"email": contact.address} if "@" in contact.address else {"phone": phone_of(contact.address)}
    cards = KnownPerson.objects.visible_to(user).reached_at(**reached).select_related("customer")
    return list(cards.order_by("-last_contact_at", "-pk")[:MOST])


def phone_of(text: str) -> str:
    """The text as a telephone number in E.164, or nothing."""
    with suppress(ValidationError):
        return normalise_phone(text)
    return ""


def customers_like(person: KnownPerson, user: User) -> list[Candidate]:
    """The customers with the number or the e-mail address of the card, or with a tax code that its requests stated.

    Those first who answered from the number or address before. A suggestion proves nothing: a number may be a family's. None
    for a card that has been joined.
    """
    values = [value for value in (person.phone, person.email.lower()) if value]
    if person.customer_id is not None or not values:
        return []
    stated = WebFormRequest.objects.filter(contact__person=person).exclude(tax_code="").values("tax_code")
    points = ContactPoint.objects.filter(value__in=values).order_by()
    found: dict[int, tuple[str, list[str]]] = {}
    for customer, value, verified_at in points.values_list("customer", "value", "verified_at")[: 4 * MOST_CUSTOMERS]:
        how, reasons = found.setdefault(customer, ("stated", []))
        found[customer] = ("verified" if verified_at else how, [*reasons, value])
    for customer, code in Customer.objects.filter(tax_code__in=stated).order_by().values_list("pk", "tax_code"):
        how, reasons = found.setdefault(customer, ("claimed", []))
        found[customer] = (how, [*reasons, code])
    known = Customer.objects.visible_to(user).not_joined().select_related("agency").in_bulk(list(found))
    likely = [Candidate(known[pk], how, tuple(reasons)) for pk, (how, reasons) in found.items() if pk in known]
    return sorted(likely, key=lambda each: (each.how != "verified", -len(each.reasons), each.customer.pk))[
        :MOST_CUSTOMERS
    ]
