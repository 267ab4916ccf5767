"""The one cleaner of text: what nobody sees goes, what people write remains."""

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from foundation.files.cells import long_text, text_up_to
from foundation.text import clean_line, clean_text, cleaned_data_of, has_line_break


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Mario\u202eoiraM", "MariooiraM"),  # turned around
        ("a\u202eb\u2066c\u2069", "abc"),
        ("t\u202ex\ufeff", "tx"),
        ("pa\u200bro\u00adla", "parola"),  # two words that look the same
        ("a\x00b\x07c\x7f\x9f", "abc"),
        ("\ud800", ""),  # half of a pair: no database takes it
        ("riga\r\naltra\rterza\x0bquarta\u2028quinta", "riga\naltra\nterza\nquarta\nquinta"),
        ("e\u0300", "è"),
        ("  bianco \n", "bianco"),
        ("👩\u200d👧 می\u200cخواهم שלום\u200f!", "👩\u200d👧 می\u200cخواهم שלום\u200f!"),
        ("Niccolò D'Angelò\t1", "Niccolò D'Angelò\t1"),
    ],
)
def test_what_nobody_sees_goes_and_the_rest_remains(typed, stored):
    assert clean_text(typed) == stored


@given(st.text())
def test_cleaning_twice_changes_nothing(text):
    once = clean_text(text)
    assert clean_text(once) == once
    assert clean_line(clean_line(text)) == clean_line(text)
    assert not has_line_break(clean_line(text))


def test_a_line_has_single_blanks():
    assert clean_line("Anna\r\nBcc:  tutti\u2029@example.it") == "Anna Bcc: tutti @example.it"


def test_everything_that_a_browser_sent_is_cleaned():
    cleaned = cleaned_data_of(QueryDict("a=x%E2%80%AE&a=%20y&b="))
    assert (cleaned.getlist("a"), cleaned["b"]) == (["x", "y"], "")


def test_a_cell_of_a_file_is_cleaned_too():
    assert text_up_to(60)("Mario\u202eoiraM\x07") == "MariooiraM"
    assert long_text("riga\r\nal\u200btra") == "riga\naltra"
