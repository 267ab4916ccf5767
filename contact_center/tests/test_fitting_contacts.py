"""The next contact is one that suits the agent: their lines, skills, languages and room; what nobody can take is shown."""

import re
import threading
from datetime import timedelta
from itertools import product
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from contact_center.contacts import commands, fitting
from contact_center.models import AgentSkill, Contact
from contact_center.models.serving import Asks, Lack, LineAsks, Serves, Waiting, lacks
from contact_center.office.contact_commands import take_next
from contact_center.office.tiles import tiles
from contact_center.tests.factories import (
    AgentFactory,
    AgentLineFactory,
    AgentSkillFactory,
    AgentStateFactory,
    ContactFactory,
    SkillFactory,
    TeamFactory,
    TollFreeLineFactory,
    TopicFactory,
    WebFormRequestFactory,
)
from customers import roles
from customers.tests.factories import CustomerFactory, UserFactory
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return TeamFactory()


@pytest.fixture
def agent(team):
    return AgentFactory(user=UserFactory(role=roles.AGENT), team=team)


def next_of(agent):
    return commands.take_next(by=agent.user)


# --- What suits an agent
def test_where_nothing_is_recorded_everything_suits(agent):
    contact = ContactFactory(topic=TopicFactory())
    assert next_of(agent) == contact


def test_a_topic_that_asks_for_a_skill_goes_to_those_who_have_it(agent, team):
    life = SkillFactory()
    contact = ContactFactory(topic=TopicFactory(needs_skill=life))
    assert next_of(agent) is None
    AgentSkillFactory(agent=agent, skill=life)
    assert next_of(agent) == contact


def test_a_line_that_asks_for_a_skill_goes_to_those_who_have_it(agent):
    campers = SkillFactory()
    contact = ContactFactory(by_phone=True, line=TollFreeLineFactory(needs_skill=campers))
    assert next_of(agent) is None
    AgentSkillFactory(agent=agent, skill=campers)
    assert next_of(agent) == contact


def test_who_serves_some_lines_is_given_those_and_what_has_no_line(agent):
    served = AgentLineFactory(agent=agent).line
    ContactFactory(by_phone=True, due_at="2026-05-04T08:00Z")
    theirs = ContactFactory(by_phone=True, line=served, due_at="2026-05-05T08:00Z")
    written = ContactFactory(due_at="2026-05-06T08:00Z")
    assert [next_of(agent) for _ in range(3)] == [theirs, written, None]


def test_a_line_of_some_teams_goes_to_these(agent, team):
    line = TollFreeLineFactory()
    line.teams.add(TeamFactory())
    contact = ContactFactory(by_phone=True, line=line)
    assert next_of(agent) is None
    line.teams.add(team)
    assert next_of(agent) == contact


def test_what_was_handed_to_the_team_is_theirs_whichever_line_it_came_on():
    claims = TeamFactory(level=2)
    specialist = AgentFactory(user=UserFactory(role=roles.SPECIALIST), team=claims)
    line = TollFreeLineFactory()
    line.teams.add(TeamFactory())
    contact = ContactFactory(by_phone=True, line=line, team=claims, escalated=True)
    assert next_of(specialist) == contact


def test_a_form_written_in_english_goes_to_those_who_read_english(agent):
    agent.languages = ["it"]
    agent.save()
    contact = WebFormRequestFactory(language="en").contact
    assert next_of(agent) is None
    agent.languages = ["it", "en"]
    agent.save()
    assert next_of(agent) == contact


def test_where_no_form_says_it_the_language_is_the_customers(agent):
    agent.languages = ["it"]
    agent.save()
    ContactFactory(customer=CustomerFactory(language="en"))
    mine = ContactFactory(customer=CustomerFactory(language="it"))
    assert [next_of(agent) for _ in range(2)] == [mine, None]


def test_the_language_of_the_line_comes_before_the_customers(agent):
    agent.languages = ["it"]
    agent.save()
    ContactFactory(by_phone=True, line=TollFreeLineFactory(language="de"), customer=CustomerFactory(language="it"))
    assert next_of(agent) is None


def test_the_oldest_of_those_that_suit_comes_first(agent):
    ContactFactory(topic=TopicFactory(needs_skill=SkillFactory()), due_at="2026-05-04T08:00Z")
    later = ContactFactory(due_at="2026-05-06T08:00Z")
    sooner = ContactFactory(due_at="2026-05-05T08:00Z")
    assert [next_of(agent) for _ in range(3)] == [sooner, later, None]


SERVES = [
    Serves(team, level, frozenset(lines), frozenset(skills), frozenset(languages))
    for (team, level), lines, skills, languages in product(
        [(None, None), (1, 1), (2, 2)], [(), (1,)], [(), (1,)], [(), ("it",)]
    )
]


