"""How urgent a contact is, and why: rules of plain values, the commands that follow them, and a person who knows better."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contact_center.claims.reporting import open_conversation
from contact_center.contacts import commands, reopening
from contact_center.contacts.priority import Facts, priority_of, reasons_of, sweep_priorities
from contact_center.contacts.setting_priority import set_priority
from contact_center.models import Contact
from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import ClaimFactory, UserFactory
from foundation.refusals import Refused

QUEUE = reverse("admin:contact_center_contact_changelist")
NOW = datetime(2026, 12, 1, 9, tzinfo=timezone.get_default_timezone())


def client_of(user) -> Client:
    client = Client(headers={"accept-language": "it"})
    client.force_login(user)
    return client


@pytest.fixture
def agent(db):
    return make.AgentFactory(user=UserFactory(role=roles.AGENT), team=make.TeamFactory())


# --- The rules
@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({}, []),
        ({"reports_claim": True, "claim_kind": "injury"}, ["injured"]),
        ({"reports_claim": True, "claim_kind": "mixed"}, ["injured"]),
        ({"reports_claim": True, "claim_kind": "property"}, []),
        ({"reports_claim": True, "claim_kind": "injury", "is_illness": True}, []),
        ({"claim_kind": "injury"}, []),
        ({"offer_by": date(2026, 12, 11)}, ["term"]),
        ({"offer_by": date(2026, 12, 12)}, []),
        ({"offer_by": date(2026, 11, 1)}, ["term"]),
        ({"marked": ["complaint"]}, ["complaint"]),
        ({"came_back": True}, ["came_back"]),
        ({"waits_since": NOW - timedelta(days=5)}, ["long_wait"]),
        ({"waits_since": NOW - timedelta(days=5) + timedelta(seconds=1)}, []),
        ({"came_back": True, "reports_claim": True, "claim_kind": "injury"}, ["injured", "came_back"]),
    ],
)
def test_each_rule_has_its_reason(facts, reasons):
    assert reasons_of(Facts(**facts), NOW) == reasons


@pytest.mark.parametrize(
    ("reasons", "by_hand", "priority"),
    [
        ([], None, 0),
        (["came_back"], None, 1),
        (["came_back", "complaint"], None, 1),
        (["came_back", "injured"], None, 2),
        (["injured"], 0, 0),
        ([], 2, 2),
    ],
)
def test_the_weightiest_reason_counts_and_a_person_stands_in_place_of_all(reasons, by_hand, priority):
    assert priority_of(reasons, by_hand) == priority


# --- What the commands make of them
def opened(claim, kind=Contact.Kind.CLAIM_REPORT):
    return open_conversation(claim, channel="portal", kind=kind, subject="Sinistro", address="", share="0" * 32)


def test_a_report_with_people_hurt_is_urgent_from_the_beginning(db):
    contact = opened(ClaimFactory(kind="injury"))
    assert (contact.priority, contact.priority_reasons) == (2, ["injured"])


def test_a_report_of_damage_to_things_is_not(db):
    assert opened(ClaimFactory(kind="property")).priority == 0


def test_what_is_reopened_comes_before_others_and_what_is_closed_before_nobody(agent):
    contact = commands.take(make.ContactFactory(by_phone=True), by=agent.user)
    code, topic = make.WrapUpCodeFactory(), make.TopicFactory()
    contact = commands.wrap_up(contact, code=code, topic=topic, by=agent.user)
    contact = reopening.reopen(contact, by=agent.user, came_back=True)
    assert (contact.priority, contact.priority_reasons) == (1, ["came_back"])
    contact = commands.wrap_up(contact, code=code, topic=topic, by=agent.user)
    assert (contact.priority, contact.priority_reasons) == (0, [])


# --- What comes about with time
def swept(contact):
    assert sweep_priorities() == contact.pk
    contact.refresh_from_db()
    return contact.priority_reasons


def test_a_long_wait_comes_about_by_itself_and_ends_with_an_answer(agent):
    contact = make.WebFormRequestFactory().contact
    with time_machine.travel(contact.started_at + timedelta(days=4), tick=False):
        assert swept(contact) == []
    with time_machine.travel(contact.started_at + timedelta(days=5), tick=False):
        version = contact.version
        assert swept(contact) == ["long_wait"]
        assert contact.version == version
        commands.reply(contact, text="Eccola.", by=agent.user)
        assert swept(contact) == []


def test_the_near_term_of_the_law_comes_about_by_itself(db):
    claim = ClaimFactory(kind="property", complete_on=date(2026, 12, 1), policy__ramo="10")
    with time_machine.travel(NOW, tick=False):
        contact = opened(claim, kind=Contact.Kind.REQUEST)
    commands.record_reply(contact, text="In lavorazione", way="phone", by=make.AgentFactory(user=UserFactory()).user)
    with time_machine.travel(NOW + timedelta(days=49), tick=False):
        assert swept(contact) == []
    with time_machine.travel(NOW + timedelta(days=50), tick=False):
        assert swept(contact) == ["term"]


def test_the_sweep_goes_on_chunk_by_chunk_to_an_end(db):
    first, second = make.ContactFactory(), make.ContactFactory()
    assert sweep_priorities(chunk=1) == first.pk
    assert sweep_priorities(first.pk, chunk=1) == second.pk
    assert sweep_priorities(second.pk, chunk=1) is None


# --- A person knows better
def test_a_person_raises_it_with_a_reason_which_the_history_keeps(agent):
    contact = set_priority(make.ContactFactory(), to=2, why="È in ospedale", by=agent.user)
    assert (contact.priority, contact.priority_by_hand) == (2, 2)
    event = contact.events.get()
    assert (event.kind, event.details) == ("priority", {"priority": 2, "before": 0, "why": "È in ospedale"})


def test_what_a_person_lowered_is_not_raised_by_the_rules_until_it_is_left_to_them(agent):
    contact = opened(ClaimFactory(kind="injury"))
    set_priority(contact, to=0, why="Già richiamato", by=agent.user)
    assert commands.take(contact, by=agent.user).priority == 0
    assert swept(contact) == ["injured"]
    assert contact.priority == 0
    assert set_priority(contact, to=None, why="", by=agent.user).priority == 2


def test_the_same_again_changes_nothing(agent):
    contact = set_priority(make.ContactFactory(), to=1, why="Perché sì", by=agent.user)
    assert set_priority(contact, to=1, why="Altro", by=agent.user).version == contact.version
    assert contact.events.count() == 1


@pytest.mark.parametrize(
    ("traits", "to", "why", "code"),
    [
        ({}, 1, "  ", "no_reason"),
        ({}, 7, "Perché", "no_such_priority"),
        ({"closed": True}, 1, "Perché", "closed"),
    ],
)
def test_it_is_refused_and_nothing_is_written(agent, traits, to, why, code):
    contact = make.ContactFactory(**traits)
    with pytest.raises(Refused) as found:
        set_priority(contact, to=to, why=why, by=agent.user)
    assert found.value.code == code
    assert contact.events.count() == 0


# --- The order of work
def test_the_urgent_comes_first_then_what_is_due(agent):
    later = make.ContactFactory(team=agent.team, due_at=NOW + timedelta(days=2))
    sooner = make.ContactFactory(team=agent.team, due_at=NOW)
    urgent = make.ContactFactory(team=agent.team, due_at=None, priority=2, priority_by_hand=2)
    assert list(Contact.objects.in_order_of_work()) == [urgent, sooner, later]
    listed = client_of(agent.user).get(QUEUE).context["cl"].result_list
    assert list(listed) == [urgent, sooner, later]
    assert commands.take_next(by=agent.user) == urgent


def test_a_row_says_why_and_only_the_asked_priority_is_listed(agent):
    client = client_of(agent.user)
    urgent = opened(ClaimFactory(kind="injury"))
    plain = make.ContactFactory()
    by_hand = set_priority(make.ContactFactory(), to=1, why="<b>Aspetta</b> da ieri", by=agent.user)
    page = client.get(QUEUE).content.decode()
    assert "Urgente: ci sono persone ferite" in page
    assert "Alta, decisa da un collega: &lt;b&gt;Aspetta&lt;/b&gt; da ieri" in page
    assert page.count("vc-priority") == 2
    assert list(client.get(QUEUE, {"priority": "2"}).context["cl"].result_list) == [urgent]
    assert list(client.get(QUEUE, {"priority": "0"}).context["cl"].result_list) == [plain]
    assert list(client.get(QUEUE, {"priority": "1"}).context["cl"].result_list) == [by_hand]


def test_reasons_by_hand_cost_one_query_for_all_rows(agent):
    client = client_of(agent.user)

    def queries():
        client.get(QUEUE)
        with CaptureQueriesContext(connection) as asked:
            client.get(QUEUE)
        return len(asked)

    set_priority(make.ContactFactory(), to=1, why="Uno", by=agent.user)
    one = queries()
    for _each in range(2):
        set_priority(make.ContactFactory(), to=1, why="Altri", by=agent.user)
    assert queries() == one <= 10


# --- The door
def test_the_button_changes_the_priority_and_says_so(agent):
    client, contact = client_of(agent.user), make.ContactFactory()
    address = reverse("admin:contact_center_contact_command", args=[contact.pk, "priorita"])
    sent = {"priority": "2", "why": "Deve partire", "seen_version": contact.version}
    page = client.post(address, sent, follow=True).content.decode()
    assert f"{contact.number} ha la priorità: urgente." in page
    assert "Urgente, decisa da un collega: Deve partire" in page
    assert client.post(address, sent).status_code == 409  # the second press: somebody has changed it


def test_without_a_reason_the_form_says_what_is_missing(agent):
    client, contact = client_of(agent.user), make.ContactFactory()
    address = reverse("admin:contact_center_contact_command", args=[contact.pk, "priorita"])
    answer = client.post(address, {"priority": "2", "why": "", "seen_version": contact.version})
    assert answer.status_code == 409
    assert "Scriva perché: lo legge il prossimo collega." in answer.content.decode()
