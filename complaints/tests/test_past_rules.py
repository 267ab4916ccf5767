"""The rules of a past register without a database: which entry a row is, provinces, maps, days in words."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.models import Complaint
from complaints.past.entries import province_of
from complaints.past.mapping import PastMap
from complaints.past.matching import Row, match
from complaints.past.panel import clock_words
from foundation.files.reading import UnusableInput


@pytest.mark.parametrize(
    ("rows", "stored", "claimed", "places"),
    [
        ([Row("a", 1)], {}, (), [1]),
        ([Row("a", 1), Row("b", 2)], {}, (), [1, 2]),  # a number used twice is two entries
        ([Row("a", 1), Row("b", 2)], {1: "a", 2: "b"}, (), [1, 2]),
        ([Row("b", 1), Row("a", 2)], {1: "a", 2: "b"}, (), [2, 1]),  # in another order they are the same two
        ([Row("a2", 1), Row("b", 2)], {1: "a", 2: "b"}, (), [1, 2]),  # one of them changed
        ([Row("b", 1), Row("a2", 2)], {1: "a", 2: "b"}, (), [2, 1]),
        ([Row("c", 1), Row("a", 2)], {1: "a"}, (), [2, 1]),  # a third came before it
        ([Row("b", 2)], {1: "a"}, (1,), [2]),  # the first was in an earlier part of the file
        ([Row("b", 2, fixed=True)], {1: "a"}, (), [2]),  # a corrected row keeps the place that it had
        ([Row("a2", 1, fixed=True)], {1: "a", 2: "b"}, (), [1]),
        ([Row("c", 0, fixed=True)], {1: "a"}, (), [2]),  # one that could not be keyed is nobody else's
        ([Row("a", 1), Row("a", 2)], {}, (), [1, 2]),
    ],
)
def test_a_row_is_the_entry_that_states_the_same_else_the_one_at_its_place(rows, stored, claimed, places):
    assert match(rows, stored, claimed) == places


@given(st.lists(st.sampled_from("abcd"), max_size=5), st.lists(st.sampled_from("abcd"), max_size=5))
def test_whatever_was_stored_each_row_has_a_place_of_its_own_and_the_same_rows_again_change_nothing(first, again):
    stored = dict(zip(match([Row(d, n) for n, d in enumerate(first, 1)], {}, ()), first, strict=True))
    places = match([Row(digest, place) for place, digest in enumerate(again, 1)], stored, ())
    assert len(set(places)) == len(again)
    if sorted(first) == sorted(again):
        assert [stored[place] for place in places] == again


@pytest.mark.parametrize(
    ("postal_code", "province"),
    [
        ("20121", "MI"),
        ("20900", "MB"),  # the longest beginning counts
        ("2090", ""),  # 02090: a spreadsheet took the zero away
        ("80100", ""),
        ("201XX", None),
        ("", None),
        ("2012", ""),
    ],
)
def test_a_province_follows_from_a_whole_postal_code_alone(postal_code, province):
    assert province_of(postal_code, {"20": "MI", "209": "MB"}) == province


SMALLEST = {"number": {"column": "n"}, "received": {"column": "d"}}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"recieved": {"column": "x"}}, "received"),
        ({"outcome": {"column": "x", "values": {"chiuso": "done"}}}, "done"),
        ({"received": {}}, "received"),
        ({"received": {"column": "d", "formats": ["%q"]}}, "%q"),
        ({"ramo": {"column": "x", "values": {"auto": "99"}}}, "99"),
        ({"postal_code": {"column": "x", "provinces": {"MI": "20"}}}, "MI"),
        ({"disputed": {"column": "x"}}, "yes"),
        ({"customer": {"column": "x", "unknown": "create"}}, "create"),
    ],
)
def test_a_mapping_with_a_mistake_is_refused_and_the_mistake_is_named(changed, words):
    with pytest.raises(UnusableInput, match=words):
        PastMap.from_data(SMALLEST | changed)


@pytest.mark.parametrize(
    ("answered_at", "words"),
    [
        (datetime(2016, 10, 27, 10, tzinfo=UTC), "45 giorni, nei termini"),
        (datetime(2016, 10, 28, 10, tzinfo=UTC), "46 giorni, in ritardo di 1 giorno"),
        (None, "non noto: il giorno della risposta non è nel file"),
    ],
)
def test_the_days_of_a_past_answer_are_counted_by_our_clock_and_never_made_up(answered_at, words):
    entry = Complaint(
        old_number="1",
        state=Complaint.State.ANSWERED,
        received_on=date(2016, 9, 12),
        due_on=date(2016, 10, 27),
        answered_at=answered_at,
    )
    assert clock_words(entry) == words
