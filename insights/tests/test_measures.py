"""Measures: who writes them, what is refused, their effect from the stored days, their result."""

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from contact_center.models import Contact, DailyFigures
from contact_center.tests.factories import AgentFactory, TeamFactory, TollFreeLineFactory, TopicFactory
from customers import roles
from customers.tests.factories import UserFactory
from foundation.refusals import ChangedMeanwhile, Refused
from insights.measures.commands import (
    Chosen,
    Plan,
    begin_measure,
    change_measure,
    drop_measure,
    record_result,
)
from insights.measures.comparing import answer_of, answers
from insights.models import Measure, MeasureGroup
from insights.tests.factories import MeasureFactory, MeasureGroupFactory

pytestmark = pytest.mark.django_db

START = date(2026, 3, 2)
LATER = date(2026, 6, 1)


@pytest.fixture
def manager():
    return UserFactory(role=roles.MANAGER)


@pytest.fixture
def line():
    return TollFreeLineFactory.create()


def counted(day, handled, first_level, *, line=None, topic=None, agent=None):
    cut = "topic" if topic else "agent" if agent else "line"
    return DailyFigures.objects.create(
        cut=cut,
        day=day,
        channel=Contact.Channel.PHONE,
        line=line,
        topic=topic,
        agent=agent,
        handled=handled,
        first_level=first_level,
    )


def the_worked_example(line, topic, other, *, weeks=2):
    """930 of 1,000 become 960 of 1,000, the others' 4,890 of 5,000 become 4,895."""
    before = START - timedelta(weeks=weeks)
    counted(before, 1000, 930, line=line, topic=topic)
    counted(START, 1000, 960, line=line, topic=topic)
    counted(before + timedelta(days=3), 5000, 4890, line=line, topic=other)
    counted(START + timedelta(days=3), 5000, 4895, line=line, topic=other)


def plan(manager, *topics, **fields):
    return Plan(
        **{
            "title": "Guide on documents",
            "kind": "guide",
            "starts_on": START,
            "weeks": 2,
            "owner": manager,
            "touched": Chosen(topics=topics),
            **fields,
        }
    )


# --- The effect


@time_machine.travel(LATER)
def test_the_worked_example_comes_out_of_the_stored_days(manager, line):
    topic, other = TopicFactory.create(), TopicFactory.create()
    the_worked_example(line, topic, other)
    measure = begin_measure(plan(manager, topic), by=manager)

    answer = answer_of(measure, today=LATER)

    assert answer.effect.estimate is not None
    assert round(float(answer.effect.estimate.value) * 100, 2) == 2.90
    assert other.shown_name in answer.compared
    assert topic.shown_name not in answer.compared


@time_machine.travel(LATER)
def test_a_group_that_another_measure_concerns_in_these_weeks_is_not_compared_with(manager, line):
    topic, other, third = (TopicFactory.create() for _ in range(3))
    the_worked_example(line, topic, other)
    counted(START, 500, 10, line=line, topic=third)
    measure = begin_measure(plan(manager, topic), by=manager)
    begin_measure(plan(manager, third, title="Training", starts_on=START + timedelta(days=3)), by=manager)

    answer = answer_of(measure, today=LATER)

    assert third.shown_name not in answer.compared
    assert answer.effect.estimate is not None
    assert round(float(answer.effect.estimate.value) * 100, 2) == 2.90


@time_machine.travel(LATER)
def test_what_was_left_out_by_hand_is_not_compared_with(manager, line):
    topic, other, third = (TopicFactory.create() for _ in range(3))
    the_worked_example(line, topic, other)
    counted(START, 500, 10, line=line, topic=third)
    measure = begin_measure(plan(manager, topic, left_out=Chosen(topics=(third,))), by=manager)

    assert third.shown_name not in answer_of(measure, today=LATER).compared


