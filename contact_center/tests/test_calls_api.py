"""The telephone platform's doors: complete calls and events, one or many, each row with a result of its own."""

import csv
import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contact_center.calls import recording
from contact_center.calls.api import AHEAD
from contact_center.calls.recording import purge_events
from contact_center.contacts import commands
from contact_center.models import Call, CallEvent, CallLeg, Contact, ContactEvent, TollFreeLine
from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import CustomerFactory, UserFactory
from foundation.api.keys import create_key, revoke_key

pytestmark = pytest.mark.django_db
CALLS, EVENTS = reverse("api_calls"), reverse("api_call_events")
T0 = datetime(2026, 5, 4, 8, tzinfo=UTC)
CALLER_FORMS = list(csv.reader(Path(__file__).with_name("caller_forms.csv").read_text(encoding="utf-8").splitlines()))[
    1:
]


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def key():
    return create_key(name="Centralino", source="centralino", scopes=["calls:write"], by=None)


@pytest.fixture
def send(client, key):
    """Send a body; returns the answer."""

    def post(address, body, secret=key[1], **headers):
        return client.post(
            address, body, content_type="application/json", headers={"Authorization": f"Bearer {secret}"}, **headers
        )

    return post


@pytest.fixture
def agent():
    return make.AgentFactory(code="op1", extension="4101", user=UserFactory(role=roles.AGENT))


def complete(**fields):
    return {
        "id": "k1",
        "queued_at": "2026-05-04T10:00:00+02:00",
        "answered_at": "2026-05-04T10:00:10+02:00",
        "ended_at": "2026-05-04T10:03:10+02:00",
        "line": "customers",
        "caller": "333 1234567",
        **fields,
    }


ABANDONED = {
    "id": "k2",
    "queued_at": "2026-05-04T08:00:00Z",
    "line": "800 330 664",
    "disposition": "abandoned",
    "wait_seconds": 30,
}


def event(kind, second, **facts):
    return {"call_id": "c1", "event": kind, "at": (T0 + timedelta(seconds=second)).isoformat(), **facts}


def ordinary(call_id="c1"):
    events = [
        event("queued", 0, line="customers", caller="333 1234567"),
        event("ringing", 4, agent="op1"),
        event("answered", 10, agent="4101"),
        event("ended", 190, reason="completed"),
    ]
    return [{**each, "call_id": call_id} for each in events]


def statuses(answer):
    assert answer.status_code == 200, answer.content
    return [(each["status"], each.get("code", "")) for each in answer.json()["results"]]


# --- Who may ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", [CALLS, EVENTS])
def test_only_a_key_with_the_scope_comes_in(client, send, key, address):
    def status(secret):
        answer = send(address, [], secret)
        return answer.status_code, answer.json()["code"]

    assert client.post(address, [], content_type="application/json").status_code == 401
    assert status("vc_aaaaaaaa_bbbbbbbb") == (401, "key_unknown")
    assert status(create_key(name="Other", source="x", scopes=["figures:read"], by=None)[1]) == (403, "scope_missing")
    assert status(key[1]) == (400, "no_rows")
    revoke_key(key[0], by=None)
    assert status(key[1]) == (401, "key_revoked")


@pytest.mark.parametrize("role", sorted(roles.ALL))
def test_no_person_sends_calls(client, role):
    client.force_login(UserFactory(role=role))
    assert client.post(EVENTS, ordinary(), content_type="application/json").status_code == 401
    assert not CallEvent.objects.exists()


