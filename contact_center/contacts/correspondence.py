"""Query: to which address, and in which language, we write to the person of a contact. Every notice about it asks here.

What a writer states proves nothing: once a customer is named, an address that is none of theirs is used only where
somebody chose it. A person who signed in to write (reserved area, app) has shown who they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db.models import Exists, F, OuterRef

from contact_center.models import Contact, Message
from customers.models import ContactPoint, Customer
from notifications.kinds import EMAIL
from notifications.models import SuppressedAddress
from notifications.services import is_enrolled

SIGNED_IN = (Contact.Channel.PORTAL, Contact.Channel.APP)


class Point(Protocol):
    """A number or address of a customer, and whether nothing goes to it any more."""

    @property
    def kind(self) -> str:
        """One of `ContactPoint.Kind`."""

    @property
    def value(self) -> str:
        """The number in E.164, or the address in small letters."""

    @property
    def verified_at(self) -> datetime | None:
        """When the customer answered from it."""

    @property
    def is_suppressed(self) -> bool:
        """Whether nothing goes to it any more."""


@dataclass(frozen=True)
class Choice:
    """An e-mail address that an answer may go to. `is_known`: it is one of the customer's; verified: they answered from it."""

    address: str
    is_known: bool
    is_verified: bool = False


@dataclass(frozen=True)
class Recipient:
    """Where and how to write. No address: nothing but the reserved area, where the customer has one."""

    address: str
    language: str


def stated_address(contact: Contact) -> str:
    """The e-mail address that the contact came from, as the writer stated it, or nothing."""
    form = getattr(contact, "web_form", None)
    return form.email if form else contact.address if "@" in contact.address else ""


def language_of(contact: Contact) -> str:
    """The language of the conversation: the one the form was written in, else the customer's."""
    form = getattr(contact, "web_form", None)
    return form.language if form else contact.customer.language if contact.customer else "it"


def choices_for(contact: Contact, points: Sequence[Point] | None = None) -> list[Choice]:
    """The addresses an answer may go to: the customer's own, verified ones first, and the stated one.

    `points` are those of `points_of`, where the caller has them; left out, they are asked for: one query.

    Left out are addresses to which nothing goes any more, and certified ones, which take no ordinary mail: but for the
    one that the contact came from.
    """
    stated = stated_address(contact)
    if points is None:
        points = points_of(contact.customer) if contact.customer else []
    known = [point for point in points if point.kind != ContactPoint.Kind.PHONE]
    choices = [
        Choice(point.value, is_known=True, is_verified=point.verified_at is not None)
        for point in known
        if point.value == stated.lower() or (point.kind == ContactPoint.Kind.EMAIL and not point.is_suppressed)
    ]
    if stated and stated.lower() not in {point.value for point in known}:
        choices.append(Choice(stated, is_known=not contact.customer_id or contact.channel in SIGNED_IN))
    return choices


def is_only_stated(contact: Contact, choices: list[Choice] | None = None) -> bool:
    """Whether the contact came from an address that is none of the named customer's: nobody knows whose it is."""
    stated = stated_address(contact)
    found = choices_for(contact) if choices is None else choices
    return any(choice.address == stated and not choice.is_known for choice in found)


def recipient_of(contact: Contact, *, to: str = "") -> Recipient:
    """Where to write about a contact: to the address it came from, if that is the customer's or nobody is named.

    Otherwise to `to`, if it is one of the choices; to the address that an earlier answer went to by choice; to the
    customer's own. Never, without a choice, to an address that only the writer stated.
    """
    choices, stated = choices_for(contact), stated_address(contact)
    language = language_of(contact)
    if to and to in {choice.address for choice in choices}:
        return Recipient(to, language)
    own = [choice.address for choice in choices if choice.is_known]
    by_value = {address.lower(): address for address in own}
    if stated.lower() in by_value:
        return Recipient(by_value[stated.lower()], language)
    if is_only_stated(contact, choices) and (chosen := _chosen_before(contact)):
        return Recipient(chosen, language)
    return Recipient(own[0] if own else "", language)


def is_posted(contact: Contact, choices: Sequence[Choice] | None = None) -> bool:
    """Whether an answer to the customer would reach no e-mail address and no reserved area: it is sent by PEC or by post."""
    if contact.customer is None or (choices_for(contact) if choices is None else choices):
        return False
    return not is_enrolled(contact.customer)


def points_of(customer: Customer) -> Sequence[Point]:
    """The customer's numbers and addresses, verified ones first, each with whether nothing goes to it (`is_suppressed`)."""
    suppressed = SuppressedAddress.objects.in_force().filter(channel=EMAIL, address=OuterRef("value"))
    points = customer.contact_points.annotate(is_suppressed=Exists(suppressed))
    return list(points.order_by(F("verified_at").desc(nulls_last=True), "pk"))


def _chosen_before(contact: Contact) -> str:
    answers = Message.objects.filter(contact=contact, direction=Message.Direction.OUTBOUND).exclude(sent_to="")
    return answers.order_by("-written_at", "-pk").values_list("sent_to", flat=True).first() or ""
