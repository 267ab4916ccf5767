"""What came of a promotion, against the people held out by lot."""

import csv
import random
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contact_center.tests.factories import ContactFactory
from customers import roles
from customers.models import Consent, Policy
from customers.tests.factories import AgencyMemberFactory, CustomerFactory, PolicyFactory, UserFactory
from notifications.tests.factories import NoticeFactory
from promotions.models import Promotion, PromotionOutcome, Visit
from promotions.results.counting import count_outcomes
from promotions.results.interval import difference
from promotions.results.pooling import Stratum, held_out_needed, pooled
from promotions.results.query import results_of
from promotions.tests.factories import NOW, PromotionFactory, PromotionOutcomeFactory, RecipientFactory, consent


# --- The interval ---------------------------------------------------------------------------------------------------
def test_the_interval_of_a_difference_is_newcombes():
    """1,134 of 36,000 written to against 104 of 4,000 held out: +0.55 points, from −0.02 to +1.04, so nothing is shown."""
    found = difference((1_134, 36_000), (104, 4_000))
    assert (round(found.points, 2), round(found.low, 2), round(found.high, 2)) == (0.55, -0.02, 1.04)
    assert not found.tells


def test_a_published_example():
    """Newcombe 1998, table II (a): 56 of 70 against 48 of 80, from 0.0524 to 0.3339."""
    found = difference((56, 70), (48, 80))
    assert (round(found.low / 100, 4), round(found.high / 100, 4)) == (0.0524, 0.3339)
    assert found.tells


@pytest.mark.parametrize("groups", [((5, 29), (5, 500)), ((5, 500), (0, 29)), ((0, 0), (0, 0))])
def test_too_few_people_tell_nothing(groups):
    assert difference(*groups) is None


def test_nobody_in_both_groups_did_anything():
    found = difference((0, 400), (0, 40))
    assert found.points == 0
    assert not found.tells


# --- The counts -----------------------------------------------------------------------------------------------------
@pytest.fixture
def promotion(db):
    return PromotionFactory(sending=True)


def person(promotion, state, /, **notice):
    """A person of the promotion, written to or held out."""
    customer = CustomerFactory(agency=promotion.agency)
    if state == "held_out":
        return RecipientFactory(promotion=promotion, customer=customer, state=state)
    return RecipientFactory(
        promotion=promotion,
        customer=customer,
        state=state,
        consent=consent(customer),
        notice=NoticeFactory(customer=customer, **notice),
        written_at=NOW,
    )


def test_messages_are_counted_by_what_became_of_them(promotion):
    person(promotion, "written", state="sent", sent_at=NOW)
    person(promotion, "written", state="refused")
    person(promotion, "written", state="withheld")
    person(promotion, "written", state="sent", sent_at=NOW, read_at=NOW, channel="inbox", address="")
    found = results_of(promotion)
    assert (found.written, found.sent, found.trouble, found.withheld) == (4, 2, 1, 1)
    assert (found.in_area, found.read_in_area) == (1, 1)


def test_links_followed_by_machines_are_told_apart(promotion):
    machine, both = person(promotion, "written"), person(promotion, "written")
    for recipient, by_machine in ((machine, True), (both, True), (both, False), (both, False)):
        Visit.objects.create(recipient=recipient, by_machine=by_machine)
    found = results_of(promotion)
    assert (found.visited, found.visited_by_people) == (2, 1)


def test_contacts_and_policies_afterwards_are_compared_with_the_held_out(promotion):
    told, held = person(promotion, "written"), person(promotion, "held_out")
    person(promotion, "held_out")
    ContactFactory(customer=told.customer, started_at=NOW + timedelta(days=3))
    ContactFactory(customer=held.customer, started_at=NOW + timedelta(days=61))
    for recipient, ramo, days in ((told, "8", 2), (held, "8", 5), (told, "10", 1)):
        policy = PolicyFactory(holder=recipient.customer, ramo=ramo, plate="")
        Policy.objects.filter(pk=policy.pk).update(created_at=NOW + timedelta(days=days))
    found = results_of(promotion)
    assert (found.contacts.written, found.contacts.of_written) == (1, 1)
    assert (found.contacts.held_out, found.contacts.of_held_out) == (0, 2)
    assert (found.policies.written, found.policies.held_out) == (1, 1)
    assert found.policies.difference is None, "too few to tell"


