"""200 desks that ask all the time while calls arrive: what the questions cost, and how soon a call is on its agent's page."""

import heapq
import json
import random
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contact_center.agents import board as states
from contact_center.models import Agent
from customers import roles
from customers.models import User
from foundation.api.keys import create_key

from . import data
from .measure import Row, Scale, at_most, median_seconds, say
from .people import person_with_role
from .plans import statements_of

DESKS = 200
EVERY = 0.7  # seconds between two questions of a browser, as in static/js/calls-worker.js
CALL_EVERY = 2.0  # seconds: 200 agents at some six minutes a call
SECONDS = 45.0
CORE = 0.6  # of one core, for all desks
SOON = 2.0  # seconds from the answer to the card, for 99 of 100 calls
BARE = 1.25  # times a bare signed-in page
READERS_QUERIES = 3


def measure(scale: Scale) -> Iterator[Row]:
    """First one question against a bare page; then all desks in real time, one request after the other in this process."""
    data.portfolio(scale)
    settings.API_KEY_PER_MINUTE = 0
    desks = [_Desk(number) for number in range(DESKS)]
    one = desks[0]
    one.ask()
    bare, nothing_new = median_seconds(lambda: one.client.get("/bare-page/"), one.ask, runs=100, warm_up=5)
    name = "desk: a question to which nothing is new"
    yield at_most(
        name, nothing_new * 1000, "ms", bare * 1000, BARE, aim=f"at most {BARE:g} times a bare signed-in page"
    )
    core, waits, asked = _play(desks, _Platform(scale))
    say(f"{asked:,} questions and {len(waits)} calls in {SECONDS:.0f} s")
    yield at_most(f"{DESKS} desks: share of one core", core, "", CORE, aim=f"at most {CORE}")
    slowest = statistics.quantiles(waits, n=100, method="inclusive")[98]
    yield at_most(
        f"{DESKS} desks: from the answer to the page, 99 of 100", slowest, "s", SOON, aim=f"at most {SOON:g} s"
    )
    yield Row(f"{DESKS} desks: from the answer to the page, the median", statistics.median(waits), "s")
    yield from _board()


class _Desk:
    """An agent's browser: one question for all its tabs."""

    def __init__(self, number: int) -> None:
        user = User.objects.create_user(f"scrivania{number}@bench.example", is_staff=True)
        user.groups.add(*person_with_role(roles.AGENT).groups.all())
        self.code = Agent.objects.create(code=f"bench-desk-{number}", name=f"Scrivania {number}", user=user).code
        self.client, self.version, self.newest = Client(), "", 0
        self.client.force_login(user)

    def ask(self) -> None:
        """Ask what is new."""
        answer = self.client.get(reverse("desk_state"), {"v": self.version, "brief": "1"})
        assert answer.status_code in (200, 204), answer.status_code
        if answer.status_code == 200:
            news = answer.json()
            self.version, self.newest = news["version"], news["newest"]


class _Platform:
    """The telephone platform."""

    def __init__(self, scale: Scale) -> None:
        key = create_key(name=f"bench {uuid4().hex[:8]}", source="desks", scopes=["calls:write"], by=None)[1]
        self.client, self.scale, self.calls = Client(headers={"Authorization": f"Bearer {key}"}), scale, 0

    def answered(self, agent: str) -> None:
        """A caller, whom the agent answers at once."""
        self.calls += 1
        call, now = f"desks-{self.calls}-{uuid4().hex[:6]}", timezone.now()
        caller = f"+39{data.mobile_of(1 + self.calls * 7919 % self.scale.customers)}"
        queued = {
            "event": "queued",
            "at": (now - timedelta(seconds=9)).isoformat(),
            "line": "customers",
            "caller": caller,
        }
        taken = {"event": "answered", "at": now.isoformat(), "agent": agent}
        body = [{"call_id": call, "event_id": uuid4().hex, **each} for each in (queued, taken)]
        answer = self.client.post(reverse("api_call_events"), json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, answer.content


def _play(desks: list[_Desk], platform: _Platform) -> tuple[float, list[float], int]:
    """The share of one core, the seconds from each answer to its page, and how many questions there were."""
    rng = random.Random(1)  # noqa: S311 - which desk asks when is no secret
    for desk in desks:
        desk.ask()
    began, worked, asked = time.monotonic(), time.process_time(), 0
    due = [(rng.uniform(0, EVERY), place) for place in range(DESKS)]
    heapq.heapify(due)
    waits: list[float] = []
    waiting: dict[int, tuple[float, int]] = {}
    next_call = 0.5
    while (now := time.monotonic() - began) < SECONDS:
        if now >= next_call:
            place = platform.calls % DESKS
            waiting[place] = now, desks[place].newest
            platform.answered(desks[place].code)
            next_call += CALL_EVERY
            continue
        at, place = due[0]
        if at > now:
            time.sleep(min(at - now, max(0.0, next_call - now)))
            continue
        desks[place].ask()
        asked += 1
        heapq.heapreplace(due, (max(at + EVERY, now), place))
        if place in waiting and desks[place].newest != waiting[place][1]:
            waits.append(time.monotonic() - began - waiting.pop(place)[0])
    return (time.process_time() - worked) / (time.monotonic() - began), waits, asked


def _board() -> Iterator[Row]:
    """The managers' board beside all these agents."""
    now = timezone.now()
    [made] = median_seconds(lambda: states.make_board(now), runs=15, warm_up=2)
    yield Row(
        f"board of {DESKS} agents: computed, once for all readers in {states.FRESH_SECONDS} s", made * 1000, "ms"
    )
    queries = len(statements_of(lambda: states.make_board(now)))
    yield at_most("board: queries", queries, "", READERS_QUERIES, aim=f"at most {READERS_QUERIES}")
