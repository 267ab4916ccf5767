"""The agents' queue: a page of 50 in the order of work, each tab and filter, the page of one contact, and the next one.

What the milliseconds are held to is in `helpdesk.py`.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from uuid import uuid4

from django.db import transaction
from django.test import Client
from django.utils import timezone

from contact_center.call_backs.queries import ringing_for
from contact_center.contacts.commands import take_next
from contact_center.models import Agent, AgentSkill, AgentState, CallBack, Contact, QueueView, Skill, Team, Topic
from contact_center.models.agent_state import Reported, Telephone
from customers import roles
from customers.models import User

from . import data
from .measure import Row, Scale, at_most, median_seconds, say
from .people import person_with_role
from .plans import explain, nodes, read_whole, statements_of

SLOWEST = 1.5  # times the page by due
QUERIES, CONTACT_QUERIES = 11, 12  # of a page one is asked once in 20 seconds: the counts of views
NEXT_MS, RINGING_MS = 50, 10
CALL_BACKS = 2_000
QUEUE = "/backoffice/contact_center/contact/"
MANY_SORTED = 1_000  # rows: fewer, as those of one page, may well be sorted


def measure(scale: Scale) -> Iterator[Row]:
    """The list first, tab by tab; then a contact with a long thread."""
    data.portfolio(scale)
    data.queue(scale.open_contacts, scale)
    client = agents_client()
    _views_of(client)
    asked = _tabs_and_filters()
    bare, *times = median_seconds(
        lambda: client.get("/bare-page/"), *(partial(client.get, QUEUE, each) for each in asked), runs=15, warm_up=2
    )
    slowest, which = max(zip(times, map(str, asked), strict=True))
    where = f"at {scale.open_contacts:,} open contacts"
    name = f"queue page of 50 {where}, by due"
    yield Row(f"{name}: against a bare signed-in page", times[0] * 1000, "ms", bare * 1000)
    yield at_most(
        f"queue: the slowest tab or filter ({which}), against the page by due",
        slowest * 1000,
        "ms",
        times[0] * 1000,
        SLOWEST,
        aim=f"at most {SLOWEST} times",
    )
    sent = [statements_of(partial(client.get, QUEUE, each)) for each in asked]
    yield at_most("queue: queries of a page", max(map(len, sent)), "", QUERIES, aim=f"at most {QUERIES}")
    statements = [statement for page in sent for statement in page if statement.lstrip("(").startswith("SELECT")]
    whole = [statement for statement in statements if _reads_or_sorts_all(statement) or "COUNT(*)" in statement]
    for statement in whole:
        say(statement)
    yield Row("queue: statements that read, sort or count a whole table", len(whole), "", 0, "none", not whole)
    [far] = median_seconds(partial(client.get, QUEUE, {"p": "200"}), runs=5, warm_up=1)
    yield Row("queue: the two-hundredth page", far * 1000, "ms")
    yield from _page_of_one(client)
    yield from _next_and_ringing(client)


def agents_client() -> Client:
    """The browser of an agent who owns some of the contacts."""
    user = person_with_role(roles.AGENT)
    team = Team.objects.get(code="bench-first")
    agent, _made = Agent.objects.get_or_create(
        user=user, defaults={"code": "bench-desk", "name": "Bench", "team": team}
    )
    Contact.objects.filter(pk__in=list(Contact.objects.order_by("-pk").values_list("pk", flat=True)[:60])).update(
        owner=agent
    )
    client = Client()
    client.force_login(user)
    return client


def _views_of(client: Client) -> None:
    """Three views above the list, one of them of a large part of the queue."""
    user = User.objects.get(pk=client.session["_auth_user_id"])
    kept: tuple[dict[str, str], ...] = (
        {"work": "open"},
        {"work": "open", "channel": "post"},
        {"work": "mine", "level": "2"},
    )
    for place, parameters in enumerate(kept, start=1):
        QueueView.objects.update_or_create(
            user=user, name=f"Bench {place}", defaults={"parameters": parameters, "position": place}
        )


def _tabs_and_filters() -> list[dict[str, str]]:
    second = str(Team.objects.get(code="bench-second").pk)
    return [
        {},
        *({"work": work} for work in ("overdue", "mine", "team", "waiting", "uncoded", "all")),
        *({"channel": channel} for channel in ("site_form", "post")),
        *({"area": area} for area in ("claims", "other")),
        {"level": "2"},
        {"priority": "1"},
        {"team": second},
        {"team": second, "work": "overdue", "level": "2"},
        {"work": "all", "team": second},
        {"work": "all", "channel": "post"},
    ]


def _reads_or_sorts_all(statement: str) -> bool:
    """Whether a big table is read from end to end, or more rows are sorted than a page holds."""
    if read_whole(statement):
        return True
    plan = explain(statement)["Plan"]
    return any(node["Node Type"] == "Sort" and node["Plan Rows"] > MANY_SORTED for node in nodes(plan))


def _next_and_ringing(client: Client) -> Iterator[Row]:
    """What suits an agent with skills, languages and a number that they carry; and the call-backs announced to one who is ready."""
    user = User.objects.select_related("agent__team").get(pk=client.session["_auth_user_id"])
    agent = user.agent
    asked, held = (Skill.objects.get_or_create(code=f"bench-{n}", defaults={"name": f"Bench {n}"})[0] for n in (1, 2))
    topics = list(Topic.objects.filter(code__startswith="bench-").order_by("pk"))
    for topic, skill in zip(topics, (asked, held), strict=False):
        Topic.objects.filter(pk=topic.pk).update(needs_skill=skill)
    AgentSkill.objects.get_or_create(agent=agent, skill=held)
    Agent.objects.filter(pk=agent.pk).update(languages=["it"], capacity=1_000)
    [seconds] = median_seconds(lambda: _take_and_give_back(user), runs=15, warm_up=2)
    yield at_most(
        "queue: the next contact that suits an agent", seconds * 1000, "ms", NEXT_MS, aim=f"under {NEXT_MS} ms"
    )
    _call_backs()
    ready = AgentState(agent=agent, reported=Reported.READY, call_state=Telephone.FREE)
    [seconds] = median_seconds(lambda: list(ringing_for(agent, ready, timezone.now())[:3]), runs=15, warm_up=2)
    yield at_most(
        "queue: the call-backs announced to an agent", seconds * 1000, "ms", RINGING_MS, aim=f"under {RINGING_MS} ms"
    )


def _take_and_give_back(user: User) -> None:
    with transaction.atomic():
        assert take_next(by=user) is not None, "most of the queue has nobody yet"
        transaction.set_rollback(True)


def _call_backs() -> None:
    """Call-backs of the last month and the next, on open contacts; their hours are spread evenly."""
    if CallBack.objects.exists():
        return
    now = timezone.now()
    ids = list(Contact.objects.open().order_by("pk").values_list("pk", flat=True)[:CALL_BACKS])
    hours = [now + timedelta(days=60 * (place / len(ids) - 0.5)) for place in range(len(ids))]
    CallBack.objects.bulk_create(
        CallBack(
            submission_key=uuid4(),
            contact_id=pk,
            source=CallBack.Source.AGENT,
            phone="+393331234567",
            starts_at=hour,
            ends_at=hour + timedelta(minutes=30),
        )
        for pk, hour in zip(ids, hours, strict=True)
    )
    data.vacuum("contact_center_callback")


def _page_of_one(client: Client) -> Iterator[Row]:
    contact = Contact.objects.exclude(customer=None).order_by("due_at")[10]
    address = f"{QUEUE}{contact.pk}/change/"
    [seconds] = median_seconds(partial(client.get, address), runs=15, warm_up=2)
    yield Row("page of one contact", seconds * 1000, "ms")
    asked = len(statements_of(partial(client.get, address)))
    yield at_most("page of one contact: queries", asked, "", CONTACT_QUERIES, aim=f"at most {CONTACT_QUERIES}")
