"""A simulation of a rule: whom it would have told, by which way, and who was told anyway. It writes to nobody."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from customers.models import Claim, Instalment, Policy
from customers.tests.factories import (
    ClaimFactory,
    ContactPointFactory,
    CustomerFactory,
    InstalmentFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from foundation.dates import ROME
from foundation.refusals import Refused
from notifications.alerts.commands import simulate_rule
from notifications.alerts.events import EVENTS
from notifications.alerts.simulating import SAMPLE, month_before, simulate
from notifications.deadlines import plan_alerts
from notifications.models import AlertRule, AlertSimulation, Notice
from notifications.tests.factories import AlertRuleFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 15)
MAY = date(2026, 5, 1), date(2026, 5, 31)


def at(day, hour=9):
    return time_machine.travel(datetime(day.year, day.month, day.day, hour, tzinfo=ROME), tick=False)


@pytest.fixture(autouse=True)
def today():
    with at(TODAY):
        yield


def policy(ends_on, **fields):
    with at(date(2026, 1, 10)):
        return PolicyFactory(starts_on=ends_on - timedelta(days=365), ends_on=ends_on, **fields)


def legal():
    return AlertRule.objects.get(is_legal=True)


def simulated(rule, first=MAY[0], last=MAY[1]):
    return simulate(rule, first=first, last=last, today=TODAY)


def test_a_month_that_is_over_is_counted_as_the_nights_would_have():
    on_day_one, on_the_last, later = policy(date(2026, 6, 10)), policy(date(2026, 7, 10)), policy(date(2026, 7, 11))
    found = simulated(legal())
    assert (found.matters, found.people, found.at_once) == (2, 2, 1)
    assert {each.policy for each in found.sample} == {on_day_one.number, on_the_last.number}
    assert later.number not in {each.policy for each in found.sample}
    assert not Notice.objects.exists()


def test_it_says_by_which_way():
    enrolled = ReservedAreaAccountFactory().customer
    ContactPointFactory(customer=enrolled, kind="email", value="anna@example.it")
    by_phone = CustomerFactory()
    ContactPointFactory(customer=by_phone, kind="phone", value="+393331234567")
    for holder in (enrolled, by_phone, CustomerFactory()):
        policy(date(2026, 6, 20), holder=holder)
    found = simulated(legal())
    assert found.by_channel == {"email": 1, "inbox": 1, "post": 2}  # no provider of texts is set up here


def test_it_says_who_was_told_anyway_by_any_rule_of_the_event():
    policy(date(2026, 6, 20))
    with at(date(2026, 5, 12)):
        assert plan_alerts() == {"policy-expiring": 1} | dict.fromkeys(_others(), 0)
    policy(date(2026, 6, 21))
    reminder = AlertRuleFactory(event="policy_expiring", kind="policy-expiry-reminder", number=2, from_days=-45)
    for rule in (legal(), reminder):
        found = simulated(rule)
        assert (found.matters, found.reached_anyway) == (2, 1)
        assert [each.was_reached for each in found.sample] == [True, False]


def _others():
    return set(AlertRule.objects.on(TODAY).values_list("kind", flat=True)) - {"policy-expiring"}


def test_policies_are_read_as_they_stood_on_the_first_day():
    made, moved = policy(date(2026, 6, 5)), policy(date(2026, 6, 6))
    policy(date(2026, 6, 7), created_at=datetime(2026, 5, 10, tzinfo=ROME))
    Policy.objects.filter(pk=made.pk).update(state="expired")  # the database's own clock is later than these days
    Policy.objects.filter(pk=moved.pk).update(ends_on=date(2027, 6, 6))
    found = simulated(legal())
    assert [(each.policy, each.day) for each in found.sample] == [
        (made.number, date(2026, 6, 5)),
        (moved.number, date(2026, 6, 6)),
    ]


def test_what_was_renewed_by_the_first_day_is_left_out_and_what_was_later_is_not():
    before, after = policy(date(2026, 6, 5)), policy(date(2026, 6, 6))
    InstalmentFactory(policy=before, due_on=before.ends_on, paid_on=date(2026, 4, 30))
    InstalmentFactory(policy=after, due_on=after.ends_on, paid_on=date(2026, 5, 20))
    assert [each.policy for each in simulated(legal()).sample] == [after.number]


def test_an_instalment_counts_unless_it_was_paid_before_its_turn():
    rule = AlertRule.objects.get(event="instalment_due")
    rows = policy(date(2026, 12, 1)), policy(date(2026, 12, 2))
    early, late = (InstalmentFactory(policy=row, due_on=date(2026, 5, 25)) for row in rows)
    Instalment.objects.filter(pk=early.pk).update(paid_on=date(2026, 5, 9))  # its turn is on the tenth
    Instalment.objects.filter(pk=late.pk).update(paid_on=date(2026, 5, 20))
    assert [each.policy for each in simulated(rule).sample] == [rows[1].number]


def test_a_rule_limited_to_some_lines_tells_of_no_others():
    policy(date(2026, 6, 5)), policy(date(2026, 6, 5), ramo="8", plate="")
    assert simulated(AlertRuleFactory(event="policy_expiring", number=2, lines=["8"], from_days=-45)).matters == 1


def test_days_ahead_are_read_as_everything_stands():
    policy(TODAY + timedelta(days=45)), policy(TODAY + timedelta(days=60))
    found = simulated(legal(), TODAY, TODAY + timedelta(days=10))
    assert (found.matters, found.at_once, found.is_past) == (1, 0, False)


def test_claims_of_a_month_are_found_however_far_they_have_come():
    with at(date(2025, 1, 10)):
        ClaimFactory(occurred_on=date(2025, 1, 1), reported_on=date(2025, 1, 2))
    fields = {"occurred_on": date(2026, 5, 2), "reported_on": date(2026, 5, 3), "policy__ends_on": date(2028, 1, 1)}
    ClaimFactory(
        state=Claim.State.PAID, paid_on=date(2026, 5, 20), paid_amount=10, offered_on=date(2026, 5, 9), **fields
    )
    for event in ("claim_taken", "claim_offered", "claim_paid"):
        assert simulated(AlertRule.objects.get(event=event)).matters == 1, event


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.code)
def test_every_event_can_be_simulated_over_what_is_past_and_what_comes(event):
    first, last = event.usual
    rule = AlertRuleFactory(event=event.code, kind=event.kinds[0].code, from_days=first, until_days=last)
    for days in (MAY, (TODAY, TODAY + timedelta(days=30))):
        found = simulated(rule, *days)
        assert (found.matters, found.by_channel, found.sample) == (0, {}, [])
        assert len(found.unknown) > 1


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 5, 31), date(2026, 5, 1), "last"),
        (date(2026, 1, 1), date(2026, 4, 3), "last"),
        (date(2026, 6, 1), date(2026, 6, 30), "first"),
    ],
)
def test_days_that_cannot_be_simulated_are_refused_in_words(first, last, field):
    with pytest.raises(Refused) as refused:
        simulated(legal(), first, last)
    assert refused.value.field == field


def test_the_sample_is_short_and_the_counts_are_kept_without_anybody():
    for number in range(SAMPLE + 2):
        policy(date(2026, 6, 5), plate=f"AA{number:03d}BB")
    kept, found = simulate_rule(legal(), first=MAY[0], last=MAY[1], by=UserFactory())
    assert (len(found.sample), found.matters) == (SAMPLE, SAMPLE + 2)
    assert AlertSimulation.objects.get() == kept
    assert (kept.people, kept.by_channel, kept.revision) == (SAMPLE + 2, {"post": SAMPLE + 2}, 1)


@pytest.mark.parametrize("number", [1, 3])
def test_a_simulation_asks_the_same_number_of_queries_whatever_it_finds(number, django_assert_num_queries):
    for place in range(number):
        policy(date(2026, 6, 5), plate=f"AA{place:03d}BB")
    rule = legal()
    with django_assert_num_queries(2):
        assert len(simulated(rule).sample) == number


def test_the_month_before_is_a_whole_one():
    assert month_before(date(2026, 3, 31)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert month_before(date(2026, 1, 1)) == (date(2025, 12, 1), date(2025, 12, 31))
