"""`import_contacts`: the tickets of an earlier help desk come in with their events, and nobody hears of it."""

import csv
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import mean, median

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contact_center.contacts.commands import add_note, take
from contact_center.contacts.reopening import reopen
from contact_center.figures.daily import refresh
from contact_center.figures.period import Period
from contact_center.figures.query import figures
from contact_center.models import Contact, ContactEvent, Message, PastContact, SatisfactionSurvey, StaleDay, Topic
from contact_center.past import loading, running
from contact_center.past.course import Step, course_of
from contact_center.past.figures import figures_of
from contact_center.tests.factories import AgentFactory, TeamFactory, TopicFactory
from customers import roles
from customers.tests.factories import (
    ContactPointFactory,
    CustomerFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from customers.tests.sign_in import signed_in
from foundation.files.one_at_a_time import lock_key
from notifications.models import Notice

pytestmark = pytest.mark.django_db

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
Kind = ContactEvent.Kind
MAP = """
[time]
zone = "Europe/Rome"
formats = ["%Y-%m-%d %H:%M:%S"]
[ticket]
column = "ticket"
[activity]
column = "what"
values = { "1" = "opened", "2" = "taken", "5" = "escalated", "6" = "closed", "7" = "reopened", "9" = "replied" }
names = { "8" = "Take in charge" }
[moment]
column = "at"
[channel]
constant = "email"
[topic]
column = "topic"
unknown = "create"
[agent]
column = "agent"
unknown = "ignore"
[outcome]
column = "outcome"
values = { "ok" = "resolved", "ko" = "unresolved" }
[customer]
column = "customer"
unknown = "ignore"
[texts]
subject = "subject"
text = "text"
"""
HEADER = "ticket,what,at,topic,agent,outcome,customer,subject,text\n"
OPENED = "T1,1,2025-03-03 09:00:00,Copie,,,,Copia,Vorrei una copia.\n"
TAKEN = "T1,2,2025-03-03 10:00:00,,Marta,,,,\n"
CLOSED = "T1,6,2025-03-05 09:00:00,,Marta,ok,,,\n"
OTHER = "T2,1,2025-03-04 08:00:00,Copie,,,,Altro,\n"
TICKETS_MAP = """
[ticket]
column = "id"
[opened]
column = "from"
[closed]
column = "until"
[channel]
column = "by"
values = { "mail" = "email", "letter" = "post" }
[outcome]
constant = "resolved"
[texts]
subject = "about"
text = "text"
"""
TICKETS_HEADER = "id,from,until,by,about,text\n"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-05-06T10:00:00+02:00", tick=False):
        yield


@pytest.fixture
def load(tmp_path, capsys, settings):
    """Import rows; returns exit code, the counts that are not zero, and the whole output."""
    settings.LANGUAGE_CODE = "en"

    def run(*rows, map_text=MAP, source="old", header=HEADER, **options):
        (tmp_path / "map.toml").write_text(map_text)
        path = options.pop("path", None)
        if path is None:
            path = tmp_path / "old.csv"
            path.write_text(header + "".join(rows), newline="")
        code = 0
        try:
            call_command("import_contacts", str(path), map=str(tmp_path / "map.toml"), source=source, **options)
        except SystemExit as end:
            code = end.code
        out = capsys.readouterr().out
        counts = dict(pair.split("=") for pair in out.strip().splitlines()[-1].split())
        shown = {name: int(counts[name]) for name in list(counts)[1:6] if counts[name] != "0"}
        return code, shown, out

    return run


def everything():
    return (
        list(Contact.objects.order_by("pk").values()),
        list(PastContact.objects.order_by("pk").values()),
        list(ContactEvent.objects.order_by("pk").values()),
        Message.objects.count(),
        Topic.objects.count(),
    )


def refusals(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(row["row"], row["column"], row["reason"]) for row in csv.DictReader(file)]


# --- Tickets and their events
def test_rows_of_a_ticket_become_a_contact_with_their_events_wherever_they_stand(load):
    agent = AgentFactory(code="marta")
    assert load(OPENED, OTHER, CLOSED, TAKEN)[:2] == (0, {"created": 4})
    contact = Contact.objects.get(past__key="T1")
    assert (contact.started_at, contact.closed_at) == (
        datetime(2025, 3, 3, 8, tzinfo=UTC),
        datetime(2025, 3, 5, 8, tzinfo=UTC),
    )
    assert (contact.state, contact.outcome, contact.subject, contact.agent) == ("closed", "resolved", "Copia", agent)
    events = contact.events.order_by("at").values_list("kind", "details")
    assert [kind for kind, _details in events] == ["opened", "taken", "closed"]
    assert events[1][1] == {"source": "old", "word": "2", "agent": "marta"}
    message = contact.messages.get()
    assert (message.direction, message.text, message.written_at) == (
        "inbound",
        "Vorrei una copia.",
        contact.started_at,
    )


def test_the_same_file_twice_changes_nothing_in_whatever_order(load):
    load(OPENED, TAKEN, CLOSED, OTHER)
    before = everything()
    assert load(OTHER, CLOSED, TAKEN, OPENED)[:2] == (0, {"unchanged": 4})
    assert everything() == before


def test_a_row_that_stands_twice_is_counted_and_passed_over(load):
    assert load(OPENED, TAKEN, TAKEN, CLOSED, TAKEN)[:2] == (0, {"created": 3, "duplicates": 2})
    assert ContactEvent.objects.count() == 3


def test_nobody_is_written_to_and_no_opinion_is_asked(load):
    customer = ContactPointFactory(kind="email", value="m@example.it").customer
    load(OPENED.replace(",,,,Copia", f",,,{customer.code},Copia"), CLOSED)
    assert Contact.objects.get().customer == customer
    assert not Notice.objects.exists()
    assert not SatisfactionSurvey.objects.exists()


def test_what_has_no_counterpart_is_kept_in_the_words_of_the_file(load, tmp_path):
    row = "T1,8,2025-03-03 12:00:00,,,,,,Preso in carico.\n"
    errors = tmp_path / "errors.csv"
    assert load(OPENED, row, errors=str(errors))[1] == {"rejected": 2}
    assert refusals(errors)[1][1:] == ("what", "the mapping does not list this activity")
    load(OPENED, row, map_text=MAP.replace("names =", 'unknown = "noted"\nnames ='))
    event = ContactEvent.objects.get(kind=Kind.NOTED)
    assert event.details == {"source": "old", "word": "Take in charge"}
    assert Message.objects.get(text="Preso in carico.").direction == "note"


def test_an_escalation_is_of_the_second_level_and_a_reopening_counts(load):
    load(
        OPENED,
        "T1,5,2025-03-03 12:00:00,,,,,,\n",
        CLOSED,
        "T1,7,2025-03-06 09:00:00,,,,,,\n",
        "T1,6,2025-03-07 09:00:00,,,ok,,,\n",
    )
    contact = Contact.objects.get()
    assert (contact.level, contact.escalation, contact.reopened_count) == (2, "not_stated", 1)
    assert (contact.escalated_at.day, contact.closed_at.day) == (3, 7)


def test_a_later_file_brings_the_events_that_came_since(load):
    load(OPENED)
    assert Contact.objects.get().past.was_open
    assert load(OPENED, TAKEN, CLOSED)[:2] == (0, {"created": 2, "unchanged": 1})
    contact = Contact.objects.get()
    assert (contact.outcome, contact.closed_at.day, contact.past.was_open) == ("resolved", 5, False)
    assert contact.events.count() == 3


def test_what_somebody_has_worked_on_here_is_changed_by_no_file(load):
    agent = AgentFactory(user=UserFactory(role=roles.AGENT), team=TeamFactory())
    load(OPENED)
    add_note(Contact.objects.get(), text="Visto.", by=agent.user)
    assert load(OPENED)[:2] == (0, {"unchanged": 1})
    code, counts, out = load(OPENED, CLOSED)
    assert (code, counts) == (1, {"rejected": 2})
    assert "somebody has worked on" in out


def test_the_customer_is_found_by_code_tax_code_or_an_address_of_theirs_alone(load):
    one = ContactPointFactory(kind="email", value="uno@example.it").customer
    for _twin in range(2):
        ContactPointFactory(kind="email", value="due@example.it")
    named = [
        OPENED.replace("T1", f"T{number}").replace(",,,,Copia", f",,,{text},Copia")
        for number, text in enumerate((one.code, one.tax_code.lower(), "UNO@example.it", "due@example.it", "X"))
    ]
    load(*named)
    found = dict(PastContact.objects.values_list("key", "contact__customer"))
    assert found == {"T0": one.pk, "T1": one.pk, "T2": one.pk, "T3": None, "T4": None}


def test_the_file_of_the_customer_lists_the_contact(load):
    customer = CustomerFactory()
    load(OPENED.replace(",,,,Copia", f",,,{customer.code},Copia"), CLOSED)
    manager = signed_in(UserFactory(role=roles.MANAGER))
    page = manager.get(reverse("admin:customers_customer_change", args=[customer.pk]))
    assert Contact.objects.get().number in page.content.decode()


def test_a_topic_of_the_past_is_chosen_by_nobody_for_a_new_contact(load):
    known = TopicFactory(name="Copie", name_en="")
    _code, _counts, out = load(OPENED, OTHER.replace("Copie", "Disdette di allora"))
    created = Topic.objects.get(name="Disdette di allora")
    assert (created.valid_to, Contact.objects.get(past__key="T1").topic) == (date(2026, 5, 5), known)
    assert "created 1 topic: “Disdette di allora”" in out


def test_the_queue_finds_a_contact_by_the_number_it_had_there(load):
    load(OPENED.replace("T1", "HD-4711"), OTHER)
    manager = signed_in(UserFactory(role=roles.MANAGER))
    page = manager.get(reverse("admin:contact_center_contact_changelist"), {"work": "all", "q": "HD-4711"})
    numbers = [contact.number for contact in page.context["cl"].result_list]
    assert numbers == [PastContact.objects.get(key="HD-4711").contact.number]


# --- One row a ticket
def test_a_file_with_one_row_a_ticket(load):
    rows = ["7,2025-03-03 09:00:00,2025-03-04 09:00:00,letter,Copia,Testo\n", "8,2025-03-03 09:00:00,,mail,Altro,\n"]
    assert load(*rows, map_text=TICKETS_MAP, header=TICKETS_HEADER)[:2] == (0, {"created": 2})
    closed = Contact.objects.get(past__key="7")
    assert (closed.channel, closed.outcome, closed.events.count()) == ("post", "resolved", 2)
    ended = rows[1].replace(",,mail", ",2025-03-09 09:00:00,mail")
    assert load(rows[0], ended, map_text=TICKETS_MAP, header=TICKETS_HEADER)[1] == {"updated": 1, "unchanged": 1}
    assert Contact.objects.get(past__key="8").closed_at.day == 9


def test_two_rows_of_one_ticket_that_differ_are_refused_where_a_row_is_a_ticket(load, tmp_path):
    row = "7,2025-03-03 09:00:00,2025-03-04 09:00:00,mail,Copia,\n"
    errors = tmp_path / "errors.csv"
    load(row, row, row.replace("03-04", "03-05"), map_text=TICKETS_MAP, header=TICKETS_HEADER, errors=str(errors))
    assert ("3", "id", "row 1 has the same ticket but other content") in refusals(errors)


# --- What was open there
def test_what_was_open_there_is_closed_as_it_stood_and_waits_for_nobody(load):
    load(OTHER)
    contact = Contact.objects.get()
    assert (contact.state, contact.outcome, contact.closed_at) == ("closed", "not_known", contact.started_at)
    assert not Contact.objects.open().exists()
    assert not Contact.objects.not_coded().exists()
    assert contact.past.was_open


def test_on_demand_what_was_open_there_comes_into_the_queue_with_its_old_term(load):
    team = TeamFactory()
    load(OPENED, OTHER, CLOSED, open="queue")
    contact = Contact.objects.get(past__key="T2")
    assert (contact.state, contact.team, contact.outcome) == ("open", team, "")
    assert contact.due_at.date() == date(2025, 3, 5)
    agent = AgentFactory(user=UserFactory(role=roles.AGENT), team=team)
    assert take(contact, by=agent.user).owner == agent


# --- Figures
def test_the_figures_of_those_days_follow(load):
    load(OPENED, CLOSED, OTHER)
    assert set(StaleDay.objects.values_list("day", flat=True)) == {date(2025, 3, 3), date(2025, 3, 4)}
    refresh()
    counts = figures(Period(date(2025, 3, 1), date(2025, 3, 31))).totals
    assert (counts.handled, counts.first_level, counts.not_coded) == (2, 1, 0)
    assert load(OPENED, CLOSED, OTHER)[1] == {"unchanged": 3}
    assert not StaleDay.objects.exists()


def test_a_log_of_the_shape_of_a_real_one_comes_out_with_its_very_figures(load):
    """Tickets with events of codes 1 to 9, rows that stand twice, closed at their last 6: counted here once more."""
    chance = random.Random(2010)
    rows, spans = [], []
    for ticket in range(1, 201):
        at = first = datetime(2025, 1, 7, 9, tzinfo=UTC) + timedelta(hours=ticket)
        events = [("1", at)]
        for _event in range(chance.randrange(1, 5)):
            at += timedelta(seconds=chance.randrange(60, 900_000))
            events.append((chance.choice("23789"), at))
        at += timedelta(seconds=chance.randrange(1, 90_000))
        events += [("6", at), ("6", at + timedelta(seconds=17))]
        spans.append((at + timedelta(seconds=17) - first).total_seconds() / 86_400)
        rows += [f"{ticket},{word},{moment:%Y-%m-%d %H:%M:%S}\n" for word, moment in events]
    again = chance.sample(rows, 14)
    mapping = """
[time]
zone = "UTC"
[ticket]
column = "CaseID"
[activity]
column = "ActivityID"
values = { "1" = "assigned", "6" = "closed" }
unknown = "noted"
[moment]
column = "CompleteTimestamp"
[channel]
constant = "email"
"""
    mixed = chance.sample([*rows, *again], len(rows) + 14)
    code, counts, out = load(*mixed, map_text=mapping, header="CaseID,ActivityID,CompleteTimestamp\n")
    assert (code, counts) == (0, {"created": len(rows), "duplicates": 14})
    assert "Tickets of “old”: 200, of which 200 closed there and 0 still open." in out
    words = f"mean {mean(spans):.2f}, median {median(spans):.2f}, longest {max(spans):.2f}."
    assert words in out
    found = figures_of("old")
    assert found.median_days == pytest.approx(median(spans))


# --- Bad rows
@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (TAKEN.replace("T1", ""), "ticket", "the ticket is blank"),
        (TAKEN.replace("T1", "T" * 61), "ticket", "the number is longer than 60 characters"),
        (TAKEN.replace(",2,", ",4,"), "what", "the mapping does not list this activity"),
        (TAKEN.replace(",2,", ",,"), "what", "the activity is blank"),
        (TAKEN.replace("2025-03-03 10:00:00", ""), "at", "the moment is blank"),
        (TAKEN.replace("2025-03-03 10:00:00", "45719.41"), "at", "is not a moment as"),
        (TAKEN.replace("2025-03-03 10:00:00", "2025-03-30 02:30:00"), "at", "the clocks went forward over it"),
        (TAKEN.replace("2025-03-03", "2035-03-03"), "at", "lies in the future"),
        (TAKEN.replace("2025-03-03", "1900-01-01"), "at", "lies before 1990"),
        (TAKEN.replace(",,,,\n", ",,,,\0\n"), "", "the row contains a NUL character"),
        (TAKEN.replace(",,,,\n", ",,,," + "x" * 10_001 + "\n"), "text", "the text has 10001 characters"),
        (TAKEN.replace(",,,,\n", ",,,,,x\n"), "", "the row has 10 cells, the header 9"),
        (TAKEN.replace("Marta,,", "Marta,perhaps,"), "outcome", "the mapping does not list this value"),
        (TAKEN.replace(",,,,\n", ",,," + "x" * 251 + ",\n"), "subject", "longer than 250 characters"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_with_its_number_column_and_reason(load, tmp_path, row, column, reason):
    errors = tmp_path / "errors.csv"
    code, counts, _out = load(OTHER, row, errors=str(errors))
    assert (code, counts["created"]) == (1, 1)
    number, found, why = refusals(errors)[0]
    assert (number, found) == ("2", column)
    assert reason in why


def test_ten_thousand_characters_and_any_language_are_taken(load):
    text = "😀" + "א" * 9_999
    assert load(OPENED.replace("Vorrei una copia.", text))[1] == {"created": 1}
    assert Message.objects.get().text == text


def test_a_ticket_is_loaded_whole_and_the_file_of_refused_rows_is_corrected_and_imported_as_it_is(load, tmp_path):
    errors = tmp_path / "errors.csv"
    assert load(OPENED, TAKEN.replace(",2,", ",4,"), CLOSED, OTHER, errors=str(errors))[1] == {
        "created": 1,
        "rejected": 3,
    }
    assert refusals(errors)[0] == ("1", "ticket", "row 2 of the same ticket is refused")
    errors.write_text(errors.read_text(encoding="utf-8-sig").replace("T1,4,", "T1,2,"))
    assert load(path=errors)[:2] == (0, {"created": 3})
    assert load(OPENED, TAKEN, CLOSED, OTHER)[:2] == (0, {"unchanged": 4})


def test_a_ticket_without_its_opening_and_an_event_before_it_are_refused_where_the_map_says_so(load, tmp_path):
    strict = MAP.replace('column = "ticket"', 'column = "ticket"\nopens = "opened"')
    errors = tmp_path / "errors.csv"
    load(TAKEN, errors=str(errors), map_text=strict)
    assert refusals(errors) == [("1", "what", "the ticket has no opening")]
    early = TAKEN.replace("03-03", "03-01")
    load(OPENED, early, errors=str(errors), map_text=strict)
    assert refusals(errors)[1] == ("2", "at", "lies before the opening")
    assert not Contact.objects.exists()
    load(OPENED, map_text=strict)
    assert load(TAKEN, map_text=strict)[1] == {"created": 1}  # its opening came before, with another file


def test_an_unknown_customer_is_refused_unless_the_map_ignores_it(load):
    row = OPENED.replace(",,,,Copia", ",,,nobody,Copia")
    code, counts, out = load(row, map_text=MAP.replace('"customer"\nunknown = "ignore"', '"customer"'))
    assert (code, counts) == (1, {"rejected": 1})
    assert "there is no such customer" in out


def test_a_call_needs_its_line(load):
    phone = MAP.replace('constant = "email"', 'constant = "phone"')
    code, _counts, out = load(OPENED, map_text=phone)
    assert (code, "a contact by telephone needs its line" in out) == (1, True)
    load(OPENED, map_text=phone + '[line]\nconstant = "customers"\n')
    assert Contact.objects.get().line.code == "customers"


def test_what_no_ticket_could_have_is_refused(load, monkeypatch):
    monkeypatch.setattr(running, "MOST_EVENTS", 2)
    assert load(OPENED, TAKEN, CLOSED, OTHER)[:2] == (1, {"created": 1, "rejected": 3})


def test_a_row_that_the_database_refuses_keeps_no_other_back(load, monkeypatch):
    course = loading.course_of
    late = datetime(2025, 1, 1, tzinfo=UTC)

    def broken(steps):
        found = course(steps)
        is_other = found.started_at.day == 4
        return type(found)(found.started_at, found.last_at, late, None, 0) if is_other else found

    monkeypatch.setattr(loading, "course_of", broken)
    code, counts, out = load(OPENED, OTHER, CLOSED)
    assert (code, counts) == (1, {"created": 2, "rejected": 1})
    assert "contact_closed_after_start" in out


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("encoding", "declared"), [("utf-8-sig", ""), ("utf-16", ""), ("cp1252", "windows-1252")])
def test_files_of_any_encoding_delimiter_and_line_end(load, tmp_path, newline, encoding, declared):
    path = tmp_path / "other.csv"
    text = (HEADER + OPENED.replace("Copia", "Perché") + CLOSED).replace(",", ";").replace("\n", newline)
    path.write_bytes(text.encode(encoding))
    assert load(path=path, map_text=f'[file]\nencoding = "{declared}"\n{MAP}')[:2] == (0, {"created": 2})
    assert Contact.objects.get().subject == "Perché"


# --- The file, the map, the command
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('column = "ticket"', 'colum = "ticket"', "lacks [ticket] column"),
        ('"6" = "closed"', '"6" = "shut"', "cannot be “shut”"),
        ('constant = "email"', 'constant = "pigeon"', "cannot be “pigeon”"),
        ('[moment]\ncolumn = "at"', "", "lacks the section [moment]"),
        ('column = "at"', 'column = "when"', "The column “when” is missing"),
        ('[activity]\ncolumn = "what"', '[opened]\ncolumn = "at"', "unknown key"),
        ('zone = "Europe/Rome"', 'zone = "Rome"', "is unknown"),
    ],
)
def test_a_map_that_cannot_be_meant_stops_before_anything_is_written(load, old, new, words):
    with pytest.raises(CommandError) as stopped:
        load(OPENED, map_text=MAP.replace(old, new))
    assert words in str(stopped.value)
    assert stopped.value.returncode == 2
    assert not Contact.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"ticket,what,at\nT1,1,\xe8\n"])
