"""One file of a store from beginning to end: each row read by the mapping, compared with what is stored, and counted once."""

import hashlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.feedback.commands import receive, write_event
from complaints.feedback.imports.mapping import FeedbackMap, MomentRule
from complaints.feedback.rules import LONGEST_REVIEW
from complaints.models import Feedback, FeedbackEvent, StoreRatings
from foundation.chunks import in_chunks
from foundation.dates import ROME
from foundation.files.moments import moment as moment_of
from foundation.files.reading import Row, open_table, said_of
from foundation.files.report import Outcome, Progress, Rejection, Report, RowRefused
from foundation.files.seen import SeenKeys
from foundation.numbers import whole_number
from foundation.text import clean_line, clean_text

CHUNK_ROWS = 1_000
FIRST_STORE = datetime(2008, 7, 1, tzinfo=UTC)  # no store is older
LONGEST_KEY, LONGEST_SHORT = 80, 30
MOST_COUNTED = 2_000_000_000


@dataclass(frozen=True)
class Review:
    """A review as a row states it."""

    key: str
    received_at: datetime
    rating: int | None
    text: str
    app_version: str
    platform: str
    reply: str = ""
    replied_at: datetime | None = None


def import_feedback(path: str, *, map_path: str, now: datetime, report: Report, progress: Progress) -> None:
    """Load the reviews, or the counted ratings, of a store's file; UnusableInput before anything was written."""
    mapping = FeedbackMap.from_file(map_path)
    with open_table(path, encoding=mapping.encoding, delimiter=mapping.delimiter) as table:
        with said_of(path):
            table.require(mapping.columns)
        report.open_errors(table.header, delimiter=table.delimiter)
        with closing(SeenKeys()) as seen:
            run = _Run(mapping, now, seen, report)
            for rows in in_chunks(table, CHUNK_ROWS):
                with transaction.atomic():
                    for row in rows:
                        run.load(row)
                progress.show(report.read)
            report.blank = table.blank


class _Run:
    """The rows of one file on their way into the database."""

    def __init__(self, mapping: FeedbackMap, now: datetime, seen: SeenKeys, report: Report) -> None:
        self.mapping, self.now, self.seen, self.report = mapping, now, seen, report

    def load(self, row: Row) -> None:
        """Load one row and count it once."""
        self.report.read += 1
        if row.problem:
            self.report.reject(Rejection.of_unreadable(row))
            return
        try:
            self.report.count(self._counts(row) if self.mapping.counts else self._review(row))
        except RowRefused as refusal:
            self.report.reject(Rejection.of(row, refusal))

    def _first_time(self, key: str, row: Row, column: str) -> bool:
        """Whether the key comes for the first time; RowRefused where an earlier row has it with other content."""
        digest = hashlib.sha256("\x1f".join(row.cells.values()).encode()).hexdigest()[:24]
        before = self.seen.among([key]).get(key)
        if before is None:
            self.seen.remember({key: (digest, row.number)})
            return True
        if before[0] != digest:
            raise RowRefused(
                column,
                _("row %(number)d has the same key but other content") % {"number": before[1]},
                _("Keep the right one of the two rows."),
                value=key,
            )
        return False

    # --- Reviews
    def _review(self, row: Row) -> Outcome:
        review = read_review(row, self.mapping, self.now)
        if not self._first_time(review.key, row, self.mapping.id_columns[0]):
            return Outcome.DUPLICATE
        known = Feedback.objects.select_for_update().filter(source=self.mapping.store, external_id=review.key).first()
        if known is not None:
            return _updated(known, review)
        feedback = Feedback(
            source=self.mapping.store,
            external_id=review.key,
            rating=review.rating,
            text=review.text,
            app_version=review.app_version,
            platform=review.platform,
            received_at=review.received_at,
            reach=Feedback.Reach.NONE,
        )
        receive(feedback)
        _take_over_reply(feedback, review)
        return Outcome.CREATED

    # --- Counted ratings
    def _counts(self, row: Row) -> Outcome:
        mapping = self.mapping
        assert mapping.received is not None, "every mapping has it"
        moment = _moment(mapping.received, row, mapping, self.now, is_needed=True)
        assert moment is not None, "refused otherwise"
        day = timezone.localdate(moment, ROME)
        version = _short(row, mapping.version, mapping)
        counts = dict.fromkeys(StoreRatings.BY_STARS.values(), 0)
        for stars, column in mapping.counts.items():
            text = _cell(row, column, mapping) or "0"
            number = whole_number(text, most_digits=10)
            if number is None or number > MOST_COUNTED:
                raise RowRefused(column, _("is not a number of ratings"), _("Write a whole number, such as 12."))
            counts[StoreRatings.BY_STARS[stars]] = number
        if not self._first_time(f"{day}\x1f{version}", row, mapping.received.columns[0]):
            return Outcome.DUPLICATE
        return _keep_counts(mapping.store, day, version, counts)


