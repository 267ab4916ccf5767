"""`import_complaints`: a register of the past comes in under its own numbers, and nobody hears of it."""

import csv
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from complaints.by_number import complaint_numbered
from complaints.forms import RegisterForm
from complaints.models import Code, Complaint, ComplaintEvent, PastEntry, RegisterYear
from complaints.models.code import KNOWN
from complaints.past import running
from complaints.past.commands import take_over
from complaints.past.figures import figures_of
from complaints.procedures.forms import ComplaintField
from complaints.register import COLUMNS, register_of
from complaints.services import answer_complaint, note, register_complaint, warn_of_terms
from complaints.tests.factories import ComplaintFactory, PastEntryFactory
from complaints.tests.test_registering import statement
from customers import roles
from customers.tests.factories import AgencyFactory, CustomerFactory, PolicyFactory, UserFactory
from customers.visibility import reader_of_file
from foundation.files.one_at_a_time import lock_key
from foundation.refusals import Refused
from foundation.tests.pages import send_command
from notifications.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
State = Complaint.State
MAP = """
[time]
formats = ["%d/%m/%Y"]
[number]
column = "n"
[received]
column = "received"
[answered]
column = "answered"
[channel]
column = "by"
values = { "web" = "site", "letter" = "post" }
[reasons]
column = "reasons"
separators = [";"]
values = { "late" = "settlement_delay", "damage" = "damage_valuation" }
unknown = "create"
[outcome]
column = "end"
values = { "open" = "open", "done" = "closed", "no" = "rejected", "yes" = "upheld", "gone" = "withdrawn" }
[disputed]
column = "disputed"
yes = "Y"
no = "N"
[customer]
column = "customer"
unknown = "ignore"
[texts]
name = "name"
answer = "answer"
"""
HEADER = "n,received,answered,by,reasons,end,disputed,customer,name,answer\n"
FIRST = "7,12/09/2016,20/09/2016,web,late;damage,no,N,,Anna Bianchi,Il conteggio è corretto.\n"
TWIN = "7,12/09/2016,,letter,late,done,Y,,Bruno Neri,\n"  # the same number on the same day
LATER = "7,01/10/2016,,web,a reason of old,open,,,Carla Rossi,\n"
OPEN = "8,02/10/2016,,letter,,open,,,Dario Verdi,\n"
GONE = "9,03/10/2016,05/10/2016,web,,gone,,,Elsa Blu,\n"


@pytest.fixture
def load(tmp_path, capsys, settings):
    """Import rows; returns exit code, the counts that are not zero, and the whole output."""
    settings.LANGUAGE_CODE = "en"

    def run(*rows, map_text=MAP, source="old", header=HEADER, **options):
        (tmp_path / "old.csv").write_text(header + "".join(rows))
        (tmp_path / "map.toml").write_text(map_text)
        code = 0
        try:
            call_command(
                "import_complaints",
                str(options.pop("path", tmp_path / "old.csv")),
                map=str(tmp_path / "map.toml"),
                source=source,
                **options,
            )
        except SystemExit as end:
            code = end.code
        out = capsys.readouterr().out
        counts = dict(pair.split("=") for pair in out.strip().splitlines()[-1].split())
        shown = {name: int(counts[name]) for name in list(counts)[1:6] if counts[name] != "0"}
        return code, shown, out

    return run


def numbers():
    return sorted(Complaint.objects.exclude(old_number="").values_list("old_number", "received_on", "past__place"))


def everything():
    return (
        list(Complaint.objects.order_by("pk").values()),
        list(PastEntry.objects.order_by("pk").values()),
        ComplaintEvent.objects.count(),
        Code.objects.count(),
    )


def test_a_number_used_twice_is_two_entries_and_the_same_file_twice_changes_nothing(load):
    assert load(FIRST, TWIN, LATER, OPEN)[:2] == (0, {"created": 4})
    before = everything()
    assert load(TWIN, LATER, OPEN, FIRST)[:2] == (0, {"unchanged": 4})
    assert everything() == before
    assert numbers() == [
        ("7", date(2016, 9, 12), 1),
        ("7", date(2016, 9, 12), 2),
        ("7", date(2016, 10, 1), 1),
        ("8", date(2016, 10, 2), 1),
    ]


