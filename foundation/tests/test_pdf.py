"""What a document prints of what somebody wrote."""

import pytest

from foundation.pdf import NO_GLYPH, printable


def test_what_the_fonts_lack_is_printed_as_a_box():
    assert printable("è 🏡 日\u200d\r\nfine\x07") == f"è {NO_GLYPH} {NO_GLYPH}\nfine"


@pytest.mark.parametrize("text", ["Città è perché: € 1.234,50", "Łódź Ñandú naïve", "Ελλάδα Москва", "مرحبا שלום"])
def test_the_scripts_of_europe_and_its_neighbours_are_printed(text):
    assert printable(text) == text


def test_marks_that_turn_the_direction_are_left_out():
    assert printable("Mario\u202eoiraM\u2066") == "MariooiraM"
