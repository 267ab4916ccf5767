"""Invented calls and requests with every oddity, and the same figures counted from them another way.

`expected` reads exported rows one by one and follows the definitions in words; it shares nothing with the SQL.
"""

import random
from bisect import bisect_right
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Model

from contact_center.models import Agent, Call, Contact, JoinedContact, Team, TollFreeLine, Topic
from contact_center.tests.factories import (
    AgentFactory,
    JoinedContactFactory,
    MassEventFactory,
    TeamFactory,
    TopicFactory,
)
from customers.models import Customer
from customers.tests.factories import CustomerFactory
from foundation.dates import ROME

# Days where clocks change (2019-03-31 has 23 hours, 2019-10-27 has 25), the ends of months and of a year, a leap day.
SPECIAL = [
    date(2019, 3, 30),
    date(2019, 3, 31),
    date(2019, 4, 1),
    date(2019, 10, 26),
    date(2019, 10, 27),
    date(2019, 10, 28),
    date(2019, 12, 31),
    date(2020, 1, 1),
    date(2020, 2, 28),
    date(2020, 2, 29),
    date(2020, 3, 1),
]
REASONS = ["authority", "knowledge", "system_down", "other_office", "not_stated"]
EDGES = [(0, 0, 0), (0, 0, 1), (1, 59, 59), (2, 0, 0), (2, 30, 0), (3, 0, 0), (23, 59, 59), (12, 0, 0)]


