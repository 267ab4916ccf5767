"""`import_calls` from file to database: exit codes, counts that add up, and the same file twice."""

import contextlib
import csv
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from contact_center.calls.imports import running
from contact_center.figures import figures, refresh
from contact_center.figures.period import Period
from contact_center.models import Agent, Call, CallLeg, Contact, StaleDay, TollFreeLine, Topic
from foundation.files.one_at_a_time import lock_key

pytestmark = pytest.mark.django_db

HEADER = "id,queued_at,line,agent,topic,caller,answered,wait_seconds,talk_seconds,resolved\n"
ANSWERED = "k1,2026-01-10 09:00:00,customers,ada,premium,0248219001,yes,20,100,yes\n"
UNRESOLVED = "k2,2026-01-10 09:10:00,claims,ada,premium,,yes,5,60,no\n"
ABANDONED = "k3,2026-01-11 09:00:00,800016611,,,3331234567,no,30,,\n"
LOG = """\
1768032000|c1|q01|NONE|ENTERQUEUE||0248219001|1
1768032010|c1|q01|ada|CONNECT|10|x.1|2
1768032070|c1|q01|ada|COMPLETECALLER|10|60|1
1768032070|c1|q02|NONE|ENTERQUEUE||0248219001|1
1768032075|c1|q02|ada|CONNECT|5|x.2|2
1768032105|c1|q02|ada|COMPLETEAGENT|5|30|1
"""
QUEUES = '[queues]\nq01 = "customers"\nq02 = "claims"\n'


@pytest.fixture(autouse=True)
def _setting(settings):
    settings.LANGUAGE_CODE = "en"
    Agent.objects.create(code="ada", name="Ada")
    Topic.objects.create(code="premium", name="Premium", area="payments")


@pytest.fixture
def load(tmp_path, capsys):
    """Import a text; returns exit code and the counts the command printed."""

    def run(text, *, map_text="", form="csv", source="pbx", **options):
        (tmp_path / "input").write_text(text)
        if map_text:
            (tmp_path / "map.toml").write_text(map_text)
            options["map"] = str(tmp_path / "map.toml")
        code = 0
        try:
            call_command("import_calls", str(tmp_path / "input"), format=form, source=source, **options)
        except SystemExit as end:
            code = end.code
        out = capsys.readouterr().out
        counts = dict(pair.split("=") for pair in out.strip().splitlines()[-1].split())
        return code, {name: int(counts[name]) for name in list(counts)[:6] if counts[name] != "0" and name != "read"}

    return run


def log(load, text, map_text=QUEUES):
    return load(text, map_text=map_text, form="asterisk-queue-log")


def everything():
    return (
        list(Call.objects.order_by("external_id").values()),
        list(Contact.objects.order_by("id").values()),
        list(
            CallLeg.objects.order_by("call", "position").values(
                "call", "position", "queue", "ended_at", "talk_seconds"
            )
        ),
    )


def test_rows_become_calls_and_answered_ones_contacts(load):
    assert load(HEADER + ANSWERED + UNRESOLVED + ABANDONED) == (0, {"created": 3})
    first, second, third = Call.objects.order_by("external_id")
    assert (first.line.code, first.caller, first.wait_seconds, first.talk_seconds, first.agent.code) == (
        "customers",
        "+390248219001",
        20,
        100,
        "ada",
    )
    assert (first.contact.first_level, first.contact.topic.code, first.contact.address, first.contact.state) == (
        True,
        "premium",
        "+390248219001",
        "closed",
    )
    assert (second.contact.first_level, second.contact.outcome) == (False, "unresolved")
    assert (third.disposition, third.contact, third.line.code) == ("abandoned", None, "customers")


def test_same_file_twice_changes_nothing(load):
    load(HEADER + ANSWERED + UNRESOLVED + ABANDONED)
    before = everything()
    StaleDay.objects.all().delete()
    assert load(HEADER + ANSWERED + UNRESOLVED + ABANDONED) == (0, {"unchanged": 3})
    assert everything() == before
    assert not StaleDay.objects.exists()


def test_changed_row_updates_call_and_contact_and_marks_both_days(load):
    load(HEADER + ANSWERED)
    StaleDay.objects.all().delete()
    assert load(HEADER + ANSWERED.replace("-10 09:00:00", "-12 09:00:00").replace(",100,", ",90,")) == (
        0,
        {"updated": 1},
    )
    call = Call.objects.get()
    assert (call.day, call.talk_seconds, call.contact.day) == (date(2026, 1, 12), 90, date(2026, 1, 12))
    assert set(StaleDay.objects.values_list("day", flat=True)) == {date(2026, 1, 10), date(2026, 1, 12)}


