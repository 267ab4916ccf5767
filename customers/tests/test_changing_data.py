"""A colleague changes a customer's numbers, addresses and language: with a reason, once, and never over somebody else's change."""

import uuid

import pytest
from django.utils import timezone

from customers import roles
from customers.contact_points.commands import (
    Why,
    add_point,
    change_home,
    change_language,
    correct_point,
    home_of,
    retire_point,
    verify_point,
)
from customers.contact_points.queries import others_with, points_of, to_know_before_removing
from customers.contact_points.rules import seen_of, takes_texts
from customers.models import ContactPoint, Customer, DataChange
from customers.tests.factories import (
    AgencyMemberFactory,
    ContactPointFactory,
    CustomerFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from foundation.refusals import ChangedMeanwhile, Refused

pytestmark = pytest.mark.django_db
OLD, NEW = "+393331112233", "+393339998877"
ASKED = Why("phone")
HOME = {"address": "Via Po 12", "postal_code": "10123", "city": "Torino", "province": "TO"}


@pytest.fixture
def agent():
    return UserFactory(role=roles.AGENT)


@pytest.fixture
def point():
    return ContactPointFactory(value=OLD, verified_at=timezone.now())


def seen(point):
    return seen_of(point.value, point.verified_at)


def numbers(customer):
    return list(customer.contact_points.order_by("pk").values_list("value", flat=True))


def retire(point, by, **more):
    given = {"seen": seen(point), "why": ASKED, "key": uuid.uuid4()} | more
    return retire_point(point.customer, point=point.pk, by=by, **given)


def correct(point, by, value=NEW, **more):
    given = {"seen": seen(point), "why": ASKED, "key": uuid.uuid4()} | more
    return correct_point(point.customer, point=point.pk, value=value, by=by, **given)


def test_a_number_is_added_as_stated_with_who_and_why(agent):
    customer = CustomerFactory()
    change = add_point(
        customer, kind="phone", value=NEW, why=Why("our_error", "cifra sbagliata"), key=uuid.uuid4(), by=agent
    ).change
    point = customer.contact_points.get()
    assert (point.value, point.verified_at) == (NEW, None)
    assert (change.kind, change.about, change.old, change.new) == ("added", point.pk, "", NEW)
    assert (change.by, change.reason, change.words) == (agent, "our_error", "cifra sbagliata")


def test_the_same_key_again_changes_nothing(agent):
    customer, key = CustomerFactory(), uuid.uuid4()
    first, again = (add_point(customer, kind="phone", value=NEW, why=ASKED, key=key, by=agent) for _time in range(2))
    assert (first.change, first.is_new, again.is_new) == (again.change, True, False)
    assert (customer.contact_points.count(), DataChange.objects.count()) == (1, 1)


def test_the_same_key_with_another_value_is_refused_and_the_first_remains(agent):
    customer, key = CustomerFactory(), uuid.uuid4()
    add_point(customer, kind="phone", value=NEW, why=ASKED, key=key, by=agent)
    with pytest.raises(Refused) as refused:
        add_point(customer, kind="phone", value=OLD, why=ASKED, key=key, by=agent)
    assert refused.value.code == "sent_already"
    assert list(customer.contact_points.values_list("value", flat=True)) == [NEW]


def test_a_number_that_the_customer_has_is_not_added_twice(point, agent):
    with pytest.raises(Refused) as refusal:
        add_point(point.customer, kind="phone", value=OLD, why=ASKED, key=uuid.uuid4(), by=agent)
    assert refusal.value.code == "known_already"
    assert numbers(point.customer) == [OLD]


def test_an_error_of_ours_is_not_corrected_without_words(point, agent):
    with pytest.raises(Refused) as refusal:
        correct(point, agent, why=Why("our_error", "  "))
    assert refusal.value.field == "words"
    assert numbers(point.customer) == [OLD]


def test_a_corrected_number_counts_as_stated_again(point, agent):
    change = correct(point, agent).change
    point.refresh_from_db()
    assert (point.value, point.verified_at) == (NEW, None)
    assert (change.kind, change.old, change.new) == ("corrected", OLD, NEW)


def test_of_two_colleagues_the_second_reads_what_the_first_one_did(point, agent):
    before = seen(point)
    correct(point, UserFactory(role=roles.AGENT, first_name="Ada", last_name="Neri"))
    with pytest.raises(ChangedMeanwhile, match=r"Ada Neri.*333 111 2233 → 333 999 8877"):
        correct(point, agent, value="+393330000001", seen=before)
    assert numbers(point.customer) == [NEW]


def test_what_was_removed_meanwhile_is_neither_corrected_nor_verified(point, agent):
    retire(point, agent)
    with pytest.raises(ChangedMeanwhile):
        correct(point, agent)
    with pytest.raises(ChangedMeanwhile):
        verify_point(point.customer, point=point.pk, value=OLD, why=ASKED, key=uuid.uuid4(), by=agent)


def test_a_number_that_is_removed_remains_in_the_history(point, agent):
    change = retire(point, agent).change
    assert not ContactPoint.objects.exists()
    assert (change.kind, change.old, change.new) == ("retired", OLD, "")
    assert point.history.model.objects.filter(value=OLD).exists()


def test_a_number_is_no_other_customer_s_to_change(point, agent):
    with pytest.raises(ChangedMeanwhile):
        retire_point(CustomerFactory(), point=point.pk, seen=seen(point), why=ASKED, key=uuid.uuid4(), by=agent)
    assert numbers(point.customer) == [OLD]


def test_two_customers_may_have_one_number_and_it_is_shown(point, agent):
    other = CustomerFactory()
    add_point(other, kind="phone", value=OLD, why=ASKED, key=uuid.uuid4(), by=agent)
    assert [each.is_shared for each in points_of(point.customer, reader=agent)] == [True]
    assert others_with("phone", OLD, but=other, reader=agent) == 1


def test_an_agency_learns_nothing_of_the_customers_of_others(point, agent):
    ContactPointFactory(value=OLD)
    member = AgencyMemberFactory(agency=point.customer.agency).user
    assert [each.is_shared for each in points_of(point.customer, reader=member)] == [False]


def test_before_the_last_address_is_removed_it_is_said_what_depends_on_it():
    account = ReservedAreaAccountFactory()
    email = ContactPointFactory(customer=account.customer, kind="email", value=account.user.email)
    known = to_know_before_removing(email)
    assert len(known) == 2
    ContactPointFactory(customer=account.customer, kind="email", value="altra@example.it")
    assert len(to_know_before_removing(email)) == 1


@pytest.mark.parametrize(
    ("number", "expected"), [("+393331112233", True), ("+390248219001", False), ("+442079460958", True)]
)
def test_a_text_reaches_mobile_numbers(number, expected):
    assert takes_texts(number) is expected


def test_the_postal_address_is_changed_as_a_whole(agent):
    customer = CustomerFactory(address="Via Roma 1", postal_code="20121", city="Milano", province="MI")
    change = change_home(customer, home=HOME, seen=home_of(customer), why=ASKED, key=uuid.uuid4(), by=agent).change
    customer.refresh_from_db()
    assert home_of(customer) == "Via Po 12, 10123 Torino (TO)"
    assert (change.old, change.new) == ("Via Roma 1, 20121 Milano (MI)", home_of(customer))


def test_an_address_that_somebody_else_has_changed_is_not_overwritten(agent):
    customer = CustomerFactory(address="Via Roma 1")
    with pytest.raises(ChangedMeanwhile):
        change_home(customer, home=HOME, seen="Via Dante 3", why=ASKED, key=uuid.uuid4(), by=agent)
    assert Customer.objects.get(pk=customer.pk).address == "Via Roma 1"


def test_the_language_of_now_is_no_change(agent):
    with pytest.raises(Refused):
        change_language(CustomerFactory(language="it"), language="it", why=ASKED, key=uuid.uuid4(), by=agent)
    assert not DataChange.objects.exists()
