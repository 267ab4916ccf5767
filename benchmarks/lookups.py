"""Finding the caller, and a customer by any text of theirs, among all customers and policies."""

import statistics
from collections.abc import Iterator

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone

from contact_center.contacts.candidates import candidates_for
from contact_center.models import Contact
from customers import roles
from customers.consents_on_paper import NEAREST_FIRST, with_paper_to_take
from customers.models import Agency, AgencyMember, ContactPoint, Customer, Policy, User
from customers.search import search_customers
from customers.tiles import MOST

from . import data
from .measure import Row, Scale, at_most, median_seconds, say
from .people import person_with_role
from .plans import explain, read_whole, statements_of

CALLERS = 200
CALLER_MS = 2
SEARCH_MS = 30
PAPERS_MS = 100


def measure(scale: Scale) -> Iterator[Row]:
    """The caller's card first, then each way to search."""
    data.portfolio(scale)
    yield from _caller(scale)
    yield from _searches(scale)
    yield from _papers(scale)


def _caller(scale: Scale) -> Iterator[Row]:
    """Numbers spread over all customers; one in ten belongs to no customer."""
    say(f"{CALLERS} callers")
    strangers = 100_000_000
    numbers = [data.mobile_of(1 + n * 7919 % scale.customers + (n % 10 == 0) * strangers) for n in range(CALLERS)]
    staff = person_with_role(roles.AGENT)
    statements = [
        statement
        for number in numbers
        for statement in statements_of(lambda: candidates_for(Contact(address=f"+39{number}"), staff))  # noqa: B023
    ]
    User.objects.filter(pk=staff.pk).delete()
    times = [explain(statement, analyze=True)["Execution Time"] for statement in statements]
    where = f"among {scale.customers:,} customers"
    yield at_most(
        f"caller looked up {where}, in the database", statistics.median(times), "ms", CALLER_MS, aim="under 2 ms"
    )
    yield _nothing_whole("caller looked up: big tables read whole", statements)


def _searches(scale: Scale) -> Iterator[Row]:
    """Each way to search, the slowest of its texts; as company staff, who see all, and as a member of an agency."""
    policy = Policy.objects.exclude(plate="").order_by("pk")[scale.policies // 5]
    person = Customer.objects.filter(kind="person").order_by("pk")[scale.customers // 3]
    phone = ContactPoint.objects.filter(customer=person, kind="phone").earliest("pk").value
    ways = {
        "one word": ["Bernardi", "Sala", "martin", "Ros", "de"],
        "two words": ["Bernardi Lucia", "lucia bernardi", "ros mar", "Maria Martini"],
        "a common name": ["Rossi", "Russo Maria", "Maria", "Giuseppe"],
        "nothing found": ["Zzyzx", "Rossi Zzyzx", "Maria Zz", "ZZ999ZZ", "Z9999999", "Rossi 99"],
        "tax code": [person.tax_code, person.tax_code.lower(), person.tax_code[:9]],
        "plate": [policy.plate, f"{policy.plate[:2]} {policy.plate[2:5]} {policy.plate[5:]}", policy.plate[:5]],
        "policy number": [policy.number, policy.number[:8]],
        "telephone": [phone, phone[3:], phone[-4:], phone[-7:]],
        "e-mail": ["maria.rossi@example.it", f"nessuno.{person.pk}@example.it"],
    }
    staff = person_with_role(roles.AGENT)
    member = person_with_role(roles.AGENCY_MEMBER)
    AgencyMember.objects.create(user=member, agency=Agency.objects.order_by("pk")[7])
    sent: list[str] = []
    for reader, user in (("", staff), (" by an agency member", member)):
        everybody = Customer.objects.visible_to(user).for_list()
        for way, texts in ways.items():
            slowest, text = max((_milliseconds(everybody, text), text) for text in texts)
            yield at_most(f"search{reader}: {way} (“{text}”)", slowest, "ms", SEARCH_MS, aim="under 30 ms")
            for each in texts:
                sent += statements_of(lambda: search_customers(everybody, each, reader=AnonymousUser()))  # noqa: B023
    User.objects.filter(pk__in=[staff.pk]).delete()
    yield _nothing_whole("searches: big tables read whole", sent)


def _papers(scale: Scale) -> Iterator[Row]:
    """An agency's customers whose consent on paper is still wanted: their number on its first page, and the first of the list."""
    agency, today = Agency.objects.order_by("pk")[7], timezone.localdate()
    wanted = with_paper_to_take(Customer.objects.all(), agencies=[agency.pk], today=today)
    ways = {
        "the number": lambda: wanted.order_by()[: MOST + 1].count(),
        "the first fifty": lambda: list(wanted.order_by(*NEAREST_FIRST)[:50]),
    }
    found = median_seconds(*ways.values(), runs=7, warm_up=1)
    for way, seconds in zip(ways, found, strict=True):
        yield at_most(f"consents on paper of an agency: {way}", seconds * 1_000, "ms", PAPERS_MS, aim="under 100 ms")
    sent = [statement for ask in ways.values() for statement in statements_of(ask)]
    yield _nothing_whole("consents on paper: big tables read whole", sent)


def _milliseconds(customers: QuerySet[Customer], text: str) -> float:
    [seconds] = median_seconds(lambda: search_customers(customers, text, reader=AnonymousUser()), runs=7, warm_up=1)
    return seconds * 1000


def _nothing_whole(name: str, statements: list[str]) -> Row:
    found = [table for statement in statements for table in read_whole(statement)]
    return Row(name, len(found), "", 0, "none", not found)
