"""Three people who are no customers: one asked for a quote, one is the other party of an accident, one became a customer since."""

from datetime import timedelta
from typing import Any

from contact_center.models import Contact, KnownPerson
from customers.models import Claim, Customer, User

from .profiles import Plan


def make_known_people(plan: Plan, author: User) -> list[KnownPerson]:
    """Write the cards of people who called lately: two of calls from nobody in particular, one of a call that is a customer's."""
    calls = Contact.objects.filter(channel=Contact.Channel.PHONE, address__startswith="+39", person__isnull=True)
    latest = calls.select_related("customer").order_by("-started_at", "-pk")
    claim = Claim.objects.select_related("customer").order_by("-pk").first()
    facts: list[dict[str, Any]] = [
        {
            "name": "Nora Quaglia",
            "email": "nora.quaglia@posta.example",
            "tie": "chiede un preventivo per la casa al mare",
        },
        {
            "name": "Tiziano Morbidelli",
            "tie": "controparte nel tamponamento",
            "claim": claim,
            "related": claim.customer if claim is not None else None,
        },
    ]
    nobodys = {each.address: each for each in latest.filter(customer__isnull=True)[:20]}
    made = [_card(contact, author, **given) for contact, given in zip(nobodys.values(), facts, strict=False)]
    if (
        theirs := latest.filter(customer__kind=Customer.Kind.PERSON).first()
    ) is not None and theirs.customer is not None:
        joined = {"customer": theirs.customer, "joined_by": author, "joined_at": plan.as_of - timedelta(hours=3)}
        tie = "chiedeva come assicurare il camper"
        made.append(_card(theirs, author, name=theirs.customer.letter_name, tie=tie, **joined))
    return made


def _card(contact: Contact, author: User, **facts: Any) -> KnownPerson:
    """A card written when the person called."""
    at = contact.started_at
    card = KnownPerson.objects.create(
        phone=contact.address, created_by=author, created_at=at, last_contact_at=at, **facts
    )
    Contact.objects.filter(pk=contact.pk).update(person=card)
    return card
