"""What is answered before a request is written, from what we know; and how often that was enough."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact_center.models import AnsweredBeforehand, Topic
from contact_center.requests.beforehand import answers_for, record_answered
from contact_center.tests.factories import CallBackFactory, ContactFactory, TopicFactory
from customers.models import Claim, Policy
from customers.tests.factories import (
    ClaimFactory,
    ContactPointFactory,
    InstalmentFactory,
    PolicyFactory,
    RenewalOfferFactory,
    ReservedAreaAccountFactory,
)
from foundation.dates import ROME

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, tzinfo=ROME)


@pytest.fixture(autouse=True)
def _a_monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def answers(account):
    def found(area, policy=None, topic=None):
        topic = topic or TopicFactory(area=area)
        return answers_for(account.user, account.customer, topic=topic, policy=policy, now=NOW)

    return found


def days(number):
    return NOW.date() + timedelta(days=number)


def held(account, **fields):
    facts = {"starts_on": days(-300), "ends_on": days(300), "product": "Strada Sicura", "plate": "AB123CD", **fields}
    return PolicyFactory(holder=account.customer, **facts)


def words(found):
    return [(each.title, each.text) for each in found]


# --- Policies and payments
def test_an_instalment_is_answered_with_amount_day_and_cover(answers, account):
    InstalmentFactory(policy=held(account, ramo="8"), due_on=days(7), amount=Decimal("1240.50"))
    [answer] = answers(Topic.Area.PAYMENTS)
    assert answer.title == "Strada Sicura · AB123CD: 1.240,50\xa0€ entro l’11 maggio 2026"
    assert answer.text == "La rata è da pagare. È in copertura fino alla fine del 26 maggio 2026."
    assert not answer.is_late


def test_a_late_instalment_is_marked_late_and_names_when_the_cover_stopped(answers, account):
    InstalmentFactory(policy=held(account, ramo="8"), due_on=days(-30), amount=Decimal(100))
    [answer] = answers(Topic.Area.PAYMENTS)
    assert answer.is_late
    assert answer.text.startswith("La copertura si è fermata alla fine del 19 aprile 2026")


def test_a_motor_policy_that_ends_does_not_renew_by_itself(answers, account):
    held(account, ramo="10", ends_on=days(10))
    [answer] = answers(Topic.Area.POLICIES)
    assert answer.title == "Strada Sicura · AB123CD scade il 14 maggio 2026"
    assert answer.text == "Non si rinnova da sola. È in copertura fino alla fine del 29 maggio 2026."


def test_only_the_chosen_policy_is_answered_about(answers, account):
    held(account, ends_on=days(10))
    other = held(account, product="Casa", plate="", ends_on=days(200))
    assert words(answers(Topic.Area.POLICIES, policy=other)) == [
        ("Casa è in vigore fino al 20 novembre 2026", "Nei prossimi due mesi non c’è nulla da pagare.")
    ]


def test_a_policy_whose_renewal_is_paid_is_answered_with_the_end_of_its_new_cover(answers, account):
    policy = held(account, ends_on=days(10))
    RenewalOfferFactory(policy=policy, starts_on=days(10), ends_on=days(375), paid_on=days(-1), accepted_at=NOW)
    assert words(answers(Topic.Area.POLICIES, policy=policy)) == [
        (
            "Strada Sicura · AB123CD: il rinnovo è pagato, la copertura vale fino al 14 maggio 2027",
            "Il nuovo contratto è in arrivo.",
        )
    ]


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"state": Policy.State.SUSPENDED, "suspended_on": days(-3)}, "Casa è sospesa"),
        ({"state": Policy.State.EXPIRED, "ends_on": days(-100)}, "Casa è conclusa"),
        ({"state": Policy.State.CANCELLED}, "Casa è conclusa"),
    ],
)
def test_a_policy_that_does_not_cover_is_called_so(answers, account, fields, title):
    policy = held(account, product="Casa", plate="", **fields)
    assert [answer.title for answer in answers(Topic.Area.POLICIES, policy=policy)] == [title]


def test_with_nothing_to_pay_that_is_the_answer_about_payments(answers, account):
    held(account)
    assert [answer.title for answer in answers(Topic.Area.PAYMENTS)] == ["Nulla in scadenza nei prossimi due mesi."]


# --- Claims, requests, data
def test_a_claim_is_answered_with_its_state_its_term_and_who_follows_it(answers, account):
    claim = ClaimFactory(
        policy=held(account, ramo="10"),
        customer=account.customer,
        state=Claim.State.TAKEN_IN_CHARGE,
        occurred_on=days(-20),
        reported_on=days(-15),
        complete_on=days(-10),
        adjuster="dott. Neri",
        adjuster_phone="+390255501403",
        assessor="ing. Gallo",
    )
    [answer] = answers(Topic.Area.CLAIMS)
    assert answer.title == f"Sinistro {claim.number}: preso in carico"
    assert "entro" in answer.text
    assert "dott. Neri, 02 5550 1403" in answer.text
    assert "ing. Gallo" in answer.text


def test_a_claim_past_its_term_is_marked_late(answers, account):
    facts = {"occurred_on": days(-220), "reported_on": days(-210), "complete_on": days(-200)}
    ClaimFactory(policy=held(account, ramo="10"), customer=account.customer, state="taken_in_charge", **facts)
    assert [answer.is_late for answer in answers(Topic.Area.CLAIMS)] == [True]


def test_claims_of_another_policy_than_the_chosen_one_are_left_out(answers, account):
    ClaimFactory(policy=held(account), customer=account.customer)
    assert answers(Topic.Area.CLAIMS, policy=held(account, product="Casa", plate="")) == []


def test_what_was_asked_already_about_the_same_area_comes_first(answers, account):
    topic = TopicFactory(area=Topic.Area.CLAIMS)
    asked = ContactFactory(
        customer=account.customer, topic=topic, subject="A che punto?", due_at=NOW + timedelta(days=1)
    )
    ContactFactory(customer=account.customer, topic=TopicFactory(area=Topic.Area.PAYMENTS))
    ContactFactory(customer=account.customer, topic=topic, closed=True)
    [answer] = answers(Topic.Area.CLAIMS)
    assert words([answer]) == [
        (f"L’ha già chiesto: {asked.number}, «A che punto?»", "La risposta arriva entro il 5 maggio 2026, ore 10:00.")
    ]


def test_a_call_back_that_is_booked_is_told_with_its_hour(answers, account):
    topic = TopicFactory(area=Topic.Area.CLAIMS)
    call_back = CallBackFactory(customer=account.customer, contact__topic=topic, starts_at=NOW + timedelta(hours=3))
    call_back.contact.due_at = call_back.starts_at
    call_back.contact.save()
    [answer] = answers(Topic.Area.CLAIMS)
    assert answer.text == "La chiamiamo: lunedì 4 maggio 2026, ore 13:00."


def test_about_ones_own_data_we_show_what_we_hold(answers, account):
    ContactPointFactory(customer=account.customer, kind="phone", value="+393331234567")
    assert [answer.text for answer in answers(Topic.Area.PERSONAL_DATA)] == ["333 123 4567"]


def test_where_nothing_can_be_told_there_is_no_answer(answers, account):
    held(account, ends_on=days(10))
    assert answers(Topic.Area.COMMERCIAL) == []


def test_nothing_of_others_is_told(answers, account):
    theirs = ReservedAreaAccountFactory()
    policy = held(theirs, ends_on=days(5))
    InstalmentFactory(policy=policy, due_on=days(3))
    ClaimFactory(policy=policy, customer=theirs.customer)
    ContactFactory(customer=theirs.customer, topic=TopicFactory(area=Topic.Area.CLAIMS))
    assert answers(Topic.Area.CLAIMS) == []
    assert answers(Topic.Area.POLICIES) == []


def test_answers_cost_the_same_at_one_policy_and_at_many(answers, account):
    topic = TopicFactory(area=Topic.Area.POLICIES)
    InstalmentFactory(policy=held(account), due_on=days(3))
    answers(topic.area, topic=topic)
    with CaptureQueriesContext(connection) as one:
        answers(topic.area, topic=topic)
    for _turn in range(5):
        InstalmentFactory(policy=held(account, ends_on=days(20)), due_on=days(3))
    with CaptureQueriesContext(connection) as many:
        answers(topic.area, topic=topic)
    assert len(many) == len(one)


# --- The count
def test_a_press_is_counted_once_and_the_first_one_counts(account):
    topic, policy, key = TopicFactory(), held(account, ramo="10"), uuid.uuid4()
    for helped in (True, False):
        record_answered(topic=topic, policy=policy, helped=helped, submission_key=key)
    counted = AnsweredBeforehand.objects.get()
    assert (counted.topic, counted.ramo, counted.helped, counted.day) == (topic, "10", True, timezone.localdate())


def test_what_was_counted_is_never_changed(account):
    counted = record_answered(topic=TopicFactory(), policy=None, helped=True, submission_key=uuid.uuid4())
    counted.helped = False
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        counted.save()
