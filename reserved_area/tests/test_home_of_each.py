"""What a home asks is written once and asked for everybody: each sees their own, and a wider reach is refused."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from complaints.tests.factories import ComplaintFactory
from contact_center.models import Contact
from contact_center.tests.factories import ContactFactory
from customers import roles
from customers.tests.factories import (
    ClaimFactory,
    InstalmentFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from notifications.tests.factories import NoticeFactory
from reserved_area.home import facts_of_home

pytestmark = pytest.mark.django_db


def account_with_one_of_each(word):
    """A person who is enrolled, with a row of each kind of the home that carries the word."""
    account, today = ReservedAreaAccountFactory(), timezone.localdate()
    customer = account.customer
    ends = {"starts_on": today - timedelta(days=300), "ends_on": today + timedelta(days=200)}
    policy = PolicyFactory(holder=customer, agency=customer.agency, product=f"Polizza {word}", **ends)
    InstalmentFactory(policy=policy, due_on=today + timedelta(days=5))
    ClaimFactory(policy=policy, customer=customer, adjuster=f"Perito {word}")
    ContactFactory(customer=customer, channel=Contact.Channel.PORTAL, subject=f"Domanda {word}")
    ComplaintFactory(customer=customer, subject=f"Reclamo {word}", received_on=today, registered_at=timezone.now())
    NoticeFactory(
        customer=customer, channel="inbox", address="", state="sent", sent_at=timezone.now(), subject=f"Avviso {word}"
    )
    return account


def test_homes_opened_one_after_the_other_show_each_customer_their_own():
    accounts = {word: account_with_one_of_each(word) for word in ("Prima", "Seconda")}
    for _each in range(2):
        for word, account in accounts.items():
            client = Client()
            client.force_login(account.user)
            page = client.get("/area-riservata/").content.decode()
            shown = {
                kind: page.count(f"{kind} {word}") > 0
                for kind in ("Polizza", "Perito", "Domanda", "Reclamo", "Avviso")
            }
            assert shown == dict.fromkeys(shown, True)
            assert ("Seconda" if word == "Prima" else "Prima") not in page


@pytest.mark.parametrize("role", [roles.AGENT, roles.CUSTOMER])
def test_the_home_of_a_customer_is_not_asked_for_somebody_who_sees_more_or_another(role):
    account = ReservedAreaAccountFactory()
    request = SimpleNamespace(user=UserFactory(role=role), account=account, customer=account.customer)
    with pytest.raises(AssertionError, match="narrows the reach"):
        facts_of_home(request)