@time_machine.travel(LATER)
def test_a_topic_that_began_within_the_weeks_is_not_compared_with(manager, line):
    topic, other = TopicFactory.create(), TopicFactory.create()
    young = TopicFactory.create(valid_from=START)
    the_worked_example(line, topic, other)
    measure = begin_measure(plan(manager, topic), by=manager)

    assert young.shown_name not in answer_of(measure, today=LATER).compared


@time_machine.travel(LATER)
def test_only_contacts_of_the_chosen_lines_count(manager, line):
    topic, other, elsewhere = TopicFactory.create(), TopicFactory.create(), TollFreeLineFactory.create()
    the_worked_example(line, topic, other)
    counted(START, 900, 0, line=elsewhere, topic=topic)
    measure = begin_measure(plan(manager, topic, touched=Chosen(topics=(topic,), lines=(line,))), by=manager)

    four = answer_of(measure, today=LATER).effect.four

    assert four is not None
    assert (four.after.contacts, four.after.resolved) == (1000, 960)


@time_machine.travel(LATER)
def test_teams_are_counted_by_their_agents(manager, line):
    team, others = TeamFactory.create(), TeamFactory.create()
    for group, numbers in ((team, (930, 960)), (others, (980, 980))):
        agent = AgentFactory.create(team=group)
        counted(START - timedelta(weeks=2), 1000, numbers[0], line=line, agent=agent)
        counted(START, 1000, numbers[1], line=line, agent=agent)
    measure = begin_measure(plan(manager, touched=Chosen(teams=(team,))), by=manager)

    estimate = answer_of(measure, today=LATER).effect.estimate

    assert estimate is not None
    assert round(float(estimate.value) * 100, 2) == 3.00


@time_machine.travel(LATER)
def test_lines_alone_are_compared_with_lines(manager):
    line, other = TollFreeLineFactory.create(), TollFreeLineFactory.create()
    for group, numbers in ((line, (930, 960)), (other, (980, 981))):
        counted(START - timedelta(weeks=2), 1000, numbers[0], line=group)
        counted(START, 1000, numbers[1], line=group)
    measure = begin_measure(plan(manager, touched=Chosen(lines=(line,))), by=manager)

    estimate = answer_of(measure, today=LATER).effect.estimate

    assert estimate is not None
    assert round(float(estimate.value) * 100, 2) == 2.90


@time_machine.travel(LATER)
def test_the_same_weeks_a_year_earlier_stand_beside_it(manager, line):
    topic, other = TopicFactory.create(), TopicFactory.create()
    the_worked_example(line, topic, other)
    year = timedelta(weeks=52)
    counted(START - timedelta(weeks=2) - year, 1000, 930, line=line, topic=topic)
    counted(START - year, 1000, 940, line=line, topic=topic)
    measure = begin_measure(plan(manager, topic), by=manager)

    season = answer_of(measure, today=LATER).effect.season

    assert season is not None
    assert round(float(season.value) * 100, 2) == 2.00


@time_machine.travel(LATER)
@pytest.mark.parametrize("seed", range(3))
def test_the_four_equal_an_independent_sum_over_random_days(manager, line, seed):
    chance = random.Random(seed)
    topics = [TopicFactory.create() for _ in range(4)]
    rows = []
    for day in range(-40, 40):
        for topic in topics:
            if chance.random() < 0.6:
                handled = chance.randrange(1, 60)
                row = (START + timedelta(days=day), topic, handled, chance.randrange(handled + 1))
                rows.append(row)
                counted(row[0], handled, row[3], line=line, topic=topic)
    measure = begin_measure(plan(manager, *topics[:2], weeks=3), by=manager)

    four = answer_of(measure, today=LATER).effect.four

    def by_hand(chosen, first, last):
        found = [row for row in rows if row[1] in chosen and first <= (row[0] - START).days < last]
        return sum(row[2] for row in found), sum(row[3] for row in found)

    assert four is not None
    assert [(cell.contacts, cell.resolved) for cell in four.cells] == [
        by_hand(topics[:2], -21, 0),
        by_hand(topics[:2], 0, 21),
        by_hand(topics[2:], -21, 0),
        by_hand(topics[2:], 0, 21),
    ]


