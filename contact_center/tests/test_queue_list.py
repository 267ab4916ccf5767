"""The list of the queue: its tabs and filters, what a row says, what it costs."""

import re
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from contact_center.due.business_time import Calendar, Hours
from contact_center.due.words import due_shown, length_in_words
from contact_center.models import Contact
from contact_center.templatetags.queue import EXCERPT
from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import CustomerFactory, UserFactory
from foundation.dates import ROME
from foundation.tests.database import as_new

pytestmark = pytest.mark.django_db
QUEUE = "/backoffice/contact_center/contact/"
WEEK = Calendar(((Hours(time(8, 30), time(13)), Hours(time(14), time(18, 30))),) * 5 + ((), ()))


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def team():
    return make.TeamFactory()


@pytest.fixture
def agent(team):
    return make.AgentFactory(user=UserFactory(role=roles.AGENT), team=team)


@pytest.fixture
def client(agent):
    return client_of(agent.user)


def listed(client, **asked):
    return list(client.get(QUEUE, asked).context["cl"].result_list)


def tabs(client):
    return [tab["display"] for tab in client.get(QUEUE).context["tabs"]]


# --- Tabs and filters
def test_each_tab_shows_its_part(client, agent, team):
    now = timezone.now()
    late = make.ContactFactory(team=team, due_at=now - timedelta(hours=1))
    mine = make.ContactFactory(owner=agent, state="in_progress", due_at=now + timedelta(hours=1))
    waiting = make.ContactFactory(state="waiting")
    uncoded = make.ContactFactory(state="closed", closed_at=now)
    make.ContactFactory(closed=True)
    assert listed(client) == [late, mine, waiting]
    assert listed(client, work="overdue") == [late]
    assert listed(client, work="mine") == [mine]
    assert listed(client, work="team") == [late]
    assert listed(client, work="waiting") == [waiting]
    assert listed(client, work="uncoded") == [uncoded]
    assert len(listed(client, work="all")) == 5


def test_each_filter_narrows_the_tab(client, team):
    topic = make.TopicFactory(area="claims")
    by_mail = make.ContactFactory(channel="email")
    about = make.ContactFactory(topic=topic)
    of_team = make.ContactFactory(team=team)
    second = make.ContactFactory(escalated=True)
    assert listed(client, channel="email") == [by_mail]
    assert listed(client, area="claims") == [about]
    assert listed(client, team=team.pk) == [of_team]
    assert listed(client, level="2") == [second]
    assert listed(client, channel="email", level="2") == []


@pytest.mark.parametrize("asked", [{"team": "x"}, {"level": "9"}, {"channel": "'"}, {"area": "²"}, {"work": "x"}])
def test_a_filter_that_is_none_narrows_nothing(client, asked):
    contact = make.ContactFactory()
    assert listed(client, **asked) == [contact]


def test_a_specialist_sees_the_own_teams_first_and_all_by_one_click():
    team = make.TeamFactory(level=2)
    specialist = client_of(make.AgentFactory(user=UserFactory(role=roles.SPECIALIST), team=team).user)
    theirs, other = make.ContactFactory(escalated=True, team=team), make.ContactFactory()
    assert listed(specialist) == [theirs]
    assert listed(specialist, work="open") == [theirs, other]


def test_who_is_no_agent_has_no_tabs_of_their_own_and_no_next():
    manager = client_of(UserFactory(role=roles.MANAGER))
    page = manager.get(QUEUE).context
    assert len(page["tabs"]) == 9
    assert page["command_buttons"] == []
    assert listed(manager, work="mine") == []


def test_the_filters_in_force_are_kept_beside_the_tab(client, team):
    page = client.get(QUEUE, {"work": "waiting", "team": team.pk}).context
    assert page["filters_kept"] == {"work": "waiting"}
    assert page["filters_chosen"] is True
    assert all(f"team={team.pk}" in tab["query_string"] for tab in page["tabs"])


# --- What a row says
def test_a_row_says_who_wrote_last_and_what(client):
    contact = make.MessageFactory(text="Prima").contact
    make.MessageFactory(contact=contact, text="Dopo", direction="outbound", written_at=timezone.now())
    [row] = listed(client)
    assert (row.last_message["start"], row.last_message["direction"]) == ("Dopo", "outbound")


