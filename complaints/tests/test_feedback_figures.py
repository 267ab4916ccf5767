"""The figures of opinions against a plain count of the same rows, and what is zero apart from what is not known."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from complaints.feedback.figures import BASES, Ratings, Share, csv_rows, figures_of
from complaints.models import Feedback, FeedbackTheme
from complaints.tests.factories import ComplaintFactory, FeedbackFactory, StoreRatingsFactory
from contact_center.tests.factories import ContactFactory

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 3, 1), date(2026, 4, 30)


@pytest.fixture
def figures(clock, officer):
    """The figures of March and April as the officer sees them."""

    def asked(**given):
        return figures_of(FIRST, LAST, user=officer, now=timezone.now(), **given)

    return asked


def of_many(seed: int) -> list[Feedback]:
    """Sixty opinions of all kinds, some of them outside the period."""
    rng, themes = Random(seed), [None, *FeedbackTheme.objects.filter(code__in=["login", "bugs", "unintelligible"])]
    made = []
    for _each in range(60):
        at = datetime(2026, 2, 20, tzinfo=UTC) + timedelta(hours=rng.randrange(80 * 24))
        text = rng.choice(["", "Lenta.", "Bella."])
        fields: dict[str, Any] = rng.choice(
            [
                {},
                {"state": "acknowledged", "acknowledged_at": at + timedelta(hours=rng.randrange(60))},
                {"answered": True, "answered_at": at + timedelta(days=rng.randrange(9))},
                {"closed": True},
                {"state": "contact", "contact": ContactFactory()} if text else {},
                {"state": "complaint", "complaint": ComplaintFactory()} if text else {},
            ]
        )
        at_store = rng.random() < 0.3
        made.append(
            FeedbackFactory.create(
                **fields,
                at_store=at_store,
                **({} if at_store else {"customer": None}),
                rating=rng.choice([1, 2, 3, 4, 5, None] if at_store else [1, 2, 3, 4, 5]),
                text=text,
                theme=rng.choice(themes),
                app_version=rng.choice(["", "4.9", "4.12"]),
                reach=rng.choice(["", "none", "known"]),
                received_at=at,
                due_at=rng.choice([None, at + timedelta(days=5)]),
            )
        )
    return [row for row in made if FIRST <= timezone.localdate(row.received_at) <= LAST]


@pytest.mark.parametrize("seed", [1, 2])
def test_coverage_is_what_a_plain_count_finds(figures, seed):
    rows, now = of_many(seed), timezone.now()
    words = [row for row in rows if row.text]
    unanswered = [row for row in words if not row.answered_at]
    waiting = [row for row in unanswered if row.state in ("received", "acknowledged")]
    known = [row for row in words if row.reach == "known"]
    thanked = [row for row in known if row.acknowledged_at]
    due = [row for row in words if row.answered_at and row.due_at]
    plain = {
        "given": len(rows),
        "with_text": len(words),
        "not_rated": sum(row.rating is None for row in rows),
        "themed": sum(row.theme is not None and not row.theme.is_unclear for row in words),
        "unclear": sum(row.theme is not None and row.theme.is_unclear for row in words),
        "not_themed": sum(row.theme is None for row in words),
        "answered": len(words) - len(unanswered),
        "complaints": sum(row.complaint is not None for row in unanswered),
        "contacts": sum(row.contact is not None for row in unanswered),
        "closed": sum(row.state == "closed" for row in unanswered),
        "waiting": len(waiting),
        "late": sum(row.due_at is not None and row.due_at < now for row in waiting),
        "reachable": len(known),
        "unreachable": sum(row.reach == "none" for row in words),
        "reach_not_recorded": sum(row.reach == "" for row in words),
        "acknowledged": len(thanked),
        "acknowledged_in_time": sum(row.acknowledged_at <= row.received_at + timedelta(hours=24) for row in thanked),
        "due_known": len(due),
        "answered_in_time": sum(row.answered_at <= row.due_at for row in due),
        "not_posted": sum(row.is_at_a_store and row.answered_at is not None for row in rows),
    }
    coverage = figures().coverage
    assert {name: getattr(coverage, name) for name in BASES} == plain
    assert coverage.themed + coverage.unclear + coverage.not_themed == coverage.with_text
    became = (coverage.answered, coverage.complaints, coverage.contacts, coverage.closed, coverage.waiting)
    assert sum(became) == coverage.with_text


@pytest.mark.parametrize("seed", [3])
def test_ratings_by_version_and_by_theme_are_what_a_plain_count_finds(figures, seed):
    rows, found = of_many(seed), figures()

    def ratings(chosen):
        stars = [row.rating for row in chosen if row.rating is not None]
        return Ratings(len(stars), sum(stars))

    assert found.with_text == ratings(row for row in rows if row.text)
    assert found.without_text == ratings(row for row in rows if not row.text)
    assert [line.version for line in found.versions] == ["", "4.9", "4.12"]
    for line in found.versions:
        own = [row for row in rows if row.app_version == line.version]
        assert line.with_text == ratings(row for row in own if row.text)
        assert line.without_text == ratings(row for row in own if not row.text)
    assert sum(line.number for line in found.themes) == found.coverage.with_text
    for line in found.themes:
        own = [row for row in rows if row.text and row.theme == line.theme]
        assert (line.number, line.ratings, line.negative) == (
            len(own),
            ratings(own),
            sum(row.rating is not None and row.rating <= 2 for row in own),
        )
        assert sum(line.by_month.values()) == len(own)
    assert found.months == [date(2026, 3, 1), date(2026, 4, 1)]


def test_of_one_source_only_its_own_are_counted(figures):
    FeedbackFactory(received_at=datetime(2026, 4, 1, tzinfo=UTC))
    FeedbackFactory(at_store=True, received_at=datetime(2026, 4, 1, tzinfo=UTC))
    assert (figures().coverage.given, figures(source="google_play").coverage.given) == (2, 1)


def test_both_days_are_italian_ones(figures):
    FeedbackFactory(received_at=datetime(2026, 4, 30, 21, 59, tzinfo=UTC))  # a minute to midnight in Italy
    FeedbackFactory(received_at=datetime(2026, 4, 30, 22, 0, tzinfo=UTC))  # the first of May there
    assert figures().coverage.given == 1


def test_the_stores_counts_stand_apart_and_none_is_not_zero(figures):
    assert (figures().has_counts, figures().counted.mean) == (False, None)
    StoreRatingsFactory(day=date(2026, 4, 1), app_version="4.12.1", ones=1, fives=3)
    StoreRatingsFactory(day=date(2026, 5, 1), ones=100)
    found = figures()
    assert (found.has_counts, found.counted, found.counted.mean) == (True, Ratings(4, 16), Decimal("4.00"))
    assert (found.with_text, found.with_text.mean) == (Ratings(0, 0), None)
    assert [(line.version, line.counted) for line in found.versions] == [("4.12.1", Ratings(4, 16))]


def test_a_share_of_nothing_is_not_known_and_of_something_may_be_zero():
    assert (Share(0, 0).percent, Share(0, 3).percent) == (None, Decimal("0.0"))


def test_the_change_to_the_version_before_needs_both_bases(figures):
    at = datetime(2026, 4, 1, tzinfo=UTC)
    for version, rating, number in (("4.9", 2, 30), ("4.10", 4, 30), ("4.11", 5, 2)):
        FeedbackFactory.create_batch(number, customer=None, app_version=version, rating=rating, received_at=at)
    assert [(line.version, line.change, line.with_text.is_small) for line in figures().versions] == [
        ("4.9", None, False),
        ("4.10", Decimal("2.00"), False),
        ("4.11", None, True),
    ]


def test_the_file_holds_every_number_of_the_coverage(figures):
    FeedbackFactory(received_at=datetime(2026, 4, 1, tzinfo=UTC))
    rows = {row[0]: row for row in csv_rows(figures())}
    assert BASES.keys() <= rows.keys()
    assert rows["with_text"] == ["with_text", "given", "", 1, 1, Decimal("100.0"), None]
    assert rows["ratings_without_text"][6] is None
