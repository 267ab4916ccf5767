"""Write calls and their contacts, a chunk at a time, in a few statements a chunk.

Each chunk is a transaction of its own, so that memory use is flat and an interrupted import is simply run again. What a
row leaves blank never erases what is known (`call_rows` has the statement).
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Lower, Upper
from django.utils.text import slugify
from django.utils.translation import gettext as _

from contact_center.calls.legs import leg_row
from contact_center.calls.lines import read_lines
from contact_center.calls.locks import lock_calls
from contact_center.models import Agent, Call, CallLeg, TollFreeLine, Topic
from foundation.files.reading import UnusableInput
from foundation.files.report import Outcome, RowRefused
from foundation.text import clean_line

from . import queue_log
from .call_rows import Written, write_calls
from .records import ANSWERED, OPEN, CallRecord, LegRecord

CHUNK_ROWS = 5_000
LONGEST_AGENT = 60


@dataclass(slots=True)
class Result:
    """What became of a row: an outcome, or the reason why it was refused. `note` is a word for programs about a row that
    was taken: what is doubtful in it, or why it changed nothing.
    """

    outcome: Outcome | None = None
    refusal: RowRefused | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the mapping decides about unknown codes, and what "not resolved" means."""

    create_topics: bool = False
    ignore_topics: bool = False
    topic_area: str = "other"
    create_agents: bool = False
    ignore_agents: bool = False
    customer_by: str = "any"
    ignore_customers: bool = False
    not_resolved: str = "unresolved"
    knows_transfers: bool = False
    lines_are_queues: bool = False


