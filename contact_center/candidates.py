"""Query: who a contact may be from, by what it carries: the number or address it came from, tax code, policy number."""

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contact_center.models import Contact
from customers.models import ContactPoint, Customer, Policy
from customers.validators import normalise_phone

MOST = 5
MOST_PER_REASON = 20  # a number or address that more people share than this tells nothing


@dataclass(frozen=True)
class Candidate:
    """A customer the contact may be from, with the reasons, the strongest first."""

    customer: Customer
    reasons: tuple[str, ...]


def candidates_for(contact: Contact, user: Any, limit: int = MOST) -> list[Candidate]:
    """The likeliest first: a tax code or policy number names somebody, a telephone or an address may be shared.

    A suggestion proves nothing: who writes may say any name.
    """
    points: dict[int, int] = defaultdict(int)
    reasons: dict[int, list[str]] = defaultdict(list)
    for weight, reason, found in _questions(contact):
        for customer in dict.fromkeys(found):
            points[customer] += weight
            reasons[customer].append(reason)
    likeliest = sorted(points, key=lambda customer: (-points[customer], customer))[:limit]
    known = Customer.objects.visible_to(user).select_related("agency").in_bulk(likeliest)
    return [Candidate(known[pk], tuple(reasons[pk])) for pk in likeliest if pk in known]


def _questions(contact: Contact) -> Any:
    form = getattr(contact, "web_form", None)
    if form and form.tax_code:
        found = Customer.objects.filter(tax_code=form.tax_code).values_list("pk", flat=True)
        yield 4, _("tax code %(code)s") % {"code": form.tax_code}, found[:MOST_PER_REASON]
    if form and form.policy_number:
        number = form.policy_number.strip().upper()
        found = Policy.objects.filter(number=number).values_list("holder", flat=True)
        yield 4, _("policy %(number)s") % {"number": number}, found[:MOST_PER_REASON]
    for kind, value in _addresses(contact, form):
        kinds = ["phone"] if kind == "phone" else ["email", "pec"]
        found = ContactPoint.objects.filter(kind__in=kinds, value=value).order_by().values_list("customer", flat=True)
        told = _("telephone %(value)s") if kind == "phone" else _("address %(value)s")
        yield 2, told % {"value": value}, found[:MOST_PER_REASON]


def _addresses(contact: Contact, form: Any) -> list[tuple[str, str]]:
    stated = [contact.address, *([form.email, form.phone] if form else [])]
    found = []
    for text in filter(None, stated):
        if "@" in text:
            found.append(("email", text.strip().lower()))
        else:
            with suppress(ValidationError):
                found.append(("phone", normalise_phone(text)))
    return list(dict.fromkeys(found))
