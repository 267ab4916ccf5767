"""The ledger of consents: what follows what, and what counts."""

import pytest

from customers.consent_texts import TEXTS, texts_in_use, wording_of
from customers.consents import is_in_force, is_waiting
from customers.models import Consent
from customers.services import record_consent
from customers.tests.factories import ConsentFactory, CustomerFactory, UserFactory
from foundation.refusals import Refused

Event, Purpose, Channel = Consent.Event, Consent.Purpose, Consent.Channel


@pytest.mark.parametrize(
    ("event", "purpose", "counts", "waits"),
    [
        (None, Purpose.MARKETING, False, False),
        (Event.GIVEN, Purpose.MARKETING, False, True),
        (Event.CONFIRMED, Purpose.MARKETING, True, False),
        (Event.WITHDRAWN, Purpose.MARKETING, False, False),
        (Event.GIVEN, Purpose.AGENCY_PROMOTIONS, False, True),
        (Event.GIVEN, Purpose.PROFILING, False, True),
        (Event.GIVEN, Purpose.PORTAL_ADVERTISING, True, False),
        (Event.CONFIRMED, Purpose.PORTAL_ADVERTISING, True, False),
        (Event.WITHDRAWN, Purpose.PORTAL_ADVERTISING, False, False),
        (None, Purpose.PORTAL_ADVERTISING, False, False),
    ],
)
def test_what_counts(event, purpose, counts, waits):
    assert (is_in_force(event, purpose=purpose), is_waiting(event, purpose=purpose)) == (counts, waits)


def test_each_purpose_has_a_text_and_each_text_its_own_version():
    assert {text.purpose for text in TEXTS} == set(Purpose.values)
    assert len({(text.purpose, text.version) for text in TEXTS}) == len(TEXTS)
    assert all(wording_of(text.purpose, text.version) is text for text in TEXTS)


def test_a_consent_is_asked_for_what_is_looked_at_and_on_channels_that_are_served():
    assert [(text.purpose, text.channels) for text in texts_in_use(TEXTS[0].valid_from)] == [
        (Purpose.MARKETING, (Channel.EMAIL,)),
        (Purpose.AGENCY_PROMOTIONS, (Channel.EMAIL,)),
        (Purpose.PROFILING, (Channel.PORTAL,)),
        (Purpose.PORTAL_ADVERTISING, (Channel.PORTAL,)),
    ]


def record(customer, event, **fields):
    facts = {"purpose": Purpose.MARKETING, "channel": Channel.EMAIL, "text_version": "2026-01", "source": "portal"}
    return record_consent(customer, event=event, by=None, **{**facts, **fields})


@pytest.fixture
def customer(db):
    return CustomerFactory()


def test_an_event_keeps_who_how_and_under_which_text(customer):
    user = UserFactory()
    made = record(customer, Event.GIVEN, evidence="a button")
    assert (made.text_version, made.source, made.evidence, made.recorded_by) == ("2026-01", "portal", "a button", None)
    assert (
        record_consent(
            customer,
            purpose=Purpose.PROFILING,
            channel=Channel.PORTAL,
            event=Event.GIVEN,
            text_version="2026-01",
            source="portal",
            by=user,
        ).recorded_by
        == user
    )


def test_the_same_event_twice_is_one(customer):
    assert record(customer, Event.GIVEN) == record(customer, Event.GIVEN)
    assert Consent.objects.count() == 1


def test_giving_what_is_confirmed_does_not_undo_it(customer):
    record(customer, Event.GIVEN)
    confirmed = record(customer, Event.CONFIRMED)
    assert record(customer, Event.GIVEN) == confirmed


def test_a_new_text_is_given_again(customer):
    record(customer, Event.GIVEN)
    assert record(customer, Event.GIVEN, text_version="2027-01").text_version == "2027-01"


@pytest.mark.parametrize("before", [[], [Event.GIVEN, Event.WITHDRAWN]])
def test_nothing_is_confirmed_that_does_not_stand(customer, before):
    for event in before:
        record(customer, event)
    with pytest.raises(Refused):
        record(customer, Event.CONFIRMED)


def test_nothing_is_confirmed_under_another_text(customer):
    record(customer, Event.GIVEN)
    with pytest.raises(Refused):
        record(customer, Event.CONFIRMED, text_version="2027-01")


def test_nothing_is_withdrawn_that_was_never_given(customer):
    with pytest.raises(Refused):
        record(customer, Event.WITHDRAWN)


def test_channels_and_purposes_stand_each_for_itself(customer):
    record(customer, Event.GIVEN)
    record(customer, Event.GIVEN, channel=Channel.SMS)
    record(customer, Event.WITHDRAWN)
    stands = {each.channel: each.event for each in Consent.objects.in_force()}
    assert stands == {"email": "withdrawn", "sms": "given"}


def test_another_customer_is_another_matter(customer):
    ConsentFactory(event=Event.CONFIRMED, text_version="2026-01")
    with pytest.raises(Refused):
        record(customer, Event.WITHDRAWN)
