"""The same done to many contacts: first what would come of it, then each by its own command."""

import pytest
from django.test import Client
from django.urls import reverse

from contact_center.bulk.commands import MOST, do_to_many, pass_to_team, rehearse
from contact_center.contacts import commands
from contact_center.models import Contact, ContactEvent
from contact_center.office.bulk import packed, unpacked, would_words
from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import CustomerFactory, FileRestrictionFactory, UserFactory
from foundation.refusals import Refused
from notifications.models import Notice

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:contact_center_contact_changelist")
MANY = reverse("admin:contact_center_contact_list_command", args=["insieme"])
TOKEN = "0f9fcd9a-1111-4c4c-8d4d-000000000001"


@pytest.fixture
def team():
    return make.TeamFactory()


@pytest.fixture
def agent(team):
    return make.AgentFactory(user=UserFactory(role=roles.AGENT), team=team)


@pytest.fixture
def client(agent):
    client = Client()
    client.force_login(agent.user)
    return client


@pytest.fixture
def other(team):
    return make.AgentFactory(user=UserFactory(role=roles.AGENT), team=team)


def assigning(other, by):
    return lambda contact: commands.assign(contact, to=other, by=by)


# --- The command
def test_each_is_done_by_its_own_command_and_what_cannot_be_is_left_whole_and_named(agent, other):
    fine, closed = make.ContactFactory.create_batch(2), make.ContactFactory(closed=True)
    outcome = do_to_many([closed.pk, *(each.pk for each in fine)], assigning(other, agent.user), by=agent.user)
    assert outcome.done == [each.number for each in fine]
    assert outcome.refused == {"è chiuso: prima occorre riaprirlo": [closed.number]}
    assert set(ContactEvent.objects.values_list("contact", "kind")) == {(each.pk, "assigned") for each in fine}


def test_a_rehearsal_says_the_same_and_changes_nothing(agent, other):
    fine, closed = make.ContactFactory(), make.ContactFactory(closed=True)
    step, ids = assigning(other, agent.user), [fine.pk, closed.pk]
    before = list(Contact.objects.order_by("pk").values())
    rehearsed = rehearse(ids, step, by=agent.user)
    assert list(Contact.objects.order_by("pk").values()) == before
    assert not ContactEvent.objects.exists()
    assert do_to_many(ids, step, by=agent.user) == rehearsed


def test_a_rehearsed_code_asks_no_customer_anything(agent, django_capture_on_commit_callbacks):
    contact = make.ContactFactory(customer=CustomerFactory())
    code, topic = make.WrapUpCodeFactory(), make.TopicFactory()
    with django_capture_on_commit_callbacks(execute=True) as called:
        rehearse(
            [contact.pk], lambda each: commands.wrap_up(each, code=code, topic=topic, by=agent.user), by=agent.user
        )
    assert (called, Notice.objects.count()) == ([], 0)


def test_a_file_that_asks_a_reason_is_left_alone(agent, other):
    contact = make.ContactFactory(customer=CustomerFactory())
    FileRestrictionFactory(customer=contact.customer)
    outcome = do_to_many([contact.pk], assigning(other, agent.user), by=agent.user)
    assert outcome.refused == {"il fascicolo chiede un motivo prima di essere aperto": [contact.number]}


@pytest.mark.parametrize(("ids", "code"), [([], "none_chosen"), (range(1, MOST + 2), "too_many_chosen")])
def test_none_and_too_many_are_refused(agent, other, ids, code):
    with pytest.raises(Refused) as found:
        do_to_many(list(ids), assigning(other, agent.user), by=agent.user)
    assert found.value.code == code


def test_the_line_of_what_would_come_says_how_many_and_which_not(agent, other):
    fine, closed = make.ContactFactory(), make.ContactFactory(closed=True)
    outcome = rehearse([fine.pk, closed.pk], assigning(other, agent.user), by=agent.user)
    assert would_words(outcome) == (
        f"Sarà fatto per 1 contatto su 2. 1 resta com’è: {closed.number} (è chiuso: prima occorre riaprirlo)."
    )