def _keep_counts(store: str, day: date, version: str, counts: Mapping[str, int]) -> Outcome:
    known = StoreRatings.objects.select_for_update().filter(source=store, day=day, app_version=version).first()
    if known is None:
        StoreRatings.objects.create(source=store, day=day, app_version=version, **counts)
        return Outcome.CREATED
    if all(getattr(known, name) == number for name, number in counts.items()):
        return Outcome.UNCHANGED
    for name, number in counts.items():
        setattr(known, name, number)
    known.loaded_at = timezone.now()
    known.save()
    return Outcome.UPDATED


def _updated(feedback: Feedback, review: Review) -> Outcome:
    """What a later file states of a review that is stored: people change their reviews, and what they wrote first is kept."""
    changed: dict[str, Any] = {
        name: getattr(feedback, name)
        for name in ("rating", "text", "app_version")
        if getattr(feedback, name) != getattr(review, name)
    }
    if changed:
        for name in changed:
            setattr(feedback, name, getattr(review, name))
        if feedback.outcome == Feedback.Outcome.ONLY_STARS and feedback.text:  # words were added to the stars
            feedback.state, feedback.outcome, feedback.closed_at = Feedback.State.RECEIVED, Feedback.Outcome.OPEN, None
        feedback.version += 1
        feedback.save()
        write_event(feedback, FeedbackEvent.Kind.CHANGED, by=None, **changed)
    replied = _take_over_reply(feedback, review)
    return Outcome.UPDATED if changed or replied else Outcome.UNCHANGED


def _take_over_reply(feedback: Feedback, review: Review) -> bool:
    """Keep the answer that stands at the store already, where none was written here; whether it was."""
    if not review.reply or feedback.answered_at is not None or review.replied_at is None:
        return False
    feedback.answer, feedback.answered_at = review.reply, review.replied_at
    feedback.posted_on = timezone.localdate(review.replied_at, ROME)
    moved: dict[str, Any] = {}
    if feedback.state in Feedback.UNANSWERED:
        moved = {"from": str(feedback.state), "to": str(Feedback.State.ANSWERED)}
        feedback.state = Feedback.State.ANSWERED
    feedback.version += 1
    feedback.save()
    write_event(feedback, FeedbackEvent.Kind.ANSWERED, by=None, at=review.replied_at, text=review.reply, **moved)
    return True


