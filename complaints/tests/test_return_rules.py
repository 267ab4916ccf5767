"""The half-year return against plain arithmetic, on registers made at random, and its days and lines one by one."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.returns import rules
from complaints.returns.halves import Half, half_named, halves_until
from complaints.returns.rules import Entry, Line, as_at, belongs, counted_in, lacking
from foundation.refusals import Refused

HALF = Half(2026, 1)
START, END = date(2026, 1, 1), date(2026, 6, 30)
OUTCOMES = ("upheld", "in_part", "settled", "rejected")
LINES: dict[str, list[Line]] = {table: [] for table in rules.TABLES} | {
    "outcome": [
        Line("accolto", ("upheld", "in_part"), "accolto", "upheld"),
        Line("transatto", ("settled",), "transatto", "settled"),
        Line("respinto", ("rejected",), "respinto", "rejected"),
        Line("withdrawn", ("withdrawn",), "rinunciato", "withdrawn"),
        Line("open", ("open",), "in istruttoria", "open"),
    ],
    "area": [Line("settlement", ("settlement",), "l", "s"), Line("commercial", ("commercial",), "c", "c")],
    "distribution": [Line("agency", ("agency",), "a", "a"), Line("bank", ("bank",), "b", "b", is_done=False)],
}


def entry(**changed) -> Entry:
    """A complaint about a motor claim, received in the half and still open."""
    row = Entry(
        complaint_id=1,
        year=2026,
        sequence=1,
        received_on=date(2026, 3, 1),
        closed_on=None,
        ending="",
        outcome="",
        ramo="10",
        area="settlement",
        reason="settlement_delay",
        product="",
        channel="site",
        distribution="agency",
        intermediary_kind="",
        has_intermediary=False,
        agency="",
        is_treatable=True,
        not_treatable_cause="",
        is_repeated=False,
    )
    return replace(row, **changed)


def answered(on: date, outcome: str = "rejected", **changed) -> Entry:
    return entry(closed_on=on, ending="answered", outcome=outcome, **changed)


# --- Halves -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "ends_on", "due_on"),
    [
        ("2022H1", date(2022, 6, 30), date(2022, 8, 29)),
        ("2022H2", date(2022, 12, 31), date(2023, 3, 1)),
        ("2026h1", date(2026, 6, 30), date(2026, 8, 29)),
        ("2027H2", date(2027, 12, 31), date(2028, 2, 29)),  # 2028 has a 29 February
    ],
)
def test_a_return_is_due_sixty_days_after_its_half(name, ends_on, due_on):
    half = half_named(name)
    assert (half.ends_on, half.due_on) == (ends_on, due_on)


@pytest.mark.parametrize("text", ["", "2026", "2026H3", "2026-H1", "1999H1", "H1 2026"])
def test_anything_else_is_no_half(text):
    with pytest.raises(Refused) as refused:
        half_named(text)
    assert refused.value.code == "no_half"


def test_halves_go_from_the_newest_to_the_first():
    names = [each.name for each in halves_until(date(2025, 7, 1), date(2026, 6, 30))]
    assert names == ["2026H1", "2025H2"]


# --- Which complaints belong ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("complaint", "belonging"),
    [
        (entry(received_on=START), True),
        (entry(received_on=END), True),
        (entry(received_on=END + timedelta(days=1)), False),
        (entry(received_on=START - timedelta(days=90)), True),  # open at the beginning
        (answered(START, received_on=START - timedelta(days=30)), True),  # closed on the first day
        (answered(START - timedelta(days=1), received_on=START - timedelta(days=30)), False),
    ],
)
def test_a_half_counts_what_was_received_open_or_closed_in_it(complaint, belonging):
    assert belongs(complaint, HALF) is belonging


def test_an_answer_after_the_half_leaves_the_complaint_under_examination():
    late = as_at(answered(END + timedelta(days=1)), END)
    assert (late.result, late.closed_on, late.days) == ("open", None, None)
    assert as_at(answered(END), END).result == "rejected"


def undated(**changed) -> Entry:
    """An entry of a past register whose file says that it was closed, and not when."""
    return entry(year=None, sequence=None, old_number="7", ending="answered", outcome="rejected", **changed)


@pytest.mark.parametrize(
    ("received_on", "belonging"),
    [(START - timedelta(days=1), False), (START, True), (END, True), (END + timedelta(days=1), False)],
)
def test_what_was_closed_on_a_day_that_nobody_knows_belongs_to_the_half_of_its_receipt(received_on, belonging):
    assert belongs(undated(received_on=received_on), HALF) is belonging
    by_hand_too, _days = by_hand([undated(received_on=received_on)])
    assert by_hand_too["received"] == belonging


def test_entries_of_past_registers_come_after_the_numbers_of_ours_as_they_were_imported():
    ours = [entry(complaint_id=9, sequence=2), entry(complaint_id=1, year=2025, sequence=3)]
    old = [entry(complaint_id=pk, year=None, sequence=None, old_number=number) for pk, number in ((5, "7"), (3, "8"))]
    assert [each.number for each in counted_in([*old, *ours], HALF)] == ["2025/3", "2026/2", "prec. 8", "prec. 7"]


@pytest.mark.parametrize(
    ("complaint", "columns"),
    [
        (entry(), ()),
        (undated(), ("closed_on",)),
        (undated(closed_on=date(2026, 4, 1)), ()),
        (replace(undated(), outcome=""), ("closed_on", "outcome")),
        (replace(undated(), ending="withdrawn", outcome=""), ("closed_on",)),
        (
            entry(ramo="", area="", reason="", channel="", distribution=""),
            ("ramo", "area", "reason", "channel", "distribution"),
        ),
        (entry(has_intermediary=True), ("intermediary_kind",)),
        (entry(has_intermediary=True, intermediary_kind="agent"), ()),
        (entry(is_treatable=False), ("not_treatable_cause",)),
    ],
)
def test_what_is_not_classified_blocks(complaint, columns):
    assert lacking(complaint) == columns


# --- Days -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("days", "share", "expected"),
    [
        ([], 50, None),
        ([7], 90, 7),
        ([1, 2, 3, 4], 50, 2),
        ([1, 2, 3, 4], 75, 3),
        (list(range(1, 11)), 90, 9),
        ([5, 1], 90, 5),
    ],
)
def test_percentiles_are_days_that_some_complaint_took(days, share, expected):
    assert rules.percentile(days, share) == expected


def test_a_mean_has_one_decimal_and_rounds_halves_up():
    assert (rules.mean(5, 4), rules.mean(85, 20), rules.mean(0, 0), rules.mean(0, 3)) == ("1.3", "4.3", None, "0.0")


def test_days_run_to_the_answer_and_withdrawals_have_none():
    assert answered(date(2026, 4, 15)).days == 45
    assert entry(closed_on=date(2026, 4, 15), ending="withdrawn").days is None


# --- Tables against another hand ------------------------------------------------------------------------------------
days = st.dates(min_value=START - timedelta(days=250), max_value=END + timedelta(days=120))


@st.composite
def entries(draw):
    received = draw(days)
    ending = draw(st.sampled_from(["", "answered", "withdrawn"]))
    closed = received + timedelta(days=draw(st.integers(0, 130))) if ending else None
    treatable = draw(st.booleans())
    return entry(
        received_on=received,
        closed_on=closed,
        ending=ending,
        outcome=draw(st.sampled_from(OUTCOMES)) if ending == "answered" else "",
        ramo=draw(st.sampled_from(["10", "8", "I", "III"])),
        area=draw(st.sampled_from(["settlement", "commercial", "unheard_of"])),
        distribution=draw(st.sampled_from(["agency", "bank"])),
        intermediary_kind=draw(st.sampled_from(["", "agent", "bank"])),
        is_treatable=treatable,
        not_treatable_cause="" if treatable else "court",
        is_repeated=draw(st.booleans()),
    )


def numbered(rows):
    """Under numbers of ours, and every third under one of a past register, which gave it twice."""
    old = {"year": None, "sequence": None}
    return [
        replace(
            row, complaint_id=place, **({"sequence": place} if place % 3 else old | {"old_number": f"{place // 6}"})
        )
        for place, row in enumerate(rows, start=1)
    ]


def by_hand(rows):
    """The numbers of some complaints, written the long way, without anything of the rules."""
    found = dict.fromkeys(
        ("open_at_start", "received", "closed", "open_at_end", "repeated", "not_treatable", "treatable"), 0
    )
    found |= dict.fromkeys(("accolto", "transatto", "respinto", "withdrawn", "open"), 0)
    taken = []
    for row in rows:
        if row.received_on > END or (row.closed_on and row.closed_on < START and row.received_on < START):
            continue
        if row.ending and not row.closed_on and row.received_on < START:  # closed before, nobody knows when
            continue
        is_closed = bool(row.closed_on and row.closed_on <= END)
        found["closed" if is_closed else "open_at_end"] += 1
        if is_closed and row.ending == "answered":
            taken.append((row.closed_on - row.received_on).days)
        if row.received_on < START:
            found["open_at_start"] += 1
            continue
        found["received"] += 1
        found["repeated"] += row.is_repeated
        if not row.is_treatable:
            found["not_treatable"] += 1
            continue
        found["treatable"] += 1
        if not is_closed:
            found["open"] += 1
        elif row.ending == "withdrawn":
            found["withdrawn"] += 1
        else:
            found[
                {"upheld": "accolto", "in_part": "accolto", "settled": "transatto", "rejected": "respinto"}[
                    row.outcome
                ]
            ] += 1
    return found, taken


def compare(cells, rows):
    expected, taken = by_hand(rows)
    results = {"accolto", "transatto", "respinto", "withdrawn", "open"}
    for name, number in expected.items():
        assert cells[f"result_{name}" if name in results else name] == number, name
    assert (cells["answered"], cells["days"]) == (len(taken), sum(taken))
    if taken:
        exact = Decimal(sum(taken)) / len(taken)
        assert cells["days_mean"] == str(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))
        assert cells["days_p50"] <= median(taken)
        assert sum(each <= cells["days_p90"] for each in taken) * 10 >= 9 * len(taken)
    else:
        assert (cells["days_mean"], cells["days_p50"]) == (None, None)


@settings(max_examples=150, deadline=None)
@given(st.lists(entries(), max_size=40).map(numbered))
def test_the_return_is_what_plain_arithmetic_gives(rows):
    tables = rules.tables_of(counted_in(rows, HALF), HALF, LINES)
    assert rules.broken_checks(tables) == []
    compare(tables["whole"], rows)
    for line in tables["tables"]["area"]:
        compare(line["cells"], [row for row in rows if row.area == line["key"]])
    for line in tables["tables"]["distribution"]:
        mine = [row for row in rows if row.distribution == line["key"]]
        if line["cells"] is not None:
            compare(line["cells"], mine)
    for line in tables["tables"]["intermediary"]:
        compare(line["cells"], [row for row in rows if (row.intermediary_kind or "none") == line["key"]])
    banks = [row for row in rows if row.intermediary_kind == "bank"]
    for line in tables["tables"]["bank_area"]:
        compare(line["cells"], [row for row in banks if row.area == line["key"]])


@settings(max_examples=50, deadline=None)
@given(st.lists(entries(), max_size=25).map(numbered), st.randoms())
def test_the_order_of_the_register_changes_nothing(rows, random):
    shuffled = rows.copy()
    random.shuffle(shuffled)
    assert rules.tables_of(counted_in(shuffled, HALF), HALF, LINES) == rules.tables_of(
        counted_in(rows, HALF), HALF, LINES
    )


@settings(max_examples=50, deadline=None)
@given(st.lists(entries(), max_size=25).map(numbered))
def test_what_is_open_at_the_end_of_a_half_is_open_at_the_beginning_of_the_next(rows):
    second = Half(2026, 2)
    first = rules.tables_of(counted_in(rows, HALF), HALF, LINES)
    later = rules.tables_of(counted_in(rows, second), second, LINES)
    assert first["whole"]["open_at_end"] == later["whole"]["open_at_start"]


def test_none_is_not_the_same_as_not_done_here():
    tables = rules.tables_of([], HALF, LINES)
    cells = {line["key"]: line["cells"] for line in tables["tables"]["distribution"]}
    assert cells["agency"]["received"] == 0
    assert cells["bank"] is None


def test_a_complaint_about_what_is_not_done_here_is_counted_all_the_same():
    tables = rules.tables_of([entry(distribution="bank")], HALF, LINES)
    cells = {line["key"]: line["cells"] for line in tables["tables"]["distribution"]}
    assert cells["bank"]["received"] == 1


# --- Corrections ----------------------------------------------------------------------------------------------------
def test_differences_name_what_came_what_went_and_what_changed():
    kept, gone, new = entry(), entry(complaint_id=2, sequence=2), entry(complaint_id=3, sequence=3)
    found = rules.differences([kept, gone], [replace(kept, area="commercial"), new])
    assert [(each.number, each.kind, each.changes) for each in found] == [
        ("2026/1", "changed", (("area", "settlement", "commercial"),)),
        ("2026/2", "removed", ()),
        ("2026/3", "added", ()),
    ]
    assert rules.differences([kept], [kept]) == []


@settings(max_examples=50, deadline=None)
@given(st.lists(entries(), max_size=20).map(numbered), st.lists(entries(), max_size=20).map(numbered))
def test_the_frozen_rows_with_their_differences_are_the_register_now(before, now):
    found = rules.differences(before, now)
    rebuilt = {each.complaint_id: each for each in before}
    later = {each.complaint_id: each for each in now}
    for each in found:
        if each.kind == "removed":
            del rebuilt[each.complaint_id]
        elif each.kind == "added":
            rebuilt[each.complaint_id] = later[each.complaint_id]
        else:
            changes = {name: after for name, _before, after in each.changes}
            rebuilt[each.complaint_id] = replace(rebuilt[each.complaint_id], **changes)
    assert rebuilt == later