def test_who_was_kept_back_after_the_lots_counts_with_those_who_were_to_be_written_to(promotion):
    kept = person(promotion, "written")
    RecipientFactory(promotion=promotion, state="excluded", reason="claim", was_eligible=True)
    RecipientFactory(promotion=promotion, state="excluded", reason="claim", was_eligible=False)
    assert results_of(promotion).contacts.of_written == 2
    assert Consent.objects.get(customer=kept.customer)


# --- Pooled over promotions -----------------------------------------------------------------------------------------
def test_one_promotion_alone_has_the_interval_of_its_own_page():
    """The holdout example again: +0.55 points, from -0.02 to +1.04."""
    found = pooled([Stratum(1_134, 36_000, 104, 4_000)]).difference
    alone = difference((1_134, 36_000), (104, 4_000))
    assert (round(found.points, 9), round(found.low, 9), round(found.high, 9)) == (
        round(alone.points, 9),
        round(alone.low, 9),
        round(alone.high, 9),
    )


def test_promotions_are_compared_within_themselves():
    """Summed up the held out would look better (7.3% against 3.8%): they are mostly those of the second promotion."""
    found = pooled([Stratum(180, 9_000, 15, 1_000), Stratum(100, 1_000, 90, 1_000)])
    assert found.difference.points == pytest.approx(100 * (900 * 0.005 + 500 * 0.01) / 1_400)
    assert (found.written, found.of_written, found.held_out, found.of_held_out) == (280, 10_000, 105, 2_000)


def test_two_equal_promotions_tell_as_much_as_one_of_both_sizes():
    one = pooled([Stratum(300, 6_000, 40, 1_000)] * 2).difference
    other = pooled([Stratum(600, 12_000, 80, 2_000)]).difference
    assert one.points == pytest.approx(other.points)
    assert one.high - one.low == pytest.approx(other.high - other.low, rel=0.01)


def test_a_promotion_without_anybody_held_out_compares_nothing_and_is_counted():
    found = pooled([Stratum(9, 300, 1, 30), Stratum(50, 500, 0, 0)])
    assert (found.promotions, found.without_comparison, found.of_written) == (2, 1, 300)
    assert pooled([Stratum(50, 500, 0, 0)]).difference is None


def test_too_few_held_out_in_all_tell_nothing_and_enough_of_many_do():
    assert pooled([Stratum(9, 90, 1, 10)] * 2).difference is None
    assert pooled([Stratum(9, 90, 1, 10)] * 3).difference is not None


def test_promotions_in_which_nobody_did_anything_can_be_pooled():
    found = pooled([Stratum(0, 90, 0, 20)] * 5).difference
    assert found.points == 0
    assert not found.tells


