"""`import_feedback` from a store's file to the database, and `measure_feedback_themes`: counts that add up, nothing twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from complaints.models import Feedback, FeedbackTheme, StoreRatings, ThemeMeasure
from complaints.tests.factories import FeedbackFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

REVIEWS = """\
[store]
is = "google_play"
[time]
formats = ["%d/%m/%Y %H:%M"]
[id]
column = "Id"
[received]
column = "Data"
[rating]
column = "Stelle"
values = { "cinque" = "5" }
[text]
columns = ["Titolo", "Testo"]
[version]
column = "Versione"
[reply]
column = "Risposta"
[reply.posted]
column = "Risposta il"
"""
HEADER = "Id,Data,Stelle,Titolo,Testo,Versione,Risposta,Risposta il\n"
WORDS = "r1,01/05/2026 09:30,1,Accesso,Non entro più,4.12.1,,\n"
STARS = "r2,01/05/2026 10:00,cinque,,,,,\n"
REPLIED = "r3,02/05/2026 10:00,2,,Lenta,4.9,Grazie,03/05/2026 08:00\n"
COUNTS = """\
[store]
is = "app_store"
[received]
column = "Giorno"
formats = ["%Y-%m-%d"]
[version]
column = "Versione"
[counts]
ones = "1"
fives = "5"
"""


@pytest.fixture
def load(tmp_path, capsys):
    """Import a text by a map; returns the exit code, the counts printed that are not zero, and what was printed."""

    def run(text, map_text=REVIEWS, **options):
        (tmp_path / "file.csv").write_text(text)
        (tmp_path / "map.toml").write_text(map_text)
        code = 0
        try:
            call_command("import_feedback", str(tmp_path / "file.csv"), map=str(tmp_path / "map.toml"), **options)
        except SystemExit as end:
            code = end.code
        out = capsys.readouterr().out
        counts = dict(pair.split("=") for pair in out.strip().splitlines()[-1].split())
        return code, {name: int(counts[name]) for name in list(counts)[1:6] if counts[name] != "0"}

    return run


def test_reviews_are_loaded_once(load):
    assert load(HEADER + WORDS + STARS + REPLIED) == (0, {"created": 3})
    assert load(HEADER + WORDS + STARS + REPLIED) == (0, {"unchanged": 3})
    words, stars, replied = Feedback.objects.order_by("external_id")
    assert (words.source, words.rating, words.text, words.app_version, words.platform, words.state) == (
        "google_play",
        1,
        "Accesso\n\nNon entro più",
        "4.12.1",
        "Android",
        "received",
    )
    assert words.received_at == datetime(2026, 5, 1, 7, 30, tzinfo=UTC)
    assert (stars.rating, stars.state, stars.outcome) == (5, "closed", "only_stars")
    assert (replied.state, replied.answer, replied.posted_on) == ("answered", "Grazie", date(2026, 5, 3))


def test_a_review_that_was_changed_at_the_store_keeps_what_it_was(load):
    load(HEADER + WORDS + STARS)
    assert load(HEADER + WORDS.replace(",1,Accesso", ",4,Accesso") + STARS.replace("cinque,,", "cinque,,Bella")) == (
        0,
        {"updated": 2},
    )
    words, stars = Feedback.objects.order_by("external_id")
    assert (words.rating, words.events.order_by("pk").last().details) == (4, {"rating": 1})
    assert (stars.text, stars.state, stars.outcome) == ("Bella", "received", "")


def test_a_reply_given_here_is_not_replaced_by_the_stores(load, officer):
    load(HEADER + REPLIED.replace("Grazie,03/05/2026 08:00", ","))
    Feedback.objects.update(state="answered", answer="Nostra", answered_at=timezone.now(), answered_by=officer)
    assert load(HEADER + REPLIED) == (0, {"unchanged": 1})
    assert Feedback.objects.get().answer == "Nostra"


def test_the_same_row_twice_is_a_repetition_and_another_row_with_its_key_a_refusal(load):
    assert load(HEADER + WORDS + WORDS + WORDS.replace("Accesso", "Altro")) == (
        1,
        {"created": 1, "duplicates": 1, "rejected": 1},
    )


@pytest.mark.parametrize(
    "row",
    [
        WORDS.replace("r1", ""),
        WORDS.replace("r1", "x" * 81),
        WORDS.replace(",1,", ",6,"),
        WORDS.replace(",1,", ",ottimo,"),
        WORDS.replace("01/05/2026 09:30", "ieri"),
        WORDS.replace("01/05/2026", "01/06/2026"),
        WORDS.replace("01/05/2026", "01/05/2006"),
        WORDS.replace("01/05/2026 09:30", ""),
        "r1,01/05/2026 09:30,,,,,,\n",
        WORDS.replace("Non entro più", "x" * 100_000),
        WORDS.replace("4.12.1", "v" * 31),
        REPLIED.replace("03/05/2026", "01/05/2026"),
        REPLIED.replace("03/05/2026 08:00", ""),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_and_the_others_loaded(load, row):
    assert load(HEADER + row + STARS) == (1, {"created": 1, "rejected": 1})


@pytest.mark.parametrize("text", ["👍", "التطبيق بطيء"])
def test_words_of_any_kind_are_loaded(load, text):
    load(HEADER + WORDS.replace("Accesso,Non entro più", f",{text}"))
    assert Feedback.objects.get().text == text


def test_a_review_without_a_rating_is_kept_as_not_stated(load):
    load(HEADER + WORDS.replace(",1,Accesso", ",,Accesso"))
    assert Feedback.objects.get().rating is None


def test_refused_rows_can_be_corrected_and_loaded_as_they_are(load, tmp_path):
    load(HEADER + WORDS.replace(",1,", ",6,"), errors=str(tmp_path / "errors.csv"))
    text = (tmp_path / "errors.csv").read_text(encoding="utf-8-sig")
    assert load(text.replace(",01/05/2026 09:30,6,", ",01/05/2026 09:30,1,")) == (0, {"created": 1})


def test_a_dry_run_writes_nothing(load):
    assert load(HEADER + WORDS, dry_run=True) == (0, {"created": 1})
    assert not Feedback.objects.exists()


def test_a_key_may_be_made_of_cells(load):
    made = REVIEWS.replace('column = "Id"', 'columns = ["Data", "Testo"]')
    assert load(HEADER + WORDS + STARS, made) == (0, {"created": 2})
    assert load(HEADER + STARS + WORDS, made) == (0, {"unchanged": 2})


def test_counted_ratings_are_a_number_of_their_own(load):
    text = "Giorno,Versione,1,5\n2026-05-01,4.12.1,2,30\n2026-05-01,4.9,,4\n"
    assert load(text, COUNTS) == (0, {"created": 2})
    assert load(text, COUNTS) == (0, {"unchanged": 2})
    assert load(text.replace("30", "31"), COUNTS) == (0, {"updated": 1, "unchanged": 1})
    ratings = StoreRatings.objects.get(app_version="4.12.1")
    assert (ratings.source, ratings.day, ratings.ones, ratings.fives) == ("app_store", date(2026, 5, 1), 2, 31)
    assert not Feedback.objects.exists()
    assert load(text.replace("30", "-3"), COUNTS) == (1, {"unchanged": 1, "rejected": 1})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('is = "google_play"', 'is = "huawei"'),
        ('column = "Id"', ""),
        ('column = "Stelle"', 'column = "Voto"'),
        ("[version]", "[versione]"),
        ('formats = ["%d/%m/%Y %H:%M"]', 'formats = ["%Q"]'),
        ("[store]", "[counts]\n[store]"),
        ("[id]", "[id"),
    ],
)
def test_a_map_that_cannot_be_used_stops_before_anything_is_written(load, old, new):
    with pytest.raises(CommandError) as refusal:
        load(HEADER + WORDS, REVIEWS.replace(old, new, 1))
    assert refusal.value.returncode == 2
    assert not Feedback.objects.exists()


# --- How well themes are suggested --------------------------------------------------------------------------------------
def test_the_suggestion_is_measured_on_later_opinions_and_kept(capsys):
    login, payment = (FeedbackTheme.objects.get(code=code) for code in ("login", "payment"))
    old, new = timezone.now() - timedelta(weeks=9), timezone.now() - timedelta(weeks=1)
    for theme, text in ((login, "password scaduta"), (payment, "carta rifiutata")):
        FeedbackFactory.create_batch(30, theme=theme, text=text, received_at=old)
    FeedbackFactory.create_batch(2, theme=login, text="di nuovo la password", received_at=new)
    FeedbackFactory(theme=payment, text="la carta", received_at=new)
    FeedbackFactory(theme=payment, text="👍", received_at=new)
    call_command("measure_feedback_themes")
    assert capsys.readouterr().out.splitlines()[-1] == (
        "learnt=60 tested=4 suggested=4 right=3 commonest_right=2 kept=yes"
    )
    measure = ThemeMeasure.objects.get()
    assert (measure.tested, measure.right, measure.commonest_right) == (4, 3, 2)
    call_command("measure_feedback_themes", dry_run=True)
    assert ThemeMeasure.objects.count() == 1


def test_nothing_to_measure_is_refused():
    with pytest.raises(CommandError, match="0"):
        call_command("measure_feedback_themes")
    assert not ThemeMeasure.objects.exists()


def test_the_worked_example_is_loaded_as_it_is(capsys, settings):
    examples = settings.BASE_DIR / "docs" / "examples"
    call_command("import_feedback", str(examples / "reviews.csv"), map=str(examples / "reviews-map.toml"))
    assert capsys.readouterr().out.splitlines()[-1].startswith("read=4 created=4 ")
