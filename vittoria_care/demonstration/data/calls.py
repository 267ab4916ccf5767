"""Calls and the contacts they were, day by day: who called, how long they waited, who answered, with what result."""

import datetime
import heapq
import json
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from math import log
from random import Random

from contact_center.due.targets import Clock
from contact_center.models import Call, CallLeg, Contact, ContactEvent
from foundation.dates import ROME

from . import profiles
from .loading import Copier, Progress
from .organisation import Organisation
from .people import PREFIX, camper_number, phone_of, stranger_phone
from .profiles import FIRST_HOUR, LINES, TOPICS, DayPlan, Plan, TopicShape, YearTotals

SOURCE = "demo"
NOTHING = "\\N"  # as COPY reads it
CLOCK = tuple(f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(86_400))
NOTES = {
    "claims": "Spiegati i tempi della pratica e i documenti che mancano.",
    "policies": "Inviata copia all'indirizzo registrato.",
    "payments": "Indicati importo, scadenza e modi di pagamento.",
    "reserved_area": "Accompagnato nell'accesso passo per passo.",
    "roadside": "Soccorso avviato, confermata la posizione del mezzo.",
    "commercial": "Passati i recapiti dell'agenzia.",
    "personal_data": "Recapiti aggiornati dopo il riconoscimento.",
    "other": "Fornite le informazioni richieste.",
}
ESCALATED_NOTES = {
    "authority": "Serve un'autorizzazione che il primo livello non ha.",
    "other_office": "La decisione spetta all'ufficio competente.",
    "knowledge": "Caso non previsto dalle guide: chiesto un parere.",
    "system_down": "Sistema non disponibile durante la chiamata.",
}


@dataclass(slots=True)
class Conversation:
    """A handled call while its day is put together. Moments are seconds after midnight in Rome."""

    line: str
    second: int
    crowding: float
    topic: TopicShape
    number: int = 0  # of the customer, 0 if not known
    caller: str = ""
    wait: int = 0
    talk: int = 0
    hold: int = 0
    wrap: int = 0
    agent: int = 0
    first_level: bool = True
    weight: float = 1.0

    @property
    def ends(self) -> int:
        """When the caller hangs up."""
        return self.second + self.wait + self.talk + self.hold


@lru_cache(maxsize=4)
def _topics_of(line: str) -> tuple[list[TopicShape], list[float]]:
    """The topics of a line, and their weights added up."""
    shapes = [shape for shape in TOPICS if getattr(shape, line)]
    return shapes, list(accumulate(getattr(shape, line) for shape in shapes))


@lru_cache(maxsize=16)
def _slots_of(line: str, ends: int) -> tuple[list[float], list[float]]:
    """The share of a day's calls in each half hour up to one, and the shares added up."""
    hours = profiles.HOURS[line][:ends]
    whole = sum(hours)
    shares = [weight / whole for weight in hours]
    return shares, list(accumulate(shares))