def test_a_file_that_cannot_be_read_stops_before_anything_is_written(load, tmp_path, content):
    path = tmp_path / "broken.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError):
        load(path=path)


def test_a_trial_run_writes_nothing(load):
    before = everything()
    _code, counts, out = load(OPENED, CLOSED, dry_run=True)
    assert (counts, everything()) == ({"created": 2}, before)
    assert "Tickets of “old”: 1," in out


@pytest.mark.django_db(transaction=True)
def test_one_import_of_a_source_runs_at_a_time(load):
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [lock_key("import_contacts", "old")])
        with pytest.raises(CommandError, match="Another import"):
            load(OPENED)
    finally:
        other.close()


def test_two_sources_may_use_one_number(load):
    load(OPENED)
    assert load(OPENED, source="older")[1] == {"created": 1}
    assert Contact.objects.count() == 2


def test_a_chunk_costs_the_same_for_one_ticket_and_for_three(load):
    TopicFactory(name="Copie")
    with CaptureQueriesContext(connection) as one:
        load(OPENED, CLOSED)
    rows = [row.replace("T1", f"N{number}") for number in range(3) for row in (OPENED, CLOSED)]
    with CaptureQueriesContext(connection) as three:
        load(*rows)
    assert len(three) == len(one)


def test_the_example_of_the_documentation_is_what_it_says(load):
    options = {"map": str(EXAMPLES / "past-contacts-map.toml"), "source": "example"}
    call_command("import_contacts", str(EXAMPLES / "past-contacts.csv"), **options)
    found = figures_of("example")
    assert (found.tickets, found.still_open) == (3, 1)
    contact = Contact.objects.get(past__key="4712")
    assert (contact.level, contact.escalation, contact.outcome) == (2, "authority", "unresolved")
    assert contact.events.filter(kind=Kind.NOTED).get().details["word"] == "sollecito interno"


