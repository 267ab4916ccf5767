"""Why contacts are not resolved at first level: what is kept per day equals what the rows say, looked at one by one."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from contact_center.due.business_time import Calendar, Hours
from contact_center.figures import rebuild, refresh
from contact_center.figures.lists import rows_behind
from contact_center.figures.period import Period
from contact_center.figures.query import Chosen, current_parameters
from contact_center.figures.reasons import has_reason
from contact_center.figures.unresolved.hand_overs import hand_overs, lost_until_touched
from contact_center.figures.unresolved.kinds import REASONS
from contact_center.figures.unresolved.query import UnresolvedReport, unresolved
from contact_center.figures.unresolved.rules import Cost, pareto, what_if
from contact_center.models import Agent, Call, Contact, DailyMisses, DailyRepeats, Topic
from contact_center.tests.factories import (
    AgentFactory,
    CallFactory,
    ContactEventFactory,
    ContactFactory,
    TeamFactory,
    TollFreeLineFactory,
    TopicFactory,
)
from contact_center.tests.random_days import World
from customers.tests.factories import CustomerFactory
from foundation.dates import ROME

pytestmark = pytest.mark.django_db

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
YEARS = Period(date(2019, 1, 1), date(2020, 12, 31))
NOON = datetime(2026, 5, 4, 10, tzinfo=UTC)


# --- Another way


def counted_by_hand(period: Period, days: int) -> tuple[Counter, Counter, Counter, Counter]:
    """Misses by (reason, topic, team), their calls and seconds, returns by pair: from the rows, one by one."""
    misses: Counter
    talks: Counter
    seconds: Counter
    pairs: Counter
    misses, talks, seconds, pairs = Counter(), Counter(), Counter(), Counter()
    teams = dict(Agent.objects.values_list("pk", "team_id"))
    areas = dict(Topic.objects.values_list("pk", "area"))
    calls = {call.contact_id: call for call in Call.objects.exclude(contact=None)}
    contacts = list(Contact.objects.order_by("started_at", "pk"))
    nobody = ("wrong_number", "dropped", "withdrawn", "joined")

    def person(contact: Contact):
        return contact.customer_id or contact.address.lower() or None

    for contact in contacts:
        day = contact.started_at.astimezone(ROME).date()
        call = calls.get(contact.pk)
        if not period.start <= day <= period.end or contact.direction == "outbound" or contact.outcome in nobody:
            continue
        if (call and call.disposition == "open") or (
            contact.state != "closed" and contact.level == 1 and not contact.outcome
        ):
            continue
        if not (contact.level == 1 and contact.outcome == "resolved" and contact.reopened_count == 0):
            reason = contact.escalation
            if contact.level == 1:
                reason = {"": "not_coded", "resolved": "reopened"}.get(contact.outcome, "unresolved")
            key = (reason, contact.topic_id, teams.get(contact.agent_id or 0))
            misses[key] += 1
            if call and call.disposition == "answered" and call.talk_seconds is not None:
                talks[key] += 1
                seconds[key] += call.talk_seconds + call.hold_seconds + call.wrap_seconds
        if person(contact) is None:
            continue
        for other in contacts:
            if (
                other.started_at > contact.started_at
                and other.direction == "inbound"
                and other.outcome not in nobody
                and person(other) == person(contact)
                and areas.get(other.topic_id or 0, "?") == areas.get(contact.topic_id or 0, "?")
            ):
                if (other.started_at.astimezone(ROME).date() - day).days <= days:
                    pairs[contact.topic_id, other.topic_id] += 1
                break
    return misses, talks, seconds, pairs


def as_counted(report: UnresolvedReport) -> tuple[Counter, Counter, Counter, Counter]:
    misses: Counter
    talks: Counter
    seconds: Counter
    pairs: Counter
    misses, talks, seconds, pairs = Counter(), Counter(), Counter(), Counter()
    for group in report.groups:
        misses[group.key] = group.contacts
        if group.talks:
            talks[group.key], seconds[group.key] = group.talks, group.seconds
    for pair in report.pairs:
        pairs[pair.key[:2]] += pair.contacts
    return misses, talks, +seconds, pairs


@pytest.mark.parametrize("seed", range(6))
def test_reasons_and_returns_equal_an_independent_count_of_random_days(seed):
    world = World(seed)
    for _ in range(70):
        world.call()
    for _ in range(50):
        world.written()
    refresh()
    for _ in range(20):  # what arrives late, and what is corrected
        world.change()
        world.written()
    refresh()

    misses, talks, seconds, pairs = counted_by_hand(YEARS, 7)
    report = unresolved(YEARS)
    assert as_counted(report) == (misses, talks, +seconds, pairs)
    assert report.misses == report.handled - report.first_level
    assert report.repeated == report.figures.totals.repeated
    rebuild()
    assert as_counted(unresolved(YEARS)) == (misses, talks, +seconds, pairs)
    topic = world.topics[0]
    assert unresolved(YEARS, topic=topic).misses == sum(n for key, n in misses.items() if key[1] == topic.pk)


@pytest.mark.parametrize("seed", range(2))
def test_the_list_of_a_reason_has_the_rows_that_it_counts(seed):
    world = World(seed)
    for _ in range(60):
        world.call()
        world.written()
    refresh()
    report = unresolved(YEARS)
    for reason in REASONS:
        rows = rows_behind(
            "not_first_level", YEARS, Chosen(), current_parameters(), user=None, today=date(2026, 5, 4)
        ).filter(has_reason(reason))
        assert rows.count() == sum(group.contacts for group in report.groups if group.key[0] == reason)


# --- The pair of topics


def test_a_return_counts_for_the_topic_that_the_later_contact_has_now():
    customer = CustomerFactory.create()
    first, other, right = (TopicFactory.create(area=Topic.Area.CLAIMS) for _ in range(3))
    ContactFactory.create(
        customer=customer, topic=first, started_at=NOON, outcome="resolved", state="closed", closed_at=NOON
    )
    later = ContactFactory.create(customer=customer, topic=other, started_at=NOON + timedelta(days=2))
    refresh()
    later.topic = right
    later.save()

    refresh()

    (pair,) = unresolved(MAY).pairs
    assert (pair.key, pair.contacts) == ((first.pk, right.pk, True), 1)


def test_a_return_counts_for_the_contact_that_follows_when_the_next_is_somebody_elses():
    customer, somebody = CustomerFactory.create(), CustomerFactory.create()
    first, second, third = (TopicFactory.create(area=Topic.Area.CLAIMS) for _ in range(3))
    ContactFactory.create(
        customer=customer, topic=first, started_at=NOON, outcome="resolved", state="closed", closed_at=NOON
    )
    following = ContactFactory.create(customer=customer, topic=second, started_at=NOON + timedelta(days=2))
    ContactFactory.create(customer=customer, topic=third, started_at=NOON + timedelta(days=2, hours=1))
    refresh()
    following.customer = somebody
    following.save()

    refresh()

    assert [pair.key for pair in unresolved(MAY).pairs] == [(first.pk, third.pk, True)]


def test_nothing_is_kept_of_a_day_without_misses():
    contact = ContactFactory.create(started_at=NOON, level=2, escalation="knowledge")
    refresh()
    assert DailyMisses.objects.get().contacts == 1
    contact.level, contact.escalation, contact.outcome = 1, "", "resolved"
    contact.save()

    refresh()

    assert not DailyMisses.objects.exists()
    assert not DailyRepeats.objects.exists()


# --- Rules


def test_a_pareto_has_the_largest_first_and_ends_at_one():
    bars = pareto([2, 0, 5, 3])
    assert [(bar.place, bar.count, bar.share, bar.cumulated) for bar in bars] == [
        (2, 5, Fraction(1, 2), Fraction(1, 2)),
        (3, 3, Fraction(3, 10), Fraction(4, 5)),
        (0, 2, Fraction(1, 5), Fraction(1)),
    ]


def test_a_pareto_of_nothing_is_empty():
    assert pareto([]) == []
    assert pareto([0, 0]) == []


def test_what_if_the_two_commonest_reasons_at_sixty_percent_were_settled():
    answer = what_if(handled=1000, first_level=980, counts=[3, 10, 7], most=2, percent=Fraction(60))
    assert answer is not None
    assert (answer.taken, answer.among, answer.settled) == (2, 17, Fraction(51, 5))
    assert answer.rate == Fraction(49, 50)
    assert answer.would_be == Fraction(9902, 10000)
    assert answer.gain == Fraction(102, 10000)


def test_what_if_all_were_settled_is_all_of_them():
    answer = what_if(handled=10, first_level=7, counts=[1, 2], most=50, percent=Fraction(100))
    assert answer is not None
    assert (answer.taken, answer.would_be) == (2, 1)


def test_what_if_of_no_contacts_is_unknown():
    assert what_if(handled=0, first_level=0, counts=[], most=10, percent=Fraction(60)) is None


def test_a_cost_is_what_calls_take_above_those_resolved_at_first_level():
    cost = Cost(talks=2, seconds=1000, other_talks=10, other_seconds=2500)
    assert (cost.mean, cost.mean_of_others, cost.beyond) == (500, 250, 500)


def test_a_cost_without_calls_is_unknown():
    assert Cost(talks=0, seconds=0, other_talks=10, other_seconds=2500).beyond is None
    assert Cost(talks=1, seconds=9, other_talks=0, other_seconds=0).beyond is None


def test_calls_resolved_at_first_level_are_all_less_those_of_the_misses():
    line, topic = TollFreeLineFactory.create(), TopicFactory.create()
    agent = AgentFactory.create()
    for number, (level, talk) in enumerate([(1, 100), (1, 300), (2, 700)]):
        contact = ContactFactory.create(
            channel="phone",
            line=line,
            topic=topic,
            agent=agent,
            started_at=NOON + timedelta(hours=number),
            level=level,
            escalation="authority" if level == 2 else "",
            outcome="resolved",
        )
        CallFactory.create(
            contact=contact,
            line=line,
            agent=agent,
            queued_at=contact.started_at,
            disposition="answered",
            talk_seconds=talk,
            hold_seconds=0,
            wrap_seconds=0,
        )
    refresh()

    report = unresolved(MAY)

    (reason,) = report.reasons()
    cost = report.cost_of(reason)
    assert (cost.talks, cost.mean, cost.mean_of_others, cost.beyond) == (1, 700, 200, 500)


# --- Hand-overs


def test_time_lost_is_business_time_until_somebody_touches_it():
    nine_to_five = Calendar(
        hours=((Hours(datetime.min.replace(hour=9).time(), datetime.min.replace(hour=17).time()),),) * 7
    )
    at = datetime(2026, 5, 4, 16, tzinfo=ROME)
    (lost,) = lost_until_touched(
        [("claims", at, datetime(2026, 5, 5, 10, tzinfo=ROME)), ("claims", at, None)], nine_to_five
    )
    assert (lost.team, lost.number, lost.waiting, lost.seconds, lost.middle) == ("claims", 2, 1, 7200, 7200)


def test_a_hand_over_lasts_until_the_first_touch_and_not_until_it_is_given_to_a_person():
    team = TeamFactory.create(code="second", level=2)
    contact = ContactFactory.create(started_at=NOON, level=2, escalation="authority")
    for kind, hours in (("escalated", 1), ("assigned", 2), ("taken", 4), ("replied", 5)):
        ContactEventFactory.create(
            contact=contact,
            kind=kind,
            at=NOON + timedelta(hours=hours),
            details={"team": team.code} if kind == "escalated" else {},
        )

    (lost,) = hand_overs(MAY, Chosen(), current_parameters(), today=date(2026, 5, 4))

    assert (lost.team, lost.number, lost.waiting) == ("second", 1, 0)
    assert 0 < lost.seconds <= 3 * 3600
