"""Quality samples: drawn each week, scored by others, read and answered by the agent."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from contact_center import tasks
from contact_center.models import Contact, QualityForm, QualityRemark, QualityReview, QualitySample
from contact_center.quality import commands
from contact_center.quality.figures import agent_averages, team_averages
from contact_center.tests import factories as make
from customers import roles
from customers.tests import factories as people
from foundation.refusals import ChangedMeanwhile, Refused

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 5, 4)
THURSDAY = datetime(2026, 5, 7, 9, tzinfo=UTC)
AFTER = datetime(2026, 5, 12, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(AFTER)


@pytest.fixture
def team():
    return make.TeamFactory(lead=people.UserFactory(role=roles.SPECIALIST))


@pytest.fixture
def agent(team):
    return make.AgentFactory(team=team, user=people.UserFactory(role=roles.AGENT))


@pytest.fixture
def manager():
    return people.UserFactory(role=roles.MANAGER)


def closed(agent, number=1, **fields):
    """So many contacts that the agent answered, closed in the week of MONDAY."""
    given = {"agent": agent, "closed": True, "started_at": THURSDAY, "closed_at": THURSDAY + timedelta(hours=1)}
    return [make.ContactFactory(**given | fields) for _each in range(number)]


def a_review(agent, **fields):
    return make.QualityReviewFactory(agent=agent, sample__form=QualityForm.objects.get(), **fields)


def score(review, by, value=4, seen_version=None, **changes):
    """Score every criterion of the form alike, but for `changes` by code."""
    criteria = commands.form_for(review).criteria.all()
    return commands.score_review(
        review,
        points={each.pk: changes.get(each.code, value) for each in criteria},
        comments={each.pk: f"su {each.code}" for each in criteria},
        comment="Bene.",
        seen_version=seen_version or QualityReview.objects.get(pk=review.pk).version,
        by=by,
    )


def refusal(command, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        command(*args, **kwargs)
    return refused.value.code


# --- The draw
def test_so_many_as_the_form_says_are_drawn_of_each_agent(agent, team):
    other = make.AgentFactory(team=team, user=people.UserFactory(role=roles.AGENT))
    closed(agent, 4)
    closed(other, 1)
    sample = commands.draw_sample(week=MONDAY)
    assert sorted(sample.reviews.values_list("agent", flat=True)) == sorted([agent.pk, agent.pk, other.pk])


def test_the_seed_that_is_kept_draws_the_same_again(agent):
    contacts = closed(agent, 9)
    sample = commands.draw_sample(week=MONDAY)
    again = commands.drawn({"site_form": [each.pk for each in contacts]}, how_many=2, seed=f"{sample.seed}:{agent.pk}")
    assert set(sample.reviews.values_list("contact", flat=True)) == set(again)


def test_a_contact_of_a_restricted_file_is_never_drawn(agent):
    customer = people.FileRestrictionFactory().customer
    closed(agent, 3, customer=customer)
    assert commands.draw_sample(week=MONDAY).reviews.count() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"closed_at": datetime(2026, 5, 3, 21, 59, tzinfo=UTC), "started_at": datetime(2026, 5, 1, tzinfo=UTC)},
        {"closed_at": datetime(2026, 5, 10, 22, tzinfo=UTC)},
        {"channel": Contact.Channel.POST},
    ],
    ids=["closed the week before", "closed the week after", "a channel that is not of the form"],
)
def test_what_is_not_of_the_week_and_the_form_is_not_drawn(agent, fields):
    closed(agent, **fields)
    assert commands.draw_sample(week=MONDAY).reviews.count() == 0


def test_nothing_is_drawn_of_agents_who_do_not_sign_in():
    closed(make.AgentFactory(user=None), 3)
    assert commands.draw_sample(week=MONDAY).reviews.count() == 0


def test_a_contact_is_drawn_once(agent):
    [contact] = closed(agent)
    a_review(agent, contact=contact)
    assert commands.draw_sample(week=MONDAY).reviews.count() == 0


def test_a_week_is_drawn_once(manager):
    commands.draw_sample(week=MONDAY)
    assert refusal(commands.draw_sample, week=MONDAY + timedelta(days=3), by=manager) == "drawn_already"
    assert QualitySample.objects.get().drawn_by is None


def test_a_week_that_is_not_over_is_not_drawn():
    assert refusal(commands.draw_sample, week=date(2026, 5, 11)) == "not_over"


def test_without_a_form_nothing_is_drawn():
    QualityForm.objects.update(valid_to=date(2026, 5, 9))
    assert refusal(commands.draw_sample, week=MONDAY) == "no_form"
    assert tasks.draw_quality_sample() == 0


def test_the_timetable_draws_the_week_before_and_no_more_the_next_day(agent, time_machine):
    closed(agent, 3)
    assert tasks.draw_quality_sample() == 2
    time_machine.move_to(AFTER + timedelta(days=1))
    assert tasks.draw_quality_sample() == 0


# --- The score
def test_a_manager_scores_and_the_result_follows_from_the_form(agent, manager):
    review = score(a_review(agent), manager, value=4, correttezza=2)
    assert (review.reviewer, str(review.result), review.failed_critical) == (manager, "87.50", False)
    assert review.marks.count() == review.form.criteria.count()


def test_no_on_a_critical_criterion_makes_the_result_zero(agent, manager):
    review = score(a_review(agent), manager, riservatezza=0)
    assert (review.result, review.failed_critical) == (0, True)


def test_the_leader_of_the_team_scores(agent, team):
    assert score(a_review(agent), team.lead).reviewer == team.lead


def test_nobody_else_scores(agent):
    other = make.TeamFactory(lead=people.UserFactory(role=roles.SPECIALIST))
    colleague = people.UserFactory(role=roles.AGENT)
    auditor = people.UserFactory(role=roles.AUDITOR)
    for person in (other.lead, colleague, auditor):
        assert refusal(score, a_review(agent), person) == "not_a_reviewer"


def test_nobody_scores_their_own_work_not_even_who_leads_the_team(team):
    leader = make.AgentFactory(team=team, user=team.lead)
    assert refusal(score, a_review(leader), team.lead) == "own_work"


def test_the_database_refuses_ones_own_work_too(agent):
    review = a_review(agent)
    with pytest.raises(DatabaseError, match="quality_review_by_another"), transaction.atomic():
        QualityReview.objects.filter(pk=review.pk).update(
            reviewer=agent.user, scored_at=AFTER, result=50, form=review.sample.form
        )


def test_what_the_form_does_not_allow_is_refused(agent, manager):
    review = a_review(agent)
    assert refusal(score, review, manager, riservatezza=2) == "no_such_points"  # a yes or a no
    assert refusal(score, review, manager, correttezza=None) == "not_scored"  # it always applies
    assert refusal(score, review, manager, correttezza=5) == "no_such_points"
    review.refresh_from_db()
    assert review.scored_at is None


def test_of_two_who_score_at_once_the_second_is_refused(agent, manager, team):
    review = a_review(agent)
    score(review, manager)
    with pytest.raises(ChangedMeanwhile):
        score(review, team.lead, seen_version=1)


def test_a_correction_keeps_the_form_and_the_earlier_marks_in_the_history(agent, manager, team):
    review = score(a_review(agent), team.lead, chiarezza=1)
    old = review.form
    make.QualityFormFactory(valid_from=date(2026, 5, 1))
    commands.note_read(review, by=agent.user)
    review = score(review, manager, chiarezza=4)
    assert (review.form, review.reviewer, review.seen_at) == (old, manager, None)  # the agent sees it as new
    mark = review.marks.get(criterion__code="chiarezza")
    assert (mark.points, list(mark.history.values_list("points", flat=True))) == (4, [1])
    assert review.history.filter(reviewer=team.lead).exists()


def test_the_criteria_of_a_form_remain_once_it_was_used(agent, manager):
    review = score(a_review(agent), manager)
    criterion = review.form.criteria.first()
    for change in (
        lambda: type(criterion).objects.filter(pk=criterion.pk).update(weight=9),
        lambda: make.QualityCriterionFactory(form=review.form),
    ):
        with pytest.raises(DatabaseError, match="quality_form_is_used"), transaction.atomic():
            change()


def test_the_criteria_of_a_form_that_nobody_used_can_be_changed(agent):
    a_review(agent)  # drawn, not scored
    criterion = QualityForm.objects.get().criteria.first()
    criterion.weight = 9
    criterion.save()


# --- The second opinion
def test_a_second_opinion_is_somebody_elses_and_counts_in_no_average(agent, manager, team):
    review = score(a_review(agent), manager)
    second = commands.ask_second_opinion(review, by=manager)
    assert commands.ask_second_opinion(review, by=manager) == second
    assert refusal(score, second, manager) == "same_reviewer"
    score(second, team.lead, value=0)
    assert list(QualityReview.objects.counted()) == [review]


def test_a_second_opinion_is_asked_on_what_was_scored(agent, manager):
    assert refusal(commands.ask_second_opinion, a_review(agent), by=manager) == "not_scored"


# --- The agent
def test_the_agent_reads_their_own_scores_alone(agent, manager, team):
    mine = score(a_review(agent), manager)
    waits = a_review(agent)
    other = score(a_review(make.AgentFactory(user=people.UserFactory(role=roles.AGENT))), manager)
    second = commands.ask_second_opinion(mine, by=manager)
    assert list(QualityReview.objects.within_reach_of(agent.user)) == [mine]
    assert set(QualityReview.objects.within_reach_of(team.lead)) == {mine, waits, second}
    assert set(QualityReview.objects.within_reach_of(manager)) == {mine, waits, second, other}


def test_that_the_agent_has_read_it_is_noted_once(agent, manager):
    review = score(a_review(agent), manager)
    assert commands.unread_by(agent.user) == 1
    commands.note_read(review, by=manager)
    assert commands.unread_by(agent.user) == 1
    commands.note_read(review, by=agent.user)
    assert commands.unread_by(agent.user) == 0


def test_the_agent_answers_and_the_reviewer_answers_back(agent, manager):
    review = score(a_review(agent), manager)
    commands.answer_review(review, text="  Il sistema era fermo. 😀 ", by=agent.user)
    commands.answer_review(review, text="Ha ragione.", by=manager)
    assert list(review.remarks.values_list("author", "text")) == [
        (agent.user.pk, "Il sistema era fermo. 😀"),
        (manager.pk, "Ha ragione."),
    ]


def test_an_answer_sent_twice_is_one(agent, manager):
    review = score(a_review(agent), manager)
    assert commands.answer_review(review, text="Sì.", by=agent.user) == commands.answer_review(
        review, text="Sì.", by=agent.user
    )
    assert QualityRemark.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "code"), [("", "nothing_written"), (" \n\t", "nothing_written"), ("a" * 10_000, "too_long")]
)
def test_an_answer_that_cannot_be_kept_is_refused(agent, manager, text, code):
    review = score(a_review(agent), manager)
    assert refusal(commands.answer_review, review, text=text, by=agent.user) == code


def test_nobody_else_answers_and_nothing_before_the_score(agent, manager):
    assert refusal(commands.answer_review, a_review(agent), text="Sì.", by=agent.user) == "not_scored"
    review = score(a_review(agent), manager)
    colleague = people.UserFactory(role=roles.AGENT)
    assert refusal(commands.answer_review, review, text="Sì.", by=colleague) == "not_theirs"


# --- Averages
def test_an_average_is_of_five_contacts_at_least(agent, manager, team):
    since = AFTER.date() - timedelta(days=30)
    for _each in range(4):
        score(a_review(agent), manager)
    [row] = team_averages([team], since=since)
    assert (row.number, row.average, row.failed) == (4, None, None)
    score(a_review(agent), manager, riservatezza=0)
    [row] = team_averages([team], since=since)
    assert (row.number, row.average.mean, row.failed) == (5, 80.0, 1)
    [person] = agent_averages([team], since=since)
    assert (person.name, person.average) == (agent.name, row.average)


def test_averages_cost_the_same_for_one_team_and_for_three(agent, manager, team, django_assert_num_queries):
    since = AFTER.date() - timedelta(days=30)
    score(a_review(agent), manager)
    with django_assert_num_queries(1):
        team_averages([team], since=since)
    three = [team, make.TeamFactory(), make.TeamFactory()]
    with django_assert_num_queries(1):
        team_averages(three, since=since)