# --- What is refused


@time_machine.travel(LATER)
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"touched": Chosen()}, "nobody_concerned"),
        ({"starts_on": date(2027, 12, 1)}, "no_such_day"),
        ({"starts_on": date(1980, 1, 1)}, "no_such_day"),
    ],
)
def test_a_measure_that_cannot_be_measured_is_refused(manager, changes, code):
    with pytest.raises(Refused) as refused:
        begin_measure(plan(manager, TopicFactory.create(), **changes), by=manager)
    assert refused.value.code == code
    assert not Measure.objects.exists()


@time_machine.travel(LATER)
def test_topics_together_with_teams_are_refused(manager):
    touched = Chosen(topics=(TopicFactory.create(),), teams=(TeamFactory.create(),))
    with pytest.raises(Refused) as refused:
        begin_measure(plan(manager, touched=touched), by=manager)
    assert refused.value.code == "topics_and_teams"


@time_machine.travel(LATER)
def test_a_retired_topic_is_refused(manager):
    retired = TopicFactory.create(valid_to=date(2025, 12, 31))
    with pytest.raises(Refused) as refused:
        begin_measure(plan(manager, retired), by=manager)
    assert refused.value.code == "topic_retired"


@time_machine.travel(LATER)
def test_an_owner_who_may_not_work_on_measures_is_refused(manager):
    with pytest.raises(Refused) as refused:
        begin_measure(plan(manager, TopicFactory.create(), owner=UserFactory(role=roles.AUDITOR)), by=manager)
    assert refused.value.code == "no_owner"


@time_machine.travel(LATER)
def test_the_same_measure_sent_twice_is_one(manager):
    topic = TopicFactory.create()
    begin_measure(plan(manager, topic), by=manager)
    with pytest.raises(Refused) as refused:
        begin_measure(plan(manager, topic), by=manager)
    assert refused.value.code == "twice"
    assert Measure.objects.count() == 1


@time_machine.travel(LATER)
def test_of_two_changes_at_once_the_later_is_refused(manager):
    topic = TopicFactory.create()
    measure = begin_measure(plan(manager, topic), by=manager)
    change_measure(measure, plan(manager, topic, title="Another"), version=1, by=manager)
    with pytest.raises(ChangedMeanwhile):
        change_measure(measure, plan(manager, topic, title="A third"), version=1, by=manager)
    measure.refresh_from_db()
    assert measure.title == "Another"
    assert measure.history.get().title == "Guide on documents"


# --- The result


@time_machine.travel(LATER)
def test_its_owner_records_the_effect_of_now_and_it_remains(manager, line):
    topic, other = TopicFactory.create(), TopicFactory.create()
    the_worked_example(line, topic, other)
    measure = begin_measure(plan(manager, topic), by=manager)

    done = record_result(measure, words="It works: keep it.", by=manager)

    assert (done.state, done.result_points, done.result_low, done.result_high) == (
        "recorded",
        Decimal("2.90"),
        Decimal("0.83"),
        Decimal("4.97"),
    )
    assert (done.result_until, done.ended_by) == (date(2026, 3, 15), manager)
    with pytest.raises(DatabaseError), transaction.atomic():
        Measure.objects.filter(pk=done.pk).update(result_points=Decimal("1"))
    with pytest.raises(Refused) as refused:
        drop_measure(done, words="no", by=manager)
    assert refused.value.code == "has_ended"


@time_machine.travel(LATER)
def test_nobody_but_its_owner_records_the_result(manager, line):
    topic, other = TopicFactory.create(), TopicFactory.create()
    the_worked_example(line, topic, other)
    measure = begin_measure(plan(manager, topic), by=manager)
    with pytest.raises(Refused) as refused:
        record_result(measure, words="It works", by=UserFactory(role=roles.MANAGER))
    assert refused.value.code == "not_the_owner"