# --- The body -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", [CALLS, EVENTS])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "parse_error"),
        ('"x"', "not_rows"),
        ("null", "not_rows"),
        ("[]", "no_rows"),
        ([{}] * 1001, "too_many_rows"),
    ],
)
def test_a_body_that_cannot_be_used_is_refused_whole(send, address, body, code):
    answer = send(address, body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_thousand_rows_are_taken_in_a_bounded_number_of_queries(send, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        answer = send(CALLS, [complete(id=f"k{n}") for n in range(1000)])
    assert (answer.json()["created"], Call.objects.count(), Contact.objects.count()) == (1000, 1000, 1000)


# --- Complete calls -----------------------------------------------------------------------------------------------
def test_a_complete_call_is_written_with_its_contact(send, agent):
    assert statuses(send(CALLS, complete(agent="4101", resolved=True))) == [("created", "")]
    call = Call.objects.get()
    assert (call.source, call.external_id, call.agent, call.caller) == ("centralino", "k1", agent, "+393331234567")
    assert (call.wait_seconds, call.talk_seconds, call.recorded_by) == (10, 180, "record")
    assert (call.contact.state, call.contact.outcome) == ("closed", "resolved")


def test_the_same_call_again_changes_nothing_and_a_corrected_one_updates(send):
    send(CALLS, complete())
    assert statuses(send(CALLS, complete())) == [("unchanged", "")]
    assert statuses(send(CALLS, complete(hold_seconds=20))) == [("updated", "")]
    assert Call.objects.get().hold_seconds == 20


def test_what_is_left_out_never_erases(send):
    send(CALLS, complete(transferred=True, wrap_seconds=9))
    assert statuses(send(CALLS, complete())) == [("unchanged", "")]
    call = Call.objects.get()
    assert (call.transferred, call.wrap_seconds) == (True, 9)


def test_one_bad_row_does_not_stop_the_others(send):
    answer = send(CALLS, [complete(line="nowhere"), ABANDONED, 7, complete(id="k3", customer="nobody")])
    body = answer.json()
    assert statuses(answer) == [
        ("refused", "unknown_line"),
        ("created", ""),
        ("refused", "not_an_object"),
        ("refused", "unknown_customer"),
    ]
    assert (body["received"], body["created"], body["refused"]) == (4, 1, 3)
    assert body["results"][0] == {
        "row": 0,
        "id": "k1",
        "status": "refused",
        "code": "unknown_line",
        "field": "line",
        "reason": "there is no line “nowhere”",
        "hint": "The lines are customers, claims, campers.",
    }
    assert body["results"][3]["field"] == "customer"
    assert "mapping" not in str(body)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"queued_at": "2026-05-04T10:00:00"}, "naive", "queued_at"),
        ({"queued_at": "4 May"}, "invalid", "queued_at"),
        ({"queued_at": None}, "null", "queued_at"),
        ({"id": ""}, "blank", "id"),
        ({"id": "x" * 121}, "max_length", "id"),
        ({"id": "a\0b"}, "null_characters_not_allowed", "id"),
        ({"agent": "9999"}, "unknown_agent", "agent"),
        ({"agent": "9\0"}, "null_characters_not_allowed", "agent"),
        ({"topic": "none-such"}, "unknown_topic", "topic"),
        ({"talk_seconds": -1}, "negative", "talk_seconds"),
        ({"talk_seconds": 86_401}, "too_long", "talk_seconds"),
        ({"talk_seconds": 10**40}, "unreadable", "talk_seconds"),
        ({"talk_seconds": "long"}, "invalid", "talk_seconds"),
        ({"disposition": "abandoned"}, "talk_unanswered", "queued_at"),
        ({"disposition": "lost"}, "invalid_choice", "disposition"),
        ({"answered_at": "2026-05-04T09:00:00+02:00"}, "answered_before_queued", "answered_at"),
        ({"ended_at": "2026-05-04T10:00:05+02:00"}, "ended_before_begun", "ended_at"),
        ({"queued_at": "2999-05-04T10:00:00Z", "answered_at": None, "ended_at": None}, "future", "queued_at"),
        ({"rating": 6}, "unreadable", "rating"),
        ({"resolvd": True}, "unknown_field", "resolvd"),
    ],
)
def test_a_call_that_makes_no_sense_says_where(send, fields, code, field):
    [result] = send(CALLS, complete(**fields)).json()["results"]
    assert (result["status"], result["code"], result["field"]) == ("refused", code, field), result
    assert result["reason"]
    assert result["hint"]
    assert not Call.objects.exists()


def test_one_key_twice_in_a_request(send):
    answer = send(CALLS, [complete(), complete(), complete(caller="333 7654321")])
    assert statuses(answer) == [("created", ""), ("unchanged", ""), ("refused", "told_twice")]