def test_a_text_that_looks_like_a_machines_is_marked(client):
    make.WebFormRequestFactory(suspicion="links")
    assert client.get(QUEUE).content.decode().count("vc-flag") == 1


def test_what_people_write_runs_nothing_in_the_list(client):
    make.MessageFactory(text="<b>forte</b>", contact__subject="<i>oggetto</i>")
    content = client.get(QUEUE).content.decode()
    assert "<b>forte" not in content
    assert "<i>oggetto" not in content


@pytest.mark.parametrize(
    ("due", "tone", "words"),
    [
        ("2026-05-04 12:10", "due", "in 2 h 10 min"),
        ("2026-05-04 10:40", "soon", "in 40 min"),
        ("2026-05-04 14:30", "due", "in 3 h 30 min of service"),  # the lunch break is not counted
        ("2026-05-05 09:00", "due", "Tuesday 5 at 09:00 (in 8 h of service)"),  # nor the night
        ("2026-05-04 09:00", "late", "1 h late"),
        ("2026-05-01 18:00", "late", "1 h 30 min of service late"),  # the first of May is a holiday
        ("2026-05-03 12:00", "late", "1 h 30 min of service late"),
        ("2026-01-01 12:00", "late", "122 days late"),
    ],
)
def test_what_is_due_is_shown_in_business_time(due, tone, words):
    moments = [datetime.fromisoformat(text).replace(tzinfo=ROME) for text in ("2026-05-04 10:00", due)]
    with translation.override("en"):
        shown = due_shown(Contact(state="open", due_at=moments[1]), moments[0], WEEK)
    assert (shown.tone, shown.words) == (tone, words)


@pytest.mark.parametrize(
    ("now", "due", "words"),
    [
        # Friday evening, after the service has closed, and on both days of the weekend
        ("2026-12-04 19:00", "2026-12-07 10:30", "lunedì 7 alle 10:30 (tra 2 h di servizio)"),
        ("2026-12-05 09:00", "2026-12-07 10:30", "lunedì 7 alle 10:30 (tra 2 h di servizio)"),
        ("2026-12-06 23:59", "2026-12-07 10:30", "lunedì 7 alle 10:30 (tra 2 h di servizio)"),
        # Friday before closing: a part of the time is left on the same day
        ("2026-12-04 17:30", "2026-12-07 09:30", "lunedì 7 alle 09:30 (tra 2 h di servizio)"),
        # The eve of a holiday: the Immaculate Conception, a Tuesday, is not worked
        ("2026-12-07 18:00", "2026-12-09 09:00", "mercoledì 9 alle 09:00 (tra 1 h di servizio)"),
        # The first of a month
        ("2026-11-30 18:00", "2026-12-01 09:00", "martedì 1° alle 09:00 (tra 1 h di servizio)"),
        # The clocks change in the night to Sunday, spring and autumn: no hour of service is in it
        ("2026-03-28 12:00", "2026-03-30 09:30", "lunedì 30 alle 09:30 (tra 1 h di servizio)"),
        ("2026-10-24 12:00", "2026-10-26 09:30", "lunedì 26 alle 09:30 (tra 1 h di servizio)"),
        # The lunch break: the same day, no day is named
        ("2026-12-04 12:30", "2026-12-04 14:30", "tra 1 h di servizio"),
    ],
)
def test_what_is_due_after_the_service_closes_names_its_day_and_hour(now, due, words):
    moments = [datetime.fromisoformat(text).replace(tzinfo=ROME) for text in (now, due)]
    with translation.override("it"):
        assert due_shown(Contact(state="open", due_at=moments[1]), moments[0], WEEK).words == words


def test_lengths_are_spoken_as_people_say_them():
    with translation.override("en"):
        assert [length_in_words(seconds) for seconds in (59, 60, 3599, 3600, 39_000, 90_000, 86_400 * 61)] == [
            "0 min",
            "1 min",
            "59 min",
            "1 h",
            "10 h",
            "25 h",
            "61 days",
        ]