def test_contact_that_people_worked_on_keeps_their_word(load):
    load(HEADER + ANSWERED)
    Contact.objects.update(outcome="unresolved", version=2)
    assert load(HEADER + ANSWERED) == (0, {"unchanged": 1})
    assert Contact.objects.get().outcome == "unresolved"


def test_sources_do_not_meet(load):
    load(HEADER + ANSWERED)
    assert load(HEADER + ANSWERED, source="other") == (0, {"created": 1})


def test_refused_rows_are_written_out_and_the_rest_is_loaded(load, tmp_path):
    bad = ANSWERED.replace("k1", "k9").replace(",ada,", ",bob,")
    assert load(HEADER + bad + ABANDONED + "much too long" + "," * 9 + "x,y\n", errors=str(tmp_path / "err.csv")) == (
        1,
        {"created": 1, "rejected": 2},
    )
    with open(tmp_path / "err.csv", encoding="utf-8-sig", newline="") as file:
        rows = {row["row"]: (row["line"], row["column"], row["value"], row["reason"]) for row in csv.DictReader(file)}
    assert rows == {
        "1": ("2", "agent", "bob", "there is no agent “bob”"),
        "3": ("4", "", "", "the row has 11 cells, the header 10"),
    }


@pytest.mark.parametrize("name", ["800 330 664", "0039 800 330664", "+39 800-330-664", "customers"])
def test_a_line_is_named_as_by_http(load, name):
    code = TollFreeLine.objects.get(number="+39800330664").code
    name = code if name == "customers" else name
    assert load(HEADER + ANSWERED.replace("customers", name)) == (0, {"created": 1})
    assert Call.objects.get().line.code == code


def test_a_line_that_does_not_exist_is_refused_with_those_that_do(load, tmp_path):
    load(HEADER + ANSWERED.replace("customers", "nowhere"), errors=str(tmp_path / "err.csv"))
    refused = (tmp_path / "err.csv").read_text()
    assert all(line.code in refused for line in TollFreeLine.objects.all())


def test_row_repeated_word_for_word_is_a_duplicate_and_another_with_its_key_is_refused(load):
    other = ANSWERED.replace(",100,", ",90,")
    assert load(HEADER + ANSWERED + ANSWERED + other) == (1, {"created": 1, "duplicates": 1, "rejected": 1})
    assert Call.objects.get().talk_seconds == 100


def test_repeats_are_found_across_chunks(load, monkeypatch):
    monkeypatch.setattr(running, "CHUNK_ROWS", 1)
    assert load(HEADER + ANSWERED + ABANDONED + ANSWERED) == (0, {"created": 2, "duplicates": 1})


def test_keys_made_of_cells_distinguish_identical_rows_and_remain_the_same(load, monkeypatch):
    monkeypatch.setattr(running, "CHUNK_ROWS", 2)
    rules = (
        '[id]\ncolumns = ["queued_at", "caller"]\n[moments.queued]\ncolumn = "queued_at"\n[line]\ncolumn = "line"\n'
    )
    text = HEADER + ABANDONED * 3 + UNRESOLVED
    assert load(text, map_text=rules) == (0, {"created": 4})
    assert load(text, map_text=rules) == (0, {"unchanged": 4})


def test_trial_run_reports_the_same_and_writes_nothing(load):
    assert load(HEADER + ANSWERED + ABANDONED, dry_run=True) == (0, {"created": 2})
    assert not Call.objects.exists()
    assert not Contact.objects.exists()


def test_unknown_agents_and_topics_are_created_when_the_mapping_says_so(load):
    rules = (
        '[id]\ncolumn = "id"\n[moments.queued]\ncolumn = "queued_at"\n[line]\ncolumn = "line"\n'
        '[agent]\ncolumn = "agent"\nunknown = "create"\n[topic]\ncolumn = "topic"\nunknown = "create"\n'
        '[outcome.answered]\ncolumn = "answered"\nyes = "yes"\n'
    )
    text = HEADER + ANSWERED.replace(",ada,premium,", ",Bea Bo,Due dates,")
    assert load(text, map_text=rules) == (0, {"created": 1})
    assert Call.objects.get().agent.code == "Bea Bo"
    assert Call.objects.get().contact.topic.code == "due-dates"


