"""Opening hours in few words."""

from datetime import time

import pytest
from django.utils import translation

from contact_center.models import ServiceTarget
from contact_center.opening_hours import opening_hours, told

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
        assert [(each.days, each.times) for each in told(periods)] == lines


@pytest.mark.django_db
def test_without_a_target_no_hours_are_told():
    ServiceTarget.objects.all().delete()
    assert opening_hours() == []