# --- Another team of the same level
def test_passed_to_another_team_it_waits_there_for_whoever_is_next(agent):
    contact, to = commands.take(make.ContactFactory(team=agent.team), by=agent.user), make.TeamFactory()
    contact = pass_to_team(contact, team=to, by=agent.user)
    assert (contact.team, contact.owner, contact.state) == (to, None, "open")
    details = contact.events.get(kind="released").details
    assert details == {"team": to.code, "from_team": agent.team.code}


@pytest.mark.parametrize(
    ("traits", "team_traits", "code"),
    [
        ({"closed": True}, {}, "closed"),
        ({}, {"is_active": False}, "team_not_active"),
        ({}, {"level": 2}, "other_level"),
    ],
)
def test_a_team_that_cannot_have_it_is_refused(agent, traits, team_traits, code):
    with pytest.raises(Refused) as found:
        pass_to_team(make.ContactFactory(**traits), team=make.TeamFactory(**team_traits), by=agent.user)
    assert found.value.code == code


# --- The ids in the line of an address
def test_ids_are_packed_and_read_back_in_order():
    ids = [71_489, 3, 4, 9_999_999]
    assert unpacked(packed(ids)) == sorted(ids)
    assert len(packed(range(1_000_000, 1_030_000, 60))) < 2_000


@pytest.mark.parametrize("text", ["", "-", "1--2", "ù", "1;2", "z" * 13])
def test_what_is_no_list_of_ids_is_empty(text):
    assert unpacked(text) == []


# --- The page
def test_ticked_rows_are_shown_what_would_come_then_done_once(client, other):
    fine, closed = make.ContactFactory.create_batch(2), make.ContactFactory(closed=True)
    rows = [each.pk for each in (*fine, closed)]
    assert "Sono stati scelti 3 contatti." in client.get(MANY, {"row": rows}).content.decode()
    asked = {"ids": packed(rows), "action": "assign", "agent": other.pk}
    page = client.get(MANY, asked).content.decode()
    assert "Sarà fatto per 2 contatti su 3." in page
    assert f"{closed.number} (è chiuso: prima occorre riaprirlo)" in page
    assert not Contact.objects.filter(owner=other).exists()
    answer = client.post(MANY, asked | {"page_token": TOKEN}, follow=True)
    assert "Fatto per 2 contatti. 1 resta com’è:" in answer.content.decode()
    assert set(Contact.objects.filter(owner=other)) == set(fine)
    client.post(MANY, asked | {"page_token": TOKEN})  # the second press
    assert ContactEvent.objects.filter(kind="assigned").count() == 2


def test_the_form_of_the_ticked_rows_stands_in_no_other_form(client):
    make.ContactFactory()
    page = client.get(QUEUE, {"work": "open"}).content.decode()
    assert page.index('id="chosen-rows"') < page.index('id="changelist-form"')
    assert page.count('form="chosen-rows"') == 3  # the box of the row, and the two buttons


def test_all_of_a_view_are_chosen_and_no_other(client, other):
    wanted = [make.ContactFactory(channel="app") for _each in range(2)]
    make.ContactFactory()
    page = client.get(MANY, {"tutti": "1", "filters": "work=open&channel=app"})
    assert unpacked(page.context["form"]["ids"].initial) == [each.pk for each in wanted]


def test_all_of_a_part_that_nobody_has_taken_leaves_out_what_somebody_has(client, other):
    free = make.ContactFactory()
    make.ContactFactory(owner=other, state=Contact.State.IN_PROGRESS)
    queue = client.get(QUEUE, {"work": "open", "part": "nobody"})
    page = client.get(MANY, {"tutti": "1", "filters": queue.context["filters_written"]})
    assert unpacked(page.context["form"]["ids"].initial) == [free.pk]


def test_of_a_view_of_too_many_no_number_is_given_and_nothing_is_asked(client, monkeypatch):
    monkeypatch.setattr("contact_center.office.bulk.MOST", 1)
    make.ContactFactory.create_batch(2)
    page = client.get(MANY, {"tutti": "1", "filters": "work=open"}).content.decode()
    assert "Ha scelto più di 1 contatti" in page
    assert "Vedere che cosa accadrebbe" not in page