def topics_of(load, *texts):
    rules = (
        '[id]\ncolumn = "id"\n[moments.queued]\ncolumn = "queued_at"\n[line]\ncolumn = "line"\n'
        '[topic]\ncolumn = "topic"\nunknown = "create"\n[outcome.answered]\ncolumn = "answered"\nyes = "yes"\n'
    )
    rows = [
        ANSWERED.replace("k1", f"t{number}").replace(",premium,", f",{text},") for number, text in enumerate(texts)
    ]
    assert load(HEADER + "".join(rows), map_text=rules)[0] == 0
    names = dict(Call.objects.filter(external_id__startswith="t").values_list("external_id", "contact__topic__name"))
    return [names[f"t{number}"] for number in range(len(texts))]


def test_two_names_are_two_topics_today_and_the_next_time(load):
    texts = ["Sinistri (>30 gg)", "Sinistri (<30 gg)", "日本", "!!!", "sinistri (>30  gg)"]
    wanted, before = [*texts[:4], "Sinistri (>30 gg)"], Topic.objects.count()
    assert topics_of(load, *texts) == wanted
    assert topics_of(load, *texts) == wanted
    assert Topic.objects.count() == before + 4


def test_topic_that_was_renamed_is_still_found_by_the_name_its_code_is_made_of(load):
    topics_of(load, "Due dates")
    Topic.objects.filter(code="due-dates").update(name="Scadenze")
    assert topics_of(load, "Due dates") == ["Scadenze"]


def test_what_was_created_is_named_in_the_summary(load, capsys, tmp_path):
    (tmp_path / "calls.csv").write_text(HEADER + ANSWERED.replace("premium", "Furto"))
    (tmp_path / "rules.toml").write_text(
        '[id]\ncolumn = "id"\n[moments.queued]\ncolumn = "queued_at"\n[line]\ncolumn = "line"\n'
        '[topic]\ncolumn = "topic"\nunknown = "create"\n[outcome.answered]\ncolumn = "answered"\nyes = "yes"\n'
    )
    call_command(
        "import_calls", str(tmp_path / "calls.csv"), format="csv", source="pbx", map=str(tmp_path / "rules.toml")
    )
    assert "  created 1 topic: “Furto”" in capsys.readouterr().out.splitlines()


def test_agents_are_found_in_any_case(load):
    text = HEADER + ANSWERED.replace(",ada,", ",ADA,") + UNRESOLVED.replace(",ada,", ",Ada,")
    assert load(text) == (0, {"created": 2})
    assert set(Call.objects.values_list("agent__code", flat=True)) == {"ada"}


def doubts_of(text, tmp_path, capsys):
    """What the summary says is doubtful, by how many."""
    (tmp_path / "calls.csv").write_text(text)
    with contextlib.suppress(SystemExit):
        call_command("import_calls", str(tmp_path / "calls.csv"), format="csv", source="pbx")
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  doubtful")]
    return {line.split(": ", 1)[1]: int(line.split()[1].rstrip(":")) for line in lines}


def test_only_what_was_loaded_is_counted_as_doubtful(tmp_path, capsys):
    rows = "".join(f"{key},2026-05-04 10:00:00,{line},yes\n" for key, line in (("a", "none"), ("b", "customers")))
    assert doubts_of("id,queued_at,line,answered\n" + rows * 2, tmp_path, capsys) == {
        "the wait of an answered call is not stated: it counts in no mean, and not as answered in time": 1,
        "the talk time of an answered call is not stated: it counts in no mean": 1,
    }
    call = Call.objects.get()
    assert (call.wait_seconds, call.talk_seconds) == (None, None)


def test_facts_of_a_contact_beside_an_unanswered_call_refuse_nothing_and_are_reported_as_dropped(tmp_path, capsys):
    text = HEADER + ABANDONED.replace("800016611,,,", "800016611,nobody,unheard-of,")
    assert doubts_of(text, tmp_path, capsys) == {
        "topic, agent, customer or rating of an unanswered call: not stored, since it has no contact": 1
    }
    assert Call.objects.get().agent is None


def test_answered_call_cannot_become_unanswered(load):
    load(HEADER + ANSWERED)
    changed = ANSWERED.replace(",yes,20,100,yes", ",no,20,,")
    assert load(HEADER + changed) == (1, {"rejected": 1})
    assert Call.objects.get().disposition == "answered"


