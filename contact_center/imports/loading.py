"""Write calls and their contacts, a chunk at a time, in a few statements a chunk.

A chunk is copied into a temporary table, compared there with what is stored, and only what is new or differs is
written; each chunk is a transaction of its own, so that memory stays flat and an interrupted import is simply run
again. What a file leaves blank never erases what is known. A contact that people have worked on since (its version is
no longer 1, or it is open) keeps what they wrote. The temporary tables need one session: not a pooler that changes
the connection between transactions.
"""

import hashlib
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from contact_center.call_events import CLOCKS
from contact_center.call_locks import lock_calls
from contact_center.lines import read_lines
from contact_center.models import Agent, Call, CallLeg, TollFreeLine, Topic
from customers.imports.reading import UnusableInput
from customers.validators import without_control_characters

from . import queue_log
from .records import ANSWERED, OPEN, CallRecord, LegRecord, RowRefused

CHUNK_ROWS = 5_000
_STAGED = (
    ("place", "integer"),
    ("external_id", "text"),
    ("line_id", "bigint"),
    ("agent_id", "bigint"),
    ("topic_id", "bigint"),
    ("customer_key", "text"),
    ("caller", "text"),
    ("caller_stated", "text"),
    ("queued_at", "timestamptz"),
    ("answered_at", "timestamptz"),
    ("ended_at", "timestamptz"),
    ("wait_seconds", "integer"),
    ("talk_seconds", "integer"),
    ("hold_seconds", "integer"),
    ("wrap_seconds", "integer"),
    ("disposition", "text"),
    ("transferred", "boolean"),
    ("ring_no_answer", "integer"),
    ("level", "integer"),
    ("outcome", "text"),
    ("satisfaction", "integer"),
    ("legs_changed", "boolean"),
    ("only_new", "boolean"),
)
# What a call is made of, besides its key: whoever writes calls writes these.
CALL_FIELDS = [
    "line_id",
    "caller",
    "caller_stated",
    "agent_id",
    "contact_id",
    "queued_at",
    "answered_at",
    "ended_at",
    "wait_seconds",
    "talk_seconds",
    "hold_seconds",
    "wrap_seconds",
    "disposition",
    "transferred",
    "ring_no_answer",
    "told_by",
]
_CONTACT_COLUMNS = [
    "line_id",
    "customer_id",
    "address",
    "topic_id",
    "agent_id",
    "level",
    "outcome",
    "escalation",
    "satisfaction",
    "started_at",
    "closed_at",
]