def test_our_own_numbers_are_untouched_and_nobody_is_written_to(load):
    register_complaint(statement(), by=None)
    notices = Notice.objects.count()
    load(FIRST, TWIN, LATER, OPEN)
    assert register_complaint(statement(), by=None).number == "2026/2"
    assert (RegisterYear.objects.get().last_number, Notice.objects.count()) == (2, 2 * notices)


def test_an_entry_has_its_codes_reasons_days_and_term(load):
    load(FIRST)
    entry = Complaint.objects.get()
    assert (entry.number, entry.received_by, entry.reason_codes, entry.outcome, entry.state) == (
        "prec. 7",
        "site",
        ["settlement_delay", "damage_valuation"],
        "rejected",
        State.ANSWERED,
    )
    assert (entry.due_on, entry.past.disputed, entry.past.stated["by"]) == (date(2016, 10, 27), False, "web")
    assert entry.events.get().details == {"source": "old"}


def test_closed_without_text_or_day_is_kept_as_that_and_its_days_are_not_counted(load):
    _code, _counts, out = load(FIRST, TWIN)
    figures = figures_of("old", outcome_column="end")
    assert (figures.closed, figures.with_days, figures.mean_days, figures.late) == (2, 1, 8.0, 0)
    assert (figures.in_words, figures.disputed, figures.disputes_known) == ({"done": 1, "no": 1}, 1, 2)
    assert "closed without the day of an answer" in out


def test_the_days_of_the_summary_are_rounded_and_not_cut_off(load):
    rows = [FIRST.replace("7,", f"{n},", 1).replace("20/09", f"{day}/09") for n, day in ((1, 13), (2, 13), (3, 15))]
    _code, _counts, out = load(*rows)
    assert "mean 1.7, median 1.0" in out


def test_an_unknown_channel_is_refused_with_its_row_and_an_unknown_reason_becomes_a_code_of_its_time(load, tmp_path):
    errors = tmp_path / "errors.csv"
    code, counts, _out = load(LATER, FIRST.replace("web", "pigeon"), errors=str(errors))
    assert (code, counts) == (1, {"created": 1, "rejected": 1})
    with errors.open(encoding="utf-8-sig") as file:
        refused = next(csv.DictReader(file))
    assert (refused["row"], refused["column"], refused["value"]) == ("2", "by", "pigeon")
    created = Code.objects.get(word="a_reason_of_old")
    assert (created.name, created.valid_to) == ("a reason of old", date(2016, 10, 1))
    load(LATER.replace("01/10", "05/11"))
    created.refresh_from_db()
    assert created.valid_to == date(2016, 11, 5)


