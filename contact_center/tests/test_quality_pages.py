"""Pages of quality samples: one's own, what is to be scored, one contact, averages; and who opens them."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contact_center.models import QualityForm, QualityReview
from contact_center.tests import factories as make
from customers import roles
from customers.tests import factories as people
from customers.tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 12, 9, tzinfo=UTC)
AGREEMENT = "Accordo del 12 marzo 2026"
LIST, OWN, AVERAGES = "/backoffice/qualita/campioni/", "/backoffice/qualita/", "/backoffice/qualita/medie/"


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW)


@pytest.fixture
def team():
    return make.TeamFactory(name="Sinistri", lead=people.UserFactory(role=roles.SPECIALIST))


@pytest.fixture
def agent(team):
    return make.AgentFactory(name="Ada Bianchi", team=team, user=people.UserFactory(role=roles.AGENT))


@pytest.fixture
def manager():
    return signed_in(people.UserFactory(role=roles.MANAGER))


def a_review(agent, **fields):
    return make.QualityReviewFactory(agent=agent, sample__form=QualityForm.objects.get(), **fields)


def page(review, kind="review"):
    return reverse(f"quality_{kind}", args=[review.pk])


def sent(review, value="4", **changes):
    criteria = review.sample.form.criteria.all()
    given = {f"points_{each.pk}": changes.get(each.code, value) for each in criteria}
    return given | {"comment": changes.get("comment", ""), "seen_version": changes.get("version", review.version)}


def test_a_contact_is_scored_on_its_page_and_read_by_the_agent(manager, agent):
    review = a_review(agent)
    assert manager.post(page(review, "score"), sent(review)).status_code == 302
    review.refresh_from_db()
    assert review.result == 100
    client = signed_in(agent.user)
    assert review.contact.number in client.get(OWN).content.decode()
    assert client.get(page(review)).status_code == 200
    review.refresh_from_db()
    assert review.seen_at is not None
    client.post(page(review, "answer"), {"text": "Grazie."})
    assert review.remarks.get().author == agent.user


def test_a_form_that_lacks_a_score_is_shown_again_with_what_was_written(manager, agent):
    review = a_review(agent)
    answer = manager.post(page(review, "score"), sent(review, chiarezza="", comment="Da rivedere"))
    assert answer.status_code == 409
    assert "Da rivedere" in answer.content.decode()
    assert QualityReview.objects.to_score().count() == 1


def test_the_second_of_two_who_score_is_refused_and_loses_nothing(manager, agent):
    review = a_review(agent)
    manager.post(page(review, "score"), sent(review))
    answer = manager.post(page(review, "score"), sent(review, value="0", comment="Mio"))
    assert (answer.status_code, "Mio" in answer.content.decode()) == (409, True)


def test_the_page_of_another_agents_work_is_not_found(agent):
    review = a_review(agent, scored=True)
    other = signed_in(make.AgentFactory(user=people.UserFactory(role=roles.AGENT)).user)
    for kind in ("review",):
        assert other.get(page(review, kind)).status_code == 404
    for kind in ("score", "answer", "second"):
        assert other.post(page(review, kind), {"text": "x"}).status_code == 404


def test_an_auditor_reads_and_does_not_score(agent):
    review = a_review(agent)
    auditor = signed_in(people.UserFactory(role=roles.AUDITOR))
    assert auditor.get(page(review)).status_code == 200
    assert auditor.post(page(review, "score"), sent(review)).status_code == 403


def test_the_leader_of_a_team_finds_its_samples_and_no_others(team, agent):
    mine = a_review(agent)
    other = a_review(make.AgentFactory(team=make.TeamFactory()))
    shown = signed_in(team.lead).get(LIST).content.decode()
    assert (mine.contact.number in shown, other.contact.number in shown) == (True, False)


def test_a_person_who_leads_no_team_reads_how_one_does(agent):
    assert "You lead no team" in signed_in(agent.user).get(LIST, headers={"accept-language": "en"}).content.decode()


def test_without_an_agreement_no_agent_is_named(manager, agent, settings):
    settings.AGENT_STATES_AGREEMENT = ""
    review = a_review(agent, scored=True)
    for address in (f"{LIST}?work=scored", page(review), AVERAGES):
        assert "Ada Bianchi" not in manager.get(address).content.decode()
    settings.AGENT_STATES_AGREEMENT = AGREEMENT
    for address in (f"{LIST}?work=scored", page(review), AVERAGES):
        assert "Ada Bianchi" in manager.get(address).content.decode()


def test_the_last_week_is_drawn_by_a_button_once(manager, agent):
    make.ContactFactory(
        agent=agent,
        closed=True,
        started_at=datetime(2026, 5, 7, 9, tzinfo=UTC),
        closed_at=datetime(2026, 5, 7, 10, tzinfo=UTC),
    )
    address = reverse("quality_draw")
    assert manager.post(address).status_code == 302
    assert QualityReview.objects.count() == 1
    assert manager.post(address).status_code == 409
    assert signed_in(agent.user).post(address).status_code == 403


def test_what_is_typed_cannot_break_a_page(manager, agent):
    review = a_review(agent, scored=True, comment="<script>x</script> مرحبا 😀" + "a" * 3_000)
    assert "<script>x" not in manager.get(page(review)).content.decode()
    assert manager.get(LIST, {"work": "nothing", "page": "x"}).status_code == 200


@pytest.mark.parametrize("work", ["to_score", "scored", "answered"])
def test_a_list_costs_the_same_at_one_row_and_at_three(manager, agent, work):
    def a_row():
        review = a_review(agent, scored=work != "to_score")
        make.QualityRemarkFactory(review=review, author=agent.user)

    a_row()
    manager.get(LIST, {"work": work})
    with CaptureQueriesContext(connection) as one:
        manager.get(LIST, {"work": work})
    a_row()
    a_row()
    with CaptureQueriesContext(connection) as three:
        manager.get(LIST, {"work": work})
    assert len(one) == len(three)
