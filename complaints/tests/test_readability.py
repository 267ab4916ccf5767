"""How easily a text is read: the index of Gulpease, with values worked out by hand."""

import pytest
from django.utils import translation

from complaints.letters.readability import figures_of, meaning_of


@pytest.mark.parametrize(
    ("text", "sentences", "letters", "words", "index"),
    [
        # 89 + (300 * sentences - 10 * letters) / words, worked out by hand
        ("Il gatto dorme.", 1, 12, 3, 100),  # 149, and 100 is the most
        (
            "Abbiamo riesaminato la Sua pratica e Le diamo ragione.",
            1, 45, 9, 72,
        ),  # 89 + (300 - 450) / 9 = 72.33
        (
            "Abbiamo riesaminato la Sua pratica con l\u2019ufficio che l\u2019ha trattata, e non possiamo accogliere la richiesta.",
            1, 88, 16, 53,
        ),  # 89 + (300 - 880) / 16 = 52.75
        ("Vedi l\u2019art. 8 e l\u2019art. 10-ter. Poi scrivi.", 2, 28, 9, 100),
        ("Il sig. Rossi ha scritto. Ha ragione?", 2, 28, 7, 100),
        ("Primo paragrafo\n\nsecondo paragrafo", 2, 30, 4, 100),
        ("Costa 1.234,50 euro.", 1, 15, 3, 100),
        ("incommensurabilmente internazionalizzazione", 1, 42, 2, 29),  # 89 + (300 - 420) / 2
        ("", 0, 0, 0, None),
        ("😀 — !", 0, 0, 0, None),
    ],
)  # fmt: skip
def test_the_index_has_its_golden_values(text, sentences, letters, words, index):
    found = figures_of(text)
    assert (found.sentences, found.letters, found.words, found.index) == (sentences, letters, words, index)


@pytest.mark.parametrize(("index", "beginning"), [(100, "easy for anybody"), (80, "easy for anybody"), (79, "easy with"),
                                                  (60, "easy with"), (59, "hard with"), (40, "hard with"), (39, "hard for most")])  # fmt: skip
def test_the_thresholds_are_said_in_words(index, beginning):
    with translation.override("en"):
        assert str(meaning_of(index)).startswith(beginning)