# --- What was forgotten
def test_what_was_forgotten_does_not_come_back(load):
    load(OPENED)
    contact = Contact.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE contact_center_contactevent SET details = '{}'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert load(OPENED)[1] == {"unchanged": 1}
    code, _counts, out = load(OPENED, CLOSED)
    assert (code, "the conversation was forgotten" in out) == (1, True)
    contact.refresh_from_db()
    assert contact.events.count() == 1


def test_a_contact_of_an_earlier_system_is_reopened_like_any_other(load):
    agent = AgentFactory(user=UserFactory(role=roles.AGENT), team=TeamFactory())
    load(OPENED, CLOSED)
    assert reopen(Contact.objects.get(), by=agent.user, came_back=True).state == "open"


def test_customers_see_it_once_somebody_has_worked_on_it(load):
    agent = AgentFactory(user=UserFactory(role=roles.AGENT), team=TeamFactory())
    account = ReservedAreaAccountFactory()
    load(OPENED.replace(",,,,Copia", f",,,{account.customer.code},Copia"), CLOSED)
    assert not Contact.objects.visible_to(account.user).exists()
    reopen(Contact.objects.get(), by=agent.user, came_back=True)
    assert Contact.objects.visible_to(account.user).exists()


# --- The rule
def test_a_ticket_is_closed_at_its_last_closing_and_later_notes_leave_it_closed():
    def step(day, kind):
        return Step(datetime(2025, 3, day, tzinfo=UTC), kind)

    closed = course_of([step(1, Kind.OPENED), step(3, Kind.CLOSED), step(2, Kind.CLOSED), step(4, Kind.NOTED)])
    assert (closed.closed_at.day, closed.last_at.day) == (3, 4)
    again = course_of([step(1, Kind.OPENED), step(2, Kind.CLOSED), step(3, Kind.REOPENED)])
    assert (again.closed_at, again.reopened) == (None, 1)