@time_machine.travel(LATER)
def test_no_result_is_recorded_of_too_few_contacts(manager):
    measure = begin_measure(plan(manager, TopicFactory.create()), by=manager)
    with pytest.raises(Refused) as refused:
        record_result(measure, words="It works", by=manager)
    assert refused.value.code == "too_few"


@time_machine.travel(LATER)
def test_a_measure_given_up_keeps_its_reason(manager):
    measure = begin_measure(plan(manager, TopicFactory.create()), by=manager)
    done = drop_measure(measure, words="The guide was never published.", by=manager)
    assert (done.state, done.result_words, done.result_points) == (
        "dropped",
        "The guide was never published.",
        None,
    )


def test_no_measure_is_ever_deleted():
    measure = MeasureFactory.create()
    with pytest.raises(DatabaseError), transaction.atomic():
        measure.delete()


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("measure_says_what_is_done", {"title": ""}),
        ("measure_kind_is_known", {"kind": "magic"}),
        ("measure_weeks_are_a_year", {"weeks": 53}),
        ("measure_expects_points_of_a_share", {"expected_points": Decimal("100.01")}),
        ("measure_ended_says_when_and_by_whom", {"state": "dropped"}),
        ("measure_recorded_has_its_result", {"result_points": Decimal("1")}),
    ],
)
def test_the_database_refuses_a_measure_that_makes_no_sense(name, bad):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        MeasureFactory.create(**bad)


def test_the_database_refuses_a_group_that_is_two_things_or_twice_there():
    row = MeasureGroupFactory.create()
    with pytest.raises(IntegrityError, match="measure_group_is_one_thing"), transaction.atomic():
        MeasureGroupFactory.create(team=TeamFactory.create())
    with pytest.raises(IntegrityError, match="one_row_per_measure_and_group"), transaction.atomic():
        MeasureGroupFactory.create(measure=row.measure, topic=row.topic)
    with pytest.raises(IntegrityError, match="measure_group_role_is_known"), transaction.atomic():
        MeasureGroupFactory.create(role="other")


# --- The pages


@pytest.mark.parametrize("name", ["measures", "measures_csv"])
@pytest.mark.parametrize("role", [roles.AGENT, roles.SPECIALIST, roles.COMPLAINT_OFFICER, roles.AGENCY_MEMBER])
def test_other_roles_do_not_read_measures(client, name, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse(name)).status_code == 403


@time_machine.travel(LATER)
def test_an_auditor_reads_measures_and_changes_nothing(client, manager):
    measure = begin_measure(plan(manager, TopicFactory.create()), by=manager)
    client.force_login(UserFactory(role=roles.AUDITOR))
    assert client.get(reverse("measures")).status_code == 200
    page = client.get(reverse("measure", args=[measure.pk]))
    assert page.status_code == 200
    assert reverse("measure_change", args=[measure.pk]) not in page.content.decode()
    assert client.get(reverse("measure_new")).status_code == 403
    assert client.post(reverse("measure_drop", args=[measure.pk]), {"words": "x"}).status_code == 403


@time_machine.travel(LATER)
def test_a_manager_begins_one_that_a_row_of_the_reasons_fills_in(client, manager):
    topic = TopicFactory.create(code="documents")
    client.force_login(manager)
    page = client.get(reverse("measure_new"), {"topic": "documents", "reason": "knowledge", "about": "missing"})
    form = page.context["form"]
    assert (form.initial["topics"], form.initial["kind"], form.initial["title"]) == (["documents"], "guide", "missing")

    answer = client.post(
        reverse("measure_new"),
        {
            "title": "Guida 📄 ‏عربي‏",
            "kind": "guide",
            "starts_on": "2026-03-02",
            "weeks": "2",
            "owner": manager.pk,
            "topics": ["documents"],
            "left_out": [],
        },
    )

    measure = Measure.objects.get()
    assert answer.url == reverse("measure", args=[measure.pk])
    assert measure.groups.get().topic == topic


