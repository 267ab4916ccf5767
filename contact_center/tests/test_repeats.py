from datetime import UTC, date, datetime, timedelta

import pytest

from contact_center.contacts.repeats import link_marked, link_repeats
from contact_center.models import Contact, StaleDay, StalePerson, Topic
from contact_center.tests.factories import ContactFactory, TollFreeLineFactory, TopicFactory
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 4, 10, tzinfo=UTC)  # noon in Italy


def contact(days: float = 0, **fields) -> Contact:
    """A contact some days after the first noon, of the person at one address unless the fields say otherwise."""
    return ContactFactory.create(started_at=NOON + timedelta(days=days), **fields)


def came_back(*contacts: Contact) -> list[date | None]:
    return [Contact.objects.get(pk=one.pk).repeated_on for one in contacts]


def test_the_next_contact_about_the_same_area_is_kept_whatever_the_distance():
    first, second, third = contact(0), contact(3), contact(400)
    link_marked()
    assert came_back(first, second, third) == [date(2026, 5, 7), date(2027, 6, 8), None]


def test_another_channel_counts():
    line = TollFreeLineFactory()
    first = contact(0, channel="phone", line=line, address="+393331234567", customer=CustomerFactory())
    second = contact(1, customer=first.customer)
    link_marked()
    assert came_back(first, second) == [date(2026, 5, 5), None]


def test_another_person_does_not_count():
    first = contact(0)
    contact(1, address="another@example.it")
    link_marked()
    assert came_back(first) == [None]


def test_another_topic_of_the_same_area_counts_and_another_area_does_not():
    claims = TopicFactory(area=Topic.Area.CLAIMS)
    first = contact(0, topic=claims)
    contact(1, topic=TopicFactory(area=Topic.Area.PAYMENTS))
    contact(2, topic=TopicFactory(area=Topic.Area.CLAIMS))
    link_marked()
    assert came_back(first) == [date(2026, 5, 6)]


def test_a_contact_without_topic_is_followed_only_by_another_without():
    first = contact(0)
    contact(1, topic=TopicFactory())
    contact(2)
    link_marked()
    assert came_back(first) == [date(2026, 5, 6)]


def test_nobody_known_never_comes_back():
    first, second = contact(0, address=""), contact(1, address="")
    link_marked()
    assert came_back(first, second) == [None, None]


def test_two_contacts_of_the_same_moment_do_not_follow_each_other():
    first, second, third = contact(0), contact(0), contact(1)
    link_marked()
    assert came_back(first, second, third) == [date(2026, 5, 5), date(2026, 5, 5), None]


def test_wrong_numbers_neither_follow_nor_are_followed():
    first, wrong, third = contact(0), contact(1, outcome="wrong_number"), contact(2)
    link_marked()
    assert came_back(first, wrong, third) == [date(2026, 5, 6), None, None]


def test_a_contact_that_arrives_late_takes_its_place_between_the_others():
    first, third = contact(0), contact(5)
    link_marked()
    late = contact(2)
    link_marked()
    assert came_back(first, late, third) == [date(2026, 5, 6), date(2026, 5, 9), None]


def test_an_outcome_corrected_to_wrong_number_frees_both_sides():
    first, second, third = contact(0), contact(1), contact(2)
    link_marked()
    Contact.objects.filter(pk=second.pk).update(outcome="wrong_number")
    link_marked()
    assert came_back(first, second, third) == [date(2026, 5, 6), None, None]


def test_a_customer_identified_later_leaves_the_old_person_and_joins_the_new():
    customer = CustomerFactory()
    first, second = contact(0), contact(1)
    known = contact(2, customer=customer, address="")
    link_marked()
    Contact.objects.filter(pk=second.pk).update(customer=customer)
    link_marked()
    assert came_back(first, second, known) == [None, date(2026, 5, 6), None]


def test_a_contact_that_loses_its_person_loses_its_next():
    first = contact(0)
    contact(1)
    link_marked()
    Contact.objects.filter(pk=first.pk).update(address="")
    link_marked()
    assert came_back(first) == [None]


def test_a_topic_changed_to_another_area_unlinks():
    topic = TopicFactory(area=Topic.Area.CLAIMS)
    first, second = contact(0, topic=topic), contact(1, topic=topic)
    link_marked()
    Contact.objects.filter(pk=second.pk).update(topic=TopicFactory(area=Topic.Area.PAYMENTS))
    link_marked()
    assert came_back(first) == [None]


def test_a_topic_moved_to_another_area_takes_its_contacts_along():
    moved = TopicFactory(area=Topic.Area.CLAIMS)
    first = contact(0, topic=moved)
    contact(1, topic=TopicFactory(area=Topic.Area.PAYMENTS))
    link_marked()
    Topic.objects.filter(pk=moved.pk).update(area=Topic.Area.PAYMENTS)
    link_marked()
    assert came_back(first) == [date(2026, 5, 5)]


def test_a_contact_erased_gives_way_to_the_one_after():
    first, second, _third = contact(0), contact(1), contact(2)
    link_marked()
    second.delete()
    link_marked()
    assert came_back(first) == [date(2026, 5, 6)]


def test_the_day_of_coming_back_is_the_day_in_italy():
    first = contact(0)
    ContactFactory(started_at=datetime(2026, 5, 5, 22, 30, tzinfo=UTC))
    link_marked()
    assert came_back(first) == [date(2026, 5, 6)]


def test_the_days_whose_repeats_changed_are_marked():
    contact(0)
    link_marked()
    contact(3)
    StaleDay.objects.all().delete()
    assert link_marked() == {date(2026, 5, 4)}
    assert set(StaleDay.objects.values_list("day", flat=True)) == {date(2026, 5, 4)}


def test_linking_twice_changes_nothing():
    contact(0), contact(1)
    link_marked()
    assert link_repeats(everybody=True) == set()


def test_linking_leaves_no_history():
    first = contact(0)
    contact(1)
    link_marked()
    assert first.history.count() == 0


def test_a_change_of_no_matter_to_repeats_marks_nobody():
    first = contact(0)
    link_marked()
    Contact.objects.filter(pk=first.pk).update(subject="Altro", notes="Nota")
    assert StalePerson.objects.count() == 0


@pytest.mark.parametrize("by", ["contacts", "person_keys", "days", "everybody"])
def test_people_can_be_named_in_four_ways(by):
    first = contact(0)
    contact(1)
    StalePerson.objects.all().delete()
    link_repeats(
        **{
            "contacts": {"contacts": [first.pk]},
            "person_keys": {"person_keys": ["from:maria.rossi@example.it"]},
            "days": {"days": (date(2026, 5, 5), date(2026, 5, 5))},
            "everybody": {"everybody": True},
        }[by]
    )
    assert came_back(first) == [date(2026, 5, 5)]
