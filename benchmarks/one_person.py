"""One file of a person: the timeline of somebody with 500 events, and the comparison of each night among all customers."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from django.test import Client
from django.utils import timezone

from contact_center.models import Contact
from customers import roles
from customers.joining.nightly import find_duplicates
from customers.models import Consent, Customer
from customers.timeline.queries import timeline_of
from foundation.masking import page_for
from notifications.models import Notice

from . import data
from .measure import Row, Scale, at_most, median_seconds
from .people import person_with_role
from .plans import read_whole, statements_of

EVENTS, TIMELINE_MS, QUERIES = 500, 60, 15
NIGHT_SECONDS = 60
SUBJECT = "bench-timeline"


def measure(scale: Scale) -> Iterator[Row]:
    """The newest page and an older one, as the manager sees them; then the night."""
    data.portfolio(scale)
    data.calls(scale.calls, scale)
    customer = _person(scale)
    manager = person_with_role(roles.MANAGER)
    with page_for(manager):
        first = timeline_of([customer.pk], reader=manager)
        newest = partial(timeline_of, [customer.pk], reader=manager)
        older = partial(timeline_of, [customer.pk], reader=manager, before=first.older)
        times = median_seconds(newest, older, runs=15, warm_up=2)
        sent = [statements_of(newest), statements_of(older)]
    name = f"timeline of {EVENTS} events"
    for which, seconds in zip(("the newest page", "an older page"), times, strict=True):
        yield at_most(f"{name}: {which}", seconds * 1000, "ms", TIMELINE_MS, aim=f"under {TIMELINE_MS} ms")
    client = Client()
    client.force_login(manager)
    page = statements_of(partial(client.get, f"/backoffice/customers/customer/{customer.pk}/storia/"))
    yield at_most("timeline: queries of a page", len(page), "", QUERIES, aim=f"at most {QUERIES}")
    found = sorted({table for each in sent for statement in each for table in read_whole(statement)})
    yield Row(f"timeline: big tables read whole {' '.join(found)}".rstrip(), len(found), "", 0, "none", not found)
    [seconds] = median_seconds(partial(find_duplicates, timezone.localdate()), runs=1, warm_up=0)
    where = f"among {scale.customers:,} customers"
    yield at_most(f"likely duplicates of a night {where}", seconds, "s", NIGHT_SECONDS, aim=f"under {NIGHT_SECONDS} s")


def _person(scale: Scale) -> Customer:
    """A customer with notices, contacts and consents, made once."""
    customer = Customer.objects.filter(kind="person").order_by("pk")[scale.customers // 4]
    if Notice.objects.filter(once__startswith=f"{SUBJECT}:").exists():
        return customer
    now = timezone.now()
    moments = [now - timedelta(hours=7 * number) for number in range(EVENTS // 5)]
    Notice.objects.bulk_create(
        Notice(
            kind="raw",
            channel="email",
            once=f"{SUBJECT}:{n}:{part}",
            customer=customer,
            address="bench@example.it",
            subject="Prova",
            body_text="Il testo.",
            state="withheld",
            created_at=moment,
        )
        for n, moment in enumerate(moments)
        for part in range(2)
    )
    Contact.objects.bulk_create(
        Contact(channel="email", customer=customer, subject=SUBJECT, started_at=moment, state="closed", closed_at=now)
        for moment in moments
        for _part in range(2)
    )
    Consent.objects.bulk_create(
        Consent(
            customer=customer,
            purpose="marketing",
            channel="email",
            event="given" if n % 2 else "withdrawn",
            text_version="2026-01",
            source="portal",
            recorded_at=moment,
        )
        for n, moment in enumerate(moments)
    )
    data.vacuum("notifications_notice", "contact_center_contact", "customers_consent")
    return customer