# --- Cells --------------------------------------------------------------------------------------------------------
def read_review(row: Row, mapping: FeedbackMap, now: datetime) -> Review:
    """The review that a row describes; RowRefused names the column, the value and the reason."""
    assert mapping.received is not None, "every mapping has it"
    received_at = _moment(mapping.received, row, mapping, now, is_needed=True)
    assert received_at is not None, "refused otherwise"
    rating, text = _rating(row, mapping), _text(row, mapping)
    if rating is None and not text:
        raise RowRefused(
            mapping.rating or mapping.texts[0],
            _("the row has neither a rating nor a text"),
            _("Leave it out, or check the columns of [rating] and [text]."),
            value="",
        )
    reply = clean_text(_cell(row, mapping.reply, mapping))[:LONGEST_REVIEW]
    replied_at = _moment(mapping.replied, row, mapping, now, is_needed=bool(reply)) if mapping.replied else None
    if replied_at is not None and mapping.replied is not None and replied_at < received_at:
        raise RowRefused(
            mapping.replied.columns[0],
            _("the answer is older than the review"),
            _("Check which moment each column holds."),
        )
    return Review(
        key=_key(row, mapping),
        received_at=received_at,
        rating=rating,
        text=text,
        app_version=_short(row, mapping.version, mapping),
        platform=_short(row, mapping.platform, mapping) or mapping.platform_is[:LONGEST_SHORT],
        reply=reply,
        replied_at=replied_at if reply else None,
    )


def _cell(row: Row, column: str, mapping: FeedbackMap) -> str:
    text = row.cells.get(column, "").strip() if column else ""
    return "" if text.casefold() in mapping.blank else text


def _key(row: Row, mapping: FeedbackMap) -> str:
    parts = [row.cells.get(column, "") for column in mapping.id_columns]
    column = mapping.id_columns[0]
    if not any(part.strip() for part in parts):
        raise RowRefused(
            column, _("the key is blank"), _("Give the row a key, or choose other columns in [id]."), value=""
        )
    if mapping.is_id_made:
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
    key = clean_line(parts[0])
    if len(key) > LONGEST_KEY:
        raise RowRefused(
            column,
            _("the key is longer than %(most)d characters") % {"most": LONGEST_KEY},
            _("Choose another column in [id]."),
            value=key[:60] + "…",
        )
    return key


def _short(row: Row, column: str, mapping: FeedbackMap) -> str:
    text = clean_line(_cell(row, column, mapping))
    if len(text) > LONGEST_SHORT:
        raise RowRefused(
            column,
            _("the text is longer than %(most)d characters") % {"most": LONGEST_SHORT},
            _("Check that the mapping names the right column."),
            value=text[:60] + "…",
        )
    return text


def _rating(row: Row, mapping: FeedbackMap) -> int | None:
    if not (text := _cell(row, mapping.rating, mapping)):
        return None
    stated = mapping.ratings.get(text, text)
    number = whole_number(stated, most_digits=1)
    if number is None or not 1 <= number <= 5:
        raise RowRefused(
            mapping.rating,
            _("a rating is a whole number from 1 to 5"),
            _("Correct the cell, or list the value in [rating] values."),
        )
    return number


def _text(row: Row, mapping: FeedbackMap) -> str:
    parts = [clean_text(_cell(row, column, mapping)) for column in mapping.texts]
    text = "\n\n".join(filter(None, parts))
    if len(text) > LONGEST_REVIEW:
        raise RowRefused(
            mapping.texts[-1],
            _("the text has %(number)d characters: a review of a store has at most %(most)d")
            % {"number": len(text), "most": LONGEST_REVIEW},
            _("Check where the file lost its quotes, and export it again."),
            value=text[:60] + "…",
        )
    return text


def _moment(rule: MomentRule, row: Row, mapping: FeedbackMap, now: datetime, *, is_needed: bool) -> datetime | None:
    column = rule.columns[0]
    parts = [_cell(row, each, mapping) for each in rule.columns]
    if not any(parts):
        if is_needed:
            raise RowRefused(column, _("the moment is blank"), _("Every row needs one."), value="")
        return None
    text = " ".join(filter(None, parts))
    try:
        found = moment_of(text, rule.formats, mapping.zone, mapping.ambiguous)
    except ValidationError as error:
        raise RowRefused(
            column, error.messages[0], _("Correct the cell, or [time] in the mapping."), value=text
        ) from None
    if found > now + timedelta(days=1):
        raise RowRefused(
            column, _("lies in the future"), _("Check the date format: day and month may be swapped."), value=text
        )
    if found < FIRST_STORE:
        raise RowRefused(column, _("is older than the stores"), _("Check the date and its format."), value=text)
    return min(found, now)