def test_what_the_action_needs_is_asked_for(client):
    contact = make.ContactFactory()
    page = client.get(MANY, {"ids": packed([contact.pk]), "action": "assign"}).content.decode()
    assert "Lo scelga: serve per questa azione." in page
    assert page.count("Vedere che cosa accadrebbe") == 1


def test_before_it_is_confirmed_the_page_says_what_is_done_and_with_what(client, other):
    contact, code = make.ContactFactory(), make.WrapUpCodeFactory(name="Risolto", needs_topic=False)
    for sent, words in (
        ({"action": "assign", "agent": other.pk}, f"Assegnare a un collega: {other}"),
        ({"action": "code", "code": code.pk}, f"Chiudere con un esito: {code}"),
        ({"action": "day", "day": "2099-01-09"}, "Ricordare in un giorno: il 9 gennaio 2099"),
    ):
        assert client.get(MANY, {"ids": packed([contact.pk]), **sent}).context["what"] == words


def test_what_only_one_action_needs_is_asked_only_with_it(client):
    page = client.get(MANY, {"row": [make.ContactFactory().pk]}).content.decode()
    asked = ("assign", "team", "code", "code", "day")
    assert [page.count(f'data-only-if="action={each}"') for each in dict.fromkeys(asked)] == [1, 1, 2, 1]
    assert page.count("(facoltativo)") == 1  # the topic


def test_with_nothing_ticked_the_page_says_so(client, other):
    page = client.get(MANY, {"ids": "", "action": "assign", "agent": other.pk}).content.decode()
    assert "Scelga almeno un contatto." in page


@pytest.mark.parametrize(
    ("sent", "check"),
    [
        ({"action": "day", "day": "2099-01-01"}, lambda contact: contact.follow_up_on is None),
        ({"action": "day", "day": "2020-01-01"}, lambda contact: contact.follow_up_on is None),
    ],
)
def test_what_no_contact_can_have_is_done_to_none(client, sent, check):
    contact = make.ContactFactory()
    answer = client.post(MANY, sent | {"ids": packed([contact.pk]), "page_token": TOKEN})
    contact.refresh_from_db()
    assert (answer.status_code, check(contact)) == (409, True)


def test_a_code_closes_all_with_its_topic(client, agent):
    contacts = make.ContactFactory.create_batch(2)
    code, topic = make.WrapUpCodeFactory(), make.TopicFactory()
    sent = {"action": "code", "code": code.pk, "topic": topic.pk, "ids": packed(each.pk for each in contacts)}
    client.post(MANY, sent | {"page_token": TOKEN})
    assert set(Contact.objects.values_list("state", "wrap_up", "topic")) == {("closed", code.pk, topic.pk)}


def test_a_manager_assigns_and_is_offered_no_code():
    manager = Client()
    manager.force_login(UserFactory(role=roles.MANAGER))
    form = manager.get(MANY, {"row": make.ContactFactory().pk}).context["form"]
    assert [value for value, _label in form.fields["action"].choices] == ["assign", "team"]


def test_an_auditor_is_offered_no_boxes_and_no_page():
    auditor = Client()
    auditor.force_login(UserFactory(role=roles.AUDITOR))
    contact = make.ContactFactory()
    assert "vc-choose" not in auditor.get(QUEUE).content.decode()
    assert auditor.get(MANY, {"row": contact.pk}).status_code == 403


def test_all_of_a_part_of_the_queue_are_the_rows_of_that_part(client, agent, team):
    free, taken = make.ContactFactory(team=team), make.ContactFactory(team=team, owner=agent, state="in_progress")
    page = client.get(MANY, {"tutti": "1", "filters": "work=team&part=nobody"})
    assert (page.context["chosen"], unpacked(page.context["form"]["ids"].value())) == (1, [free.pk])
    assert client.get(MANY, {"tutti": "1", "filters": "work=team"}).context["chosen"] == len([free, taken])