@pytest.mark.parametrize("seed", range(3))
def test_the_interval_holds_the_true_difference_in_about_95_of_100(seed):
    """Twelve agencies of unequal bases and held-out shares; the true difference is one point."""
    chance = random.Random(seed)
    held = 0
    for _time in range(200):
        strata = []
        for number in range(12):
            base, people = 0.02 + 0.01 * number, 60 + 25 * number
            out = max(5, people * (number % 5 + 1) // 20)
            strata.append(
                Stratum(
                    sum(chance.random() < base + 0.01 for _person in range(people)),
                    people,
                    sum(chance.random() < base for _person in range(out)),
                    out,
                )
            )
        found = pooled(strata).difference
        held += found.low <= 1 <= found.high
    assert 180 <= held <= 199


def test_how_many_must_be_held_out():
    """To see half a point on three in a hundred with one in ten held out: 11,220."""
    assert held_out_needed(0.03, 0.005, written_per_held_out=9) == 11_220


# --- Counting once, when the days are over --------------------------------------------------------------------------
@pytest.fixture
def finished(promotion):
    person(promotion, "written")
    told = person(promotion, "written")
    person(promotion, "held_out")
    ContactFactory(customer=told.customer, started_at=NOW + timedelta(days=3))
    promotion.state, promotion.ended_at = "finished", NOW + timedelta(days=1)
    promotion.save()
    return promotion


def test_an_outcome_is_counted_once_when_its_days_are_over(finished):
    with time_machine.travel(NOW + timedelta(days=59), tick=False):
        assert count_outcomes() == 0
    with time_machine.travel(NOW + timedelta(days=60), tick=False):
        assert count_outcomes() == 1
        assert count_outcomes() == 0
    kept = PromotionOutcome.objects.get()
    assert (kept.of_written, kept.written_contacts, kept.of_held_out, kept.held_out_contacts) == (2, 1, 1, 0)


def test_a_stopped_promotion_has_no_outcome(promotion):
    Promotion.objects.filter(pk=promotion.pk).update(state="stopped", ended_at=NOW)
    with time_machine.travel(NOW + timedelta(days=90), tick=False):
        assert count_outcomes() == 0


# --- The page -------------------------------------------------------------------------------------------------------
PAGE = "/backoffice/promotions/promotion/risultati/"
YEAR = {"first": "2026-01-01", "last": "2026-12-31"}


def asked(client, user, **query):
    client.force_login(user)
    return client.get(PAGE, YEAR | query)


def test_the_page_pools_by_family_and_controller_and_asks_as_often_for_many(client, db):
    manager = UserFactory(role=roles.MANAGER)
    PromotionOutcomeFactory()
    asked(client, manager)
    with CaptureQueriesContext(connection) as one:
        asked(client, manager)
    for _number in range(3):
        PromotionOutcomeFactory()
    PromotionOutcomeFactory(promotion__ramo="10")
    with CaptureQueriesContext(connection) as five:
        response = asked(client, manager)
    assert len(five) == len(one)
    found = [(line.family, line.policies.promotions, line.is_enough) for line in response.context["lines"]]
    assert found == [("veicoli e natanti", 1, False), ("casa, patrimonio e responsabilità civile", 4, False)]
    assert "11.2" in response.content.decode(), "how many must be held out"


def test_a_member_sees_their_agencys_promotions_alone(client, db):
    ours = PromotionOutcomeFactory()
    PromotionOutcomeFactory()
    member = AgencyMemberFactory(agency=ours.promotion.agency).user
    [line] = asked(client, member).context["lines"]
    assert line.policies.promotions == 1


def test_the_csv_has_the_pooled_lines_and_each_promotion(client, db):
    outcome = PromotionOutcomeFactory(of_held_out=20)
    rows = list(
        csv.DictReader(asked(client, UserFactory(role=roles.MANAGER), format="csv").content.decode().splitlines())
    )
    assert [(row["row"], row["question"], row["verdict"]) for row in rows] == [
        ("pooled", "policies", "too_few"),
        ("pooled", "contacts", "too_few"),
        ("promotion", "policies", "too_few"),
        ("promotion", "contacts", "too_few"),
    ]
    assert rows[2]["promotion"] == outcome.promotion.name
    assert (rows[2]["written"], rows[2]["of_written"], rows[2]["points"]) == ("27", "900", "")
    assert rows[2]["counted_at"] == "2026-05-10T06:00:00+0200"


@pytest.mark.parametrize(
    "query", [{"first": "2026-12-31", "last": "2026-01-01"}, {"first": "never"}, {"first": "2001-01-01"}]
)
def test_a_period_that_is_none_is_said_to_be(client, db, query):
    response = asked(client, UserFactory(role=roles.MANAGER), **query)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert "lines" not in response.context


def test_an_agent_does_not_open_it(client, db):
    assert asked(client, UserFactory(role=roles.AGENT)).status_code == 403
