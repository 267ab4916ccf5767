"""Time counted only while the service works: tables of dates, and what must hold for any calendar."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_center.due.business_time import (
    ROME,
    Calendar,
    Hours,
    NeverOpen,
    Special,
    add_business_time,
    business_seconds_between,
    explain,
    holiday_on,
)

WEEK = ((Hours(time(8, 30), time(13)), Hours(time(14), time(18, 30))),) * 5 + ((Hours(time(8, 30), time(13)),), ())
MILAN = Calendar(WEEK, province="MI", name="Assistenza")
ALWAYS = Calendar(((Hours(time(0), time(0)),),) * 7, special_days={}, name="Sempre")
NIGHTS = Calendar(((Hours(time(1), time(4)),),) * 7, name="Notte")


def rome(text: str) -> datetime:
    """A moment by the clock on the wall in Italy."""
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


def shown(moment: datetime) -> str:
    return moment.astimezone(ROME).strftime("%Y-%m-%d %H:%M")


# --- When it is due
@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-05-04 10:00", 60, "2026-05-04 11:00"),
        ("2026-05-04 12:30", 60, "2026-05-04 14:30"),  # over the lunch break
        ("2026-05-04 12:00", 60, "2026-05-04 13:00"),  # to the very end of the morning, not to two o'clock
        ("2026-05-04 13:20", 30, "2026-05-04 14:30"),  # begun in the break
        ("2026-05-04 07:00", 30, "2026-05-04 09:00"),  # before opening
        ("2026-05-04 22:00", 30, "2026-05-05 09:00"),  # at night
        ("2026-05-04 10:00", 540, "2026-05-05 10:00"),  # a day of service
        ("2026-05-08 18:00", 60, "2026-05-09 09:00"),  # into Saturday
        ("2026-05-09 12:30", 60, "2026-05-11 09:00"),  # over Sunday
        ("2026-04-30 18:00", 60, "2026-05-02 09:00"),  # over the first of May
        ("2026-04-04 12:30", 60, "2026-04-07 09:00"),  # over Easter and Easter Monday
        ("2027-03-27 12:30", 60, "2027-03-30 09:00"),  # the same a year later
        ("2026-12-05 12:30", 60, "2026-12-09 09:00"),  # Sunday, Sant'Ambrogio, Immaculate Conception
        ("2026-12-24 18:00", 60, "2026-12-28 09:00"),  # Christmas, Saint Stephen on a Saturday, Sunday
        ("2026-12-31 18:00", 60, "2027-01-02 09:00"),  # year end
        ("2028-02-28 18:00", 60, "2028-02-29 09:00"),  # a leap day is a day
        ("2028-02-29 18:00", 60, "2028-03-01 09:00"),
        ("2028-10-03 18:00", 60, "2028-10-05 09:00"),  # 4 October is a holiday from 2026 (a Wednesday in 2028)
        ("2023-10-03 18:00", 60, "2023-10-04 09:00"),  # and was none before
        ("2026-05-04 10:00", 0, "2026-05-04 10:00"),
    ],
)
def test_due(start, minutes, due):
    assert shown(add_business_time(rome(start), minutes, MILAN)) == due


def test_the_patron_saint_is_that_of_the_calendars_province():
    rome_calendar = Calendar(WEEK, province="RM")
    start = rome("2026-06-26 18:00")  # a Friday; 29 June is Saints Peter and Paul, in Rome alone
    assert shown(add_business_time(start, 330 + 60, MILAN)) == "2026-06-29 10:00"
    assert shown(add_business_time(start, 330 + 60, rome_calendar)) == "2026-06-30 10:00"


def test_a_province_without_a_known_saint_has_the_national_holidays():
    assert holiday_on(date(2026, 12, 25), "XX")
    assert not holiday_on(date(2026, 12, 7), "XX")


def test_a_special_day_is_stronger_than_a_holiday_and_a_holiday_than_its_weekday():
    christmas, strike = date(2026, 12, 25), date(2026, 12, 29)
    calendar = Calendar(
        WEEK,
        special_days={
            christmas: Special("Apertura straordinaria", (Hours(time(9), time(12)),)),
            strike: Special("Sciopero"),
        },
    )
    assert shown(add_business_time(rome("2026-12-24 18:00"), 60, calendar)) == "2026-12-25 09:30"
    assert shown(add_business_time(rome("2026-12-28 18:00"), 60, calendar)) == "2026-12-30 09:00"


def test_periods_that_overlap_count_once():
    calendar = Calendar(((Hours(time(9), time(12)), Hours(time(11), time(13))),) * 7)
    assert business_seconds_between(rome("2026-05-05 00:00"), rome("2026-05-06 00:00"), calendar) == 4 * 3600


# --- The clocks
@pytest.mark.parametrize(
    ("day", "always", "nights"),
    [("2026-03-28", 24, 3), ("2026-03-29", 23, 2), ("2026-10-25", 25, 4), ("2026-10-26", 24, 3)],
)
def test_a_day_has_the_hours_it_really_has(day, always, nights):
    start, end = rome(f"{day} 00:00"), rome(f"{day} 00:00") + timedelta(days=1)
    assert business_seconds_between(start, end, ALWAYS) == always * 3600
    assert business_seconds_between(start, end, NIGHTS) == nights * 3600


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-03-29 01:30", 2, "2026-03-29 04:30"),
        ("2026-10-25 01:30", 2, "2026-10-25 02:30"),  # the second half past two
        ("2026-10-24 12:00", 24, "2026-10-25 11:00"),
        ("2026-03-28 12:00", 24, "2026-03-29 13:00"),
    ],
)
def test_due_over_a_change_of_the_clocks(start, hours, due):
    moment = add_business_time(rome(start), hours * 60, ALWAYS)
    assert shown(moment) == due
    assert moment - rome(start).astimezone(UTC) == timedelta(hours=hours)


def test_what_opens_in_the_hour_that_is_not_there_opens_when_it_is_over():
    calendar = Calendar(((Hours(time(2, 30), time(4)),),) * 7)
    start, end = rome("2026-03-29 00:00"), rome("2026-03-30 00:00")
    assert business_seconds_between(start, end, calendar) == 3600
    assert shown(add_business_time(start, 1, calendar)) == "2026-03-29 03:01"


def test_what_closes_in_the_hour_that_comes_twice_closes_the_first_time():
    calendar = Calendar(((Hours(time(1), time(2, 30)),),) * 7)
    assert business_seconds_between(rome("2026-10-25 00:00"), rome("2026-10-26 00:00"), calendar) == 90 * 60


# --- Pauses
def test_pauses_are_left_out_however_they_lie():
    pauses = [
        (rome("2026-05-05 08:00"), rome("2026-05-05 09:30")),  # out of order
        (rome("2026-05-04 10:00"), rome("2026-05-04 11:00")),
        (rome("2026-05-04 10:30"), rome("2026-05-04 12:00")),  # overlapping
        (rome("2026-05-04 12:30"), rome("2026-05-04 14:30")),  # partly in the break
        (rome("2026-05-03 10:00"), rome("2026-05-03 12:00")),  # before it began
    ]
    due = add_business_time(
        rome("2026-05-04 09:30"), 330, MILAN, pauses
    )  # 9:30-10, 12-12:30, 14:30-18:30, and half an hour
    assert shown(due) == "2026-05-05 10:00"
    assert business_seconds_between(rome("2026-05-04 09:30"), due, MILAN, pauses) == 330 * 60


def test_while_a_pause_lasts_nothing_is_due():
    pauses = [(rome("2026-05-04 10:00"), None)]
    assert add_business_time(rome("2026-05-04 09:00"), 120, MILAN, pauses) is None
    assert business_seconds_between(rome("2026-05-04 09:00"), rome("2026-06-04 09:00"), MILAN, pauses) == 3600


def test_what_was_due_before_the_pause_remains_due():
    pauses = [(rome("2026-05-04 10:00"), None)]
    assert shown(add_business_time(rome("2026-05-04 09:00"), 30, MILAN, pauses)) == "2026-05-04 09:30"


# --- Never open
def test_a_calendar_that_is_never_open_is_refused_in_words():
    with pytest.raises(NeverOpen, match="Vuoto") as refusal, translation.override("en"):
        add_business_time(rome("2026-05-04 10:00"), 1, Calendar(name="Vuoto"))
    assert refusal.value.code == "never_open"
    assert business_seconds_between(rome("2026-05-04 10:00"), rome("2027-05-04 10:00"), Calendar()) == 0


def test_a_target_longer_than_three_years_is_refused():
    with pytest.raises(NeverOpen):
        add_business_time(rome("2026-05-04 10:00"), 10_000_000, MILAN)


# --- The sum in words
def in_words(steps):
    return [(step.what, shown(step.start), shown(step.end)[-5:], step.seconds // 60) for step in steps]


def test_the_sum_is_explained_step_by_step():
    pauses = [(rome("2026-12-05 10:00"), rome("2026-12-05 11:00"))]
    steps = explain(rome("2026-12-04 18:00"), 240, MILAN, pauses)
    assert in_words(steps) == [
        ("counted", "2026-12-04 18:00", "18:30", 30),
        ("closed", "2026-12-04 18:30", "00:00", 0),
        ("closed", "2026-12-05 00:00", "08:30", 0),
        ("counted", "2026-12-05 08:30", "10:00", 90),
        ("paused", "2026-12-05 10:00", "11:00", 0),
        ("counted", "2026-12-05 11:00", "13:00", 120),
        ("due", "2026-12-05 13:00", "13:00", 0),
    ]
    assert steps[-2].total == 240 * 60


def test_each_day_left_out_has_its_reason():
    with translation.override("en"):
        steps = explain(rome("2026-12-05 12:30"), 60, MILAN)
        reasons = {step.start.astimezone(ROME).day: str(step.why) for step in steps if step.what == "closed"}
    assert reasons[6] == "closed on Sundays"
    assert "Ambrose" in reasons[7]
    assert "Immaculate" in reasons[8]


def test_a_special_day_has_its_name_and_the_lunch_break_is_a_break():
    calendar = Calendar(WEEK, special_days={date(2026, 5, 5): Special("Sciopero")})
    with translation.override("en"):
        reasons = [str(step.why) for step in explain(rome("2026-05-04 12:00"), 360, calendar)]
    assert "Sciopero" in reasons
    assert "break between two periods" in reasons


def test_the_change_of_the_clocks_is_explained():
    [clocks] = [step for step in explain(rome("2026-03-29 00:00"), 300, ALWAYS) if step.what == "clocks"]
    assert shown(clocks.end) == "2026-03-29 06:00"


def test_a_standing_clock_is_explained_up_to_now():
    pauses = [(rome("2026-05-04 10:00"), None)]
    steps = explain(rome("2026-05-04 09:00"), 120, MILAN, pauses, until=rome("2026-05-04 12:00"))
    assert in_words(steps) == [
        ("counted", "2026-05-04 09:00", "10:00", 60),
        ("paused", "2026-05-04 10:00", "12:00", 0),
    ]


# --- What holds for any calendar
def _minutes_after(first: datetime, minutes: int) -> datetime:
    return first + timedelta(minutes=minutes)


FIRST = datetime(2026, 3, 24, tzinfo=UTC)  # the days around both changes of the clocks, Easter and the year's end
moments = st.one_of(
    *(
        st.integers(0, 9 * 1440).map(partial(_minutes_after, first))
        for first in (FIRST, datetime(2026, 10, 21, tzinfo=UTC), datetime(2026, 12, 23, tzinfo=UTC))
    )
)
quarters = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))


@st.composite
def some_hours(draw):
    opens, closes = draw(quarters), draw(quarters)
    if closes != time(0) and closes <= opens:
        opens, closes = closes, opens
    return Hours(opens, time(0) if closes == opens else closes)


@st.composite
def calendars(draw):
    week = [tuple(draw(st.lists(some_hours(), max_size=3))) for _day in range(7)]
    week[draw(st.integers(0, 6))] = (draw(some_hours()),)  # never quite without hours
    days = st.integers(0, 300).map(lambda n: FIRST.date() + timedelta(days=n))
    special = st.builds(Special, st.just("x"), st.lists(some_hours(), max_size=2).map(tuple))
    return Calendar(tuple(week), draw(st.sampled_from(["", "MI"])), draw(st.dictionaries(days, special, max_size=4)))


pauses = st.lists(
    st.tuples(moments, st.integers(0, 3000)).map(lambda pause: (pause[0], pause[0] + timedelta(minutes=pause[1]))),
    max_size=4,
)
minutes = st.integers(0, 3000)


def walked(start, end, calendar, stops):
    """Minutes between two moments on which the service works, each looked at by the clock on the wall."""
    count, moment = 0, start
    while moment < end:
        wall = moment.astimezone(ROME)
        paused = any(begins <= moment < ends for begins, ends in stops)
        count += not paused and works(wall, calendar)
        moment += timedelta(minutes=1)
    return count


def works(wall, calendar):
    special = calendar.special_days.get(wall.date())
    if special is not None:
        hours = [special.hours] if special.hours else []
    else:
        hours = [] if holiday_on(wall.date(), calendar.province) else calendar.hours[wall.weekday()]
    for opens, closes in hours:
        ends = closes if closes != time(0) else time.max
        if wall.fold:  # two o'clock for the second time: only who works on past three is still there
            if opens < time(3) <= ends:
                return True
        elif opens <= wall.time().replace(tzinfo=None) < ends:
            return True
    return False


@settings(max_examples=60, deadline=None)
@given(calendars(), moments, st.integers(0, 4000), pauses)
def test_what_is_counted_is_what_a_walk_minute_by_minute_counts(calendar, start, length, stops):
    end = start + timedelta(minutes=length)
    assert business_seconds_between(start, end, calendar, stops) == 60 * walked(start, end, calendar, stops)


@settings(max_examples=60, deadline=None)
@given(calendars(), moments, minutes, pauses)
def test_the_two_undo_each_other(calendar, start, length, stops):
    due = add_business_time(start, length, calendar, stops)
    assert business_seconds_between(start, due, calendar, stops) == length * 60


@settings(max_examples=60, deadline=None)
@given(calendars(), moments, minutes, minutes, pauses)
def test_time_adds_up(calendar, start, first, second, stops):
    middle = add_business_time(start, first, calendar, stops)
    whole = add_business_time(start, first + second, calendar, stops)
    assert add_business_time(middle, second, calendar, stops) == whole


@settings(max_examples=60, deadline=None)
@given(calendars(), moments, moments, st.integers(1, 3000), minutes, pauses)
def test_later_or_longer_is_never_due_sooner(calendar, one, other, length, more, stops):
    sooner, later = sorted((one, other))
    assert add_business_time(sooner, length, calendar, stops) <= add_business_time(later, length, calendar, stops)
    assert add_business_time(one, length, calendar, stops) <= add_business_time(one, length + more, calendar, stops)


@settings(max_examples=60, deadline=None)
@given(calendars(), moments, minutes, pauses)
def test_the_steps_add_up_and_leave_no_gap(calendar, start, length, stops):
    steps = explain(start, length, calendar, stops)
    story = [step for step in steps if step.what in ("counted", "closed", "paused")]
    assert sum(step.seconds for step in steps) == length * 60
    assert all(one.end == next_one.start for one, next_one in pairwise(story))
    assert steps[-1].start == add_business_time(start, length, calendar, stops)
    if story:
        assert (story[0].start, story[-1].end) == (start, steps[-1].start)


@pytest.mark.parametrize("day", [date(2025, 11, 2), date(2027, 11, 7)])
def test_the_first_sunday_of_november_is_no_holiday(day):
    every_day = Calendar(((Hours(time(9), time(18)),),) * 7)
    assert (holiday_on(day), every_day.worked_on(day).time) == ("", timedelta(hours=9))


def test_what_else_is_kept_on_that_sunday_remains():
    with translation.override("it"):
        assert holiday_on(date(2024, 11, 3), "TS") == "San Giusto"
        assert holiday_on(date(2026, 11, 1)) == "Ognissanti"
    assert holiday_on(date(1976, 11, 4)) != "", "before 1977 it was a day of rest"


def test_a_special_day_may_have_a_break():
    day = date(2026, 5, 5)
    calendar = Calendar(
        WEEK, special_days={day: Special("Orario estivo", (Hours(time(9), time(12)), Hours(time(14), time(15))))}
    )
    assert [stretch.seconds for stretch in calendar.open_on(day)] == [3 * 3600, 3600]