class Calls:
    """Writes the calls of one year after another. Callers who come back are remembered from day to day."""

    def __init__(
        self,
        plan: Plan,
        copier: Copier,
        organisation: Organisation,
        *,
        first_contact: int,
        first_call: int,
        first_customer: int,
    ):
        self.plan, self.organisation, self.copier = plan, organisation, copier
        self.contact_id, self.call_id, self.first_customer = first_contact, first_call, first_customer
        self.contact = copier.table(
            Contact,
            *("id", "channel", "kind", "line", "customer", "address", "subject", "topic", "agent", "owner", "team"),
            *("continues", "level", "outcome", "escalation", "state", "wrap_up", "satisfaction", "confirmed", "notes"),
            *("started_at", "due_at", "escalated_at", "closed_at", "reopened_count", "version"),
        )
        self.call = copier.table(
            Call,
            *("id", "source", "external_id", "line", "caller", "caller_stated", "agent", "contact", "queued_at"),
            *("answered_at", "ended_at", "wait_seconds", "talk_seconds", "hold_seconds", "wrap_seconds"),
            *("disposition", "transferred", "ring_no_answer"),
        )
        self.leg = copier.table(
            CallLeg,
            *("call", "position", "line", "queue", "agent", "entered_at", "answered_at", "ended_at"),
            *("wait_seconds", "talk_seconds", "disposition"),
        )
        self.event = copier.table(ContactEvent, "contact", "kind", "by", "details", "at")
        rng = plan.stream("agents")
        self._skill = [rng.lognormvariate(0, 0.35) for _agent in organisation.agents]  # above 1: escalates more
        self._speed = [rng.lognormvariate(0, 0.13) for _agent in organisation.agents]
        self._returning: dict[int, list[Conversation]] = {}  # by day, who will call again about what
        self._external = 0
        mean_calls = max(totals.handled for totals in plan.years) / plan.customers
        by_chance = min(0.022, mean_calls * 7 / 365 * 0.35)  # frequent callers come back by chance
        self._returns = profiles.RETURNS_RESOLVED - by_chance
        self._last_second = plan.as_of.hour * 3600 + plan.as_of.minute * 60

    def write_year(self, totals: YearTotals, progress: Progress, done: int) -> int:
        """Write a year's calls; returns how many were handled."""
        written = 0
        self._external = 0
        for day in profiles.plan_year(totals, self.plan.stream(f"calls:{totals.year}")):
            if day.total or totals.until == day.day:
                self._write_day(day, totals, self.plan.stream(f"calls:{day.day}"))
            written += day.total
            self.copier.flush_if_full()
            progress.at(done + written, self.plan.handled_calls)
        return written

    # --- A day -----------------------------------------------------------------------------------------------
    def _write_day(self, day: DayPlan, totals: YearTotals, rng: Random) -> None:
        conversations = self._arrivals(day, rng)
        self._answer(conversations, day, totals, rng)
        wanted = day.not_first_level
        chosen = heapq.nlargest(wanted, range(len(conversations)), key=lambda index: conversations[index].weight)
        for index in chosen:
            conversations[index].first_level = False
        shown_until = self._last_second if day.day == self.plan.today else 86_399
        for talk in conversations:
            self._remember(talk, day.day.toordinal(), rng)
        writer = _DayWriter(self, day, totals, rng)
        for talk in conversations:
            if talk.ends <= shown_until:
                writer.write(talk)
            if rng.random() < 0.038 + 0.03 * max(0.0, talk.crowding - 0.75):
                writer.abandoned(talk, shown_until)
            if not totals.as_reported and rng.random() < 0.02:
                writer.stray(talk, shown_until)

    def _arrivals(self, day: DayPlan, rng: Random) -> list[Conversation]:
        """The day's handled calls in order of arrival, each with its caller and topic."""
        ordinal = day.day.toordinal()
        back = self._returning.pop(ordinal, [])
        found: list[Conversation] = []
        for line in LINES:
            calls = day.handled[line]
            mine = [each for each in back if each.line == line]
            if calls < len(mine):  # closed today, or fewer calls: they call tomorrow
                self._returning.setdefault(ordinal + 1, []).extend(mine[calls:])
                mine = mine[:calls]
            if not calls:
                continue
            ends = len(profiles.HOURS[line]) if day.day.weekday() < 5 else profiles.SATURDAY_ENDS[line]
            shares, added = _slots_of(line, ends)
            slots = rng.choices(range(len(shares)), cum_weights=added, k=calls)
            full = Counter(slots)
            shapes, weights = _topics_of(line)
            again = dict(zip(rng.sample(range(calls), len(mine)), mine, strict=True))
            for index, slot in enumerate(slots):
                crowding = (full[slot] + 2) / (day.expected[line] * shares[slot] + 2)
                crowding *= (0.86 + 2.6 * shares[slot]) * (1.25 if day.system_down else 1)
                second = FIRST_HOUR + slot * 1800 + int(rng.random() * 1800)
                if index in again:
                    before = again[index]
                    number, caller = before.number, before.caller
                    same_area = [shape for shape in shapes if shape.area == before.topic.area]
                    topic = before.topic if rng.random() < 0.7 else rng.choice(same_area)
                else:
                    number, caller = self._caller(line, rng)
                    topic = rng.choices(shapes, cum_weights=weights)[0]
                found.append(Conversation(line, second, crowding, topic, number, caller))
        found.sort(key=lambda talk: talk.second)
        return found

    def _caller(self, line: str, rng: Random) -> tuple[int, str]:
        """The number of the customer (0: not known) and the telephone shown ("": withheld)."""
        chance = rng.random()
        if chance < profiles.STRANGERS:
            return 0, stranger_phone(rng)
        customers = self.plan.customers
        number = camper_number(rng, customers) if line == "campers" else 1 + int(rng.random() * customers)
        chance = rng.random()
        if chance < profiles.WITHHELD:
            return (number if chance < profiles.WITHHELD * profiles.WITHHELD_KNOWN else 0), ""
        if chance < profiles.WITHHELD + profiles.OTHER_PHONE:
            return number, stranger_phone(rng)
        return number, phone_of(number)

    def _answer(self, conversations: list[Conversation], day: DayPlan, totals: YearTotals, rng: Random) -> None:
        """Set how long every caller waited and spoke, and with whom: the agents on duty answer one call at a time."""
        agents = range(len(self.organisation.agents) if totals.as_reported else min(12, len(self.organisation.agents)))
        if totals.handled > 12 * 6000:
            agents = range(len(self.organisation.agents))
        on_duty = rng.sample(agents, max(3, len(agents) * (3 if day.day.weekday() < 5 else 1) // 4))
        free_at = [0] * len(on_duty)
        draw, days_ago = rng.random, (self.plan.today - day.day).days
        for talk in conversations:
            if draw() < 0.965 - 0.21 * max(0.0, talk.crowding - 0.72):
                talk.wait = 2 + int(draw() * 10)
            else:
                talk.wait = 6 + int(rng.lognormvariate(log(30 * talk.crowding), 0.8))
            answered = talk.second + talk.wait
            place = int(draw() * len(on_duty))
            for _other in on_duty:
                if free_at[place] <= answered:
                    break
                place = (place + 1) % len(on_duty)
            else:
                place = min(range(len(on_duty)), key=free_at.__getitem__)
            talk.agent = on_duty[place]
            speed = self._speed[talk.agent]
            talk.talk = min(3600, 12 + int(rng.lognormvariate(log(talk.topic.talk * 0.86 * speed), 0.52)))
            if draw() < 0.2:
                talk.hold = 8 + int(rng.lognormvariate(3.6, 0.6))
            talk.wrap = int(rng.lognormvariate(3.55, 0.6) * speed)
            free_at[place] = talk.ends + talk.wrap
            # Weighted drawing without replacement: the largest of u ** (1 / weight).
            talk.weight = draw() ** (1 / (profiles.hardness_on(talk.topic, days_ago) * self._skill[talk.agent]))

    def _remember(self, talk: Conversation, ordinal: int, rng: Random) -> None:
        """Let some call again about the same area in the next days: most of those whose call was not settled."""
        again = self._returns if talk.first_level else profiles.RETURNS_UNRESOLVED
        if (talk.number or talk.caller) and rng.random() < again:
            self._returning.setdefault(ordinal + rng.choice(profiles.RETURN_DAYS), []).append(talk)


class _DayWriter:
    """Writes the rows of one day."""

    def __init__(self, calls: Calls, day: DayPlan, totals: YearTotals, rng: Random):
        self.calls, self.day, self.rng, self.as_reported = calls, day, rng, totals.as_reported
        self.year = totals.year
        self.recent = (calls.plan.today - day.day).days
        self.ordinal = day.day.toordinal()
        self.date, self.offset = str(day.day), _offset(day.day)
        organisation = calls.organisation
        self.line_ids, self.agents = organisation.lines, organisation.agents
        self.topic_ids = {code: topic.pk for code, topic in organisation.topics.items()}
        self.first_team = organisation.teams["primo-livello"].pk

    def at(self, second: int, days_later: int = 0) -> str:
        """A moment of this day, or a later one, as PostgreSQL reads it."""
        if days_later:
            day = datetime.date.fromordinal(self.ordinal + days_later)
            return f"{day} {CLOCK[second]}{_offset(day)}"
        return f"{self.date} {CLOCK[min(second, 86_399)]}{self.offset}"

    def write(self, talk: Conversation) -> None:
        """A handled call: its contact, the call, and the events of an escalation."""
        calls, rng, at = self.calls, self.rng, self.at
        contact = calls.contact_id
        calls.contact_id += 1
        level, outcome, reason, satisfaction, confirmed, notes = 1, "resolved", "", "\\N", "\\N", ""
        closed = at(talk.ends + talk.wrap)
        owner: int | str = "\\N"
        due = escalated = "\\N"
        team, state, version, transferred = self.first_team, "closed", 2, "f"
        agent = self.agents[talk.agent]
        kind = "claim_report" if talk.topic.code == "claims-report" else "request"
        if not talk.first_level:
            chance = 0.0 if self.as_reported else rng.random()
            if chance < 0.84:
                reasons = profiles.BAD_WEEK_REASONS if self.day.system_down else profiles.ORDINARY_REASONS
                reason = rng.choices(profiles.REASONS, reasons)[0]
                level, escalated = 2, at(talk.ends)
                transferred = "t" if rng.random() < 0.3 else "f"
                team, owner, due, state, outcome, closed = self._escalate(contact, talk, reason, kind)
                version = 4
                if not self.as_reported:
                    notes = ESCALATED_NOTES[reason]
            elif chance < 0.95:
                outcome = "unresolved"
            else:
                outcome = ""
        elif not self.as_reported and rng.random() < 0.3:
            notes = NOTES[talk.topic.area]
        if rng.random() < profiles.ASKED and state == "closed":
            # The caller's grade, given on the telephone's keys. Only people who write are asked whether it was resolved.
            happy = rng.random() < (0.955 if talk.first_level else 0.42)
            satisfaction = str(rng.choices((5, 4, 3, 2, 1), (58, 28, 8, 3, 3) if happy else (4, 10, 22, 28, 36))[0])
        customer = calls.first_customer + talk.number - 1 if talk.number else "\\N"
        line, topic = self.line_ids[talk.line], self.topic_ids[talk.topic.code]
        code = calls.organisation.code_for(outcome, contact) if state == "closed" else None
        calls.contact.add_line(
            f"{contact}\tphone\t{kind}\t{line}\t{customer}\t{talk.caller}\t\t{topic}\t{agent.pk}\t{owner}\t{team}\t\\N\t{level}\t{outcome}"
            f"\t{reason}\t{state}\t{code.pk if code else NOTHING}\t{satisfaction}\t{confirmed}\t{notes}\t{at(talk.second)}\t{due}\t{escalated}\t{closed}\t0\t{version}"
        )
        self._call(talk, contact, agent.pk, transferred)

    def _call(self, talk: Conversation, contact: int | str, agent: int, transferred: str) -> None:
        calls, rng, at = self.calls, self.rng, self.at
        rang_in_vain = 1 if talk.wait > 14 and rng.random() < 0.12 else 0
        answered = talk.second + talk.wait
        stated = "" if talk.caller else "anonymous"
        self._row(
            talk,
            f"{talk.caller}\t{stated}\t{agent}\t{contact}\t{at(talk.second)}\t{at(answered)}\t{at(talk.ends)}"
            f"\t{talk.wait}\t{talk.talk}\t{talk.hold}\t{talk.wrap}\tanswered\t{transferred}\t{rang_in_vain}",
        )
        if not self.as_reported and rng.random() < 0.015:  # passed through another line first
            other = self.line_ids["customers" if talk.line != "customers" else "claims"]
            call, wait = calls.call_id - 1, talk.wait
            middle = talk.second + wait // 2
            calls.leg.add(call, 1, other, "", None, at(talk.second), None, at(middle), wait // 2, 0, "key_exit")
            calls.leg.add(
                *(call, 2, self.line_ids[talk.line], "", agent, at(middle), at(answered), at(talk.ends)),
                *(wait - wait // 2, talk.talk, "answered"),
            )

    def _row(self, talk: Conversation, rest: str) -> None:
        """One call: `rest` is everything after its line."""
        calls = self.calls
        calls._external += 1
        calls.call.add_line(
            f"{calls.call_id}\t{SOURCE}\t{PREFIX}{self.year}-{calls._external:07d}\t{self.line_ids[talk.line]}\t{rest}"
        )
        calls.call_id += 1

    def _escalate(
        self, contact: int, talk: Conversation, reason: str, kind: str
    ) -> tuple[int, int | str, str, str, str, str]:
        """Hand the contact to the second level: its team, owner, due moment, state, outcome and end."""
        calls, rng, at = self.calls, self.rng, self.at
        code = profiles.SECOND_LEVEL_TEAM[talk.topic.area]
        team = calls.organisation.teams[code]
        specialist = rng.choice(calls.organisation.specialists[code])
        due = self._due(kind, talk.ends)
        took = max(1, _working_days_after(self.day.day, min(9, int(rng.lognormvariate(0.55, 0.7)))))
        still_open = took >= self.recent or (self.recent < 20 and rng.random() < 0.45)
        by = self.agents[talk.agent].user_id
        end = at(talk.ends)
        event = calls.event
        event.add(contact, "opened", by, json.dumps({"channel": "phone"}), at(talk.second))
        event.add(contact, "escalated", by, json.dumps({"reason": reason, "team": code}), end)
        if still_open:
            state = "open" if self.recent < 2 else rng.choice(("open", "in_progress", "in_progress", "waiting"))
            if state != "open":
                event.add(contact, "taken", specialist.user_id, "{}", at(9 * 3600, 1))
            if state == "waiting":
                event.add(contact, "paused", specialist.user_id, "{}", at(10 * 3600, 1))
                due = NOTHING
            return team.pk, specialist.pk if state != "open" else "\\N", due, state, "unresolved", "\\N"
        outcome = "resolved" if rng.random() < 0.9 else "unresolved"
        closed = at(9 * 3600 + int(rng.random() * 8 * 3600), took)
        event.add(contact, "taken", specialist.user_id, "{}", end if took < 1 else at(9 * 3600 - 600, took))
        event.add(contact, "closed", specialist.user_id, json.dumps({"outcome": outcome}), closed)
        return team.pk, specialist.pk, due, "closed", outcome, closed

    def _due(self, kind: str, second: int) -> str:
        """The time by which the second level must answer an escalation at a second of this day, as PostgreSQL reads it."""
        since = datetime.datetime.fromisoformat(f"{self.at(second)}:00")
        due = Clock(since, 2, self.calls.organisation.book.target(kind, 2, since)).due_at
        return due.isoformat() if due else NOTHING

    def abandoned(self, near: Conversation, shown_until: int) -> None:
        """Write a caller who hung up in the queue: often the same who gets through a few minutes later."""
        calls, rng = self.calls, self.rng
        same = rng.random() < 0.45
        if rng.random() < 0.14:
            wait = 1 + int(rng.random() * 5)
        else:
            wait = 6 + int(rng.lognormvariate(log(40 * near.crowding), 0.75))
        second = near.second - wait - (30 + int(rng.random() * 900)) if same else near.second + int(rng.random() * 300)
        second = max(FIRST_HOUR, second)
        if second + wait <= shown_until:
            caller = near.caller if same else calls._caller(near.line, rng)[1]
            self._unanswered(near, caller, second, wait, "abandoned")

    def _unanswered(self, near: Conversation, caller: str, second: int, wait: int, disposition: str) -> None:
        at, stated = self.at, "" if caller else "anonymous"
        self._row(
            near,
            f"{caller}\t{stated}\t\\N\t\\N\t{at(second)}\t\\N\t{at(second + wait)}\t{wait}\t0\t0\t0\t{disposition}\tf\t0",
        )

    def stray(self, near: Conversation, shown_until: int) -> None:
        """A wrong number, a line that dropped, a call that left the queue some other way."""
        calls, rng, at = self.calls, self.rng, self.at
        second = near.second + 1 + int(rng.random() * 200)
        caller = calls._caller(near.line, rng)[1]
        if second + 120 > shown_until:
            return
        chance = rng.random()
        if chance < 0.45:
            how = (
                "timed_out"
                if chance < 0.1
                else "key_exit"
                if chance < 0.3
                else "turned_away"
                if chance < 0.4
                else "no_agents"
            )
            self._unanswered(near, caller, second, 90 if how == "timed_out" else int(rng.random() * 40), how)
            return
        talk = Conversation(
            near.line, second, 1.0, near.topic, caller=caller, wait=6, talk=10 + int(rng.random() * 40), wrap=4
        )
        contact = calls.contact_id
        calls.contact_id += 1
        agent = self.agents[near.agent].pk
        outcome = "wrong_number" if chance < 0.75 else "dropped"
        code = calls.organisation.code_for(outcome, contact)
        calls.contact.add(
            *(contact, "phone", "request", self.line_ids[near.line], None, caller, "", None, agent, None),
            *(self.first_team, None, 1, outcome, "", "closed", code.pk if code else None, None, None, ""),
            *(at(second), None, None),
            *(at(talk.ends), 0, 2),
        )
        self._call(talk, contact, agent, "f")


@lru_cache(maxsize=8192)
def _offset(day: datetime.date) -> str:
    """The offset of Rome from UTC on the afternoon of a day, such as +02 (the clocks change at night)."""
    noon = datetime.datetime(day.year, day.month, day.day, 12, tzinfo=ROME)
    return f"{noon:%z}"[:3]


def _working_days_after(day: datetime.date, number: int) -> int:
    """How many days later the n-th working day after a day is (Saturdays and Sundays do not count)."""
    later = 0
    while number:
        later += 1
        if (day.weekday() + later) % 7 < 5:
            number -= 1
    return later
