"""The home of the reserved area and the page before a request, for a customer with 50 policies, against a bare page."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import cycle

from django.test import Client
from django.utils import timezone

from contact_center.models import Contact, Topic
from contact_center.tests.factories import CallBackFactory, ContactFactory, MessageFactory
from customers.models import Customer, ReservedAreaAccount
from customers.tests.factories import ClaimFactory, InstalmentFactory, PolicyFactory, ReservedAreaAccountFactory
from notifications.tests.factories import NoticeFactory

from . import data
from .measure import Row, Scale, at_most, median_seconds
from .plans import read_whole, statements_of

POLICIES = 50
PAGE_TIMES = 4
QUERIES = 12
SIGNED_IN = 300
HOME, API_HOME = "/area-riservata/", "/api/v1/me/"
ANSWER = "/area-riservata/richieste/nuova/risposta/?argomento={topic}"
MAIL, MANY = "portal@bench.example", "@signed-in.bench.example"


def measure(scale: Scale) -> Iterator[Row]:
    """Beside the whole portfolio and a long queue: a customer who has much of everything."""
    data.portfolio(scale)
    data.queue(scale.open_contacts, scale)
    client = Client()
    client.force_login(_somebody_with_much().user)
    topic = Topic.objects.public().filter(area=Topic.Area.PAYMENTS).earliest("pk")
    yield from _page(client, "portal home", HOME)
    yield from _page(client, "answer before a request", ANSWER.format(topic=topic.code))
    yield from _signed_in()


def _signed_in() -> Iterator[Row]:
    """The home by page and by the app's API, for many customers one after the other: none is warm from the one before."""
    clients = [_signed_in_as(account) for account in _many()]

    def each(address: str) -> Callable[[], None]:
        turns = cycle(clients)

        def ask() -> None:
            assert next(turns).get(address).status_code == 200

        return ask

    page, api, bare = each(HOME), each(API_HOME), each("/bare-page/")
    *taken, limit = (seconds * 1000 for seconds in median_seconds(page, api, bare, runs=SIGNED_IN, warm_up=9))
    aim = f"under {PAGE_TIMES} bare signed-in pages"
    for way, each_taken in zip(("page", "API"), taken, strict=True):
        name = f"portal home by {way}, {SIGNED_IN} signed-in customers"
        yield at_most(name, each_taken, "ms", limit, PAGE_TIMES, aim=aim)
    statements = statements_of(api)
    yield at_most("portal home by API: queries", len(statements), "", QUERIES, aim=f"at most {QUERIES}")


def _signed_in_as(account: ReservedAreaAccount) -> Client:
    client = Client()
    client.force_login(account.user)
    return client


def _many() -> list[ReservedAreaAccount]:
    """As many enrolled customers of the portfolio as are measured, with the policies that they have; made if there are none."""
    accounts = ReservedAreaAccount.objects.filter(user__email__endswith=MANY).select_related("user")
    if not accounts.exists():
        without = Customer.objects.filter(reserved_area_accounts=None, policies__isnull=False).distinct()
        for number, customer in enumerate(without.order_by("pk")[:SIGNED_IN]):
            ReservedAreaAccountFactory.create(customer=customer, user__email=f"{number}{MANY}")
    return list(accounts.all())


def _page(client: Client, name: str, address: str) -> Iterator[Row]:
    def page() -> None:
        assert client.get(address).status_code == 200

    def bare() -> None:
        assert client.get("/bare-page/").status_code == 200

    taken, limit = (seconds * 1000 for seconds in median_seconds(page, bare, runs=99, warm_up=9))
    aim = f"under {PAGE_TIMES} bare signed-in pages"
    yield at_most(f"{name}, {POLICIES} policies", taken, "ms", limit, PAGE_TIMES, aim=aim)
    statements = statements_of(page)
    yield at_most(f"{name}: queries", len(statements), "", QUERIES, aim=f"at most {QUERIES}")
    whole = [each for each in statements if each.startswith("SELECT") and read_whole(each)]
    yield Row(f"{name}: big tables read whole", len(whole), "", 0, "none", not whole)


def _somebody_with_much() -> ReservedAreaAccount:
    """A customer with 50 policies, of which half have something due; made if there is none."""
    account = ReservedAreaAccount.objects.filter(user__email=MAIL).first()
    if account is not None:
        return account
    customer = Customer.objects.filter(reserved_area_accounts=None).earliest("pk")
    account, today = ReservedAreaAccountFactory.create(customer=customer, user__email=MAIL), timezone.localdate()
    since = today - timedelta(days=300)
    for number in range(POLICIES):
        name, ends_on = f"PORTAL-{number}", today + timedelta(days=20 + number)
        facts = {"holder": customer, "agency": customer.agency, "starts_on": since, "ends_on": ends_on}
        policy = PolicyFactory.create(number=name, **facts)
        if number % 2:
            InstalmentFactory.create(policy=policy, due_on=today + timedelta(days=number), amount=Decimal(120))
        if number % 5 == 0:
            ClaimFactory.create(number=name, policy=policy, customer=customer)
            contact = ContactFactory.create(customer=customer, channel=Contact.Channel.PORTAL)
            MessageFactory.create(contact=contact)
        inbox = {"channel": "inbox", "address": "", "state": "sent", "sent_at": timezone.now()}
        NoticeFactory.create(customer=customer, once=f"portal-bench:{number}", **inbox)
    CallBackFactory.create(customer=customer)
    data.vacuum("customers_policy", "customers_instalment", "customers_claim", "contact_center_contact")
    return account