def test_escalated_calls_are_of_the_second_level(load):
    rules = (
        '[id]\ncolumn = "id"\n[moments.queued]\ncolumn = "queued_at"\n[line]\ncolumn = "line"\n'
        '[outcome.answered]\ncolumn = "answered"\nyes = "yes"\n'
        '[outcome.resolved]\ncolumn = "resolved"\nyes = "yes"\notherwise = "escalated"\n'
    )
    load(HEADER + UNRESOLVED, map_text=rules)
    assert (Contact.objects.get().level, Contact.objects.get().escalation) == (2, "not_stated")


def test_agent_who_consults_through_a_second_queue_makes_no_call_and_no_first_level(load):
    text = """\
1792400400|1792400400.118204|2100|NONE|ENTERQUEUE||0248219001|1
1792400415|1792400400.118204|2100|PJSIP/4101|CONNECT|15|1792400400.118205|14
1792400525|1792400525.118209|2200|NONE|ENTERQUEUE||4101|1
1792400526|1792400525.118209|2100|PJSIP/4101|ATTENDEDTRANSFER|APP|Queue|15|110|1
1792400534|1792400400.118204|2200|PJSIP/4207|CONNECT|9|1792400525.118210|8
1792400690|1792400400.118204|2200|PJSIP/4207|COMPLETEAGENT|9|156|1
"""
    rules = '[queues]\n2100 = "customers"\n2200 = "claims"\n[agent]\nunknown = "create"\n'
    assert log(load, text, rules) == (0, {"created": 1})
    call = Call.objects.get()
    assert (call.transferred, call.contact.first_level) == (True, False)
    assert [leg.queue for leg in call.legs.order_by("position")] == ["2100", "2200"]
    assert log(load, text, rules) == (0, {"unchanged": 1})


# --- Files and arguments that cannot be used


@pytest.mark.parametrize(
    ("text", "map_text", "message"),
    [
        ("", "", "is empty"),
        ("id;queued_at;line\n1;2;3\n", '[file]\ndelimiter = ","\n[id]\ncolumn = "id"\n[moments.queued]\ncolumn = "q"\n[line]\nconstant = "customers"\n', "Wrong delimiter?"),
        ("id,queued_at\n", "", "The column “line” is missing"),
        (HEADER + ANSWERED, '[id]\ncolumn = "id"\n[moments.queued]\ncolumn = "queued_at"\n[line]\nconstant = "sailors"\n', "the line “sailors”, which does not exist. There are: customers, claims, campers."),
        (HEADER + ANSWERED, "[is]\n", "lacks the section [id]"),
    ],
)  # fmt: skip
def test_unusable_input_exits_with_2_and_writes_nothing(load, text, map_text, message):
    with pytest.raises(CommandError) as stopped:
        load(text, map_text=map_text)
    assert stopped.value.returncode == 2
    assert message in str(stopped.value)
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    ("map_text", "named"),
    [
        ("[is]\n", "map.toml"),
        ('[id]\ncolumn = "id"\n[moments.queued]\ncolumn = "queued_at"\n[line]\nconstant = "sailors"\n', "map.toml"),
        ('[id]\ncolumn = "key"\n[moments.queued]\ncolumn = "queued_at"\n[line]\ncolumn = "line"\n', "input"),
    ],
)
def test_refusal_names_the_file_to_fix(load, tmp_path, map_text, named):
    with pytest.raises(CommandError) as stopped:
        load(HEADER + ANSWERED, map_text=map_text)
    assert str(stopped.value).startswith(f"{tmp_path / named}: ")


def test_damage_far_down_stops_the_import_before_anything_is_written(load, tmp_path):
    (tmp_path / "damaged").write_bytes((HEADER + ANSWERED).encode() + b"\xff\n")
    with pytest.raises(CommandError) as stopped:
        call_command("import_calls", str(tmp_path / "damaged"), format="csv", source="pbx")
    assert stopped.value.returncode == 2
    assert not Call.objects.exists()


# --- The queue log


def test_call_through_two_queues_is_stored_with_its_legs(load):
    assert log(load, LOG) == (0, {"created": 1})
    call = Call.objects.get()
    assert (call.line.code, call.talk_seconds, call.contact.first_level) == ("customers", 90, True)
    assert list(call.legs.values_list("position", "line__code", "talk_seconds")) == [
        (1, "customers", 60),
        (2, "claims", 30),
    ]


def test_same_log_twice_changes_nothing(load):
    log(load, LOG)
    before = everything()
    assert log(load, LOG) == (0, {"unchanged": 1})
    assert everything() == before