# --- What it costs
def test_the_list_costs_the_same_at_one_row_and_at_three_and_ten_queries_at_most(client, team):
    def row():
        contact = make.ContactFactory(
            team=team, owner=make.AgentFactory(), customer=CustomerFactory(), due_at=timezone.now()
        )
        make.MessageFactory(contact=contact)
        make.WebFormRequestFactory(contact=contact)

    row()
    client.get(QUEUE, {"channel": "site_form"})
    with CaptureQueriesContext(connection) as one:
        client.get(QUEUE, {"channel": "site_form"})
    row()
    row()
    with CaptureQueriesContext(connection) as three:
        client.get(QUEUE, {"channel": "site_form"})
    assert len(three) == len(one) <= 10


NEEDED = {
    "work=open": "contact_work",
    "work=overdue": "contact_work",
    "work=mine": "contact_due_of_owner",
    "work=team": "contact_queue",
    "work=waiting": "contact_due_waiting",
    "work=follow_up": "contact_follow_up",
    "work=uncoded": "contact_not_coded",
    "work=all": "contact_newest",
    "team={team}": "contact_queue",
    "channel=app": "contact_due_of_channel",
    "level=2": "contact_due_of_level",
    "work=all&channel=app": "contact_written_newest",
    "work=all&team={team}": "contact_of_team",
}


def test_each_tab_and_filter_is_read_in_order_from_its_index(client, agent, team):
    """With as many rows as make the planner think: what is asked for is one in twenty of each thing."""
    as_new(Contact)
    now, others = timezone.now(), [make.TeamFactory() for _ in range(19)]
    owners = [agent, *(make.AgentFactory() for _ in range(19))]
    Contact.objects.bulk_create(
        Contact(
            channel="app" if n % 20 == 1 else "email",
            team=[team, *others][n % 20],
            owner=owners[n * 7 % 20],
            level=2 if n % 20 == 3 else 1,
            escalation="authority" if n % 20 == 3 else "",
            state="closed" if n % 2 else "waiting" if n % 20 == 4 else "in_progress",
            closed_at=now if n % 2 else None,
            outcome="resolved" if n % 20 != 5 else "",
            started_at=now - timedelta(minutes=n),
            due_at=now + timedelta(minutes=n - 1000),
            follow_up_on=timezone.localdate() if n % 20 == 6 else None,
        )
        for n in range(4000)
    )
    used = {}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contact_center_contact")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    for asked in NEEDED:
        address = f"{QUEUE}?{asked.format(team=team.pk)}"
        plan = client.get(address).context["cl"].result_list.explain()
        assert "Sort" not in plan, (asked, plan)
        used[asked] = re.search(r"using (contact_\w+) on contact_center_contact ", plan)[1]
    assert used == NEEDED


# --- Whom a row names
def test_a_manager_reads_the_code_once_and_no_name(client):
    customer = CustomerFactory(last_name="Ametisti", first_name="Ilda", code="K-1")
    contact = make.ContactFactory(customer=customer)
    make.MessageFactory(contact=contact, direction="inbound", text="Sono Ilda AMETISTI, richiamatemi.")
    written = make.WebFormRequestFactory(name="Ugo Berilli").contact
    managers = client_of(UserFactory(role=roles.MANAGER)).get(QUEUE).content.decode()
    agents = client.get(QUEUE).content.decode()
    assert contact.number in managers
    assert written.number in managers
    names = ("Ametisti", "AMETISTI", "Ilda", "Ugo", "Berilli")
    assert [each in managers for each in names] == [False] * 5
    assert [each in agents for each in names] == [True] * 5
    assert (managers.count("K-1<"), "I••• A•••, richiamatemi" in managers, "U••• B•••" in managers) == (1, True, True)


def test_half_a_name_is_not_left_by_the_end_of_what_a_row_shows():
    contact = make.ContactFactory(customer=CustomerFactory(last_name="Verdirame"))
    before = "x" * (EXCERPT - 6)
    make.MessageFactory(contact=contact, text=f"{before} Verdirame telefona.")
    shown = client_of(UserFactory(role=roles.MANAGER)).get(QUEUE, {"work": "all"}).content.decode()
    assert f"{before} " in shown
    assert "Verdi" not in shown
