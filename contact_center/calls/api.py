"""The telephone platform's doors: complete calls, and the events of live ones. One, or up to a thousand.

Each row has a result of its own: a bad one says what is wrong and how to correct it, and the others go on.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, PolymorphicProxySerializer, extend_schema
from prometheus_client import Counter
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from contact_center.calls.events import ENDED, KINDS, REASONS, Event
from contact_center.calls.imports.csv_calls import CallReader, rule_words
from contact_center.calls.imports.loading import Result
from contact_center.calls.imports.mapping import CallsMap
from contact_center.calls.imports.records import DISPOSITIONS, FUTURE, CallRecord
from contact_center.calls.lines import lines_naming
from contact_center.calls.outgoing import OutgoingEvent, record_outgoing
from contact_center.calls.recording import CALLER_UNREADABLE, CLOCK_AHEAD, Directory, record_calls, record_events
from contact_center.models import Agent
from customers.validators import normalise_phone
from foundation.api.fields import AwareDateTimeField, RatingField, SecondsField
from foundation.api.keys import ApiKeyAuthentication, HasScope
from foundation.api.strict import StrictSerializer, StrictView
from foundation.files.reading import Row
from foundation.files.report import Outcome, RowRefused
from foundation.models import ApiKey

MOST_ROWS = 1_000
LONGEST_CALLER = 500  # a SIP address with name and parameters is longer than a number
AHEAD = Counter("care_calls_ahead", "Rows from a platform whose moments were ahead of our clock.", ["source"])


# --- What is sent -----------------------------------------------------------------------------------------------
class CallIn(StrictSerializer):
    """A complete call: the columns of a file of calls (docs/formats/calls.md), by the same rules."""

    id = serializers.CharField(min_length=1, max_length=120, help_text="The call's key at the platform")
    queued_at = AwareDateTimeField(help_text="When it entered the queue")
    line = serializers.CharField(min_length=1, max_length=60, help_text="Code or number of the toll-free line")
    answered_at = AwareDateTimeField(required=False, allow_null=True)
    ended_at = AwareDateTimeField(required=False, allow_null=True)
    wait_seconds = SecondsField(required=False, allow_null=True)
    talk_seconds = SecondsField(required=False, allow_null=True)
    hold_seconds = SecondsField(required=False, allow_null=True)
    wrap_seconds = SecondsField(required=False, allow_null=True)
    agent = serializers.CharField(
        required=False, allow_blank=True, max_length=60, help_text="Code or extension of the agent"
    )
    topic = serializers.CharField(required=False, allow_blank=True, max_length=120, help_text="Code of a topic")
    customer = serializers.CharField(
        required=False, allow_blank=True, max_length=30, help_text="A customer's code or tax code"
    )
    caller = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_CALLER,
        help_text="As the network gave it: a number, a sip: or tel: address, a word for a withheld one",
    )
    answered = serializers.BooleanField(required=False, allow_null=True)
    resolved = serializers.BooleanField(required=False, allow_null=True, help_text="At first level; null: not coded")
    transferred = serializers.BooleanField(required=False, allow_null=True)
    disposition = serializers.ChoiceField(required=False, allow_blank=True, choices=DISPOSITIONS)
    rating = RatingField(required=False, allow_null=True, help_text="1 to 5")


class CallEventIn(StrictSerializer):
    """One thing that happened to a call. In any order, as often as it likes, and not all of them need arrive."""

    call_id = serializers.CharField(min_length=1, max_length=120, help_text="The call's key at the platform")
    event_id = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=120,
        help_text="The event's own key, the same whenever it is sent again; without one, it is made of the other fields",
    )
    event = serializers.ChoiceField(choices=KINDS)
    at = AwareDateTimeField(help_text="When it happened")
    line = serializers.CharField(
        required=False, allow_blank=True, max_length=60, help_text="Code or number of the line; one event must have it"
    )
    agent = serializers.CharField(
        required=False, allow_blank=True, max_length=60, help_text="Who: code or extension of an agent"
    )
    caller = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_CALLER,
        help_text="As the network gave it: a number, a sip: or tel: address, a word for a withheld one",
    )
    reason = serializers.ChoiceField(
        required=False, allow_blank=True, choices=list(REASONS), help_text="Obligatory for “ended”"
    )
    to_line = serializers.CharField(required=False, allow_blank=True, max_length=60, help_text="Of a transfer")
    to_agent = serializers.CharField(required=False, allow_blank=True, max_length=60, help_text="Of a transfer")
    direction = serializers.ChoiceField(
        required=False,
        choices=["inbound", "outbound"],
        help_text="“outbound” for a call that an agent makes; without it, one that comes in",
    )
    called = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_CALLER,
        help_text="The number that an agent called; obligatory, with the agent, in every event of an outbound call",
    )
    attended = serializers.BooleanField(
        required=False, default=False, help_text="Of a transfer: the agents spoke with each other first"
    )


class RowResult(serializers.Serializer):
    """What became of one row. `code`, `field`, `reason` and `hint` are those of a row that was refused, or a note."""

    row = serializers.IntegerField(help_text="Its place in what was sent, from 0")
    id = serializers.CharField(allow_blank=True, help_text="The call's key")
    status = serializers.ChoiceField(choices=["created", "updated", "unchanged", "refused"])
    code = serializers.CharField(required=False)
    field = serializers.CharField(required=False, allow_blank=True)
    reason = serializers.CharField(required=False)
    hint = serializers.CharField(required=False)


class RowResults(serializers.Serializer):
    """What became of everything that was sent."""

    received = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = RowResult(many=True)


# --- Rows in, results out -----------------------------------------------------------------------------------------
def rows_of(request: Request) -> list[Any]:
    """The rows of the body; ParseError (400) when it has none, too many, or is neither object nor list."""
    body = request.data
    rows = [body] if isinstance(body, Mapping) else body
    if not isinstance(rows, list):
        raise ParseError(_("Send a JSON object, or a list of them."), code="not_rows")
    if not rows:
        raise ParseError(_("The list is empty: send at least one row."), code="no_rows")
    if len(rows) > MOST_ROWS:
        raise ParseError(
            _("These are %(count)d rows: send at most %(most)d at a time.") % {"count": len(rows), "most": MOST_ROWS},
            code="too_many_rows",
        )
    return rows


def checked(row: Any, serializer: type[serializers.Serializer]) -> dict[str, Any]:
    """The fields of a row; RowRefused names the first that cannot be used."""
    if not isinstance(row, Mapping):
        raise RowRefused("", _("is not a JSON object"), _("Write the row as {…}."), value="", code="not_an_object")
    try:
        return _form(serializer).run_validation(row)
    except ValidationError as error:
        name, problem = _first_problem(error)
        raise RowRefused(name, str(problem), _general_hint(), value="", code=problem.code or "") from None


def _first_problem(error: ValidationError) -> tuple[str, ErrorDetail]:
    """The first field that cannot be used, and why."""
    assert isinstance(error.detail, dict), "a row has fields, and the problems are theirs"
    name, problems = next(iter(error.detail.items()))
    assert isinstance(problems, list)
    assert isinstance(problems[0], ErrorDetail), "no field of a row has fields of its own"
    return name, problems[0]


@lru_cache
def _form(serializer: type[serializers.Serializer]) -> serializers.Serializer:
    """One for all rows: it is the making of its fields that takes time."""
    return serializer()


def _source(request: Request) -> str:
    """The source of calls that the key speaks for."""
    assert isinstance(request.auth, ApiKey), "only a key opens the doors of calls"
    return request.auth.source


def _answer(request: Request, names: list[str], results: list[Result]) -> Response:
    """The results as a body, with 200: what could not be done is in its row."""
    if ahead := sum(each.note == CLOCK_AHEAD for each in results):
        AHEAD.labels(_source(request)).inc(ahead)
    answers = [_result(row, *each) for row, each in enumerate(zip(names, results, strict=True))]
    counts = {
        status: sum(each["status"] == status for each in answers)
        for status in ("created", "updated", "unchanged", "refused")
    }
    return Response({"received": len(answers), **counts, "results": answers})


def _result(row: int, name: str, result: Result) -> dict[str, Any]:
    found: dict[str, Any] = {"row": row, "id": name, "status": result.outcome}
    if (refusal := result.refusal) is not None:
        found |= {
            "status": "refused",
            "code": refusal.code,
            "field": refusal.column or _FIELD_OF.get(refusal.code, ""),
            "reason": str(refusal),
            "hint": _hints().get(refusal.code) or refusal.hint or _general_hint(),
        }
    elif result.note:
        found |= {"code": result.note, "reason": _notes()[result.note]}
    return found


_FIELD_OF = {
    "unknown_line": "line",
    "unknown_agent": "agent",
    "unknown_topic": "topic",
    "unknown_customer": "customer",
    "answered_before": "id",
    "contradicts_events": "id",
}


def _general_hint() -> str:
    return _("Correct the field and send the row again.")


def _hints() -> dict[str, str]:
    """How to fix what the rules of the files refuse: there the mapping is to be corrected."""
    again = _general_hint()
    return {
        "unreadable": again,
        "negative": again,
        "talk_unanswered": _("Leave out talk and answer, or say that it was answered."),
        "resolved_unanswered": _("Leave “resolved” out, or say that it was answered."),
        "future": _("Check the clock and the time zone of the platform."),
        "unknown_topic": _("Send the code of a topic that exists, or none."),
        "unknown_customer": _("Send the code or tax code of a customer that exists, or none."),
    }


def _notes() -> dict[str, str]:
    return {
        CALLER_UNREADABLE: _("Kept. The caller is no number that could be called back: the call has none."),
        CLOCK_AHEAD: _("Kept. It lies ahead of our clock: check the clock and the time zone of the platform."),
        "line_unknown_yet": _("Kept. The call appears once an event names its line."),
        "told_whole": _("Kept. A complete record already describes this call, and nothing was changed."),
        "contradicts_record": _(
            "Kept. It contradicts the complete record that already describes this call, and nothing was changed."
        ),
    }


# Written out, because it is asked for each event and the ORM takes longer to write it than the database to answer.
_OF_AGENTS = ("id", "code", "user_id", "extension", "is_active")  # in the order of the model's own
_AGENTS_NAMED = f"""
    SELECT {", ".join(_OF_AGENTS)} FROM contact_center_agent
    WHERE code = ANY (%(names)s) OR extension = ANY (%(names)s) AND is_active
