"""Rules about opinions: ages, versions, and the theme that words suggest."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from complaints.feedback.rules import BANDS, bounds_of, is_small, mean_of, percent_of, version_key
from complaints.feedback.suggesting import ENOUGH, Accuracy, Suggestion, accuracy_of, learn, suggest, words_of

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
TABLE = {"login": "password\naccesso", "payment": "carta\npagare la rata", "unclear": ""}
LOGIN, PAYMENT = ("La password scade sempre", "login"), ("La carta viene rifiutata", "payment")


# --- Ages and versions ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("hours", [0, 1, 23.99, 24, 71, 72, 167, 168, 719, 720, 20_000])
def test_every_age_is_in_one_band(hours):
    received = NOW - timedelta(hours=hours)
    inside = [
        band.code
        for band in BANDS
        if (after := bounds_of(band, NOW))[1] >= received and (after[0] is None or received > after[0])
    ]
    assert len(inside) == 1


@pytest.mark.parametrize(("hours", "code"), [(1, "0"), (24, "1"), (72, "3"), (168, "7"), (720, "30")])
def test_a_band_begins_with_its_first_day(hours, code):
    received = NOW - timedelta(hours=hours)
    band = next(each for each in BANDS if each.code == code)
    assert bounds_of(band, NOW)[1] >= received


def test_versions_come_in_the_order_of_their_numbers():
    versions = ["4.12.1", "4.9", "", "4.12", "beta", "10.0", "4.12.1-rc2"]
    assert sorted(versions, key=version_key) == ["", "4.9", "4.12", "4.12.1", "4.12.1-rc2", "10.0", "beta"]


def test_shares_and_means_are_rounded_halves_up():
    assert (percent_of(1, 8), mean_of(7, 2), mean_of(1, 3)) == (Decimal("12.5"), Decimal("3.50"), Decimal("0.33"))
    assert percent_of(1, 16) == Decimal("6.3")


def test_a_mean_of_few_is_marked():
    assert [is_small(number) for number in (1, 29, 30)] == [True, True, False]


# --- The suggested theme ----------------------------------------------------------------------------------------------
def test_words_are_folded_and_counted_once_without_those_that_say_nothing():
    assert words_of("La PASSWORD, che la password… è però lenta") == {"password", "pero", "lenta"}


def test_with_little_learnt_the_table_of_themes_decides():
    learnt = learn([LOGIN], listed=TABLE, unclear="unclear")
    assert learnt.is_by_table
    assert suggest("Non riesco a PAGARE  la rata con la carta", learnt) == Suggestion(
        "payment", ("carta", "pagare la rata")
    )
    assert suggest("Cartapesta", learnt) is None


def test_with_enough_learnt_the_counted_words_decide_and_are_named():
    learnt = learn([LOGIN, PAYMENT] * (ENOUGH // 2), listed=TABLE, unclear="unclear")
    assert not learnt.is_by_table
    assert suggest("password rifiutata? scade", learnt) == Suggestion("login", ("password", "scade"))


def test_what_is_in_no_known_word_has_no_suggestion():
    learnt = learn([LOGIN, PAYMENT] * ENOUGH, listed=TABLE, unclear="unclear")
    assert suggest("التطبيق بطيء", learnt) is None


@pytest.mark.parametrize("text", ["👍", "…", "!!!"])
def test_without_a_word_it_cannot_be_interpreted(text):
    assert suggest(text, learn([], listed=TABLE, unclear="unclear")) == Suggestion("unclear", ())


def test_only_a_theme_that_may_be_chosen_is_suggested():
    learnt = learn([LOGIN, PAYMENT] * ENOUGH, listed=TABLE, unclear="unclear")
    assert suggest("password", learnt, among=["payment"]) is None
    assert suggest("password carta", learnt, among=["payment"]) == Suggestion("payment", ("carta",))
    assert suggest("👍", learnt, among=["payment"]) is None


def test_accuracy_stands_beside_the_commonest_theme():
    earlier = [LOGIN, PAYMENT, LOGIN] * ENOUGH
    later = [("password", "login"), ("carta", "payment"), ("carta", "login"), ("zzz", "payment")]
    assert accuracy_of(earlier, later, listed=TABLE, unclear="unclear") == Accuracy(
        learnt_from=len(earlier), tested=4, suggested=3, right=2, commonest_right=2
    )


def test_what_was_unclear_teaches_no_word():
    learnt = learn([("password", "unclear"), LOGIN, PAYMENT] * ENOUGH, unclear="unclear")
    assert "unclear" not in learnt.themes