# --- Events -------------------------------------------------------------------------------------------------------
def test_the_events_of_a_call_make_one_call_with_its_contact(send, agent):
    for each in ordinary():
        assert statuses(send(EVENTS, each)) == [("created", "")]
    call = Call.objects.get()
    assert (call.wait_seconds, call.talk_seconds, call.disposition, call.recorded_by) == (
        10,
        180,
        "answered",
        "events",
    )
    assert (call.line.code, call.agent, call.caller) == ("customers", agent, "+393331234567")
    contact = call.contact
    assert (contact.channel, contact.state, contact.owner, contact.agent, contact.address, contact.customer) == (
        "phone",
        "in_progress",
        agent,
        agent,
        "+393331234567",
        None,
    )
    assert [(each.kind, each.by) for each in ContactEvent.objects.all()] == [("opened", agent.user)]


def test_a_whole_call_in_one_request_backwards_and_twice_is_the_same(send, agent):
    send(EVENTS, ordinary("c1"))
    send(EVENTS, [*ordinary("c2")[::-1], *ordinary("c2")])
    one, other = Call.objects.order_by("external_id").values()
    for each in ("id", "external_id", "contact_id"):
        del one[each], other[each]
    assert one == other
    assert Contact.objects.count() == 2


def test_an_event_again_changes_nothing_and_says_so(send, agent):
    send(EVENTS, ordinary())
    before = list(Call.objects.values()), list(Contact.objects.values())
    answer = send(EVENTS, ordinary())
    assert statuses(answer) == [("unchanged", "")] * 4
    assert (list(Call.objects.values()), list(Contact.objects.values())) == before


def test_a_caller_who_hangs_up_has_no_contact(send):
    send(EVENTS, [event("queued", 0, line="customers"), event("ended", 30, reason="abandoned")])
    call = Call.objects.get()
    assert (call.disposition, call.wait_seconds, call.contact, call.caller) == ("abandoned", 30, None, "")


def test_a_key_of_an_event_used_for_another_is_refused(send):
    send(EVENTS, event("queued", 0, line="customers", event_id="e1"))
    answer = send(EVENTS, [event("ended", 9, reason="abandoned", event_id="e1"), {**event("queued", 0, line="claims", event_id="e1"), "call_id": "c2"}])  # fmt: skip
    assert statuses(answer) == [("refused", "event_id_reused")] * 2
    assert Call.objects.get().disposition == "open"


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"line": "nowhere"}, "unknown_line", "line"),
        ({"to_line": "nowhere"}, "unknown_line", "to_line"),
        ({"agent": "9999"}, "unknown_agent", "agent"),
        ({"at": "2026-05-04T10:00:00"}, "naive", "at"),
        ({"at": "2999-05-04T10:00:00Z"}, "future", "at"),
        ({"event": "ended"}, "required", "reason"),
        ({"event": "vanished"}, "invalid_choice", "event"),
        ({"reason": "lost_end", "event": "ended"}, "invalid_choice", "reason"),
        ({"call_id": " "}, "blank", "call_id"),
        ({"caller": "x" * 501}, "max_length", "caller"),
        ({"calller": "1"}, "unknown_field", "calller"),
        ({"line": {"code": "customers"}}, "invalid", "line"),
    ],
)
def test_an_event_that_makes_no_sense_says_where_and_the_rest_is_kept(send, fields, code, field):
    bad = event("queued", 0, line="customers") | fields
    results = send(EVENTS, [bad, {**event("queued", 0, line="customers"), "call_id": "c2"}]).json()["results"]
    assert (results[0]["status"], results[0]["code"], results[0]["field"]) == ("refused", code, field), results[0]
    assert results[0]["hint"]
    assert results[1]["status"] == "created"


def test_odd_texts_are_kept_as_they_are(send):
    for call_id, caller in (("😀", "مرحبا ‮ txet"), ("%_'\"\\", "anonymous")):
        send(EVENTS, {**event("queued", 0, line="customers", caller=caller), "call_id": call_id})
        call = Call.objects.get(external_id=call_id)
        assert (call.caller, call.caller_stated) == ("", caller)


