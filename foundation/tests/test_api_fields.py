"""A time is taken with its zone, and refused in words without."""

from datetime import UTC, datetime

import pytest
from django.utils import translation
from rest_framework.serializers import ValidationError

from foundation.api.fields import AwareDateTimeField


@pytest.mark.parametrize(
    "text",
    ["2026-05-04T09:30:00+02:00", "2026-05-04T07:30:00Z", "2026-05-04 09:30+0200", " 2026-05-04T07:30:00.000+00:00 "],
)
def test_a_time_with_its_zone_is_a_moment(text):
    assert AwareDateTimeField().run_validation(text) == datetime(2026, 5, 4, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2026-05-04T09:30:00", "naive"),
        ("2026-05-04", "naive"),
        ("2026-02-30T09:30:00Z", "impossible"),
        ("2026-05-04T25:00:00Z", "impossible"),
        ("2026-05-04T09:30:00+99:00", "impossible"),
        ("0001-01-01T00:00:00+14:00", "impossible"),
        ("yesterday", "invalid"),
        ("", "invalid"),
        (1_777_880_000, "invalid"),
        (True, "invalid"),
        (["2026-05-04T07:30:00Z"], "invalid"),
        ({}, "invalid"),
    ],
)
def test_anything_else_is_refused(value, code):
    with pytest.raises(ValidationError) as refusal:
        AwareDateTimeField().run_validation(value)
    assert refusal.value.get_codes() == [code]


def test_the_sentence_shows_how_to_correct_it():
    with translation.override("en"), pytest.raises(ValidationError, match=r"add \+01:00 or Z"):
        AwareDateTimeField().run_validation("2026-05-04T09:30:00")