class Loader:
    """Writes calls of one source. Of agents and topics it knows those that were named so far.

    Those that it created itself are listed in `new_agents` and `new_topics`.
    """

    def __init__(self, source: str, rules: Rules, *, second_level_queues: frozenset[str] = frozenset()):
        self.source, self.rules, self.second_level_queues = source, rules, second_level_queues
        self.lines = read_lines()
        self.agents: dict[str, int] = {}
        self.agent_codes: dict[int, str] = {}
        self.agents_in_any_case: dict[str, set[int]] = {}
        self.topics: dict[str, int] = {}
        self.topic_names: dict[str, str] = {}
        self.new_topics: list[str] = []
        self.new_agents: list[str] = []
        self._asked_agents: set[str] = set()
        self._asked_topics: set[str] = set()

    @transaction.atomic
    def write(
        self, records: Sequence[CallRecord], *, with_legs: bool = False, only_new: Collection[str] = ()
    ) -> list[Result]:
        """Write calls, in which each key stands once; the result of each. What cannot be written is refused alone.

        The keys in `only_new` are not certain: such a call is refused where a call with other facts has its key.
        """
        results = [Result() for _record in records]
        with connection.cursor() as cursor:
            lock_calls(cursor, self.source, (record.external_id for record in records))
            self._find_codes(records)
            changed = self._merge_with_stored(records) if with_legs else set()
            rows = []
            for place, record in enumerate(records):
                try:
                    for leg in record.legs:
                        self._line(leg.line)
                        self._agent(leg.agent)
                    rows.append(
                        {
                            **self._values(record),
                            "place": place,
                            "legs_changed": record.external_id in changed,
                            "only_new": record.external_id in only_new,
                        }
                    )
                except RowRefused as error:
                    results[place].refusal = error
            written = self._write(cursor, rows) if rows else []
        for found in written:
            record, result = records[found.place], results[found.place]
            if found.refused and found.refused != "older":
                result.refusal = _refusal(found.refused, record)
            else:  # what is older than what is stored has nothing to say
                if found.is_new and not found.refused:
                    result.outcome = Outcome.CREATED
                else:
                    result.outcome = Outcome.UPDATED if found.changed else Outcome.UNCHANGED
        if with_legs:
            calls = {
                records[found.place].external_id: found.call_id
                for found in written
                if found.call_id and not found.refused
            }
            self._write_legs({key: calls[key] for key in changed & calls.keys()}, records)
        return results

    def _write(self, cursor, rows: list[dict]) -> list[Written]:
        rules = self.rules
        return write_calls(
            cursor, self.source, rows, customer_by=rules.customer_by, ignore_customers=rules.ignore_customers
        )

    def _find_codes(self, records: Sequence[CallRecord]) -> None:
        """Learn the agents and topics that are named here for the first time.

        One query for either, and one more for the agents that nobody has letter for letter.
        """
        named = {_agent_code(each.agent) for each in _with_legs(records)}
        wanted = named - self.agents.keys() - self._asked_agents - {""}
        self._asked_agents |= wanted
        if wanted:
            self._learn_agents(Q(code__in=wanted))
        if missing := wanted - self.agents.keys():
            lower = {form for code in missing for form in (code.lower(), code.casefold())}
            self._learn_agents(Q(lower__in=lower) | Q(upper__in={code.upper() for code in missing}))
        texts = {clean_line(record.topic) for record in records} - {""} - self._asked_topics
        self._asked_topics |= texts
        if texts:
            codes = {code for text in texts for code in (text, *_topic_codes(text))} - {""}
            for code, pk, name in Topic.objects.filter(code__in=codes).values_list("code", "pk", "name"):
                self.topics[code], self.topic_names[code] = pk, name

    def _learn_agents(self, which: Q) -> None:
        found = Agent.objects.annotate(lower=Lower("code"), upper=Upper("code")).filter(which)
        for code, pk in found.values_list("code", "pk"):
            self._know_agent(code, pk)

    def _know_agent(self, code: str, pk: int) -> None:
        self.agents[code], self.agent_codes[pk] = pk, code
        self.agents_in_any_case.setdefault(code.casefold(), set()).add(pk)

    def _values(self, record: CallRecord) -> dict:
        topic, customer, rating = record.topic, record.customer, record.rating
        if record.disposition not in (ANSWERED, OPEN) and (topic or customer or rating or record.agent):
            # It has no contact, and these are facts of a contact.
            topic = customer = ""
            rating = None
            record.doubts += ("unanswered",)
        values = {
            "external_id": record.external_id,
            "line_id": self._line(record.line),
            # An unanswered call was answered by nobody, whatever the file has in that column.
            "agent_id": self._agent(record.agent) if record.answered_at else None,
            "topic_id": self._topic(topic),
            "customer_key": "".join(customer.split()),
            "caller": record.caller,
            "caller_stated": record.caller_stated,
            "queued_at": record.queued_at,
            "answered_at": record.answered_at,
            "ended_at": record.ended_at,
            "wait_seconds": record.wait_seconds,
            "talk_seconds": record.talk_seconds,
            "hold_seconds": record.hold_seconds,
            "wrap_seconds": record.wrap_seconds,
            "disposition": record.disposition,
            "transferred": record.transferred if self.rules.knows_transfers else None,
            "ring_no_answer": record.ring_no_answer if record.legs else None,
            "level": None,
            "outcome": None,
            "satisfaction": rating,
        }
        if record.resolved is not None:
            escalated = not record.resolved and self.rules.not_resolved == "escalated"
            values["level"] = 2 if escalated else 1
            values["outcome"] = "resolved" if record.resolved else "" if escalated else "unresolved"
        return values

    def _line(self, name: str) -> int:
        if (pk := self.lines.id_of(name)) is not None:
            return pk
        if self.rules.lines_are_queues:
            hint = _("Say in [queues] of the mapping which line the queue serves.")
        else:
            hint = _("Name it in the mapping: [line] values. The lines are %(codes)s.") % {
                "codes": self.lines.in_words()
            }
        reason = _("there is no line “%(code)s”") % {"code": name}
        raise RowRefused("", reason, hint, value=name, code="unknown_line")

    def _agent(self, code: str) -> int | None:
        if not code:
            return None
        code = _agent_code(code)
        if code not in self.agents:
            same = self.agents_in_any_case.get(code.casefold(), set())
            if len(same) == 1:
                return next(iter(same))
            if self.rules.ignore_agents:
                return None
            if not self.rules.create_agents:
                raise RowRefused(
                    "",
                    _("there is no agent “%(code)s”") % {"code": code},
                    _('Enter the agent, or set [agent] unknown = "create" in the mapping.'),
                    value=code,
                    code="unknown_agent",
                )
            agent, created = Agent.objects.get_or_create(code=code, defaults={"name": code})
            self._know_agent(code, agent.pk)
            self.new_agents += [code] * created
        return self.agents[code]

    def _topic(self, text: str) -> int | None:
        if not (text := clean_line(text)):
            return None
        code = text if text in self.topics else self._topic_code(text)
        if code not in self.topics:
            if self.rules.ignore_topics:
                return None
            if not self.rules.create_topics:
                raise RowRefused(
                    "",
                    _("there is no topic “%(text)s”") % {"text": text},
                    _('Enter the topic, list it in values, or set [topic] unknown = "create" in the mapping.'),
                    value=text,
                    code="unknown_topic",
                )
            topic, created = Topic.objects.get_or_create(
                code=code, defaults={"name": text[:120], "area": self.rules.topic_area}
            )
            self.topics[code], self.topic_names[code] = topic.pk, topic.name
            self.new_topics += [topic.name] * created
        return self.topics[code]

    def _topic_code(self, text: str) -> str:
        """The code that a text without one stands for: its letters and digits, and a hash where another has these.

        “Sinistri (>30 gg)” and “Sinistri (<30 gg)” are two topics. A topic that was renamed keeps its code.
        """
        plain, hashed = _topic_codes(text)
        if not plain or hashed in self.topics:
            return hashed
        name = self.topic_names.get(plain)
        is_another = (
            name is not None
            and slugify(name)[:60] == plain
            and name != plain
            and _in_one_case(name) != _in_one_case(text[:120])
            and text != plain
        )
        return hashed if is_another else plain

    # --- Legs

    def _merge_with_stored(self, records: Sequence[CallRecord]) -> set[str]:
        """Join each record with what is stored of its call; the keys of the calls whose legs differ after that."""
        for each in _with_legs(records):
            each.agent = self._agent_as_stored(each.agent)
        stored = self._stored([record.external_id for record in records])
        changed = set()
        for record in records:
            known = stored.get(record.external_id)
            if known is None or not known.legs:
                changed.add(record.external_id)
                continue
            merged = queue_log.merge(known, record, second_level_queues=self.second_level_queues)
            if _leg_facts(merged.legs) != _leg_facts(known.legs):
                changed.add(record.external_id)
            for name in CallRecord.__slots__:
                setattr(record, name, getattr(merged, name))
        self._find_codes(records)  # those that only the stored calls name
        return changed

    def _agent_as_stored(self, name: str) -> str:
        """The agent's code, however the name is written: what is not stored otherwise must not look like a difference."""
        code = _agent_code(name)
        if code in self.agents:
            return code
        same = self.agents_in_any_case.get(code.casefold(), set())
        if len(same) == 1:
            return self.agent_codes[next(iter(same))]
        return "" if self.rules.ignore_agents else code

    def _stored(self, keys: list[str]) -> dict[str, CallRecord]:
        lines = dict(TollFreeLine.objects.values_list("pk", "code"))
        found: dict[int, CallRecord] = {}
        for call in Call.objects.filter(source=self.source, external_id__in=keys):
            found[call.pk] = CallRecord(
                external_id=call.external_id,
                line=lines[call.line_id],
                queued_at=call.queued_at,
                disposition=call.disposition,
                caller=call.caller,
                caller_stated=call.caller_stated,
                transferred=call.transferred,
                ring_no_answer=call.ring_no_answer,
            )
        legs = CallLeg.objects.filter(call__in=found).select_related("agent").order_by("call", "position")
        for leg in legs:
            found[leg.call_id].legs.append(
                LegRecord(
                    queue=leg.queue,
                    line=lines[leg.line_id],
                    agent=leg.agent.code if leg.agent else "",
                    entered_at=leg.entered_at,
                    answered_at=leg.answered_at,
                    ended_at=leg.ended_at,
                    wait_seconds=leg.wait_seconds,
                    talk_seconds=leg.talk_seconds,
                    disposition=leg.disposition,
                )
            )
        return {record.external_id: record for record in found.values()}

    def _write_legs(self, calls: dict[str, int], records: Sequence[CallRecord]) -> None:
        """Write the legs of these calls, given with their ids."""
        CallLeg.objects.filter(call__in=calls.values()).delete()
        CallLeg.objects.bulk_create(
            leg_row(
                calls[record.external_id],
                position,
                leg,
                line_id=self._line(leg.line),
                agent_id=self._agent(leg.agent),
            )
            for record in records
            if record.external_id in calls
            for position, leg in enumerate(record.legs, 1)
        )