@pytest.mark.parametrize("cut", range(1, 6))
def test_open_call_is_completed_by_the_next_file(load, cut):
    lines = LOG.splitlines(keepends=True)
    log(load, "".join(lines[:cut]))
    assert log(load, "".join(lines[cut:])) == (0, {"updated": 1})
    call = Call.objects.get()
    assert (call.disposition, call.queued_at, call.ended_at) == (
        "answered",
        datetime.fromtimestamp(1768032000, UTC),
        datetime.fromtimestamp(1768032105, UTC),
    )
    assert (call.wait_seconds, call.talk_seconds, call.legs.count()) == (10, 90, 2)


def test_older_part_read_later_changes_nothing(load):
    log(load, LOG)
    assert log(load, LOG.splitlines()[0]) == (0, {"unchanged": 1})


def test_agents_that_are_ignored_make_no_difference_the_second_time(load):
    text = LOG.replace("|ada|", "|bob|")
    rules = QUEUES + '[agent]\nunknown = "ignore"\n'
    assert log(load, text, rules) == (0, {"created": 1})
    assert log(load, text, rules) == (0, {"unchanged": 1})


def test_agents_of_a_log_are_found_by_the_mapping(load):
    log(load, LOG.replace("|ada|", "|SIP/7|"), QUEUES + '[agent]\nvalues = { "SIP/7" = "ada" }\n')
    assert Call.objects.get().agent.code == "ada"


def test_escalated_calls_are_not_counted_as_not_coded(load):
    transferred = LOG.replace("c1|q02|ada|COMPLETEAGENT|5|30|1", "c1|q02|ada|BLINDTRANSFER|9|ext|5|30|1")
    log(load, transferred)
    refresh()
    totals = figures(Period(date(2026, 1, 1), date(2026, 1, 31))).totals
    assert (totals.handled, totals.first_level, totals.not_coded) == (1, 0, 0)


def test_second_level_queue_makes_a_second_level_contact(load):
    log(load, LOG, QUEUES + '[outcome]\nsecond_level_queues = ["q02"]\n')
    assert (Contact.objects.get().level, Contact.objects.get().outcome) == (2, "")


def test_unknown_queue_is_refused_with_its_lines(load, tmp_path):
    text = LOG + "1768032200|c2|q09|NONE|ENTERQUEUE\n" + "rubbish\n"
    code, counts = load(text, map_text=QUEUES, form="asterisk-queue-log", errors=str(tmp_path / "err.csv"))
    assert (code, counts) == (1, {"created": 1, "rejected": 2})
    with open(tmp_path / "err.csv", encoding="utf-8", newline="") as file:
        reasons = {row["line"]: row["reason"] for row in csv.DictReader(file)}
    assert reasons["7"] == "the queue is not in [queues] of the mapping (lines 7)"
    assert reasons["8"].startswith("is no line of a queue log")


def test_refused_line_of_a_log_shows_its_value_and_the_fix(load, tmp_path):
    text = "rubbish\nnoon|c1|q01|NONE|ENTERQUEUE\n1768032200|c2|q01|NONE|ENTERQUEUE\n"
    load(text, form="asterisk-queue-log", errors=str(tmp_path / "err.csv"))
    with open(tmp_path / "err.csv", encoding="utf-8", newline="") as file:
        rows = [(row["value"], row["hint"]) for row in csv.DictReader(file)]
    assert rows == [
        ("rubbish", "Check that the file has the format given with --format."),
        ("noon", "Correct the line, or remove it."),
        ("q01", "Say in [queues] of the mapping which line the queue serves."),
    ]


def test_call_with_an_impossible_leg_is_refused_and_the_rest_is_loaded(load):
    impossible = (
        "1768032000|c9|q01|NONE|ENTERQUEUE||0248219001|1\n9999999999|c9|q01|NONE|EXITWITHTIMEOUT|1|1|5\n"
        "1768032005|c9|q02|NONE|ENTERQUEUE||0248219001|1\n"
    )
    assert log(load, impossible + LOG) == (1, {"created": 1, "rejected": 1})


def test_number_of_statements_does_not_grow_with_the_rows(load, django_assert_max_num_queries):
    rows = "".join(ANSWERED.replace("k1", f"k{n}") for n in range(300))
    with django_assert_max_num_queries(60):
        load(HEADER + rows)


def test_two_imports_of_one_source_do_not_run_together(load):
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [lock_key("import_calls", "pbx")])
        with pytest.raises(CommandError, match="Another import of this source is running"):
            load(HEADER + ANSWERED)
    other.close()