def test_an_inactive_agent_answers_by_code_but_an_extension_is_whose_it_is_now(send, agent):
    make.AgentFactory(code="old", extension="4101", is_active=False)
    send(EVENTS, ordinary())
    assert Call.objects.get().agent == agent


def test_an_answer_without_a_line_waits_for_it(send, agent):
    assert statuses(send(EVENTS, event("answered", 10, agent="op1"))) == [("created", "line_unknown_yet")]
    assert not Call.objects.exists()
    send(EVENTS, event("queued", 0, line="customers"))
    call = Call.objects.get()
    assert (call.agent, call.wait_seconds) == (agent, 10)


def test_a_transfer_gives_the_contact_to_the_agent_who_has_the_caller(send, agent):
    second = make.AgentFactory(code="op2", user=UserFactory(role=roles.AGENT))
    send(EVENTS, ordinary()[:3])
    send(EVENTS, event("transferred", 100, to_line="claims"))
    assert Contact.objects.get().owner == agent
    send(EVENTS, event("answered", 120, agent="op2"))
    call = Call.objects.get()
    assert (call.agent, call.contact.owner, call.contact.agent, call.transferred) == (agent, second, agent, True)
    assert list(CallLeg.objects.values_list("line__code", "agent__code", "talk_seconds")) == [
        ("customers", "op1", 90),
        ("claims", "op2", 0),
    ]
    assert list(ContactEvent.objects.values_list("kind", flat=True)) == ["opened", "taken"]


def test_what_people_did_to_the_contact_remains(send, agent):
    send(EVENTS, ordinary()[:3])
    contact = Contact.objects.get()
    commands.wrap_up(contact, code=make.WrapUpCodeFactory(needs_topic=False), by=agent.user)
    second = make.AgentFactory(code="op2")
    send(EVENTS, [event("answered", 150, agent="op2"), event("ended", 190, reason="completed")])
    contact.refresh_from_db()
    assert (contact.state, contact.owner, contact.outcome) == ("closed", agent, "resolved")
    assert CallLeg.objects.get(position=2).agent == second


def test_a_platform_whose_clock_is_ahead_can_be_wrapped_up(send, agent):
    ahead = timezone.now() + timedelta(hours=2)
    send(EVENTS, {**event("answered", 0, agent="op1", line="customers"), "at": ahead.isoformat()})
    contact = Contact.objects.get()
    assert contact.started_at <= timezone.now()
    commands.wrap_up(contact, code=make.WrapUpCodeFactory(needs_topic=False), by=agent.user)


def test_one_event_costs_few_queries(send, agent, django_assert_num_queries):
    send(EVENTS, {**event("queued", 0, line="customers"), "call_id": "warm"})
    first, ringing, answered, ended = ordinary()
    for each, most in ((first, 10), (ringing, 10), (answered, 13), (ended, 12)):
        with django_assert_num_queries(most, exact=False):
            send(EVENTS, each)


def test_a_thousand_events_cost_as_many_queries_as_ten(send, agent, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        send(EVENTS, [{**each, "call_id": f"c{n}"} for n in range(250) for each in ordinary()])
    assert Call.objects.filter(disposition="answered").count() == Contact.objects.count() == 250


@pytest.mark.django_db(transaction=True)
def test_events_of_one_call_at_once_make_one_call(three_lines, key):
    # What the migrations entered is gone when another test of real transactions went before.
    TollFreeLine.objects.get_or_create(code="customers", defaults={"name": "Clienti", "number": "+39800016611"})
    agent = make.AgentFactory(code="op1", extension="4101")
    ready = threading.Barrier(4)
    failed = []

    def work(each):
        try:
            ready.wait()
            answer = Client().post(
                EVENTS, each, content_type="application/json", headers={"Authorization": f"Bearer {key[1]}"}
            )
            if answer.status_code != 200:
                failed.append(answer.content)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(each,)) for each in ordinary()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    call = Call.objects.get()
    assert (call.wait_seconds, call.talk_seconds, call.agent) == (10, 180, agent)
    assert Contact.objects.count() == 1


