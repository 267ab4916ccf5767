"""Days and moments written out in a sentence."""

from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override

from foundation.dates import moment_in_full, with_weekday, written_day, written_moment


@pytest.mark.parametrize(
    ("day", "article", "text"),
    [
        (1, "", "1° dicembre 2026"),
        (1, "al", "al 1° dicembre 2026"),
        (7, "il", "il 7 dicembre 2026"),
        (8, "il", "l’8 dicembre 2026"),
        (8, "al", "all’8 dicembre 2026"),
        (8, "Dal", "Dall’8 dicembre 2026"),
        (11, "del", "dell’11 dicembre 2026"),
        (11, "Il", "L’11 dicembre 2026"),
        (18, "al", "al 18 dicembre 2026"),
        (31, "nel", "nel 31 dicembre 2026"),
    ],
)
def test_in_italian_the_article_follows_the_number(day, article, text):
    with override("it"):
        assert written_day(date(2026, 12, day), article) == text


def test_in_english_a_day_has_no_article():
    with override("en"):
        assert written_day(date(2026, 12, 8), "al") == "8 December 2026"


def test_a_moment_is_that_of_rome_and_has_its_hour_after_ore():
    moment = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    with override("it"):
        assert written_moment(moment) == "1° dicembre 2026, ore 00:30"
    with override("en"):
        assert written_moment(moment) == "1 December 2026, 00:30"


def test_an_article_that_italian_does_not_have_is_refused():
    with override("it"), pytest.raises(KeyError):
        written_day(date(2026, 12, 8), "the")


def test_no_moment_is_written_as_nothing():
    assert moment_in_full(None) == ""


def test_a_day_is_written_in_each_language_however_often_it_was_asked_before():
    for _each in range(2):
        with override("it"):
            assert written_day(date(2026, 12, 8), "al") == "all’8 dicembre 2026"
        with override("en"):
            assert written_day(date(2026, 12, 8), "al") == "8 December 2026"


def test_the_short_names_of_months_are_djangos_in_lower_case():
    with override("it"):
        found = [with_weekday(date(2026, month, 2), "M") for month in range(1, 13)]
    assert found == ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"]
