"""Opening hours in few words."""

from datetime import date, time

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from contact_center.due.opening_hours import days_unlike_others, hours_in_words, opening_hours
from contact_center.models import ServiceTarget
from contact_center.tests.factories import OpeningPeriodFactory, ServiceCalendarFactory, SpecialDayFactory

MORNING, AFTERNOON = (time(8, 30), time(13)), (time(14), time(18, 30))


@pytest.mark.parametrize(
    ("periods", "lines"),
    [
        ([], []),
        ([(0, *MORNING)], [("Monday", "08:30–13:00")]),
        ([(0, *AFTERNOON), (0, *MORNING)], [("Monday", "08:30–13:00, 14:00–18:30")]),
        ([(0, *MORNING), (1, *MORNING)], [("Monday to Tuesday", "08:30–13:00")]),
        ([(0, *MORNING), (2, *MORNING)], [("Monday", "08:30–13:00"), ("Wednesday", "08:30–13:00")]),
        ([(0, time(0), time(0))], [("Monday", "00:00–24:00")]),
        ([(5, *MORNING), (6, *AFTERNOON)], [("Saturday", "08:30–13:00"), ("Sunday", "14:00–18:30")]),
    ],
)
def test_neighbouring_days_with_the_same_hours_are_one_line(periods, lines):
    with translation.override("en"):
        assert [(each.days, each.times) for each in hours_in_words(periods)] == lines


@pytest.mark.django_db
def test_without_a_target_no_hours_are_shown():
    ServiceTarget.objects.all().delete()
    assert opening_hours() == []


@pytest.mark.django_db
def test_the_hours_shown_are_those_in_force_today():
    first = ServiceTarget.objects.get(kind="request", level=1)
    ServiceTarget.objects.filter(pk=first.pk).update(valid_to=date(2026, 1, 31))
    calendar = ServiceCalendarFactory()
    OpeningPeriodFactory(calendar=calendar, weekday=0, opens=time(8), closes=time(20))
    ServiceTarget.objects.create(kind="request", level=1, minutes=60, calendar=calendar, valid_from=date(2026, 2, 1))
    with translation.override("en"):
        assert [(each.days, each.times) for each in opening_hours(date(2026, 5, 4))] == [("Monday", "08:00–20:00")]
        assert opening_hours(date(2026, 1, 31)) != opening_hours(date(2026, 2, 1))


@pytest.fixture
def calendar(db):
    """Open on working days, and by it requests are due."""
    made = ServiceCalendarFactory()
    for weekday in range(5):
        OpeningPeriodFactory(calendar=made, weekday=weekday, opens=time(9), closes=time(18))
    ServiceTarget.objects.filter(kind="request", level=1).update(calendar=made)
    return made


def announced(today):
    with translation.override("en"):
        return [(each.day, each.name, each.times) for each in days_unlike_others(today)]


def test_holidays_of_the_next_two_weeks_are_announced_but_not_those_on_which_it_is_closed_anyhow(calendar):
    assert announced(date(2026, 4, 20)) == [(date(2026, 5, 1), "Labor Day", "")]  # 25 April is a Saturday


def test_special_days_are_announced_with_their_hours_and_their_break(calendar):
    day = date(2026, 5, 6)
    SpecialDayFactory(calendar=calendar, day=date(2026, 5, 5), name="Sciopero")
    for opens, closes in ((time(14), time(0)), (time(9), time(12))):
        SpecialDayFactory(calendar=calendar, day=day, name="Inventario", opens=opens, closes=closes)
    assert announced(date(2026, 5, 4)) == [
        (date(2026, 5, 5), "Sciopero", ""),
        (day, "Inventario", "09:00–12:00, 14:00–24:00"),
    ]


def test_the_page_says_so(calendar, client):
    SpecialDayFactory(calendar=calendar, day=timezone.localdate(), name="Sciopero")
    page = client.get(reverse("contacts"), headers={"accept-language": "en"}).content.decode()
    assert "Sciopero" in page
    assert "closed" in page