"""  # noqa: S608 - names of our own columns


def _agents_named(names: Collection[str]) -> list[Agent]:
    """The agents with one of the codes or, as long as they answer, of the extensions."""
    with connection.cursor() as cursor:
        cursor.execute(_AGENTS_NAMED, {"names": list(names)})
        return [Agent.from_db(connection.alias, _OF_AGENTS, row) for row in cursor]


class Names:
    """The lines and agents that rows name, in whichever way: lines by code or number, agents by code or extension."""

    def __init__(self, rows: Iterable[Any], agent_fields: Collection[str]):
        self._agents: dict[str, Agent] = {}
        named = {str(row[name]) for row in rows if isinstance(row, Mapping) for name in agent_fields if row.get(name)}
        named = {name for name in named if len(name) <= 60 and name.isprintable()}
        if named:
            for agent in _agents_named(named):
                if agent.is_active and agent.extension:
                    self._agents[agent.extension] = agent
                self._agents[agent.code] = agent  # a code wins over somebody else's extension

    def line(self, name: str, field: str = "line") -> str:
        """The code of a line; RowRefused for one that does not exist, with those that do."""
        if not name:
            return ""
        lines = lines_naming(name)
        if (pk := lines.id_of(name)) is None:
            raise RowRefused(
                field,
                _("there is no line “%(code)s”") % {"code": name},
                _("The lines are %(codes)s.") % {"codes": lines.in_words()},
                value=name,
                code="unknown_line",
            )
        return lines.codes[pk]

    def agent(self, name: str, field: str = "agent") -> str:
        """The code of an agent; RowRefused for one that does not exist, or whose extension is nobody's now."""
        if not name:
            return ""
        if name not in self._agents:
            raise RowRefused(
                field,
                _("there is no agent “%(code)s”") % {"code": name},
                _("Enter the agent in the back office, with this code or extension, and send the row again."),
                value=name,
                code="unknown_agent",
            )
        return self._agents[name].code

    @property
    def directory(self) -> Directory:
        """What the command needs of it."""
        return Directory({agent.code: agent for agent in self._agents.values()})


