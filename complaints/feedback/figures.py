"""The figures of opinions: each with its base, what covers it, and what could not be read as a number of its own.

People who write are harsher than people who only give stars, so the mean of ratings with words stands beside that of
ratings without, and is never added to it. What is zero is 0; what is not known is None, and a page shows a dash.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, Sum, Value
from django.db.models.functions import TruncMonth

from complaints.feedback.rules import NEGATIVE, is_small, mean_of, percent_of, version_key
from complaints.models import Feedback, FeedbackTheme, StoreRatings
from complaints.models.feedback import FeedbackQuerySet
from customers.models import User
from foundation.dates import ROME

HAS_TEXT = ExpressionWrapper(~Q(text=""), output_field=BooleanField())


@dataclass(frozen=True)
class Share:
    """A part of a base. Of an empty base no share is known."""

    part: int
    base: int

    @property
    def percent(self) -> Decimal | None:
        """With one decimal; None of an empty base."""
        return percent_of(self.part, self.base) if self.base else None


@dataclass(frozen=True)
class Ratings:
    """So many ratings, and the sum of their stars."""

    number: int = 0
    stars: int = 0

    @property
    def mean(self) -> Decimal | None:
        """With two decimals; None where there is no rating."""
        return mean_of(self.stars, self.number) if self.number else None

    @property
    def is_small(self) -> bool:
        """Whether the mean says little: few ratings, but some."""
        return self.number > 0 and is_small(self.number)

    def __add__(self, other: "Ratings") -> "Ratings":
        return Ratings(self.number + other.number, self.stars + other.stars)


@dataclass(frozen=True)
class Coverage:
    """What the figures are made of. The first group adds up to `with_text`, and so does the second."""

    given: int
    with_text: int
    not_rated: int
    # What they are about
    themed: int
    unclear: int
    not_themed: int
    # What became of them
    answered: int
    complaints: int
    contacts: int
    closed: int
    waiting: int
    # Thanks, of those with words
    reachable: int
    unreachable: int
    reach_not_recorded: int
    acknowledged: int
    acknowledged_in_time: int
    # The answer within its target, of those that were answered
    due_known: int
    answered_in_time: int
    late: int
    not_posted: int


@dataclass(frozen=True)
class VersionLine:
    """The ratings of a version; `version` is "" where none was stated. `change` is that of the mean with words to the version before, where both bases are large enough."""

    version: str
    with_text: Ratings
    without_text: Ratings
    counted: Ratings
    change: Decimal | None


@dataclass(frozen=True)
class ThemeLine:
    """The opinions of a theme, None being those without one yet: how many, their ratings, how many gave one or two stars."""

    theme: FeedbackTheme | None
    number: int
    ratings: Ratings
    negative: int
    by_month: dict[date, int]

    @property
    def negative_share(self) -> Share:
        """Of those with a rating."""
        return Share(self.negative, self.ratings.number)


@dataclass(frozen=True)
class Figures:
    """All of a period, both days within it, of one source or of all."""

    first: date
    last: date
    coverage: Coverage
    with_text: Ratings
    without_text: Ratings
    counted: Ratings  # by the stores; the written reviews are among them
    has_counts: bool  # False: no file of a store counts a rating of the period, which is not the same as none
    versions: list[VersionLine]
    themes: list[ThemeLine]
    months: list[date] = field(default_factory=list)


def figures_of(first: date, last: date, *, source: str = "", user: User, now: datetime) -> Figures:
    """The figures of the opinions given on these days, as far as the reader may see them. Five queries."""
    rows = Feedback.objects.visible_to(user).filter(
        received_at__gte=_midnight(first), received_at__lt=_midnight(last + timedelta(days=1))
    )
    rows = rows.filter(source=source) if source else rows
    rows = rows.order_by()
    by_version = _ratings_by_version(rows)
    counted, has_counts = _counted_by_version(first, last, source)
    versions = _versions(by_version, counted)
    themes, months = _themes(rows)
    return Figures(
        first=first,
        last=last,
        coverage=_coverage(rows, now),
        with_text=sum((line.with_text for line in versions), Ratings()),
        without_text=sum((line.without_text for line in versions), Ratings()),
        counted=sum((line.counted for line in versions), Ratings()),
        has_counts=has_counts,
        versions=versions,
        themes=themes,
        months=months,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ROME)


def _coverage(rows: FeedbackQuerySet, now: datetime) -> Coverage:
    text, thanks = ~Q(text=""), timedelta(hours=settings.FEEDBACK_ACKNOWLEDGE_HOURS)
    unanswered = text & Q(answered_at=None)
    became = Q(complaint__isnull=False) | Q(contact__isnull=False)
    asked = {
        "given": Q(),
        "with_text": text,
        "not_rated": Q(rating=None),
        "themed": text & Q(theme__is_unclear=False),
        "unclear": text & Q(theme__is_unclear=True),
        "not_themed": text & Q(theme=None),
        "answered": text & Q(answered_at__isnull=False),
        "complaints": unanswered & Q(complaint__isnull=False),
        "contacts": unanswered & Q(complaint=None, contact__isnull=False),
        "closed": unanswered & ~became & Q(state=Feedback.State.CLOSED),
        "waiting": unanswered & ~became & Q(state__in=Feedback.UNANSWERED),
        "reachable": text & Q(reach=Feedback.Reach.KNOWN),
        "unreachable": text & Q(reach=Feedback.Reach.NONE),
        "reach_not_recorded": text & Q(reach=Feedback.Reach.NOT_RECORDED),
        "acknowledged": text & Q(reach=Feedback.Reach.KNOWN, acknowledged_at__isnull=False),
        "acknowledged_in_time": text
        & Q(reach=Feedback.Reach.KNOWN, acknowledged_at__lte=F("received_at") + Value(thanks)),
        "due_known": text & Q(answered_at__isnull=False, due_at__isnull=False),
        "answered_in_time": text & Q(answered_at__lte=F("due_at")),
        "late": unanswered & ~became & Q(state__in=Feedback.UNANSWERED, due_at__lt=now),
        "not_posted": Q(source__in=Feedback.STORES, answered_at__isnull=False, posted_on=None),
    }
    return Coverage(**rows.aggregate(**{name: Count("pk", filter=part or None) for name, part in asked.items()}))


def _ratings_by_version(rows: FeedbackQuerySet) -> dict[str, dict[bool, Ratings]]:
    found: dict[str, dict[bool, Ratings]] = {}
    grouped = rows.filter(rating__isnull=False).annotate(has_text=HAS_TEXT).values_list("app_version", "has_text")
    for version, has_text, number, stars in grouped.annotate(number=Count("pk"), stars=Sum("rating")):
        found.setdefault(version, {})[has_text] = Ratings(number, stars)
    return found


def _counted_by_version(first: date, last: date, source: str) -> tuple[dict[str, Ratings], bool]:
    rows = StoreRatings.objects.filter(day__range=(first, last)).order_by()
    rows = rows.filter(source=source) if source else rows
    sums = {name: Sum(name) for name in StoreRatings.BY_STARS.values()}
    found = {}
    for version, *counts in rows.values_list("app_version").annotate(**sums):
        stars = sum(each * number for each, number in zip(StoreRatings.BY_STARS, counts, strict=True))
        found[version] = Ratings(sum(counts), stars)
    return found, bool(found)


def _versions(by_version: dict[str, dict[bool, Ratings]], counted: dict[str, Ratings]) -> list[VersionLine]:
    lines: list[VersionLine] = []
    before: Ratings | None = None
    for version in sorted({*by_version, *counted}, key=lambda each: (version_key(each), each)):
        found = by_version.get(version, {})
        with_text = found.get(True, Ratings())
        change = None
        if version:
            if before is not None and with_text.mean is not None and before.mean is not None:
                is_known = not with_text.is_small and not before.is_small
                change = with_text.mean - before.mean if is_known else None
            before = with_text
        lines.append(
            VersionLine(version, with_text, found.get(False, Ratings()), counted.get(version, Ratings()), change)
        )
    return lines


def _themes(rows: FeedbackQuerySet) -> tuple[list[ThemeLine], list[date]]:
    """Of those with words: each theme that has opinions, in the order of the table, then those without one."""
    grouped = (
        rows.exclude(text="")
        .annotate(month=TruncMonth("received_at", tzinfo=ROME))
        .values_list("theme", "month")
        .annotate(
            number=Count("pk"),
            rated=Count("rating"),
            stars=Sum("rating", default=0),
            negative=Count("pk", filter=Q(rating__lte=NEGATIVE)),
        )
    )
    names: dict[int | None, FeedbackTheme | None] = {each.pk: each for each in FeedbackTheme.objects.all()}
    names[None] = None
    found: dict[int | None, list[Any]] = {}
    months = set()
    for theme, moment, number, rated, stars, negative in grouped:
        month = moment.astimezone(ROME).date()
        months.add(month)
        sums = found.setdefault(theme, [0, Ratings(), 0, {}])
        sums[0] += number
        sums[1] += Ratings(rated, stars)
        sums[2] += negative
        sums[3][month] = sums[3].get(month, 0) + number
    return [ThemeLine(names[pk], *found[pk]) for pk in names if pk in found], sorted(months)


# --- As a file ------------------------------------------------------------------------------------------------------
COLUMNS = ["figure", "of", "month", "number", "base", "percent", "mean"]


def csv_rows(figures: Figures) -> Iterator[list[Any]]:
    """Every number of the page, a line each; what is not known is an empty cell, and zero is 0."""
    coverage = figures.coverage
    for name, base in BASES.items():
        share = Share(getattr(coverage, name), getattr(coverage, base)) if base else None
        yield [
            name,
            base,
            "",
            getattr(coverage, name),
            share.base if share else None,
            share.percent if share else None,
            None,
        ]
    for name in ("with_text", "without_text"):
        yield _ratings_row(f"ratings_{name}", "", getattr(figures, name))
    yield _ratings_row("ratings_counted_by_stores", "", figures.counted if figures.has_counts else None)
    for line in figures.versions:
        yield _ratings_row("version_with_text", line.version, line.with_text)
        yield _ratings_row("version_without_text", line.version, line.without_text)
        if figures.has_counts:
            yield _ratings_row("version_counted_by_stores", line.version, line.counted)
    for theme in figures.themes:
        code, share = theme.theme.code if theme.theme else "", theme.negative_share
        yield _ratings_row("theme", code, theme.ratings, number=theme.number)
        yield ["theme_negative", code, "", share.part, share.base, share.percent, None]
        for month in figures.months:
            yield ["theme_in_month", code, f"{month:%Y-%m}", theme.by_month.get(month, 0), None, None, None]


def _ratings_row(figure: str, of: str, ratings: Ratings | None, *, number: int | None = None) -> list[Any]:
    if ratings is None:
        return [figure, of, "", None, None, None, None]
    return [figure, of, "", ratings.number if number is None else number, ratings.number, None, ratings.mean]


# Each number of the coverage and what it is a share of; "" where it is a share of nothing.
BASES = {
    "given": "",
    "with_text": "given",
    "not_rated": "given",
    "themed": "with_text",
    "unclear": "with_text",
    "not_themed": "with_text",
    "answered": "with_text",
    "complaints": "with_text",
    "contacts": "with_text",
    "closed": "with_text",
    "waiting": "with_text",
    "reachable": "with_text",
    "unreachable": "with_text",
    "reach_not_recorded": "with_text",
    "acknowledged": "reachable",
    "acknowledged_in_time": "reachable",
    "due_known": "answered",
    "answered_in_time": "due_known",
    "late": "waiting",
    "not_posted": "",
}
