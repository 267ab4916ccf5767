"""The catalogue is where a figure is spelled: what follows from it agrees with it."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from contact_center.catalogue import FIGURES, OF_HALF_HOURS, STORED
from contact_center.figures.definitions import definitions, parameters_in_settings
from contact_center.models import DailyFigures, HalfHourFigures
from contact_center.models.marks import CALL_FACTS, CONTACT_FACTS


def test_daily_figures_have_a_column_for_each_stored_count():
    keys = {"id", "cut", "day", "channel", "line", "topic", "agent"}
    assert {field.name for field in DailyFigures._meta.get_fields()} - keys == {count.name for count in STORED}


def test_figures_of_half_hours_have_a_column_for_each_of_their_counts():
    keys = {"id", "begins_at", "day", "half_hour", "channel", "line"}
    names = {field.name for field in HalfHourFigures._meta.get_fields()} - keys
    assert names == {count.name for count in OF_HALF_HOURS}


def test_every_figure_has_a_name_of_its_own():
    assert len({figure.key for figure in FIGURES}) == len(FIGURES)
    assert len({figure.json_path for figure in FIGURES}) == len(FIGURES)


def test_what_decides_a_count_marks_its_day():
    assert CALL_FACTS.split(", ")[6:] == [
        "disposition",
        "hold_seconds",
        "talk_seconds",
        "wait_seconds",
        "wrap_seconds",
    ]
    assert {"level", "outcome", "handled", "confirmed", "repeated_on"} <= set(CONTACT_FACTS.split(", "))


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_definition_has_its_words(language):
    with translation.override(language):
        for one in definitions(parameters_in_settings()):
            assert all((one.label, one.text, one.numerator, one.exclusions, one.source)), one.key


def test_the_page_of_the_documentation_says_what_the_catalogue_says():
    page = StringIO()
    call_command("figures", "--catalogue", stdout=page)
    kept = (Path(settings.BASE_DIR) / "docs/formats/figures-catalogue.md").read_text()
    assert kept == page.getvalue(), "run manage.py figures --catalogue > docs/formats/figures-catalogue.md"