def test_a_file_of_refused_rows_is_corrected_and_imported_as_it_is(load, tmp_path):
    errors = tmp_path / "errors.csv"
    load(FIRST.replace("web", "pigeon"), TWIN, errors=str(errors))
    errors.write_text(errors.read_text(encoding="utf-8-sig").replace("pigeon", "web"))
    assert load(path=errors)[:2] == (0, {"created": 1})
    assert numbers() == [("7", date(2016, 9, 12), 1), ("7", date(2016, 9, 12), 2)]
    assert load(FIRST, TWIN)[:2] == (0, {"unchanged": 2})


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (FIRST.replace("12/09/2016", "12/09/2036"), "received"),
        (FIRST.replace("12/09/2016", "01/01/1900"), "received"),
        (FIRST.replace("12/09/2016", "2016-09-12"), "received"),
        (FIRST.replace("20/09/2016", "11/09/2016"), "answered"),
        (OPEN.replace("02/10/2016,,", "02/10/2016,03/10/2016,"), "answered"),
        (FIRST.replace("7,", ",", 1), "n"),
        (FIRST.replace(",no,", ",perhaps,"), "end"),
        (FIRST.replace(",no,", ",,"), "end"),
        (FIRST.replace(",N,", ",perhaps,"), "disputed"),
        (FIRST.replace("Anna Bianchi", "x" * 201), "name"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_naming_its_column(load, tmp_path, row, column):
    errors = tmp_path / "errors.csv"
    assert load(row, OPEN.replace("8,", "88,", 1), errors=str(errors))[:2] == (1, {"created": 1, "rejected": 1})
    with errors.open(encoding="utf-8-sig") as file:
        assert [refused["column"] for refused in csv.DictReader(file)] == [column]


def test_a_changed_row_changes_what_it_gives_with_its_history_and_a_blank_erases_nothing(load):
    load(OPEN, FIRST)
    closed = OPEN.replace("02/10/2016,,", "02/10/2016,10/10/2016,").replace("open", "yes").replace("Dario Verdi", "")
    assert load(closed, FIRST)[:2] == (0, {"updated": 1, "unchanged": 1})
    entry = Complaint.objects.get(old_number="8")
    assert (entry.state, entry.outcome, entry.complainant_name) == (State.ANSWERED, "upheld", "Dario Verdi")
    assert entry.events.order_by("-pk").first().details["state"] == ["past_open", "answered"]
    assert entry.history.count() == 1


def test_a_row_of_an_entry_that_an_officer_changed_is_refused_and_the_same_row_is_not(load, officer):
    load(OPEN)
    taken = take_over(Complaint.objects.get(), handler=officer, by=officer)
    assert load(OPEN)[:2] == (0, {"unchanged": 1})
    code, counts, out = load(OPEN.replace("open", "yes"))
    assert (code, counts) == (1, {"rejected": 1})
    assert "somebody has changed this entry here" in out
    taken.refresh_from_db()
    assert taken.state == State.UNDER_REVIEW


def test_what_was_open_rings_no_alert_until_an_officer_takes_it_over(load, officer):
    load(OPEN)
    entry = Complaint.objects.get()
    warn_of_terms(timezone.localdate())
    assert (Notice.objects.count(), list(Complaint.objects.open())) == (0, [])
    taken = take_over(entry, handler=officer, by=officer)
    assert (taken.number, taken.due_on, taken.state) == ("prec. 8", date(2016, 11, 16), State.UNDER_REVIEW)
    assert Notice.objects.count() == 0
    warn_of_terms(timezone.localdate())
    assert Notice.objects.filter(user=officer).exists()


def test_taking_over_is_refused_without_a_name_for_no_officer_and_for_what_is_not_open_there(load, officer):
    load(OPEN.replace("Dario Verdi", ""), FIRST, OPEN.replace("8,", "88,", 1))
    nameless, closed, fine = Complaint.objects.order_by("pk")
    agent = UserFactory(role=roles.AGENT)
    for entry, handler, code in (
        (nameless, officer, "no_name"),
        (closed, officer, "wrong_state"),
        (fine, agent, "not_an_officer"),
    ):
        with pytest.raises(Refused) as refused:
            take_over(entry, handler=handler, by=officer)
        assert refused.value.code == code


def test_an_entry_taken_over_is_answered_under_its_old_number_without_an_address_to_follow(load, officer):
    load(OPEN)
    entry = take_over(Complaint.objects.get(), handler=officer, by=officer)
    Complaint.objects.filter(pk=entry.pk).update(address="dario@example.it", ramo="8", subject="Polizza")
    answered = answer_complaint(entry, answer="Le diamo ragione e provvediamo.", outcome="upheld", by=officer)
    notice = Notice.objects.get(kind="complaint-answered")
    assert answered.state == State.ANSWERED
    assert "prec. 8" in notice.subject + notice.body_text
    assert "/seguito/" not in notice.body_text


def test_an_old_number_is_found_in_the_register_also_one_used_twice(load, client):
    load(FIRST, TWIN, OPEN)
    ours = ComplaintFactory(sequence=7)
    client.force_login(UserFactory(role=roles.COMPLAINT_OFFICER))
    address = reverse("admin:complaints_complaint_changelist")

    def listed(**asked):
        return sorted(row.number for row in client.get(address, asked).context["cl"].result_list)

    assert listed(q="7") == listed(q="prec. 7") == ["prec. 7", "prec. 7"]
    assert (listed(q="2026/7"), listed(work="all"), listed()) == ([ours.number], [ours.number], [ours.number])
    assert (listed(work="past_open"), len(listed(work="past"))) == (["prec. 8"], 3)


def test_a_form_finds_an_old_number_and_one_of_ours_as_pages_write_them():
    ours, old = ComplaintFactory(sequence=7), PastEntryFactory(complaint__old_number="2016/7").complaint
    assert (old.number, ComplaintField().clean(f" {old.number} ")) == ("prec. 2016/7", old)
    assert ComplaintField().clean("2026 / 7") == ours
    assert ComplaintField(required=False).clean("") is None
    assert (complaint_numbered(old.number), complaint_numbered("2026/7")) == (old, ours)
    longest = f"prec. {'9' * 60}"
    assert RegisterForm.base_fields["follows"].clean(longest) == longest
    for unknown in ("2016/7", "7", "prec.", "prec. 9", "prec. 2016/7, 13/09/2016", "2026/", "2026/" + "9" * 30):
        with pytest.raises(ValidationError):
            ComplaintField().clean(unknown)


def refusal_of(stated) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        complaint_numbered(stated)
    assert {each.code for each in refused.value.error_list} == {"several"}
    return refused.value.messages


def test_a_form_takes_none_of_several_entries_of_a_number_and_lists_them(load):
    load(FIRST, TWIN, LATER, OPEN)
    first, twin, later, _open = Complaint.objects.order_by("pk")
    listed = [
        "prec. 7, 12/09/2016, 1 – Anna Bianchi",
        "prec. 7, 12/09/2016, 2 – Bruno Neri",
        "prec. 7, 01/10/2016 – Carla Rossi",
    ]
    assert refusal_of("prec. 7")[1:] == listed
    assert refusal_of("prec. 7, 12/9/2016")[1:] == listed[:2]
    for words, entry in zip(listed, (first, twin, later), strict=True):
        assert complaint_numbered(words.partition(" – ")[0]) == entry
    for unknown in ("prec. 7, 12/09/2016, 3", "prec. 7, 12/09/2016, 0", "prec. 7, 31/09/2016", "7, 12/09/2016"):
        with pytest.raises(ValidationError) as refused:
            complaint_numbered(unknown)
        assert refused.value.code == "unknown"


def test_the_form_of_an_appeal_lists_the_entries_of_a_number_beside_its_field(load, client):
    load(FIRST, TWIN)
    client.force_login(UserFactory(role=roles.COMPLAINT_OFFICER))
    address = reverse("admin:complaints_arbitratorappeal_list_command", args=["registra"])
    page = send_command(client, address, {"number": "AAS-1", "complaint": "prec. 7"}).content.decode()
    assert "prec. 7, 12/09/2016, 2 – Bruno Neri" in page


def test_of_a_number_that_many_entries_had_the_form_lists_the_oldest(load):
    load(*[TWIN.replace("letter", "web" if n % 2 else "letter").replace("Bruno", f"Bruno {n}") for n in range(12)])
    found = refusal_of("prec. 7")
    assert (found[1], len(found)) == ("prec. 7, 12/09/2016, 1 – Bruno 0 Neri", 12)
    assert complaint_numbered("prec. 7, 12/09/2016, 12").complainant_name == "Bruno 11 Neri"


def test_a_box_of_choices_tells_entries_of_one_number_apart(load, client):
    load(FIRST, LATER)
    client.force_login(UserFactory(role=roles.COMPLAINT_OFFICER))
    asked = {"app_label": "complaints", "model_name": "complaint", "field_name": "follows", "term": "prec. 7"}
    found = client.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert sorted(each["text"] for each in found) == [
        "prec. 7, 01/10/2016 – Carla Rossi",
        "prec. 7, 12/09/2016 – Anna Bianchi",
    ]


def test_the_page_of_an_entry_says_what_is_not_in_the_file_and_offers_to_take_over(load, client):
    load(TWIN, OPEN)
    client.force_login(UserFactory(role=roles.COMPLAINT_OFFICER))
    closed, still_open = Complaint.objects.order_by("pk")
    shown = client.get(reverse("admin:complaints_complaint_change", args=[closed.pk])).content.decode()
    assert "not in the file of the past register" in shown
    page = client.get(reverse("admin:complaints_complaint_change", args=[still_open.pk])).content.decode()
    assert "prendi-in-carico" in page


def test_a_customer_does_not_see_past_entries_until_one_is_taken_over_and_the_company_does(load, officer):
    customer = CustomerFactory(code="C-1")
    load(OPEN.replace(",,,Dario", ",,C-1,Dario"))
    entry = Complaint.objects.get()
    assert entry.customer == customer
    reader = reader_of_file(customer.pk)
    assert not Complaint.objects.visible_to(reader).exists()
    assert Complaint.objects.visible_to(officer).get() == entry
    take_over(entry, handler=officer, by=officer)
    assert Complaint.objects.visible_to(reader).get() == entry


def test_the_register_of_a_year_has_the_past_entries_received_in_it_after_our_own(load):
    load(FIRST, GONE)
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in register_of(2016)]
    assert [(row["number"], row["old_number"], row["past_register"], row["disputed"]) for row in rows] == [
        ("prec. 7", "7", "old", "no"),
        ("prec. 9", "9", "old", None),
    ]
    assert [(row["elapsed_days"], row["days_late"], row["closed_on"]) for row in rows] == [
        (8, 0, date(2016, 9, 20)),
        (2, None, date(2016, 10, 5)),
    ]