def require_lines(names: Iterable[str]) -> None:
    """Refuse the import when a line that the mapping names does not exist."""
    known = read_lines()
    for name in sorted(names):
        if known.id_of(name) is None:
            raise UnusableInput(
                _("The mapping names the line “%(code)s”, which does not exist. There are: %(codes)s.")
                % {"code": name, "codes": known.in_words()}
            )


def _refusal(why: str, record: CallRecord) -> RowRefused:
    if why == "customer":
        return RowRefused(
            "",
            _("there is no customer “%(key)s”") % {"key": record.customer},
            _('Import the customer first, or set [customer] unknown = "ignore" in the mapping.'),
            value=record.customer,
            code="unknown_customer",
        )
    if why == "events":
        return RowRefused(
            "",
            _("contradicts the events of this call: in line, agent, answer, or by more than five seconds"),
            _("Compare it with the call in the back office: two calls may share the key, or a clock may be wrong."),
            value=record.external_id,
            code="contradicts_events",
        )
    if why == "another":
        return RowRefused(
            "",
            _("the cells of its key were changed, and another call has the key they make"),
            _("Correct the row in its own file and import the whole file again."),
            value=record.external_id,
            code="key_of_another",
        )
    return RowRefused(
        "",
        _("was answered according to what is stored, and has a contact: it cannot become unanswered"),
        _(
            "Check the key: two calls may share it. Where the answer was stated by mistake, code its contact as a dropped"
            " line: it then counts in no share."
        ),
        value=record.external_id,
        code="answered_before",
    )


def _with_legs(records: Iterable[CallRecord]) -> Iterator[CallRecord | LegRecord]:
    """Each call and its legs: what may name an agent."""
    for record in records:
        yield record
        yield from record.legs


def _agent_code(name: str) -> str:
    return clean_line(name)[:LONGEST_AGENT]


def _topic_codes(text: str) -> tuple[str, str]:
    """The codes that a name without one may have: of its letters and digits, and the one with a hash behind them."""
    plain = slugify(text)[:60]
    hashed = hashlib.sha256(_in_one_case(text).encode()).hexdigest()[:10]
    return plain, f"{plain[:49] or 'topic'}-{hashed}"


def _in_one_case(text: str) -> str:
    """The text without what distinguishes no two names: capitals, blanks, hyphens, stops."""
    return re.sub(r"[\s\-_.,;:/]+", " ", text.casefold()).strip()


def _leg_facts(legs: list[LegRecord]) -> list[tuple]:
    return [
        (leg.queue, leg.line, leg.agent, leg.entered_at, leg.answered_at, leg.ended_at, leg.wait_seconds,
         leg.talk_seconds, leg.disposition)
        for leg in legs
    ]  # fmt: skip
