"""What the pages ask about opinions: what waits and for how long, what the suggestion of a theme learns from, and its accuracy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from complaints.feedback.rules import BANDS, Band, bounds_of, version_key
from complaints.feedback.suggesting import Learnt, Suggestion, learn, suggest
from complaints.models import Feedback, FeedbackTheme, ThemeMeasure
from complaints.models.feedback import FeedbackQuerySet

LEARNT_FROM = 2_000  # the latest opinions with words and a theme: what people write changes with the versions


# --- What waits -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Waiting:
    """How many opinions of a band of age wait for an answer, and how many of them are past their target."""

    band: Band
    number: int
    late: int


def in_band(rows: FeedbackQuerySet, band: Band, now: datetime) -> FeedbackQuerySet:
    """The rows that are in the band now."""
    after, upto = bounds_of(band, now)
    rows = rows.filter(received_at__lte=upto) if band.since else rows
    return rows if after is None else rows.filter(received_at__gt=after)


def waiting_by_age(rows: FeedbackQuerySet, now: datetime) -> list[Waiting]:
    """The unanswered ones of the rows by age, each band with how many are late. One query."""
    asked: dict[str, Count] = {}
    for band in BANDS:
        after, upto = bounds_of(band, now)
        inside = Q(received_at__lte=upto) if band.since else Q()
        inside &= Q() if after is None else Q(received_at__gt=after)
        asked[f"number_{band.code}"] = Count("pk", filter=inside or None)
        asked[f"late_{band.code}"] = Count("pk", filter=inside & Q(due_at__lt=now))
    found = rows.unanswered().order_by().aggregate(**asked)
    return [Waiting(band, found[f"number_{band.code}"], found[f"late_{band.code}"]) for band in BANDS]


LOOKED_AT = 500  # of the latest opinions, for the versions that a list offers


def latest_versions() -> list[str]:
    """The versions of the app of the latest opinions, the newest version first."""
    latest = Feedback.objects.exclude(app_version="").order_by("-received_at", "-pk")
    return sorted(set(latest.values_list("app_version", flat=True)[:LOOKED_AT]), key=version_key, reverse=True)


# --- Suggested themes -----------------------------------------------------------------------------------------------
def themed_texts(*, before: datetime | None = None, since: datetime | None = None) -> list[tuple[str, str]]:
    """(text, code of the theme) of the latest opinions with words that people gave a theme, newest first."""
    rows = Feedback.objects.filter(theme__isnull=False).exclude(text="")
    rows = rows if before is None else rows.filter(received_at__lt=before)
    rows = rows if since is None else rows.filter(received_at__gte=since)
    return list(rows.order_by("-received_at", "-pk").values_list("text", "theme__code")[:LEARNT_FROM])


def words_of_the_table() -> tuple[Mapping[str, str], str]:
    """The words of each theme by its code, and the code of the theme for what cannot be interpreted ("" for none)."""
    rows = list(FeedbackTheme.objects.values_list("code", "words", "is_unclear"))
    return {code: words for code, words, _unclear in rows}, next((code for code, _w, unclear in rows if unclear), "")


def learnt_now() -> Learnt:
    """What the suggestion knows at this moment."""
    listed, unclear = words_of_the_table()
    return learn(themed_texts(), listed=listed, unclear=unclear)


@dataclass(frozen=True)
class SuggestedTheme:
    """A theme that may be chosen, and the words that speak for it."""

    theme: FeedbackTheme
    words: tuple[str, ...]
    is_by_table: bool


def suggested_theme(feedback: Feedback, day: date) -> SuggestedTheme | None:
    """The theme that the words of the opinion suggest, of those in force on the day; None without words or a known one."""
    if not feedback.text:
        return None
    themes = {each.code: each for each in FeedbackTheme.objects.valid_on(day)}
    learnt = learnt_now()
    found: Suggestion | None = suggest(feedback.text, learnt, among=themes)
    if found is None:
        return None
    return SuggestedTheme(themes[found.code], found.words, learnt.is_by_table)


def last_measure() -> ThemeMeasure | None:
    """The latest measure of the suggestion; None when it was not measured yet."""
    return ThemeMeasure.objects.first()