def test_a_trial_run_writes_nothing_and_counts_the_same(load):
    assert load(FIRST, LATER, dry_run=True)[:2] == (0, {"created": 2})
    assert (Complaint.objects.count(), Code.objects.filter(word="a_reason_of_old").count()) == (0, 0)
    assert load(FIRST, LATER)[:2] == (0, {"created": 2})


def test_an_import_that_was_killed_between_chunks_goes_on_where_it_stopped(load, monkeypatch):
    monkeypatch.setattr(running, "CHUNK_ROWS", 2)
    written = running.PastLoader.write

    def dies(self, records):
        if Complaint.objects.exists():
            raise KeyboardInterrupt
        return written(self, records)

    monkeypatch.setattr(running.PastLoader, "write", dies)
    with pytest.raises(KeyboardInterrupt):
        load(FIRST, TWIN, LATER, OPEN)
    assert Complaint.objects.count() == 2
    monkeypatch.setattr(running.PastLoader, "write", written)
    assert load(FIRST, TWIN, LATER, OPEN)[:2] == (0, {"created": 2, "unchanged": 2})


@pytest.mark.django_db(transaction=True)
def test_a_second_import_of_the_same_register_waits_its_turn(load):
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [lock_key("import_complaints", "old")])
        with pytest.raises(CommandError, match="Another import of this source is running"):
            load(FIRST)
        assert load(FIRST, source="another")[:2] == (0, {"created": 1})
    other.close()


