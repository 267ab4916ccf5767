"""From a row of a CSV to a call: moments, durations, codes, flags, and what is refused with which reason."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from contact_center.calls.imports import cells
from contact_center.calls.imports.csv_calls import CallReader
from contact_center.calls.imports.mapping import CallsMap
from foundation.dates import ROME
from foundation.files.moments import moment
from foundation.files.reading import Row, UnusableInput
from foundation.files.report import RowRefused

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MAP = {
    "id": {"column": "key"},
    "moments": {"queued": {"columns": ["date", "time"], "formats": ["%d/%m/%Y %H:%M:%S"]}},
    "durations": {"wait": {"column": "wait"}, "talk": {"column": "talk"}},
    "line": {"column": "topic", "values": {"Premium": "customers", "Accident": "claims"}},
    "topic": {"column": "topic"},
    "agent": {"column": "agent"},
    "caller": {"column": "caller"},
    "outcome": {
        "answered": {"column": "answered", "yes": "Y", "no": "N"},
        "resolved": {"column": "resolved", "yes": ["Y"], "no": ["N"]},
    },
}
CELLS = {
    "key": "k1",
    "date": "10/01/2026",
    "time": "9:05:07",
    "wait": "20",
    "talk": "0:02:23",
    "topic": "Premium",
    "agent": "Ada",
    "caller": "02 4821.9001",
    "answered": "Y",
    "resolved": "Y",
}


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


def call_of(data=MAP, **cells_):
    return CallReader(CallsMap.from_data(data), now=NOW).call(Row(1, 2, CELLS | cells_))


def refusal_of(data=MAP, **cells_):
    with pytest.raises(RowRefused) as refused:
        call_of(data, **cells_)
    return refused.value


def test_whole_row_becomes_a_call():
    call = call_of()
    assert (call.external_id, call.line, call.topic, call.agent, call.caller) == (
        "k1",
        "customers",
        "Premium",
        "Ada",
        "+390248219001",
    )
    assert call.queued_at == datetime(2026, 1, 10, 8, 5, 7, tzinfo=UTC)
    assert call.answered_at == datetime(2026, 1, 10, 8, 5, 27, tzinfo=UTC)
    assert call.ended_at == datetime(2026, 1, 10, 8, 7, 50, tzinfo=UTC)
    assert (call.wait_seconds, call.talk_seconds, call.disposition, call.resolved) == (20, 143, "answered", True)


def test_unanswered_row_ends_with_its_wait():
    call = call_of(answered="N", resolved="N", talk="", wait="7")
    assert (call.disposition, call.answered_at, call.wait_seconds) == ("abandoned", None, 7)
    assert (call.ended_at - call.queued_at).seconds == 7


@pytest.mark.parametrize(
    ("cells_", "column", "reason"),
    [
        ({"key": ""}, "key", "the key is blank"),
        ({"date": "2026-01-10"}, "date", "“2026-01-10 9:05:07” is not a moment as %d/%m/%Y %H:%M:%S"),
        ({"date": "", "time": ""}, "date", "the moment of the call is blank"),
        ({"time": ""}, "date", "date or time is blank"),
        ({"date": "29/03/2026", "time": "2:30:00"}, "date", "the clocks went forward over it"),
        ({"date": "25/11/2026"}, "date", "lies in the future"),
        ({"wait": "-3"}, "wait", "a duration is negative"),
        ({"date": "25/11/1989"}, "date", "lies before 1990"),
        ({"date": "01/01/0001"}, "date", "“01/01/0001 9:05:07” is not a moment as %d/%m/%Y %H:%M:%S"),
        ({"date": "31/12/9999"}, "date", "“31/12/9999 9:05:07” is not a moment as %d/%m/%Y %H:%M:%S"),
        ({"wait": "soon"}, "wait", "“soon” is not a number of seconds"),
        ({"talk": "0:61:00"}, "talk", "is not a duration as h:mm:ss or mm:ss"),
        ({"talk": "24:00:01"}, "talk", "longer than a day"),
        ({"answered": "N"}, "talk", "not answered, but with talk"),
        ({"answered": "N", "talk": ""}, "resolved", "resolved without being answered"),
        ({"answered": "maybe"}, "answered", "neither as yes nor as no"),
        ({"answered": ""}, "answered", "is blank"),
        ({"topic": "Other"}, "topic", "the mapping does not list this value"),
        ({"topic": ""}, "topic", "the line is blank"),
    ],
)
def test_impossible_row_is_refused_with_its_reason(cells_, column, reason):
    refused = refusal_of(**cells_)
    assert refused.column == column
    assert reason in refused.reason


@pytest.mark.parametrize(
    ("moments", "reason"),
    [
        ({"queued": "10:00:10", "answered": "10:00:00", "ended": "10:05:00"}, "answered before it was queued"),
        ({"queued": "10:00:00", "answered": "10:00:10", "ended": "10:00:05"}, "ended before it was answered"),
    ],
)
def test_moments_in_the_wrong_order_are_refused(moments, reason):
    columns = {name: {"columns": ["date", name], "format": "%d/%m/%Y %H:%M:%S"} for name in moments}
    data = {"id": {"column": "key"}, "line": {"constant": "customers"}, "moments": columns}
    assert reason in refusal_of(data, **moments).reason


@pytest.mark.parametrize(
    ("moments", "durations"),
    [
        ({"queued": "10:00:00"}, {"wait": "10", "talk": "60"}),
        ({"answered": "10:00:10"}, {"wait": "10", "talk": "60"}),
        ({"ended": "10:01:10"}, {"wait": "10", "talk": "60"}),
        ({"queued": "10:00:00", "answered": "10:00:10", "ended": "10:01:10"}, {}),
        ({"queued": "10:00:00", "ended": "10:01:10"}, {"talk": "60"}),
    ],
)
def test_moments_follow_from_each_other_and_the_durations(moments, durations):
    data = {
        "id": {"column": "key"},
        "line": {"constant": "customers"},
        "moments": {name: {"columns": ["date", name], "format": "%d/%m/%Y %H:%M:%S"} for name in moments},
        "durations": {name: {"column": name} for name in durations},
        "outcome": {"answered": {"column": "picked up", "yes": "Y"}},
    }
    call = call_of(data, **moments, **durations, **{"picked up": "Y"})
    assert [
        moment.astimezone(ROME).strftime("%H:%M:%S") for moment in (call.queued_at, call.answered_at, call.ended_at)
    ] == [
        "10:00:00",
        "10:00:10",
        "10:01:10",
    ]


def test_seconds_that_contradict_the_moments_are_doubtful_and_not_believed():
    moments = {"queued": "10:00:00", "answered": "10:00:10", "ended": "10:01:10"}
    data = {
        "id": {"column": "key"},
        "line": {"constant": "customers"},
        "moments": {name: {"columns": ["date", name], "format": "%d/%m/%Y %H:%M:%S"} for name in moments},
        "durations": {"wait": {"column": "wait"}},
    }
    call = call_of(data, **moments, wait="300")
    assert (call.wait_seconds, call.doubts) == (10, ("wait",))


def test_call_that_ends_after_the_clocks_went_back_ends_in_the_second_hour():
    data = MAP | {
        "moments": {
            "queued": {"columns": ["date", "time"], "formats": ["%d/%m/%Y %H:%M:%S"]},
            "ended": {"columns": ["date", "ended"], "formats": ["%d/%m/%Y %H:%M:%S"]},
        },
        "durations": {},
    }
    call = call_of(data, date="25/10/2026", time="2:58:10", ended="2:03:00")
    assert (call.queued_at, call.ended_at) == (
        datetime(2026, 10, 25, 0, 58, 10, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 3, tzinfo=UTC),
    )
    assert "autumn" in call.doubts


@pytest.mark.parametrize(("date", "doubts"), [("25/10/2026", ("autumn",)), ("24/10/2026", ())])
def test_hour_that_came_twice_is_doubtful(date, doubts):
    assert call_of(date=date, time="2:30:00").doubts == doubts


def test_codes_that_the_mapping_lists_are_found_in_any_case():
    assert call_of(topic="PREMIUM").line == "customers"


@pytest.mark.parametrize(
    ("ambiguous", "hour"), [("first", 0), ("second", 1)]
)  # 2:30 of 25 October 2026 is 0:30 UTC in summer time, 1:30 in winter time
def test_hour_that_comes_twice_is_chosen_by_the_mapping(ambiguous, hour):
    found = moment("2026-10-25 2:30:00", ("%Y-%m-%d %H:%M:%S",), ROME, ambiguous)
    assert found == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)


def test_hour_that_comes_twice_can_be_refused():
    with pytest.raises(ValidationError, match="came twice"):
        moment("2026-10-25 2:30:00", ("%Y-%m-%d %H:%M:%S",), ROME, "refuse")


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("2026-01-10T08:05:07Z", ("iso",)),
        ("2026-01-10T09:05:07+01:00", ("iso",)),
        ("1768032307", ("epoch",)),
        ("1768032307000", ("epoch_ms",)),
        ("10.01.26 9:05:07", ("%Y-%m-%d", "%d.%m.%y %H:%M:%S")),
        ("01/10/2026 9:05:07 AM", ("%m/%d/%Y %I:%M:%S %p",)),
    ],
)
def test_moment_in_every_dress(text, formats):
    assert moment(text, formats, ROME) == datetime(2026, 1, 10, 8, 5, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "unit", "decimal", "seconds"),
    [
        ("90", "seconds", ".", 90),
        ("90.5", "seconds", ".", 91),
        ("90,4", "seconds", ",", 90),
        ("1.090,4", "seconds", ",", 1090),
        ("90400", "milliseconds", ".", 90),
        ("1.5", "minutes", ".", 90),
        ("1:30", "clock", ".", 90),
        ("0:01:30", "clock", ".", 90),
        ("00:01:30.9", "clock", ".", 91),
        ("26:00:00", "clock", ".", 93600),
        ("1:30", "auto", ".", 90),
        ("90", "auto", ".", 90),
        ("-90", "auto", ".", -90),
        ("-0:01:30", "auto", ".", -90),
    ],
)
def test_duration_in_every_dress(text, unit, decimal, seconds):
    assert cells.seconds(text, unit, decimal) == seconds


@pytest.mark.parametrize(
    ("text", "unit"), [("90", "clock"), ("1:60", "clock"), ("inf", "seconds"), ("1:30", "seconds")]
)
def test_text_that_is_no_duration(text, unit):
    with pytest.raises(ValidationError):
        cells.seconds(text, unit)


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("0248219001", "+390248219001"),
        ("0039 02 48219001", "+390248219001"),
        ("02.4821.9001", "+390248219001"),
        ("+393331234567", "+393331234567"),
        ("anonymous", ""),
        ("Withheld", ""),
        ("0", ""),
        ("", ""),
        ("n.d.", ""),
        ("Non disponibile", ""),
        ("Numero oscurato", ""),
        ('"Anonymous" <sip:anonymous@anonymous.invalid>', ""),
        ("<sip:+390248219001@sbc.example.it;user=phone>;tag=1", "+390248219001"),
        ("sip:%2B390248219001@sbc.example.it", "+390248219001"),
        ("tel:+39-02-48219001;ext=5", "+390248219001"),
        ("#31#0248219001", "+390248219001"),
        ("\u200e+39 02 48219001\u200e", "+390248219001"),
    ],
)
def test_caller_in_every_dress(text, e164):
    assert cells.caller(text) == e164


def test_a_caller_that_is_no_number_costs_no_call():
    call = call_of(MAP | {"caller": {"column": "caller"}}, caller="1003")
    assert (call.caller, call.caller_stated) == ("", "1003")


def test_a_caller_that_is_no_number_can_be_refused():
    refused = refusal_of(MAP | {"caller": {"column": "caller", "invalid": "refuse"}}, caller="12")
    assert (refused.column, "“12” is not a number in use" in str(refused)) == ("caller", True)


def test_words_for_blank_count_as_blank():
    assert call_of(MAP | {"file": {"blank": ["n/a"]}}, answered="N", resolved="N", talk="N/A").talk_seconds is None


def test_line_may_be_constant_or_have_a_default():
    assert call_of(MAP | {"line": {"constant": "campers"}}).line == "campers"
    assert call_of(MAP | {"line": {"column": "topic", "blank": "campers"}}, topic="").line == "campers"


def test_disposition_follows_from_a_column():
    outcome = {"disposition": {"column": "answered", "values": {"T": "timed_out", "Y": "answered"}}}
    data = MAP | {"outcome": outcome}
    assert call_of(data, answered="T", talk="").disposition == "timed_out"
    assert call_of(data).disposition == "answered"


# --- Mapping files that are wrong


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tme": {}}, "unknown key tme. Did you mean “time”?"),
        ({"time": {"zone": "Europe/Roma"}}, "[time] zone “Europe/Roma” is unknown"),
        ({"time": {"ambiguous": "last"}}, "[time] ambiguous cannot be “last”. Allowed: first, second, refuse."),
        ({"time": {"formats": ["%Q"]}}, "has the unknown part %Q"),
        ({"time": {"formats": ["dd/mm/yyyy"]}}, "“dd/mm/yyyy” is no format"),
        ({"id": {}}, "needs one of [id] column"),
        ({"moments": {}}, "needs a moment"),
        ({"moments": {"start": {"column": "date"}}}, "unknown key [moments] start"),
        ({"durations": {"talk": {"column": "talk", "unit": "hours"}}}, "[durations.talk] unit cannot be “hours”"),
        ({"durations": {"talk": {"unit": "clock"}}}, "lacks [durations.talk] column"),
        ({"line": {}}, "[line] needs a column"),
        ({"line": {"column": "x", "unknown": "create"}}, "[line] unknown cannot be “create”. Allowed: refuse."),
        ({"line": "x"}, "line must be a section"),
        ({"topic": {"column": ["a"]}}, "[topic] column must be a text"),
        ({"outcome": {"answered": {"column": "a"}}}, "[outcome.answered] yes names no value"),
        ({"outcome": {"answered": {"column": "a", "yes": "y", "no": "Y"}}}, "calls “y” both yes and no"),
        (
            {"outcome": {"disposition": {"column": "a", "values": {"a": "lost"}}}},
            "cannot be “lost”. Allowed: open, answered",
        ),
    ],
)
def test_wrong_mapping_is_refused_naming_the_key(change, message):
    with pytest.raises(UnusableInput) as refused:
        CallsMap.from_data(MAP | change)
    assert message in str(refused.value)


def test_mapping_that_is_no_toml_is_refused(tmp_path):
    (tmp_path / "map.toml").write_text("[id\n")
    with pytest.raises(UnusableInput, match="is not valid TOML"):
        CallsMap.from_file(str(tmp_path / "map.toml"))


def test_absent_mapping_is_refused(tmp_path):
    with pytest.raises(UnusableInput, match="There is no mapping file"):
        CallsMap.from_file(str(tmp_path / "none.toml"))


@pytest.mark.parametrize("text", ["12.5", "3.75", "1.23", "1.2345"])
def test_dot_that_separates_no_thousands_is_refused_beside_a_decimal_comma(text):
    with pytest.raises(ValidationError):
        cells.seconds(text, "seconds", ",")


@pytest.mark.parametrize(("text", "seconds"), [("1.234", 1234), ("1.234,5", 1235), ("12,5", 13), ("-1.234", -1234)])
def test_dots_between_thousands_are_read_beside_a_decimal_comma(text, seconds):
    assert cells.seconds(text, "seconds", ",") == seconds


@pytest.mark.parametrize(
    ("text", "seconds"), [("1:02:03.7", 3724), ("1:02:03,4", 3723), ("0:59.5", 60), ("-0:10.5", -10), ("10.5", 11)]
)
def test_fractions_are_rounded_half_up_in_clocks_as_in_seconds(text, seconds):
    assert cells.seconds(text) == seconds


@pytest.mark.parametrize("text", ["2021-W09-1", "2021W091", "2021-W09-1 10:00:00"])
def test_week_is_no_moment(text):
    with pytest.raises(ValidationError):
        moment(text, ("iso",), ROME)
