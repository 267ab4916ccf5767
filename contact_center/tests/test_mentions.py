"""A colleague who is named in a note finds the contact in a tab of their queue until they have opened it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from contact_center.contacts import commands
from contact_center.contacts.mentions import Called, mentioned_in
from contact_center.models import Mention
from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import UserFactory
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db
QUEUE = "/backoffice/contact_center/contact/"
ADA, BEA, OTHER_BEA = Called(1, "A-1", "Ada Moro"), Called(2, "A-12", "Bea Neri"), Called(3, "B-3", "Bea Neri")


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def client_of(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def agent_called(name, code, **fields):
    return make.AgentFactory(name=name, code=code, user=UserFactory(role=roles.AGENT), **fields)


@pytest.fixture
def agent():
    return agent_called("Ada Moro", "amoro")


@pytest.fixture
def bea():
    return agent_called("Bea Neri", "bneri")


@pytest.fixture
def contact():
    return make.WebFormRequestFactory(contact__started_at=timezone.now()).contact


def note(contact, text, agent):
    return commands.add_note(contact, text=text, by=agent.user)


def mentioned():
    return list(Mention.objects.values_list("agent__code", flat=True))


# --- The rule
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@A-1 guarda", [{1}]),
        ("guarda, @ada moro!", [{1}]),
        ("@A-12, @a-1", [{2}, {1}]),
        ("@A-123", []),
        ("@Ada", []),
        ("ada@A-1.example", []),
        ("scrive a@Ada Moro", []),
        ("@", []),
        ("@ A-1", []),
        ("@Bea Neri", [{2, 3}]),
        ("@A-1 e ancora @Ada Moro", [{1}]),
        ("🧐@A-1", [{1}]),
    ],
)
def test_a_name_or_a_code_counts_whole_and_the_longest_is_taken(text, found):
    assert mentioned_in(text, [ADA, BEA, OTHER_BEA]) == [frozenset(each) for each in found]


# --- The note
def test_a_mention_is_a_row_that_nobody_has_seen(agent, bea, contact):
    message = note(contact, "@bneri puoi guardare?", agent)
    mention = Mention.objects.get()
    assert (mention.message, mention.agent, mention.seen_at) == (message, bea, None)


def test_who_writes_is_not_mentioned(agent, contact):
    note(contact, "@amoro ricorda", agent)
    assert mentioned() == []


def test_who_has_left_is_not_mentioned(agent, contact):
    agent_called("Carlo Blu", "cblu", is_active=False)
    note(contact, "@cblu", agent)
    assert mentioned() == []


def test_a_name_that_two_have_is_refused_and_the_codes_are_said(agent, bea, contact):
    agent_called("Bea Neri", "bneri2")
    with pytest.raises(Refused, match="bneri, bneri2"):
        note(contact, "@Bea Neri", agent)
    assert not contact.messages.exists()


def test_who_may_not_see_the_contact_is_not_mentioned(agent, contact):
    make.AgentFactory(name="Dino Oro", code="doro", user=UserFactory(role=roles.CAMPAIGN_AUTHOR))
    with pytest.raises(Refused) as refused:
        note(contact, "@doro", agent)
    assert refused.value.code == "may_not_see"
    assert not contact.messages.exists()


def test_more_than_ten_are_refused(agent, contact):
    for n in range(11):
        agent_called(f"Uno {n}", f"uno{n}")
    with pytest.raises(Refused) as refused:
        note(contact, " ".join(f"@uno{n}" for n in range(11)), agent)
    assert refused.value.code == "too_many_mentioned"


def test_the_note_that_goes_with_an_escalation_mentions_too(agent, bea, contact):
    commands.escalate(
        contact, team=make.TeamFactory(level=2), reason="authority", text="@bneri lo conosce", by=agent.user
    )
    assert mentioned() == ["bneri"]


def test_the_page_says_who_finds_it(agent, bea, contact):
    given = {"text": "@Bea Neri?", "seen_version": contact.version}
    address = reverse("admin:contact_center_contact_command", args=[contact.pk, "nota"])
    assert "Bea Neri" in client_of(agent.user).post(address, given, follow=True).content.decode()


# --- The queue
def test_it_is_in_the_tab_until_the_contact_was_opened(agent, bea, contact):
    note(contact, "@bneri puoi guardare?", agent)
    client = client_of(bea.user)
    assert list(client.get(QUEUE, {"work": "mentions"}).context["cl"].result_list) == [contact]
    first = client.get(reverse("admin:contact_center_contact_change", args=[contact.pk])).content.decode()
    assert "mentions you in a note" in first
    assert "puoi guardare?" in first
    assert list(client.get(QUEUE, {"work": "mentions"}).context["cl"].result_list) == []
    assert Mention.objects.get().seen_at is not None


def test_somebody_elses_look_leaves_it_unseen(agent, bea, contact):
    note(contact, "@bneri", agent)
    client_of(agent.user).get(reverse("admin:contact_center_contact_change", args=[contact.pk]))
    assert Mention.objects.get().seen_at is None


def test_the_tab_says_how_many(agent, bea, contact):
    note(contact, "@bneri", agent)
    note(contact, "@bneri, ancora", agent)
    tabs = client_of(bea.user).get(QUEUE).context["tabs"]
    assert [tab["count"] for tab in tabs if tab["display"] == "Mentions"] == ["1"]


# --- Completing
def test_colleagues_are_offered_by_the_beginning_of_a_name_or_code(agent, bea, contact):
    agent_called("Neri Verdi", "x-9")
    address = reverse("admin:contact_center_contact_colleagues", args=[contact.pk])
    client = client_of(agent.user)
    found = {
        word: {each["code"] for each in client.get(address, {"q": word}).json()["agents"]}
        for word in ("ner", "bn", "X-", "%")
    }
    assert found == {"ner": {"bneri", "x-9"}, "bn": {"bneri"}, "X-": {"x-9"}, "%": set()}


def test_an_auditor_completes_nothing(contact):
    address = reverse("admin:contact_center_contact_colleagues", args=[contact.pk])
    assert client_of(UserFactory(role=roles.AUDITOR)).get(address).status_code == 403