class World:
    """A small contact centre with a seed: three lines and the writing channels, few people who call often."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines = list(TollFreeLine.objects.all())
        areas = [Topic.Area.CLAIMS, Topic.Area.CLAIMS, Topic.Area.PAYMENTS]
        self.topics: list[Topic] = [TopicFactory.create(area=area) for area in areas]
        team = TeamFactory.create()
        self.agents: list[Agent] = [
            AgentFactory.create(team=team),
            AgentFactory.create(team=team),
            AgentFactory.create(),
        ]
        self.customers: list[Customer] = [CustomerFactory.create() for _ in range(3)]
        self.event = MassEventFactory.create()
        self.addresses = ["", "+393331110001", "+393331110002", "a@example.it"]
        self.number = 0

    def moment(self) -> datetime:
        day = self.random.choice(SPECIAL) + timedelta(days=self.random.choice([0, 0, 0, 2, 7, 8]))
        hour = self.random.choice(EDGES) if self.random.random() < 0.7 else (self.random.randrange(24), 7, 7)
        local = datetime(day.year, day.month, day.day, *hour, tzinfo=ROME, fold=self.random.randrange(2))
        return local.astimezone(UTC)

    def contact(self, moment: datetime, **fields: Any) -> Contact:
        """A contact with any outcome."""
        level = self.random.choice([1, 1, 1, 2])
        state = self.random.choice([*Contact.State.values, "closed", "closed"])
        contact = Contact.objects.create(
            started_at=moment,
            direction=self.random.choice(["inbound"] * 7 + ["outbound"]),
            customer=self.random.choice([None, *self.customers]),
            address=self.random.choice(self.addresses),
            topic=self.random.choice([None, *self.topics]),
            agent=self.random.choice([None, *self.agents]),
            level=level,
            reopened_count=self.random.choice([0] * 9 + [1]),
            sent_back_count=self.random.choice([0] * 9 + [1]),
            escalation=self.random.choice(REASONS) if level == 2 else "",
            state=state,
            closed_at=moment + timedelta(minutes=5) if state == "closed" else None,
            outcome=self.random.choice(
                ["resolved"] * 5 + ["unresolved", "not_known", "", "wrong_number", "dropped", "withdrawn"]
            ),
            confirmed=self.random.choice([None, None, True, False]),
            **fields,
        )
        if self.random.random() < 0.2:
            self.join(contact)
        return contact

    def join(self, contact: Contact) -> None:
        """It is about the mass event; parted from it, where it was."""
        standing = JoinedContact.objects.standing().filter(contact=contact).first()
        if standing is None:
            JoinedContactFactory.create(contact=contact, event=self.event)
            return
        standing.parted_by, standing.parted_at = standing.joined_by, standing.joined_at
        standing.save()

    def written(self) -> Contact:
        """A written request."""
        return self.contact(self.moment(), channel=self.random.choice(["site_form", "portal", "email"]))

    def call(self) -> Call:
        """A call with any end; the contact may have begun a moment after the call, perhaps on the next day."""
        queued = self.moment()
        disposition = self.random.choice(
            ["answered"] * 6
            + ["abandoned"] * 3
            + ["timed_out", "key_exit", "no_agents", "turned_away", "open", "open"]
        )
        wait = self.random.choice([0, 4, 5, 6, 19, 20, 21, 300])
        is_taken = disposition == "answered" or (disposition == "open" and self.random.random() < 0.7)
        knows_wait = self.random.random() < 0.9
        line = self.random.choice(self.lines)
        contact = None
        if is_taken and self.random.random() < 0.9:
            contact = self.contact(
                queued + timedelta(seconds=self.random.choice([0, 0, 2])), channel="phone", line=line
            )
        self.number += 1
        return Call.objects.create(
            source="random",
            external_id=str(self.number),
            line=line,
            contact=contact,
            agent=self.random.choice(self.agents) if is_taken else None,
            queued_at=queued,
            answered_at=queued + timedelta(seconds=wait) if is_taken else None,
            ended_at=None if disposition == "open" else queued + timedelta(seconds=wait + 60),
            wait_seconds=wait if knows_wait else None,
            talk_seconds=self.random.choice([0, 59, 245, None]) if is_taken else 0,
            hold_seconds=self.random.choice([0, 30]),
            wrap_seconds=self.random.choice([0, 15]),
            disposition=disposition,
        )

    def change(self) -> None:
        """Something that happens later: a call ends, an outcome is corrected, a customer found, a topic moved, a row erased."""
        what = self.random.randrange(8)
        if not what:
            for call in Call.objects.filter(disposition="open", answered_at__isnull=False)[:3]:
                assert call.answered_at is not None
                call.disposition, call.ended_at = "answered", call.answered_at + timedelta(seconds=9)
                call.save()
            return
        contact = Contact.objects.order_by("?").first()
        assert contact is not None
        match what:
            case 1:
                contact.outcome = self.random.choice(["resolved", "wrong_number", "unresolved"])
                contact.save()
            case 2:
                contact.customer = self.random.choice([None, *self.customers])
                contact.save()
            case 3:
                contact.topic = self.random.choice([None, *self.topics])
                contact.save()
            case 4:
                Topic.objects.filter(pk=self.random.choice(self.topics).pk).update(
                    area=self.random.choice([Topic.Area.CLAIMS, Topic.Area.PAYMENTS])
                )
            case 5:
                if not hasattr(contact, "call"):
                    contact.delete()
            case 6:
                contact.level, contact.escalation = 2, self.random.choice(REASONS)
                contact.reopened_count += self.random.randrange(2)
                contact.sent_back_count += self.random.randrange(2)
                contact.save()
            case 7:
                self.join(contact)


def expected(
    start: date, end: date, *, threshold: int, short: int, days: int, today: date, keep: Any = None, by: str = "total"
) -> dict[Any, dict[str, int]]:
    """The counts by group, from rows looked at one by one. `keep` says of a row's facts whether it is wanted."""
    areas = dict(Topic.objects.values_list("pk", "area"))
    teams = dict(Agent.objects.values_list("pk", "team_id"))
    contacts = list(
        Contact.objects.values(
            "pk",
            "channel",
            "direction",
            "line_id",
            "topic_id",
            "agent_id",
            "level",
            "escalation",
            "reopened_count",
            "sent_back_count",
            "outcome",
            "state",
            "confirmed",
            "started_at",
            "customer_id",
            "address",
        )
    )
    calls = list(
        Call.objects.values(
            "line_id",
            "agent_id",
            "contact_id",
            "queued_at",
            "disposition",
            "wait_seconds",
            "talk_seconds",
            "hold_seconds",
            "wrap_seconds",
        )
    )
    topic_of = {contact["pk"]: contact["topic_id"] for contact in contacts}
    joined = set(JoinedContact.objects.filter(parted_at=None).values_list("contact_id", flat=True))
    in_progress = {call["contact_id"] for call in calls if call["disposition"] == "open"}

    moments: dict[Any, list[datetime]] = defaultdict(list)
    for contact in contacts:
        if contact["direction"] == "outbound":  # we turned to them
            continue
        if contact["outcome"] not in ("wrong_number", "dropped", "withdrawn") and (
            person := _person(contact["customer_id"], contact["address"])
        ):
            moments[person, areas.get(contact["topic_id"], "?")].append(contact["started_at"])
    for series in moments.values():
        series.sort()

    found: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def group(facts: dict[str, Any]) -> Any:
        day = facts["day"]
        return {
            "total": "total",
            "day": day.isoformat(),
            "month": day.isoformat()[:7],
            "line": facts["line_id"],
            "topic": facts["topic_id"],
            "agent": facts["agent_id"],
            "team": teams.get(facts["agent_id"]),
            "channel": facts["channel"],
        }[by]

    for call in calls:
        day = call["queued_at"].astimezone(ROME).date()
        facts = {**call, "day": day, "channel": "phone", "topic_id": topic_of.get(call["contact_id"])}
        facts["of_event"] = call["contact_id"] in joined
        if call["disposition"] == "open" or not start <= day <= end or (keep and not keep(facts)):
            continue
        counts = found[group(facts)]
        if call["disposition"] == "turned_away":
            counts["turned_away"] += 1
            continue
        counts["offered"] += 1
        if call["disposition"] == "answered":
            counts["answered"] += 1
            if call["wait_seconds"] is not None:
                counts["answered_in_time"] += call["wait_seconds"] <= threshold
                counts["waits_known"] += 1
                counts["wait_seconds"] += call["wait_seconds"]
            if call["talk_seconds"] is not None:
                counts["talks_known"] += 1
                counts["talk_seconds"] += call["talk_seconds"]
                counts["hold_seconds"] += call["hold_seconds"]
                counts["wrap_seconds"] += call["wrap_seconds"]
        elif call["disposition"] == "abandoned":
            counts["abandoned"] += 1
            if call["wait_seconds"] is not None:
                counts["abandoned_in_time"] += call["wait_seconds"] <= threshold
                counts["short_abandoned"] += call["wait_seconds"] <= short
        else:
            counts["exited"] += 1

    for contact in contacts:
        day = contact["started_at"].astimezone(ROME).date()
        facts = {**contact, "day": day, "of_event": contact["pk"] in joined}
        if contact["outcome"] in ("wrong_number", "dropped", "withdrawn") or contact["pk"] in in_progress:
            continue
        if contact["direction"] == "outbound":
            continue
        if contact["state"] != "closed" and contact["level"] == 1 and not contact["outcome"]:
            continue  # still in hand
        if not start <= day <= end or (keep and not keep(facts)):
            continue
        counts = found[group(facts)]
        is_first = contact["level"] == 1 and contact["outcome"] == "resolved" and not contact["reopened_count"]
        came_back = False
        if person := _person(contact["customer_id"], contact["address"]):
            series = moments[person, areas.get(contact["topic_id"], "?")]
            later = bisect_right(series, contact["started_at"])
            if later < len(series):
                came_back = (series[later].astimezone(ROME).date() - day).days <= days
        counts["handled"] += 1
        counts["first_level"] += is_first
        counts["first_level_repeated"] += is_first and came_back
        counts["repeated"] += came_back
        if contact["level"] == 2:
            counts["escalated"] += 1
            counts[f"escalated_{contact['escalation']}"] += 1
        counts["reopened"] += bool(contact["reopened_count"])
        counts["sent_back"] += bool(contact["sent_back_count"])
        counts["ever_escalated"] += contact["level"] == 2 or contact["sent_back_count"] > 0
        counts["not_coded"] += contact["outcome"] == "" and contact["level"] == 1
        counts["confirmed_asked"] += contact["confirmed"] is not None
        counts["confirmed"] += contact["confirmed"] is True
        counts["provisional"] += day + timedelta(days=days) >= today
    return {key: {name: value for name, value in counts.items() if value} for key, counts in found.items()}


def _person(customer: int | None, address: str) -> Any:
    return ("customer", customer) if customer else address or None


def names_of(by: str) -> dict[Any, str]:
    """The key under which a report shows each group that `expected` names by id."""
    models: dict[str, type[Model]] = {"line": TollFreeLine, "topic": Topic, "agent": Agent, "team": Team}
    return {None: "", **dict(models[by]._default_manager.values_list("pk", "code"))}