# --- Events and complete records of one call ----------------------------------------------------------------------
def test_a_complete_record_that_agrees_tells_what_the_events_did_not(send, agent):
    send(EVENTS, ordinary())
    topic, customer = make.TopicFactory(code="motivo"), CustomerFactory()
    record = complete(id="c1", agent="op1", ended_at="2026-05-04T10:03:12+02:00", topic="motivo", wrap_seconds=30)
    assert statuses(send(CALLS, {**record, "customer": customer.code})) == [("updated", "")]
    call = Call.objects.get()
    assert (call.recorded_by, call.wrap_seconds, Contact.objects.count(), topic.code) == ("record", 30, 1, "motivo")
    assert statuses(send(EVENTS, event("held", 60))) == [("created", "told_whole")]
    assert Call.objects.get().hold_seconds == 0


def test_a_complete_record_that_contradicts_the_events_says_so(send, agent):
    make.AgentFactory(code="op2")
    send(EVENTS, ordinary())
    before = list(Call.objects.values())
    for fields in ({"agent": "op2"}, {"line": "claims"}, {"ended_at": "2026-05-04T10:04:00+02:00"}):
        assert statuses(send(CALLS, complete(id="c1", **fields))) == [("refused", "contradicts_events")]
    assert statuses(send(CALLS, {**ABANDONED, "id": "c1", "line": "customers"})) == [("refused", "answered_before")]
    assert list(Call.objects.values()) == before


def test_events_that_contradict_a_complete_record_are_kept_and_say_so(send, agent):
    send(CALLS, {**ABANDONED, "id": "c1", "line": "customers"})
    answer = send(EVENTS, ordinary()[:3])
    assert statuses(answer) == [("created", "contradicts_record")] * 3
    assert Call.objects.get().disposition == "abandoned"
    assert CallEvent.objects.count() == 3


def test_events_end_a_call_that_a_file_left_open(send, agent):
    send(CALLS, complete(id="c1", ended_at=None, disposition="open", answered_at=None))
    assert Call.objects.get().disposition == "open"
    assert statuses(send(EVENTS, event("answered", 12, agent="op1"))) == [("created", "")]
    assert statuses(send(EVENTS, event("ended", 60, reason="completed"))) == [("created", "")]
    call = Call.objects.get()
    assert (call.wait_seconds, call.talk_seconds, call.caller, call.recorded_by) == (12, 48, "+393331234567", "events")


# --- What is kept, with a note ------------------------------------------------------------------------------------
@pytest.mark.parametrize(("stated", "wanted"), CALLER_FORMS)
def test_a_caller_is_read_in_whatever_form_it_comes(send, stated, wanted):
    assert statuses(send(EVENTS, event("queued", 0, line="customers", caller=stated))) == [("created", "")]
    assert statuses(send(CALLS, complete(id="k9", caller=stated))) == [("created", "")]
    assert set(Call.objects.values_list("caller", flat=True)) == {wanted}


@pytest.mark.parametrize("stated", ["1234", "interno 12", "sip:reception@sbc.example.it", "x" * 400])
def test_a_caller_that_cannot_be_read_is_kept_with_a_note_and_costs_no_call(send, stated):
    assert statuses(send(EVENTS, event("queued", 0, line="customers", caller=stated))) == [
        ("created", "caller_unreadable")
    ]
    assert statuses(send(CALLS, complete(id="k9", caller=stated))) == [("created", "caller_unreadable")]
    assert set(Call.objects.values_list("caller", "caller_stated")) == {("", stated[:60])}
    assert CallEvent.objects.get().facts["caller"] == stated


@pytest.mark.parametrize(("minutes", "note"), [(1, ""), (60, "clock_ahead"), (120, "clock_ahead")])
def test_local_time_that_is_labelled_utc_is_noted(send, minutes, note):
    at = (timezone.now() + timedelta(minutes=minutes)).isoformat()
    counted = AHEAD.labels("centralino")._value.get()
    assert statuses(send(EVENTS, {"call_id": "c1", "event": "queued", "at": at, "line": "claims"})) == [
        ("created", note)
    ]
    assert statuses(send(CALLS, {"id": "k9", "queued_at": at, "line": "claims", "wait_seconds": 3})) == [
        ("created", note)
    ]
    assert AHEAD.labels("centralino")._value.get() - counted == (2 if note else 0)