def test_the_rule_says_what_is_lacking():
    serves = Serves(team=1, level=1, lines=frozenset({5}), languages=frozenset({"it"}))
    asks = Asks(lines={6: LineAsks(teams=frozenset({9}), skill=3)})
    assert lacks(serves, Waiting(team=2, level=2, line=6, language="de"), asks) == frozenset(Lack)
    assert lacks(serves, Waiting(line=5, language="it"), asks) == frozenset()


def test_the_rule_and_the_database_agree():
    """Of many agents and contacts at random, the same are left out by both."""
    rng = Random(20261201)
    skills = [SkillFactory() for _ in range(2)]
    teams = [TeamFactory(), TeamFactory(), TeamFactory(level=2)]
    lines = [
        TollFreeLineFactory(),
        TollFreeLineFactory(needs_skill=skills[0]),
        TollFreeLineFactory(language="de"),
        TollFreeLineFactory(language="it", needs_skill=skills[1]),
    ]
    lines[0].teams.add(teams[0])
    lines[2].teams.add(teams[1], teams[2])
    topics = [None, TopicFactory(), *(TopicFactory(needs_skill=skill) for skill in skills)]
    for number in range(60):
        team = rng.choice([None, *teams])
        facts = {"topic": rng.choice(topics), "team": team}
        if team is not None and team.level == 2:
            facts["escalated"] = True
        if number % 3 == 0:
            WebFormRequestFactory(contact=ContactFactory(**facts), language=rng.choice(["it", "en"]))
        else:
            if number % 3 == 1:
                facts |= {"by_phone": True, "line": rng.choice(lines)}
            ContactFactory(customer=rng.choice([None, CustomerFactory(language=rng.choice(["it", "en"]))]), **facts)
    asks = fitting.asks_now()
    rows = list(fitting.waiting().in_known_language().values("pk", "team", "team__level", "line", "topic", "language"))
    for _number in range(40):
        agent = AgentFactory(team=rng.choice([None, *teams]), languages=rng.choice([[], ["it"], ["it", "de"], ["en"]]))
        agent.lines.set(rng.sample(lines, rng.choice([0, 0, 1, 3])))
        agent.skills.set(rng.sample(skills, rng.choice([0, 1, 2])))
        serves = fitting.serves_of([agent.pk])[agent.pk]
        wanted = {
            row["pk"]
            for row in rows
            if not lacks(
                serves, Waiting(row["team"], row["team__level"], row["line"], row["topic"], row["language"]), asks
            )
        }
        found = set()
        for contacts in fitting.in_turn(agent, fitting.waiting().that_suit(serves, asks)):
            found |= set(contacts.values_list("pk", flat=True))
        assert found == wanted


# --- How much an agent carries
def test_who_carries_as_many_as_they_can_is_given_no_more(agent, team):
    agent.capacity = 2
    agent.save()
    ContactFactory.create_batch(3)
    first, _second = next_of(agent), next_of(agent)
    with translation.override("en"), pytest.raises(Refused) as refusal:
        next_of(agent)
    assert refusal.value.code == "full"
    assert str(refusal.value) == "You have 2 open contacts, and carry 2 at most: answer or pass on one of them first."
    commands.release(first, by=agent.user)
    assert next_of(agent) is not None


def test_what_waits_for_the_customer_is_not_carried(agent):
    agent.capacity = 1
    agent.save()
    ContactFactory.create_batch(2)
    commands.wait(next_of(agent), by=agent.user)
    assert next_of(agent) is not None


@pytest.mark.django_db(transaction=True)
def test_two_requests_of_one_agent_at_once_do_not_go_past_what_they_carry():
    agent = AgentFactory(user=UserFactory(role=roles.AGENT), capacity=1)
    ContactFactory.create_batch(2)
    results = at_once([agent, agent])
    assert sorted(type(each).__name__ for each in results) == ["Contact", "Refused"]


# --- Many at once
def at_once(agents):
    """What each of the agents got, all asking at the same moment."""
    ready, results = threading.Barrier(len(agents)), []

    def work(agent):
        try:
            ready.wait()
            results.append(commands.take_next(by=agent.user))
        except Refused as refusal:
            results.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(agent,)) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_a_hundred_takes_at_once_are_a_hundred_contacts_of_those_who_may_have_them():
    skills, team = [SkillFactory() for _ in range(4)], TeamFactory()
    agents = []
    for place in range(100):
        agents.append(AgentFactory(user=UserFactory(role=roles.AGENT), team=team))
        AgentSkillFactory(agent=agents[-1], skill=skills[place % 4])
    topics = [TopicFactory(needs_skill=skill) for skill in skills]
    for place in range(100):
        ContactFactory(topic=topics[place % 4], team=team)
    taken = at_once(agents)
    assert len({contact.pk for contact in taken if isinstance(contact, Contact)}) == 100
    has = {row.agent_id: row.skill_id for row in AgentSkill.objects.all()}
    rows = Contact.objects.values_list("owner", "topic__needs_skill")
    assert [(owner, skill) for owner, skill in rows if has[owner] != skill] == []