@pytest.mark.parametrize(
    ("changed", "options", "words"),
    [
        (("settlement_delay", "no_such_code"), {}, "no_such_code"),
        (('column = "by"', 'column = "bi"'), {}, "Is it “by”"),
        ((), {"source": " "}, "--source"),
    ],
)
def test_what_makes_the_whole_file_unusable_is_refused_before_anything_is_written(load, changed, options, words):
    with pytest.raises(CommandError, match=words) as refused:
        load(FIRST, map_text=MAP.replace(*changed) if changed else MAP, **options)
    assert (refused.value.returncode, Complaint.objects.count()) == (2, 0)


def test_what_was_erased_does_not_come_back_by_a_changed_row(load):
    load(FIRST)
    Complaint.objects.update(complainant_name="–")
    code, counts, out = load(FIRST.replace("Anna Bianchi", "Anna Maria Bianchi"))
    assert (code, counts) == (1, {"rejected": 1})
    assert "was erased" in out


def test_a_note_of_an_officer_does_not_keep_the_file_out(load, officer):
    load(OPEN)
    note(Complaint.objects.get(), text="Cercato nell'archivio.", by=officer)
    assert load(OPEN.replace("open", "yes"))[:2] == (0, {"updated": 1})


def test_the_worked_example_does_what_the_page_says(settings):
    settings.LANGUAGE_CODE = "en"
    call_command(
        "import_complaints",
        str(EXAMPLES / "past-complaints.csv"),
        map=str(EXAMPLES / "past-complaints-map.toml"),
        source="example",
    )
    entries = Complaint.objects.order_by("pk")
    assert list(entries.values_list("old_number", "received_on", "province", "outcome", "state")) == [
        ("12/2016", date(2016, 9, 12), "MI", "upheld", "answered"),
        ("12/2016", date(2016, 9, 14), "PV", "", "answered"),
        ("13/2016", date(2016, 9, 15), "", "", "past_open"),
        ("14/2016", date(2016, 9, 15), "MB", "rejected", "answered"),
    ]
    figures = figures_of("example")
    assert (figures.closed, figures.with_days, figures.late, figures.median_days) == (3, 2, 1, 43.5)


def test_the_factory_makes_an_entry_of_a_past_register():
    assert PastEntryFactory().complaint.number == "prec. 2016/7"