def test_a_field_that_is_not_known_names_the_nearest(send):
    (result,) = send(CALLS, complete(resolvd=True)).json()["results"]
    assert (result["field"], "resolved" in result["reason"]) == ("resolvd", True)
    assert not Call.objects.exists()


@pytest.mark.parametrize("address", [CALLS, EVENTS])
def test_a_parameter_of_the_address_is_refused(send, address):
    answer = send(f"{address}?dry_run=1", complete())
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["dry_run"])


SURROGATE = chr(0xD800)


@pytest.mark.parametrize(
    ("address", "bad"),
    [
        (EVENTS, event("queued", 0, line="customers") | {"call_id": f"bad{SURROGATE}"}),
        (EVENTS, event("queued", 0, line=f"claims{SURROGATE}")),
        (EVENTS, event(f"queued{SURROGATE}", 0, line="customers")),
        (EVENTS, event("queued", 0, line="customers", **{f"zz{SURROGATE}": 1})),
        (CALLS, complete(id=f"bad{SURROGATE}")),
        (CALLS, complete(disposition=f"answered{SURROGATE}")),
    ],
)
def test_a_character_that_cannot_be_written_is_refused_in_its_row(send, address, bad):
    good = {**event("queued", 0, line="customers"), "call_id": "good"} if address == EVENTS else complete(id="good")
    answer = send(address, json.dumps([bad, good]))
    assert [status for status, _code in statuses(answer)] == ["refused", "created"]


def test_complete_calls_need_no_table_of_their_own(send, agent, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as queries:
        send(CALLS, [complete(id=f"k{n}", agent="4101", topic="") for n in range(50)])
    assert not [each["sql"] for each in queries if "TABLE" in each["sql"].upper().split("UNNEST")[0]]


# --- Lost ends, and what is forgotten -----------------------------------------------------------------------------
def test_a_call_open_for_hours_is_closed_and_marked(send, agent):
    send(EVENTS, ordinary()[:3])
    send(EVENTS, {**event("queued", 0, line="claims"), "call_id": "c2"})
    now = T0 + timedelta(hours=3, minutes=59)
    assert recording.close_lost_calls(now) == 0
    assert recording.close_lost_calls(now + timedelta(minutes=2)) == 2
    assert recording.close_lost_calls(now + timedelta(minutes=2)) == 0
    answered, waiting = Call.objects.order_by("external_id")
    assert (answered.disposition, answered.recorded_by, answered.talk_seconds) == ("answered", "sweep", 0)
    assert (waiting.disposition, waiting.recorded_by, waiting.contact) == ("abandoned", "sweep", None)


def test_the_real_end_of_a_swept_call_counts_instead(send, agent):
    send(EVENTS, ordinary()[:3])
    recording.close_lost_calls(T0 + timedelta(hours=5))
    assert statuses(send(EVENTS, ordinary()[3])) == [("created", "")]
    call = Call.objects.get()
    assert (call.recorded_by, call.talk_seconds) == ("events", 180)


def test_a_call_that_a_file_left_open_is_swept_too():
    make.CallFactory(abandoned=True, disposition="open", ended_at=None, wait_seconds=None, queued_at=T0)
    assert recording.close_lost_calls(T0 + timedelta(hours=5)) == 1
    assert Call.objects.get().disposition == "abandoned"


def test_old_events_are_purged_in_chunks_and_the_call_remains(send, agent):
    send(EVENTS, ordinary())
    now = timezone.now()
    assert purge_events(now + timedelta(days=89)) == 0
    assert purge_events(now + timedelta(days=91), chunk=3) == 4
    assert statuses(send(EVENTS, event("held", 20))) == [("created", "told_whole")]
    assert Call.objects.get().talk_seconds == 180