@time_machine.travel(LATER)
def test_a_form_that_cannot_be_used_says_why_and_keeps_what_was_written(client, manager):
    client.force_login(manager)
    answer = client.post(
        reverse("measure_new"),
        {"title": "A" * 10_000, "kind": "guide", "starts_on": "2026-02-30", "weeks": "99", "owner": manager.pk},
    )
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"title", "starts_on", "weeks"}
    assert not Measure.objects.exists()


@time_machine.travel(LATER)
def test_a_second_measure_on_the_same_group_is_written_and_the_overlap_said(client, manager):
    topic = TopicFactory.create()
    begin_measure(plan(manager, topic), by=manager)
    second = begin_measure(plan(manager, topic, title="Training"), by=manager)
    client.force_login(manager)
    page = client.get(reverse("measure", args=[second.pk])).content.decode()
    assert "Guide on documents" in page


@time_machine.travel(LATER)
def test_the_page_of_too_few_contacts_says_how_many_are_missing(client, manager, line):
    topic = TopicFactory.create()
    counted(START, 1, 1, line=line, topic=topic)
    measure = begin_measure(plan(manager, topic), by=manager)
    client.force_login(manager)
    page = client.get(reverse("measure", args=[measure.pk]), headers={"accept-language": "en"})
    assert len(page.context["missing"]) == 4
    assert "99" in page.context["missing"][1]


@time_machine.travel(date(2026, 3, 3))
def test_the_page_of_a_week_that_is_not_over_says_when_it_is(client, manager):
    measure = begin_measure(plan(manager, TopicFactory.create()), by=manager)
    client.force_login(manager)
    assert "9 marzo 2026" in client.get(reverse("measure", args=[measure.pk])).context["sentence"]


@time_machine.travel(LATER)
def test_its_owner_records_the_result_from_its_page(client, manager, line):
    topic, other = TopicFactory.create(), TopicFactory.create()
    the_worked_example(line, topic, other)
    measure = begin_measure(plan(manager, topic), by=manager)
    client.force_login(manager)
    assert client.get(reverse("measure", args=[measure.pk])).context["may_record"]
    answer = client.post(reverse("measure_record", args=[measure.pk]), {"words": ""})
    assert answer.status_code == 400
    client.post(reverse("measure_record", args=[measure.pk]), {"words": "Funziona."})
    measure.refresh_from_db()
    assert measure.state == "recorded"
    again = client.post(reverse("measure_record", args=[measure.pk]), {"words": "Funziona."})
    assert again.status_code == 409


@time_machine.travel(LATER)
@pytest.mark.parametrize("number", [1, 3])
def test_the_overview_costs_the_same_at_one_measure_and_at_three(
    client, manager, line, number, django_assert_num_queries
):
    topics = [TopicFactory.create() for _ in range(4)]
    the_worked_example(line, topics[0], topics[3])
    measures = [
        begin_measure(plan(manager, topics[place], title=f"Guide {place}"), by=manager) for place in range(number)
    ]
    shown = list(Measure.objects.for_list().filter(pk__in=[one.pk for one in measures]))
    with django_assert_num_queries(6):
        assert len(answers(shown, today=LATER, whole=False)) == number
    client.force_login(manager)
    assert len(client.get(reverse("measures")).context["rows"]) == number
    text = client.get(reverse("measures_csv")).content.decode()
    assert len(text.splitlines()) == number + 1


def test_the_kept_groups_of_a_measure_follow_a_change(manager):
    first, second = TopicFactory.create(), TopicFactory.create()
    with time_machine.travel(LATER):
        measure = begin_measure(plan(manager, first), by=manager)
        changed = replace(plan(manager, second), title="Guide on documents")
        change_measure(measure, changed, version=1, by=manager)
    assert [row.topic for row in MeasureGroup.objects.all()] == [second]