# --- By chunks --------------------------------------------------------------------------------------------------------
WIDE_MAP = (
    MAP
    + """
[policy]
column = "policy"
[agency]
column = "agency"
unknown = "ignore"
"""
)
STATEMENTS = {"new": 20, "again": 13, "changed": 25}  # COPY is none of them
WIDE_HEADER = HEADER.replace("\n", ",policy,agency\n")


def wide_rows(number, *, ending="no", reason="motivo"):
    """Rows that name each a customer, a policy, an agency and a reason of their own."""
    return [
        f"{n},12/09/2016,20/09/2016,web,{reason} {n},{ending},N,C-{n},Anna Bianchi,Corretto.,P-{n},A-{n}\n"
        for n in range(number)
    ]


@pytest.mark.parametrize("number", [10, 200])
def test_a_chunk_costs_as_many_statements_for_many_rows_as_for_few(load, number):
    for n in range(number):
        policy = PolicyFactory(number=f"P-{n}", holder=CustomerFactory(code=f"C-{n}"))
        AgencyFactory(code=f"A-{n}")
    asked = {}

    def counted(name, **changed):
        with CaptureQueriesContext(connection) as queries:
            counts = load(*wide_rows(number, **changed), map_text=WIDE_MAP, header=WIDE_HEADER)[1]
        asked[name] = len(queries)
        return counts

    assert counted("new") == {"created": number}
    assert counted("again") == {"unchanged": number}
    assert counted("changed", ending="yes", reason="altro motivo") == {"updated": number}
    assert asked == STATEMENTS
    entry = Complaint.objects.get(policy=policy)
    assert (entry.outcome, entry.customer.code, entry.agency.code) == ("upheld", f"C-{number - 1}", f"A-{number - 1}")
    assert (entry.reason_codes, entry.events.count(), entry.history.count()) == ([f"altro_motivo_{number - 1}"], 2, 1)


def test_many_rows_that_change_change_each_in_what_it_gives(load):
    rows = [OPEN.replace("8,", f"{n},", 1).replace("Dario", f"Dario {n}") for n in range(10, 16)]
    load(*rows)
    odd = [row.replace("open", "yes").replace("02/10/2016,,", "02/10/2016,10/10/2016,") for row in rows[1::2]]
    even = [row.replace("letter", "web") for row in rows[::2]]
    assert load(*even, *odd)[:2] == (0, {"updated": 6})
    found = Complaint.objects.order_by("old_number").values_list("complainant_name", "received_by", "state", "version")
    assert list(found) == [
        (f"Dario {n} Verdi", "site" if n % 2 == 0 else "post", "answered" if n % 2 else "past_open", 2)
        for n in range(10, 16)
    ]
    assert set(PastEntry.objects.values_list("written_version", flat=True)) == {2}
    assert load(*even, *odd)[:2] == (0, {"unchanged": 6})


@pytest.mark.parametrize("name", ["Dario Verdi", "Elsa Blu"])
def test_a_row_that_only_the_database_refuses_is_refused_alone(load, tmp_path, name):
    rows = [OPEN.replace("8,", f"{n},", 1) for n in range(10, 15)]
    load(*rows)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE complaints_complaint ADD CONSTRAINT not_this_one "
            "CHECK (complainant_name <> 'Nessuno') NOT VALID"
        )
    if name == "Dario Verdi":  # a row that is there already
        changed = [row.replace("open", "yes") for row in rows]
        outcome = {"updated": 4, "rejected": 1}
    else:
        changed = [GONE.replace("9,", f"{n},", 1) for n in range(20, 25)]
        outcome = {"created": 4, "rejected": 1}
    changed[2] = changed[2].replace(name, "Nessuno")
    errors = tmp_path / "errors.csv"
    assert load(*changed, errors=str(errors))[:2] == (1, outcome)
    with errors.open(encoding="utf-8-sig") as file:
        [refused] = csv.DictReader(file)
    assert (refused["name"], "not_this_one" in refused["reason"]) == ("Nessuno", True)


def test_a_text_that_another_code_has_as_its_word_gets_the_next_word(load):
    Code.objects.create(list="reason", word="a_reason_of_old", name="altro", name_en="other")
    KNOWN.forget()
    load(LATER)
    assert Complaint.objects.get().reason_codes == ["a_reason_of_old_2"]
    assert Code.objects.get(word="a_reason_of_old_2").name == "a reason of old"
