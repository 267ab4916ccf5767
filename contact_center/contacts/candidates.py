"""Query: who a contact may be from, by what it carries: the number or address it came from, tax code, policy number.

One rule for the contact's page and for the desk.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contact_center.models import Contact
from customers.models import ContactPoint, Customer, Policy, PolicyAdherent, User
from customers.validators import normalise_phone

MOST = 5
SUREST_FIRST = ("verified", "stated", "claimed", "found")
WEIGHTS = {"verified": 3, "stated": 2, "claimed": 4}  # of a reason: a code names one person, a number may be shared
MOST_PER_REASON = 20  # a number or address that more people share than this points to nobody


@dataclass(frozen=True)
class Candidate:
    """A customer the contact may be from, with the reasons, and how surely.

    `how` is "verified" (came from a number or address they answered from before), "stated" (from one of theirs that
    nobody verified), "claimed" (only stated by the writer: a tax code or policy number can be anybody's knowledge) or
    "found" (by a search).
    """

    customer: Customer
    how: str
    reasons: tuple[str, ...] = ()


def candidates_for(contact: Contact, user: User, limit: int = MOST) -> list[Candidate]:
    """The likeliest first: a tax code or policy number names somebody, a telephone or an address may be shared.

    A suggestion proves nothing: a writer may give any name.
    """
    points: dict[int, int] = defaultdict(int)
    reasons: dict[int, list[str]] = defaultdict(list)
    hows: dict[int, str] = {}
    for reason, found in _questions(contact):
        for customer, how in found.items():
            points[customer] += WEIGHTS[how]
            reasons[customer].append(reason)
            hows[customer] = min(how, hows.get(customer, how), key=SUREST_FIRST.index)
    likeliest = sorted(points, key=lambda customer: (-points[customer], customer))[:limit]
    known = Customer.objects.visible_to(user).not_joined().select_related("agency").in_bulk(likeliest)
    return [Candidate(known[pk], hows[pk], tuple(reasons[pk])) for pk in likeliest if pk in known]


def _questions(contact: Contact) -> Iterator[tuple[str, dict[int, str]]]:
    """The reasons there are to think of somebody: each in words, with the customers it names and how surely."""
    form = getattr(contact, "web_form", None)
    if form and form.tax_code:
        found = Customer.objects.filter(tax_code=form.tax_code).values_list("pk", flat=True)
        yield _("tax code %(code)s") % {"code": form.tax_code}, dict.fromkeys(found[:MOST_PER_REASON], "claimed")
    if form and form.policy_number:
        number = form.policy_number.strip().upper()
        holders = Policy.objects.filter(number=number).values_list("holder", flat=True)
        covered = PolicyAdherent.objects.filter(policy__number=number).values_list("customer", flat=True)
        named = [*holders, *covered[:MOST_PER_REASON]]
        yield _("policy %(number)s") % {"number": number}, dict.fromkeys(named, "claimed")
    for kind, value in _addresses(contact, form):
        kinds = ["phone"] if kind == "phone" else ["email", "pec"]
        points = ContactPoint.objects.filter(kind__in=kinds, value=value).order_by()
        owners = list(points.values_list("customer", "verified_at")[: MOST_PER_REASON + 1])
        if len(owners) > MOST_PER_REASON:  # a switchboard's: it says of nobody that they are calling
            continue
        reason = _("telephone %(value)s") if kind == "phone" else _("address %(value)s")
        hows = {customer: "verified" if verified_at else "stated" for customer, verified_at in owners}
        yield reason % {"value": value}, hows


def is_number_of_one(number: str, customer: Customer) -> bool:
    """Whether the number is the customer's, verified, and nobody else's."""
    if not number:
        return False
    points = ContactPoint.objects.filter(kind="phone", value=number)
    owners = set(points.values_list("customer", flat=True)[: MOST_PER_REASON + 1])
    return owners == {customer.pk} and points.filter(verified_at__isnull=False).exists()


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