@dataclass(slots=True)
class Told:
    """A call to be written, with what to call when its fate is known: `refuse(error)` if the database says no.

    `done` hears "created", "updated" or "unchanged" otherwise. With `only_new` the key is not certain: the row is refused
    where a call with other facts has it.
    """

    record: CallRecord
    refuse: Callable[[RowRefused], None]
    done: Callable[[str], None] | None = None
    only_new: bool = False


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
    """Writes chunks of calls of one source; counts them in `created`, `updated`, `unchanged`."""

    def __init__(self, source: str, rules: Rules):
        self.source, self.rules = source, rules
        self.created = self.updated = self.unchanged = 0
        self.new_topics: list[str] = []
        self.new_agents: list[str] = []
        self.lines = read_lines().by_name
        self.agents = dict(Agent.objects.values_list("code", "pk"))
        self.agents_in_any_case: dict[str, set[int]] = {}
        for code, pk in self.agents.items():
            self.agents_in_any_case.setdefault(code.casefold(), set()).add(pk)
        self.topics: dict[str, int] = {}
        self.topic_names: dict[str, str] = {}
        for code, pk, name in Topic.objects.values_list("code", "pk", "name"):
            self.topics[code], self.topic_names[code] = pk, name
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS import_staging, import_seen")
            columns = ", ".join(f"{name} {kind}" for name, kind in _STAGED)
            cursor.execute(
                f"CREATE TEMP TABLE import_staging ({columns}, call_id bigint, contact_id bigint, customer_id bigint,"
                " escalation text, told_by text NOT NULL DEFAULT 'record', is_new boolean NOT NULL DEFAULT true, changed boolean NOT NULL"
                " DEFAULT false, refused text NOT NULL DEFAULT '', new_contact boolean NOT NULL DEFAULT false)"
            )
            cursor.execute("CREATE TEMP TABLE import_seen (key text PRIMARY KEY, digest text, number bigint)")

    def close(self) -> None:
        """Drop what the session holds for the import."""
        if connection.needs_rollback:
            return  # a failed trial run: the rollback drops it
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS import_staging, import_seen")

    # --- Keys seen in this file

    def seen(self, keys: Iterable[str]) -> dict[str, tuple[str, int]]:
        """Digest and number remembered for those of the keys that this file had before."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT key, digest, number FROM import_seen WHERE key = ANY(%s)", [list(keys)])
            return {key: (digest, number) for key, digest, number in cursor}

    def remember(self, rows: dict[str, tuple[str, int]]) -> None:
        """Remember digest and number of keys, in the database: the memory of the process stays flat."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO import_seen SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[]) "
                "ON CONFLICT (key) DO UPDATE SET digest = EXCLUDED.digest, number = EXCLUDED.number",
                [list(rows), [digest for digest, _number in rows.values()], [number for _d, number in rows.values()]],
            )

    # --- A chunk

    @transaction.atomic
    def write(self, chunk: Sequence[Told], *, with_legs: bool = False) -> None:
        """Write the calls of a chunk, in which each key stands once; refuse one by one what cannot be written."""
        ready: list[tuple[Told, list]] = []
        with connection.cursor() as cursor:
            lock_calls(cursor, self.source, (told.record.external_id for told in chunk))
        if with_legs:
            changed = self._merge_with_stored([told.record for told in chunk])
        for told in chunk:
            try:
                values = self._values(told.record)
                for leg in told.record.legs:
                    self._line(leg.line)
                    self._agent(leg.agent)
            except RowRefused as error:
                told.refuse(error)
                continue
            values["legs_changed"] = with_legs and told.record.external_id in changed
            values["only_new"] = told.only_new
            values["place"] = len(ready)
            ready.append((told, [values[name] for name, _kind in _STAGED]))
        if not ready:
            return
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE import_staging")
            self._copy(cursor, [values for _told, values in ready])
            cursor.execute("ANALYZE import_staging")
            self._compare(cursor)
            self._find_customers(cursor)
            cursor.execute("SELECT place, refused FROM import_staging WHERE refused <> '' ORDER BY place")
            refused = dict(cursor.fetchall())
            for place, why in refused.items():
                told = ready[place][0]
                told.refuse(_refusal(why, told.record))
            cursor.execute("DELETE FROM import_staging WHERE refused <> ''")
            self._write_contacts(cursor)
            self._write_calls(cursor)
            if with_legs:
                self._write_legs(cursor, [told.record for told, _values in ready])
            cursor.execute(
                "SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE changed AND NOT is_new), "
                "count(*) FILTER (WHERE NOT changed AND NOT is_new) FROM import_staging"
            )
            created, updated, unchanged = cursor.fetchone()
            self._tell_fates(cursor, ready, refused)
        self.created += created
        self.updated += updated
        self.unchanged += unchanged

    def _tell_fates(self, cursor, ready: list[tuple[Told, list]], refused: dict[int, str]) -> None:
        if not any(told.done for told, _values in ready):
            return
        cursor.execute(
            "SELECT place, CASE WHEN is_new THEN 'created' WHEN changed THEN 'updated' ELSE 'unchanged' END"
            " FROM import_staging"
        )
        fates = dict(cursor.fetchall())
        for place, (told, _values) in enumerate(ready):
            if told.done and place not in refused:
                told.done(fates.get(place, "unchanged"))  # what is older than what is stored has left the table

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

    def _line(self, code: str) -> int:
        try:
            return self.lines[code]
        except KeyError:
            if self.rules.lines_are_queues:
                mend = _("Say in [queues] of the mapping which line the queue serves.")
            else:
                mend = _("Name it in the mapping: [line] values.")
            said = _("there is no line “%(code)s”") % {"code": code}
            raise RowRefused("", code, said, mend, code="unknown_line") from None

    def _agent(self, code: str) -> int | None:
        if not code:
            return None
        code = without_control_characters(code)[:60]
        if code not in self.agents:
            same = self.agents_in_any_case.get(code.casefold(), set())
            if len(same) == 1:
                return next(iter(same))
            if self.rules.ignore_agents:
                return None
            if not self.rules.create_agents:
                raise RowRefused(
                    "",
                    code,
                    _("there is no agent “%(code)s”") % {"code": code},
                    _('Enter the agent, or set [agent] unknown = "create" in the mapping.'),
                    code="unknown_agent",
                )
            agent, created = Agent.objects.get_or_create(code=code, defaults={"name": code})
            self.agents[code] = agent.pk
            self.agents_in_any_case.setdefault(code.casefold(), set()).add(agent.pk)
            self.new_agents += [code] * created
        return self.agents[code]

    def _topic(self, text: str) -> int | None:
        if not text:
            return None
        text = without_control_characters(text)
        code = text if text in self.topics else self._topic_code(text)
        if code not in self.topics:
            if self.rules.ignore_topics:
                return None
            if not self.rules.create_topics:
                raise RowRefused(
                    "",
                    text,
                    _("there is no topic “%(text)s”") % {"text": text},
                    _('Enter the topic, list it in values, or set [topic] unknown = "create" in the mapping.'),
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
        plain = slugify(text)[:60]
        hashed = f"{plain[:49] or 'topic'}-{hashlib.sha256(_in_one_case(text).encode()).hexdigest()[:10]}"
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

    # --- The statements

    def _copy(self, cursor, rows: list[list]) -> None:
        text = io.StringIO()
        for row in rows:
            text.write("\t".join(map(_copied, row)))
            text.write("\n")
        text.seek(0)
        names = ", ".join(name for name, _kind in _STAGED)
        cursor.copy_expert(f"COPY import_staging ({names}) FROM STDIN", text)

    def _compare(self, cursor) -> None:
        """Join what is stored: blanks of the file are filled from it, and `changed` says what differs."""
        cursor.execute(
            """
            UPDATE import_staging s SET
                is_new = false, call_id = c.id, contact_id = c.contact_id,
                agent_id = COALESCE(s.agent_id, c.agent_id),
                caller = CASE WHEN s.caller_stated = '' THEN c.caller ELSE s.caller END,
                caller_stated = CASE WHEN s.caller_stated = '' THEN c.caller_stated ELSE s.caller_stated END,
                wait_seconds = COALESCE(s.wait_seconds, c.wait_seconds),
                talk_seconds = COALESCE(s.talk_seconds, c.talk_seconds),
                hold_seconds = COALESCE(s.hold_seconds, c.hold_seconds),
                wrap_seconds = COALESCE(s.wrap_seconds, c.wrap_seconds),
                transferred = COALESCE(s.transferred, c.transferred),
                ring_no_answer = COALESCE(s.ring_no_answer, c.ring_no_answer),
                refused = CASE
                    WHEN c.contact_id IS NOT NULL AND s.disposition NOT IN ('answered', 'open') THEN 'answered_before'
                    WHEN c.disposition <> 'open' AND s.disposition = 'open' THEN 'older'
                    WHEN c.told_by = 'events' AND (
                        s.line_id <> c.line_id OR s.agent_id <> c.agent_id
                        OR abs(extract(epoch FROM s.queued_at - c.queued_at)) > %s
                        OR c.disposition <> 'open' AND (
                            (s.disposition = 'answered') <> (c.disposition = 'answered')
                            OR abs(extract(epoch FROM s.ended_at - c.ended_at)) > %s
                        )
                    ) THEN 'events'
                    ELSE '' END,
                told_by = CASE WHEN s.disposition = 'open' THEN c.told_by ELSE 'record' END
            FROM contact_center_call c
            WHERE c.source = %s AND c.external_id = s.external_id
            """,
            [CLOCKS.total_seconds(), CLOCKS.total_seconds(), self.source],
        )
        # A file that is older than what is stored has nothing to say: the row counts as unchanged.
        cursor.execute("SELECT count(*) FROM import_staging WHERE refused = 'older'")
        self.unchanged += cursor.fetchone()[0]
        cursor.execute("DELETE FROM import_staging WHERE refused = 'older'")
        cursor.execute(
            """
            UPDATE import_staging SET
                talk_seconds = CASE WHEN disposition = 'answered' THEN talk_seconds ELSE COALESCE(talk_seconds, 0) END,
                hold_seconds = COALESCE(hold_seconds, 0), wrap_seconds = COALESCE(wrap_seconds, 0),
                transferred = COALESCE(transferred, false), ring_no_answer = COALESCE(ring_no_answer, 0),
                escalation = CASE WHEN level = 2 THEN 'not_stated' ELSE '' END
            """
        )
        facts = [name for name in CALL_FIELDS if name not in ("contact_id", "told_by")]
        cursor.execute(
            f"""
            UPDATE import_staging s SET refused = 'another' FROM contact_center_call c
            WHERE s.only_new AND c.id = s.call_id AND s.refused = ''
              AND {_row("c", facts)} IS DISTINCT FROM {_row("s", facts)}
            """  # noqa: S608
        )

    def _find_customers(self, cursor) -> None:
        """By code or tax code where the file has one, else by the caller's number when it is one customer's only."""
        wanted = "s.customer_key <> '' AND s.customer_id IS NULL AND s.disposition IN ('answered', 'open')"
        if self.rules.customer_by in ("any", "code"):
            cursor.execute(
                "UPDATE import_staging s SET customer_id = k.id FROM customers_customer k "  # noqa: S608
                f"WHERE {wanted} AND k.code = s.customer_key"
            )
        if self.rules.customer_by in ("any", "tax_code"):
            cursor.execute(
                "UPDATE import_staging s SET customer_id = k.id FROM customers_customer k "  # noqa: S608
                f"WHERE {wanted} AND k.tax_code = upper(s.customer_key)"
            )
        if not self.rules.ignore_customers:
            cursor.execute(f"UPDATE import_staging s SET refused = 'customer' WHERE {wanted} AND refused = ''")  # noqa: S608
        cursor.execute(
            """
            UPDATE import_staging s SET customer_id = p.customer_id
            FROM (
                SELECT value, min(customer_id) AS customer_id FROM customers_contactpoint
                WHERE kind = 'phone' AND value IN (
                    SELECT caller FROM import_staging
                    WHERE caller <> '' AND customer_id IS NULL AND disposition = 'answered'
                )
                GROUP BY value HAVING count(DISTINCT customer_id) = 1
            ) p
            WHERE p.value = s.caller AND s.customer_id IS NULL AND s.disposition = 'answered'
              AND NOT EXISTS (SELECT FROM contact_center_contact c WHERE c.id = s.contact_id AND c.customer_id IS NOT NULL)
            """
        )

    def _write_contacts(self, cursor) -> None:
        cursor.execute(
            """
            UPDATE import_staging s SET
                contact_id = nextval(pg_get_serial_sequence('contact_center_contact', 'id')), new_contact = true
            WHERE disposition = 'answered' AND contact_id IS NULL
            """
        )
        cursor.execute(
            """
            INSERT INTO contact_center_contact (
                id, channel, kind, line_id, customer_id, address, subject, topic_id, agent_id, level, outcome,
                escalation, state, satisfaction, notes, started_at, closed_at, reopened_count, version)
            SELECT contact_id, 'phone', 'request', line_id, customer_id, caller, '', topic_id, agent_id,
                COALESCE(level, 1), COALESCE(outcome, ''), escalation, 'closed', satisfaction, '', queued_at, ended_at,
                0, 1
            FROM import_staging WHERE new_contact ORDER BY place
            """
        )
        told = """
            SELECT s.contact_id AS id, s.line_id, COALESCE(s.customer_id, k.customer_id) AS customer_id,
                CASE WHEN s.caller = '' THEN k.address ELSE s.caller END AS address,
                COALESCE(s.topic_id, k.topic_id) AS topic_id, COALESCE(s.agent_id, k.agent_id) AS agent_id,
                COALESCE(s.level, k.level) AS level, COALESCE(s.outcome, k.outcome) AS outcome,
                CASE WHEN s.level IS NULL OR s.level = k.level THEN k.escalation ELSE s.escalation END AS escalation,
                COALESCE(s.satisfaction, k.satisfaction) AS satisfaction, s.queued_at AS started_at,
                s.ended_at AS closed_at
            FROM import_staging s JOIN contact_center_contact k ON k.id = s.contact_id
            WHERE NOT s.new_contact AND s.disposition = 'answered' AND k.version = 1 AND k.state = 'closed'
        """
        cursor.execute(
            f"""
            WITH written AS (
                UPDATE contact_center_contact k SET {_assignments(_CONTACT_COLUMNS, "t")}
                FROM ({told}) t
                WHERE t.id = k.id AND {_row("k", _CONTACT_COLUMNS)} IS DISTINCT FROM {_row("t", _CONTACT_COLUMNS)}
                RETURNING k.id
            )
            UPDATE import_staging s SET changed = true FROM written WHERE written.id = s.contact_id
            """  # noqa: S608
        )

    def _write_calls(self, cursor) -> None:
        names = ", ".join(CALL_FIELDS)
        cursor.execute(
            f"""
            UPDATE import_staging s SET changed = true FROM contact_center_call c
            WHERE c.id = s.call_id AND {_row("c", CALL_FIELDS)} IS DISTINCT FROM {_row("s", CALL_FIELDS)}
            """  # noqa: S608
        )
        cursor.execute(
            f"""
            WITH written AS (
                INSERT INTO contact_center_call AS c (source, external_id, {names})
                SELECT %s, external_id, {names} FROM import_staging WHERE is_new OR changed ORDER BY place
                ON CONFLICT (source, external_id) DO UPDATE SET {_assignments(CALL_FIELDS, "EXCLUDED")}
                WHERE {_row("c", CALL_FIELDS)} IS DISTINCT FROM {_row("EXCLUDED", CALL_FIELDS)}
                RETURNING c.id, c.external_id
            )
            UPDATE import_staging s SET call_id = written.id FROM written WHERE written.external_id = s.external_id
            """,  # noqa: S608
            [self.source],
        )

    # --- Legs

    def _merge_with_stored(self, records: list[CallRecord]) -> set[str]:
        """Join each record with what is stored of its call; the keys of the calls whose legs differ after that."""
        if self.rules.ignore_agents:  # what will not be stored must not look like a difference
            for told in (each for record in records for each in (record, *record.legs)):
                told.agent = told.agent if told.agent in self.agents else ""
        stored = self._stored([record.external_id for record in records])
        changed = set()
        for told in records:
            known = stored.get(told.external_id)
            if known is None or not known.legs:
                changed.add(told.external_id)
                continue
            merged = queue_log.merge(known, told, second_level_queues=self.second_level_queues)
            if _leg_facts(merged.legs) != _leg_facts(known.legs):
                changed.add(told.external_id)
            for name in CallRecord.__slots__:
                setattr(told, name, getattr(merged, name))
        return changed

    second_level_queues: frozenset[str] = frozenset()

    def _stored(self, keys: list[str]) -> dict[str, CallRecord]:
        lines = dict(TollFreeLine.objects.values_list("pk", "code"))
        agents = {pk: code for code, pk in self.agents.items()}
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
        for leg in CallLeg.objects.filter(call__in=found).order_by("call", "position"):
            found[leg.call_id].legs.append(
                LegRecord(
                    queue=leg.queue,
                    line=lines[leg.line_id],
                    agent=agents.get(leg.agent_id, ""),
                    entered_at=leg.entered_at,
                    answered_at=leg.answered_at,
                    ended_at=leg.ended_at,
                    wait_seconds=leg.wait_seconds,
                    talk_seconds=leg.talk_seconds,
                    disposition=leg.disposition,
                )
            )
        return {record.external_id: record for record in found.values()}

    def _write_legs(self, cursor, records: list[CallRecord]) -> None:
        cursor.execute("UPDATE import_staging SET changed = true WHERE legs_changed")
        cursor.execute("SELECT external_id, call_id FROM import_staging WHERE legs_changed")
        calls = dict(cursor.fetchall())
        CallLeg.objects.filter(call__in=calls.values()).delete()
        CallLeg.objects.bulk_create(
            CallLeg(
                call_id=calls[record.external_id],
                position=position,
                line_id=self._line(leg.line),
                queue=leg.queue[:80],
                agent_id=self._agent(leg.agent),
                entered_at=leg.entered_at,
                answered_at=leg.answered_at,
                ended_at=leg.ended_at,
                wait_seconds=leg.wait_seconds,
                talk_seconds=leg.talk_seconds,
                disposition=leg.disposition,
            )
            for record in records
            if record.external_id in calls
            for position, leg in enumerate(record.legs, 1)
        )


def require_lines(codes: Iterable[str]) -> None:
    """Refuse the import when a line that the mapping names does not exist."""
    known = read_lines().by_name
    for code in sorted(codes):
        if code not in known:
            raise UnusableInput(
                _("The mapping names the line “%(code)s”, which does not exist. There are: %(codes)s.")
                % {"code": code, "codes": ", ".join(TollFreeLine.objects.values_list("code", flat=True))}
            )


def _refusal(why: str, record: CallRecord) -> RowRefused:
    if why == "customer":
        return RowRefused(
            "",
            record.customer,
            _("there is no customer “%(key)s”") % {"key": record.customer},
            _('Import the customer first, or set [customer] unknown = "ignore" in the mapping.'),
            code="unknown_customer",
        )
    if why == "events":
        return RowRefused(
            "",
            record.external_id,
            _("contradicts the events of this call: in line, agent, answer, or by more than five seconds"),
            _("Compare it with the call in the back office: two calls may share the key, or a clock may be wrong."),
            code="contradicts_events",
        )
    if why == "another":
        return RowRefused(
            "",
            record.external_id,
            _("the cells of its key were changed, and another call has the key they make"),
            _("Correct the row in its own file and import the whole file again."),
            code="key_of_another",
        )
    return RowRefused(
        "",
        record.external_id,
        _("was answered according to what is stored, and has a contact: it cannot become unanswered"),
        _(
            "Check the key: two calls may share it. Where the answer was stated by mistake, code its contact as a dropped"
            " line: it then counts in no share."
        ),
        code="answered_before",
    )


def _in_one_case(text: str) -> str:
    """The text without what tells no two names apart: capitals, blanks, hyphens, stops."""
    return re.sub(r"[\s\-_.,;:/]+", " ", text.casefold()).strip()


def _leg_facts(legs: list[LegRecord]) -> list[tuple]:
    return [
        (leg.queue, leg.line, leg.agent, leg.entered_at, leg.answered_at, leg.ended_at, leg.wait_seconds,
         leg.talk_seconds, leg.disposition)
        for leg in legs
    ]  # fmt: skip


def _copied(value) -> str:
    """A value as COPY's text format wants it."""
    if value is None:
        return r"\N"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str):
        return value.replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")
    return str(value)


def _assignments(columns: Iterable[str], table: str) -> str:
    return ", ".join(f"{name} = {table}.{name}" for name in columns)


def _row(table: str, columns: Iterable[str]) -> str:
    return "(" + ", ".join(f"{table}.{name}" for name in columns) + ")"
