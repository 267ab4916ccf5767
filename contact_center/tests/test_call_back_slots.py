"""At which hours a customer may ask to be called: a table of moments."""

from datetime import date, datetime, time

import pytest

from contact_center.call_backs.slots import STILL_TAKEN, slots_from
from contact_center.due.business_time import Calendar, Hours, Special
from foundation.dates import ROME

DAY = (Hours(time(9), time(10, 30)), Hours(time(14), time(15)))
WEEK = Calendar(hours=((DAY,) * 5 + ((), ())))


def rome(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


def hours(calendar: Calendar, now: str) -> list[str]:
    return [slot.start.astimezone(ROME).strftime("%d/%m %H:%M") for slot in slots_from(rome(now), calendar)]


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2026-05-04 07:00", "04/05 09:00"),
        ("2026-05-04 08:30", "04/05 09:00"),  # half an hour ahead is enough
        ("2026-05-04 08:31", "04/05 09:30"),
        ("2026-05-04 09:45", "04/05 14:00"),  # what is left of the morning is too near
        ("2026-05-04 20:00", "05/05 09:00"),
        ("2026-05-08 14:40", "11/05 09:00"),  # Friday afternoon: on Monday
        ("2026-05-04 23:45", "05/05 09:00"),
    ],
)
def test_the_first_hour_is_at_least_half_an_hour_ahead_while_the_line_is_open(now, first):
    assert hours(WEEK, now)[0] == first


def test_an_hour_that_was_on_offer_may_be_chosen_until_a_quarter_of_an_hour_before():
    def first(now: str) -> str:
        return slots_from(rome(now), WEEK, ahead=STILL_TAKEN)[0].start.astimezone(ROME).strftime("%H:%M")

    assert [first("2026-05-04 08:31"), first("2026-05-04 08:45"), first("2026-05-04 08:46")] == [
        "09:00",
        "09:00",
        "09:30",
    ]


def test_an_hour_is_a_whole_half_hour_within_the_opening_hours():
    slots = slots_from(rome("2026-05-04 07:00"), WEEK)
    assert {slot.seconds for slot in slots} == {1800}
    assert hours(WEEK, "2026-05-04 07:00")[:5] == [
        "04/05 09:00", "04/05 09:30", "04/05 10:00", "04/05 14:00", "04/05 14:30",
    ]  # fmt: skip


def test_five_open_days_are_offered_and_a_closed_one_counts_for_none():
    days = list(dict.fromkeys(each[:5] for each in hours(WEEK, "2026-05-07 07:00")))
    assert days == ["07/05", "08/05", "11/05", "12/05", "13/05"]
    closed = Calendar(hours=WEEK.hours, special_days={date(2026, 5, 11): Special("Trasloco")})
    assert "11/05" not in {each[:5] for each in hours(closed, "2026-05-07 07:00")}


def test_on_a_holiday_nobody_is_called():
    assert hours(WEEK, "2026-05-01 07:00")[0] == "04/05 09:00"


def test_a_stretch_that_is_too_short_has_no_hour():
    assert hours(Calendar(hours=(((Hours(time(9), time(9, 20))),),) * 7), "2026-05-04 07:00") == []


def test_a_calendar_that_is_never_open_offers_nothing():
    assert slots_from(rome("2026-05-04 07:00"), Calendar()) == []


def test_on_the_day_the_clocks_go_back_each_hour_is_offered_once():
    night = Calendar(hours=((Hours(time(1), time(4)),),) * 7)
    slots = [slot for slot in slots_from(rome("2026-10-24 20:00"), night) if slot.start < rome("2026-10-25 12:00")]
    assert len(slots) == len(set(slots)) == 8  # from one to four that night four hours pass
