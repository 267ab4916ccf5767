"""Commands on people who are no customers: write a card, name them on a contact, change the card, join it to a customer.

Lock order: the contacts, then the card.
"""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.contacts import commands
from contact_center.contacts.moves import locked, save_with_event
from contact_center.models import Contact, ContactEvent, KnownPerson
from customers.access import record_access
from customers.models import Claim, Customer, User
from foundation.refusals import Refused

FACTS = ("name", "phone", "email", "language", "tie", "claim", "related")


@dataclass(frozen=True)
class Facts:
    """What a card says of somebody: a name and a number (E.164) or an e-mail address at least."""

    name: str
    phone: str = ""
    email: str = ""
    language: str = KnownPerson.Language.ITALIAN.value
    tie: str = ""
    claim: Claim | None = None
    related: Customer | None = None


@transaction.atomic
def write_card(facts: Facts, *, contact: Contact, by: User) -> KnownPerson:
    """Write a card of the person whom the contact is with, and name them on it.

    Refused without a name or a way to reach them, where an open card has the number or address already (it is named), and
    where the contact has a customer, or a card.
    """
    contact = locked(contact)
    _refuse_named(contact)
    _check(facts)
    if facts.related is not None:
        record_access(by, facts.related.pk, what=f"contact {contact.number}")
    person = _written(
        KnownPerson(
            created_by=by, last_contact_at=contact.started_at, **{name: getattr(facts, name) for name in FACTS}
        )
    )
    _name_on(contact, person, by=by)
    return person


@transaction.atomic
def name_person(contact: Contact, *, person: KnownPerson, by: User) -> Contact:
    """Record that the contact is with somebody who has a card; the same again changes nothing.

    Where the card has been joined to a customer it is that customer, whose file is thereby opened. Refused where the contact
    has a customer, or another card.
    """
    contact = locked(contact)
    if contact.person_id == person.pk:
        return contact
    _refuse_named(contact)
    person = _locked_card(person)
    person.heard_from(contact.started_at)
    person.save(update_fields=["last_contact_at"])
    _name_on(contact, person, by=by)
    return commands.link_customer(contact, customer=person.customer, by=by) if person.customer is not None else contact


@transaction.atomic
def change_card(person: KnownPerson, facts: Facts, *, by: User) -> KnownPerson:
    """Write other facts on the card. Refused as for a new one, and once it is a customer's: their file is what counts then."""
    person = _locked_card(person)
    _refuse_joined(person)
    _check(facts, besides=person)
    for name in FACTS:
        setattr(person, name, getattr(facts, name))
    if facts.related is not None:
        record_access(by, facts.related.pk, what=f"card {person.number}")
    person.version += 1
    return _written(person)


@transaction.atomic
def join_to_customer(person: KnownPerson, *, customer: Customer, by: User) -> KnownPerson:
    """Record that the person is the customer: the card points at the file, and the contacts are the customer's from now on.

    Each contact gets its event, as if somebody had named the customer on it; one that has a customer already keeps it.
    Refused for a card that has been joined.
    """
    theirs = Contact.objects.filter(person=person, customer__isnull=True).order_by("pk")
    list(theirs.select_for_update().values_list("pk", flat=True))
    person = _locked_card(person)
    _refuse_joined(person)
    record_access(by, customer.pk, what=f"card {person.number}")
    person.customer, person.joined_by, person.joined_at = customer, by, timezone.now()
    person.version += 1
    person.save(update_fields=["customer", "joined_by", "joined_at", "version"])
    for contact in theirs.all():  # with one that was named meanwhile
        commands.link_customer(contact, customer=customer, by=by)
    return person


def _locked_card(person: KnownPerson) -> KnownPerson:
    return KnownPerson.objects.select_for_update(of=("self",)).select_related("customer").get(pk=person.pk)


def _name_on(contact: Contact, person: KnownPerson, *, by: User) -> None:
    contact.person = person
    save_with_event(contact, ContactEvent.Kind.IDENTIFIED, by=by, person=person.number)


def _written(person: KnownPerson) -> KnownPerson:
    """Save the card; Refused where somebody wrote one with the same number or address at the same moment."""
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        if "known_person_once_per" not in str(error):
            raise
        raise _has_a_card(person, "phone" if "per_phone" in str(error) else "email") from error
    return person


def _check(facts: Facts, *, besides: KnownPerson | None = None) -> None:
    if not facts.name:
        raise Refused(_("Write the name: ask who is calling."), code="no_name", field="name")
    if not facts.phone and not facts.email:
        raise Refused(
            _("Write a telephone number or an e-mail address: without one nobody is known again."),
            code="no_address",
            field="phone",
        )
    others = KnownPerson.objects.not_joined()
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    for field in ("phone", "email"):
        value: Any = getattr(facts, field)
        if value and (other := others.reached_at(**{field: value}).first()) is not None:
            raise _has_a_card(other, field)


def _has_a_card(person: KnownPerson, field: str) -> Refused:
    sentence = (
        _("%(number)s, %(name)s, has this number already: name that card, or write another number.")
        if field == "phone"
        else _("%(number)s, %(name)s, has this e-mail address already: name that card, or write another address.")
    )
    return Refused(sentence % {"number": person.number, "name": person.name}, code="has_a_card", field=field)


def _refuse_named(contact: Contact) -> None:
    if contact.customer is not None:
        raise Refused(
            _("%(number)s is with the customer %(name)s.") % {"number": contact.number, "name": contact.customer},
            code="has_a_customer",
        )
    if contact.person is not None:
        raise Refused(
            _("%(number)s is with %(name)s already.") % {"number": contact.number, "name": contact.person},
            code="has_a_card",
        )


def _refuse_joined(person: KnownPerson) -> None:
    if person.customer is not None:
        raise Refused(
            _("%(number)s is the customer %(name)s by now.") % {"number": person.number, "name": person.customer},
            code="joined_already",
        )