# --- What nobody on duty can take
@pytest.fixture
def on_duty(agent):
    agent.languages = ["it"]
    agent.save()
    return AgentStateFactory(agent=agent)


def test_what_nobody_on_duty_can_take_is_named_with_what_it_needs(on_duty):
    life = TopicFactory(needs_skill=SkillFactory(name="Vita"))
    german = ContactFactory(by_phone=True, line=TollFreeLineFactory(language="de"))
    others = ContactFactory.create_batch(2, topic=life)
    ContactFactory()
    with translation.override("en"):
        assert [(each.number, each.why) for each in fitting.unserved()] == [
            (2, ("with the skill Vita",)),
            (1, ("in German",)),
        ]
    listed = fitting.that_nobody_can_take(Contact.objects.all())
    assert set(listed) == {german, *others}


def test_who_keeps_the_agents_finds_the_number_and_the_list(client, on_duty):
    contact = ContactFactory(topic=TopicFactory(needs_skill=SkillFactory(name="Vita")))
    ContactFactory()
    manager = UserFactory(role=roles.MANAGER)
    with translation.override("en"):
        tile = next(each for each in tiles(manager) if "unserved" in each.url)
    assert (tile.value, tile.hint) == ("1", "nobody on duty can take them: with the skill Vita")
    client.force_login(manager)
    page = client.get(tile.url)
    assert [row.pk for row in page.context["cl"].result_list] == [contact.pk]


def test_an_agent_has_no_such_number(on_duty, agent):
    ContactFactory(topic=TopicFactory(needs_skill=SkillFactory()))
    assert [each for each in tiles(agent.user) if "unserved" in each.url] == []


def test_an_agent_reads_why_nothing_was_given(agent):
    ContactFactory(topic=TopicFactory(needs_skill=SkillFactory()))
    with translation.override("en"):
        assert take_next(agent.user).sentence == "1 is waiting, but not for your lines, skills and languages."


def test_it_is_shown_no_more_once_somebody_who_can_is_on_duty(on_duty, agent):
    life = SkillFactory()
    ContactFactory(topic=TopicFactory(needs_skill=life))
    assert len(fitting.unserved()) == 1
    AgentStateFactory(agent=AgentSkillFactory(agent=AgentFactory(team=agent.team), skill=life).agent)
    assert fitting.unserved() == []


def test_with_nobody_on_duty_nothing_is_named():
    ContactFactory(topic=TopicFactory(needs_skill=SkillFactory()))
    assert fitting.unserved() == []


def test_what_waits_for_a_team_of_which_nobody_is_on_duty_is_named(on_duty):
    ContactFactory(team=TeamFactory(level=2, name="Sinistri"), escalated=True)
    with translation.override("en"):
        assert [each.why for each in fitting.unserved()] == [("for the team Sinistri",)]


def test_the_same_queries_find_it_among_one_and_among_three(on_duty):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            fitting.unserved()
        return len(captured)

    ContactFactory(topic=TopicFactory(needs_skill=SkillFactory()))
    few = queries()
    for _ in range(2):
        ContactFactory(topic=TopicFactory(needs_skill=SkillFactory()))
    assert queries() == few


def test_the_next_is_found_by_the_index_of_the_order_of_work_without_sorting(agent, team):
    life = SkillFactory()
    topics = [TopicFactory(), TopicFactory(needs_skill=life)]
    now = timezone.now()
    Contact.objects.bulk_create(
        Contact(
            channel="site_form",
            started_at=now,
            state="closed" if number % 4 else "open",
            outcome="resolved" if number % 4 else "",
            closed_at=now if number % 4 else None,
            topic=topics[number % 3 == 0],
            due_at=now + timedelta(minutes=number),
            team=team,
        )
        for number in range(4_000)
    )
    agent.languages = ["it"]
    agent.save()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contact_center_contact")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    suited = fitting.waiting().that_suit(fitting.serves_of([agent.pk])[agent.pk], fitting.asks_now())
    first, *_others = fitting.in_turn(agent, suited.in_order_of_work())
    plan = first[:1].explain()
    assert "Sort" not in plan
    assert re.search(r"Index Scan using contact_(work|queue|to_take)", plan), plan
