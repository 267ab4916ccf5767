"""Events of live calls by HTTP, one in a request, against a view behind the same door that does one bare insert."""

import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contact_center.models import Agent, CallEvent
from customers.models import User
from foundation.api.keys import create_key

from . import data
from .measure import Row, Scale, at_least, median_seconds, say, seconds_of

CALLS = 25  # of four events, in each turn
TURNS = 15
BATCH = 1_000
HALF = 0.5
DESKS = 200  # whose agents answer in turn, and whose states follow


def _agent(number: int) -> str:
    """The code of an agent who signs in."""
    user = User.objects.create_user(f"telefono{number}@bench.example", is_staff=True)
    return Agent.objects.create(code=f"bench-telefono-{number}", name="Telefono", user=user).code


def measure(scale: Scale) -> Iterator[Row]:
    """Beside ten years of calls: each event alone, then a thousand in one request."""
    data.portfolio(scale)
    data.calls(scale.calls, scale)
    settings.API_KEY_PER_MINUTE = 0
    agents = [_agent(number) for number in range(DESKS)]
    key = create_key(name=f"bench {uuid4().hex[:8]}", source="bench", scopes=["calls:write"], by=None)[1]
    door = _Door(key, agents, scale)
    say(f"{CALLS * TURNS} calls of 4 events, one in a request")
    bare, events = median_seconds(door.bare, door.events, runs=TURNS, warm_up=2)
    count = CALLS * 4
    yield at_least(
        f"call events by HTTP, beside {scale.calls:,} calls",
        count / events,
        "events/s",
        count / bare,
        HALF,
        aim=f"at least {HALF} of a bare insert",
    )
    many = min(seconds_of(door.batch) for _turn in range(3))
    yield Row(f"call events by HTTP, {BATCH:,} in a request", BATCH / many, "events/s", count / bare)
    kept, sent = CallEvent.objects.filter(source="bench").count(), door.sent
    yield Row("call events kept, of those sent", kept, "", sent, aim="all", ok=kept == sent)


class _Door:
    """The two addresses, called in this process one request after the other."""

    def __init__(self, key: str, agents: list[str], scale: Scale) -> None:
        self.client, self.agents, self.scale = Client(headers={"Authorization": f"Bearer {key}"}), agents, scale
        self.calls = self.sent = 0

    def _told(self, calls: int) -> Iterator[dict[str, object]]:
        """The events of new calls, from numbers all over the portfolio."""
        for _call in range(calls):
            self.calls += 1
            number = f"+39{data.mobile_of(1 + self.calls * 7919 % self.scale.customers)}"
            agent = self.agents[self.calls % DESKS]
            at = timezone.now() - timedelta(minutes=5)
            for second, kind, facts in (
                (0, "queued", {"line": "customers", "caller": number}),
                (3, "ringing", {"agent": agent}),
                (9, "answered", {"agent": agent}),
                (200, "ended", {"reason": "completed"}),
            ):
                yield {
                    "call_id": f"bench-{self.calls}",
                    "event_id": uuid4().hex,
                    "event": kind,
                    "at": (at + timedelta(seconds=second)).isoformat(),
                    **facts,
                }

    def _post(self, name: str, body: object) -> None:
        answer = self.client.post(reverse(name), json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, answer.content

    def bare(self) -> None:
        """As many bare inserts."""
        for each in self._told(CALLS):
            self._post("bare_insert", each)

    def events(self) -> None:
        """The events, one by one."""
        for each in self._told(CALLS):
            self._post("api_call_events", each)
            self.sent += 1

    def batch(self) -> None:
        """A thousand at once."""
        self._post("api_call_events", list(self._told(BATCH // 4)))
        self.sent += BATCH