# --- Complete calls ---------------------------------------------------------------------------------------------
COMPLETE = {
    "id": "20260504-000123",
    "queued_at": "2026-05-04T09:30:00+02:00",
    "answered_at": "2026-05-04T09:30:12+02:00",
    "ended_at": "2026-05-04T09:34:02+02:00",
    "line": "customers",
    "caller": "+39 333 1234567",
    "agent": "4101",
    "wrap_seconds": 25,
    "resolved": True,
}
REFUSED = {
    "row": 1,
    "id": "20260504-000124",
    "status": "refused",
    "code": "unknown_agent",
    "field": "agent",
    "reason": "there is no agent “9999”",
    "hint": "Enter the agent in the back office, with this code or extension, and send the row again.",
}
RESULTS = OpenApiResponse(
    RowResults, description="A result for each row, in the order sent: `refused` says how many were not taken"
)
COUNTS = {"received": 2, "created": 1, "updated": 0, "unchanged": 0, "refused": 1}


class CallsView(StrictView):
    """Calls that are over."""

    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [HasScope("calls:write")]

    @extend_schema(
        operation_id="calls_record",
        summary="Record complete calls",
        description=(
            "One call, or a list of up to 1,000. A call is known by the key's source and its `id`: the same call again "
            "changes nothing, a corrected one updates, and what is left out never erases what is known. Each row has a "
            "result of its own, in the order sent: an answer of 200 may hold rows that were refused. Moments need a time zone. "
            "400 only for a body that cannot be read."
        ),
        request=PolymorphicProxySerializer(
            component_name="CallOrCalls",
            serializers=[CallIn, CallIn(many=True)],
            resource_type_field_name=None,
            many=False,
        ),
        responses={200: RESULTS},
        tags=["calls"],
        examples=[
            OpenApiExample("One call", value=COMPLETE, request_only=True),
            OpenApiExample(
                "Two calls",
                value=[COMPLETE, {**COMPLETE, "id": "20260504-000124", "agent": "9999"}],
                request_only=True,
            ),
            OpenApiExample(
                "One refused",
                value={**COUNTS, "results": [{"row": 0, "id": COMPLETE["id"], "status": "created"}, REFUSED]},
                response_only=True,
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Write the calls; 200 with a result for each row."""
        rows = rows_of(request)
        names, now = Names(rows, ["agent"]), timezone.now()
        results = [Result() for _row in rows]
        first: dict[str, tuple[int, Any]] = {}
        ready: list[tuple[int, CallRecord, str]] = []
        for place, row in enumerate(rows):
            try:
                record, note = _record(checked(row, CallIn), names, now)
                earlier = first.setdefault(record.external_id, (place, row))
                if earlier[0] == place:
                    ready.append((place, record, note))
                elif earlier[1] == row:
                    results[place].outcome = Outcome.UNCHANGED
                else:
                    raise _sent_twice(record.external_id, earlier[0])
            except RowRefused as refusal:
                results[place].refusal = refusal
        if ready:
            written = record_calls([record for _place, record, _note in ready], source=_source(request))
            for (place, _record_of, note), result in zip(ready, written, strict=True):
                results[place] = result
                result.note = result.note or note
        return _answer(request, [_text(row, "id") for row in rows], results)


def _sent_twice(key: str, place: int) -> RowRefused:
    return RowRefused(
        "id",
        _("row %(number)d has the same key but other content") % {"number": place},
        _("Send the right one of the two."),
        value=key,
        code="told_twice",
    )


def _record(given: dict[str, Any], names: Names, now: datetime) -> tuple[CallRecord, str]:
    """A call by the rules of the files, of the fields that have something in them; and a note where it is doubtful."""
    texts = {name: _cell(value) for name, value in given.items() if value not in (None, "")}
    texts["line"] = names.line(texts["line"])
    if "agent" in texts:
        texts["agent"] = names.agent(texts["agent"])
    reader = CallReader(_map_of(frozenset(texts)), now=now)
    record = reader.call(Row(0, 0, texts))
    if "transferred" not in texts:
        record.transferred = None  # not stated: what is known remains
    note = CALLER_UNREADABLE if "caller" in record.doubts else CLOCK_AHEAD if "ahead" in record.doubts else ""
    return record, note


@lru_cache(maxsize=512)
def _map_of(fields: frozenset[str]) -> CallsMap:
    return CallsMap.of_our_columns(sorted(fields))


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _text(row: Any, name: str) -> str:
    return str(row.get(name, ""))[:120] if isinstance(row, Mapping) else ""


# --- Events -----------------------------------------------------------------------------------------------------
EVENTS = [
    {
        "call_id": "20260504-000125",
        "event_id": "e-1",
        "event": "queued",
        "at": "2026-05-04T09:40:00+02:00",
        "line": "800 330 664",
        "caller": "+39 333 1234567",
    },
    {
        "call_id": "20260504-000125",
        "event_id": "e-2",
        "event": "answered",
        "at": "2026-05-04T09:40:08+02:00",
        "agent": "4101",
    },
    {
        "call_id": "20260504-000125",
        "event_id": "e-3",
        "event": "ended",
        "at": "2026-05-04T09:43:50+02:00",
        "reason": "completed",
    },
]


class CallEventsView(StrictView):
    """What happens to calls while they last."""

    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [HasScope("calls:write")]

    @extend_schema(
        operation_id="calls_events",
        summary="Report what happens to calls",
        description=(
            "One event, or a list of up to 1,000. An event is known by the key's source and its `event_id`: sent again "
            "it changes nothing. Events may come late and in any order; the call is made again from all it has. On "
            "`answered` the agent's desk shows the caller within a second. Each row has a result of its own; a "
            "`code` of one that was not refused is a note: what is doubtful in it, or why it changed nothing. "
            "With `direction` “outbound” they are of a call that an agent makes: every event carries `agent` and `called`, "
            "and the call counts in no figure of calls that come in."
        ),
        request=PolymorphicProxySerializer(
            component_name="CallEventOrEvents",
            serializers=[CallEventIn, CallEventIn(many=True)],
            resource_type_field_name=None,
            many=False,
        ),
        responses={200: RESULTS},
        tags=["calls"],
        examples=[
            OpenApiExample("One event", value=EVENTS[1], request_only=True),
            OpenApiExample("A whole call", value=EVENTS, request_only=True),
            OpenApiExample(
                "Kept",
                value={
                    **dict.fromkeys(COUNTS, 0),
                    "received": 1,
                    "created": 1,
                    "results": [{"row": 0, "id": "20260504-000125", "status": "created"}],
                },
                response_only=True,
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Keep the events; 200 with a result for each row."""
        rows = rows_of(request)
        names, now = Names(rows, ["agent", "to_agent"]), timezone.now()
        results = [Result() for _row in rows]
        ready: list[tuple[int, tuple[str, Event]]] = []
        ours: list[tuple[int, tuple[str, OutgoingEvent]]] = []
        for place, row in enumerate(rows):
            try:
                given = checked(row, CallEventIn)
                if given.get("direction") == "outbound":
                    ours.append((place, _outgoing(given, names, now)))
                else:
                    ready.append((place, _event(given, names, now)))
            except RowRefused as refusal:
                results[place].refusal = refusal
        if ready:
            recorded = record_events(
                [each for _place, each in ready], source=_source(request), directory=names.directory
            )
            for (place, _each), result in zip(ready, recorded, strict=True):
                results[place] = result
        if ours:
            recorded = record_outgoing([each for _place, each in ours], source=_source(request))
            for (place, _ours), result in zip(ours, recorded, strict=True):
                results[place] = result
        return _answer(request, [_text(row, "call_id") for row in rows], results)


def _refuse_future(at: datetime, now: datetime) -> None:
    if at > now + FUTURE:
        raise RowRefused("at", rule_words("future")[0], value=at.isoformat(), code="future")


def _outgoing(given: dict[str, Any], names: Names, now: datetime) -> tuple[str, OutgoingEvent]:
    """The key and the event of a call of ours; RowRefused without its agent, or a number that can be called."""
    _refuse_future(given["at"], now)
    agent, stated = names.agent(given.get("agent", "")), given.get("called", "").strip()
    if not agent:
        raise RowRefused(
            "agent",
            _("an event of a call of ours needs its agent"),
            _("Send the code or extension of the agent with every event."),
            value="",
            code="required",
        )
    try:
        number = normalise_phone(stated)
    except DjangoValidationError:
        number = ""
    if not number:
        raise RowRefused(
            "called",
            _("an event of a call of ours needs the number that was called"),
            _("Send the number with every event, such as +393331234567."),
            value=stated,
            code="required",
        )
    return given["call_id"], OutgoingEvent(given["event"], given["at"], agent, number)


def _event(given: dict[str, Any], names: Names, now: datetime) -> tuple[str, Event]:
    """The call's key and the event, with codes for names."""
    kind, at = given["event"], given["at"]
    _refuse_future(at, now)
    reason = given.get("reason", "")
    if kind == ENDED and not reason:
        raise RowRefused(
            "reason",
            _("an end needs its reason"),
            _("Send one of %(words)s.") % {"words": ", ".join(REASONS)},
            value="",
            code="required",
        )
    event = Event(
        key=given.get("event_id", "") or _digest(given),
        kind=kind,
        at=at,
        line=names.line(given.get("line", "")),
        agent=names.agent(given.get("agent", "")),
        caller=given.get("caller", "").strip(),
        reason=reason if kind == ENDED else "",
        to_line=names.line(given.get("to_line", ""), "to_line"),
        to_agent=names.agent(given.get("to_agent", ""), "to_agent"),
        attended=given["attended"],
    )
    return given["call_id"], event


def _digest(given: dict[str, Any]) -> str:
    """A key for an event that has none of its own: the same fields make the same key."""
    parts = [f"{name}={_cell(given[name])}" for name in sorted(given)]
    return "digest:" + hashlib.blake2b("\x1f".join(parts).encode(), digest_size=20).hexdigest()
