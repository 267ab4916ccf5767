"""Provinces and lines of business, as dated data."""

from collections import Counter
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from customers.provinces import PROVINCES, Area, province, provinces
from customers.rami import MOTOR_LIABILITY, RAMI, Business, ramo


@pytest.mark.parametrize(
    ("on", "count"),
    [(date(1990, 1, 1), 95), (date(1995, 1, 1), 103), (date(2010, 1, 1), 110), (date(2017, 1, 1), 107)],
)
def test_the_number_of_provinces_is_that_of_the_day(on, count):
    assert len(provinces(on)) == count


def test_periods_of_one_code_do_not_overlap():
    for code, times in Counter(each.code for each in PROVINCES).items():
        if times > 1:
            first, second = sorted((p for p in PROVINCES if p.code == code), key=lambda p: p.valid_from)
            assert first.valid_to < second.valid_from


@pytest.mark.parametrize(
    ("code", "on", "name", "area"),
    [
        ("mi", date(2026, 1, 1), "Milano", Area.NORTH),
        ("AN", date(2026, 1, 1), "Ancona", Area.CENTRE),
        ("AQ", date(2026, 1, 1), "L’Aquila", Area.SOUTH),
        ("SU", date(2020, 1, 1), "Sud Sardegna", Area.ISLANDS),
        ("OT", date(2010, 1, 1), "Olbia-Tempio", Area.ISLANDS),
        ("OT", date(2026, 1, 1), "Gallura Nord-Est Sardegna", Area.ISLANDS),
        ("FO", date(1998, 1, 1), "Forlì", Area.NORTH),
        ("ZA", date(1940, 1, 1), "Zara", Area.NORTH),
    ],
)
def test_a_code_names_the_province_of_its_day(code, on, name, area):
    found = province(code, on)
    assert (found.name, found.area) == (name, area)


@pytest.mark.parametrize(
    ("code", "on", "kind", "sentence"),
    [
        ("XX", date(2026, 1, 1), "province_unknown", "XX"),
        ("OT", date(2020, 1, 1), "province_ceased", "SS"),
        ("PS", date(2026, 1, 1), "province_ceased", "PU"),
        ("FU", date(2026, 1, 1), "province_ceased", "FU"),
        ("MB", date(2005, 1, 1), "province_not_yet", "2009"),
    ],
)
def test_a_code_outside_its_time_is_refused_with_the_one_to_use(code, on, kind, sentence):
    with pytest.raises(ValidationError) as refusal:
        province(code, on)
    assert refusal.value.code == kind
    assert sentence in refusal.value.messages[0]


def test_there_are_eighteen_non_life_lines_and_six_of_life():
    assert Counter(each.business for each in RAMI) == {Business.NON_LIFE: 18, Business.LIFE: 6}


@pytest.mark.parametrize(("text", "code"), [("10", MOTOR_LIABILITY), ("010", "10"), (" iii ", "III"), ("1", "1")])
def test_a_line_is_read_however_written(text, code):
    assert ramo(text).code == code


@pytest.mark.parametrize("text", ["", "0", "19", "VII", "auto"])
def test_another_line_is_refused(text):
    with pytest.raises(ValidationError) as refusal:
        ramo(text)
    assert refusal.value.code == "ramo_unknown"
