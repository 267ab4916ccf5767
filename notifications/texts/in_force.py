"""The text that counts at a moment, for every process, without a question to the database for each notice.

All approved texts that count or will are read at once, kept for READ_AGAIN_SECONDS and taken apart when first needed. So an
approval, or a withdrawal, is heard of everywhere within that time: in the process where it was given, at once after the
commit. A text that begins later begins at its moment by itself.

Rows are read as they are, without the model: this is what the model's own notices are made with.
"""

import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from threading import Lock

from django.db import connection
from django.utils import timezone

from notifications.kinds import KINDS, NoticeKind
from notifications.texts.mediums import Medium
from notifications.texts.reading import Read, read
from notifications.texts.words import words_of

READ_AGAIN_SECONDS = 30
APPROVED = """
    SELECT id, number, kind, medium, language, subject, body, valid_from, valid_until FROM notifications_noticetext
    WHERE state = 'approved' AND (valid_until IS NULL OR valid_until > %(now)s)
    ORDER BY kind, medium, language, valid_from DESC
"""

Key = tuple[str, str, str]


@dataclass(frozen=True)
class TextInForce:
    """An approved text: its row, its version, and when it counts."""

    pk: int
    number: int
    kind: str
    medium: str
    language: str
    subject_source: str
    body_source: str
    valid_from: datetime
    valid_until: datetime | None

    def counts_at(self, moment: datetime) -> bool:
        """Whether it may count at the moment; a later one that began goes before it."""
        return self.valid_from <= moment and (self.valid_until is None or moment < self.valid_until)

    @cached_property
    def subject(self) -> Read:
        """The subject, taken apart. NotAllowed when it names what the kind has not any more."""
        return read(self.subject_source, words=words_of(KINDS[self.kind]))

    @cached_property
    def body(self) -> Read:
        """The text, taken apart. NotAllowed as above."""
        return read(self.body_source, words=words_of(KINDS[self.kind]))


class _Kept:
    """What this process knows of the approved texts."""

    def __init__(self) -> None:
        self._texts: dict[Key, list[TextInForce]] = {}
        self._stale_from = 0.0
        self._lock = Lock()

    def of(self, key: Key) -> list[TextInForce]:
        """The approved versions of one text, the last to begin first."""
        if time.monotonic() >= self._stale_from:
            with self._lock:
                if time.monotonic() >= self._stale_from:
                    self._read_all()
        return self._texts.get(key, [])

    def _read_all(self) -> None:
        found: dict[Key, list[TextInForce]] = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute(APPROVED, {"now": timezone.now()})
            for row in cursor.fetchall():
                text = TextInForce(*row)
                found[(text.kind, text.medium, text.language)].append(text)
        self._texts, self._stale_from = dict(found), time.monotonic() + READ_AGAIN_SECONDS

    def read_again(self) -> None:
        """Ask the database at the next notice."""
        self._stale_from = 0.0

    def suppose_none(self) -> None:
        """Take it that no text is approved, without asking: for a test that is about something else."""
        self._texts, self._stale_from = {}, float("inf")


KEPT = _Kept()


def text_in_force(kind: NoticeKind, medium: Medium, language: str, moment: datetime) -> TextInForce | None:
    """The approved text that counts at the moment; None where the one in the project's files does."""
    for text in KEPT.of((kind.code, medium.value, language)):
        if text.counts_at(moment):
            return text
    return None
