"""Marking messages that may be complaints, and measuring how well that works."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from complaints.models import Complaint, ComplaintHint, HintMeasurement, HintPhrase, TriageDecision
from complaints.triage.rules import (
    FIRST_THRESHOLD,
    Counts,
    Weighed,
    best_threshold,
    counts_of,
    is_likely,
    read_words,
    weighed,
)
from contact_center.contacts.priority import mark_contacts
from contact_center.models import Contact, Message

CHUNK = 500
LOOKED_BACK = timedelta(days=30)  # what is older has been dealt with by people long ago
SLACK = 2_000  # ids below the last one read that may have been committed after it
Direction = Message.Direction


def phrases_in_use() -> list[Weighed]:
    """The words that are looked for, in both languages: a writer's language is not known."""
    return weighed(HintPhrase.objects.filter(is_active=True).order_by("pk").values_list("phrase", "weight"))


def last_measured() -> HintMeasurement | None:
    """The newest measurement; None where the words were never measured."""
    return HintMeasurement.objects.order_by("-at", "-pk").first()


def threshold_in_force() -> int:
    """From which weight on a message is marked: as chosen by the newest measurement."""
    measured = last_measured()
    return measured.threshold if measured else FIRST_THRESHOLD


def mark_new_messages(*, most: int = 20 * CHUNK) -> int:
    """Look for the words in messages of the last 30 days that were not read yet, oldest first; returns how many were read.

    It asks what is not marked, not what is new since some moment: run twice, it reads nothing twice, and a day without it
    costs nothing. Up to `most` at once; the rest is read next time.
    """
    read, phrases, threshold = 0, phrases_in_use(), threshold_in_force()
    while read < most:
        rows = list(_unread()[:CHUNK])
        if not rows:
            break
        _mark(rows, phrases, threshold)
        read += len(rows)
    return read


def _unread() -> QuerySet[Message, Any]:
    last = ComplaintHint.objects.aggregate(last=Max("message"))["last"] or 0
    known = ComplaintHint.objects.filter(message=OuterRef("pk"))
    return (
        Message.objects.filter(
            ~Exists(known),
            pk__gt=last - SLACK,
            direction=Direction.INBOUND,
            written_at__gte=timezone.now() - LOOKED_BACK,
        )
        .order_by("pk")
        .values("pk", "contact_id", "contact__subject", "text", "written_at")
    )


@transaction.atomic
def _mark(rows: Iterable[dict[str, Any]], phrases: list[Weighed], threshold: int) -> None:
    """A message of a contact on which somebody decided after it was written is marked as decided."""
    rows = list(rows)
    decided: dict[int, Any] = {}
    decisions = TriageDecision.objects.filter(contact__in={row["contact_id"] for row in rows})
    for contact, at in decisions.order_by("at").values_list("contact", "at"):
        decided[contact] = at
    hints = []
    for row in rows:
        reading = read_words(f"{row['contact__subject']}\n{row['text']}", phrases)
        likely = is_likely(reading.score, threshold)
        decided_at = decided.get(row["contact_id"])
        hints.append(
            ComplaintHint(
                message_id=row["pk"],
                contact_id=row["contact_id"],
                written_at=row["written_at"],
                score=reading.score,
                words=[list(each) for each in reading.words],
                is_likely=likely,
                decided_at=decided_at if likely and decided_at and decided_at >= row["written_at"] else None,
            )
        )
    ComplaintHint.objects.bulk_create(hints, ignore_conflicts=True)  # another worker's may stand there already
    undecided = {hint.contact_id for hint in hints if hint.is_likely and hint.decided_at is None}
    mark_contacts(undecided, Contact.PriorityReason.COMPLAINT)


# --- Measuring ------------------------------------------------------------------------------------------------------
def measure_hints(*, first: date, split: date, last: date) -> tuple[HintMeasurement, Counts, Counts]:
    """Choose the threshold on the days before `split`, and count on those from it to `last` how well it finds complaints.

    A message is a complaint where its contact was registered, and counts, under the day of the message (or has the first
    such day); messages of a registered contact on other days are left out, for nobody decided on them. With too few
    complaints in the earlier weeks the threshold in force remains. Returns the row that is kept, and both counts.
    """
    phrases = phrases_in_use()
    earlier = list(_scored(first, split - timedelta(days=1), phrases))
    later = list(_scored(split, last, phrases))
    threshold = best_threshold(earlier, otherwise=threshold_in_force())
    learnt, found = counts_of(earlier, threshold), counts_of(later, threshold)
    kept = HintMeasurement.objects.create(
        first=first,
        split=split,
        last=last,
        threshold=threshold,
        messages=found.messages,
        complaints=found.complaints,
        marked=found.marked,
        found=found.found,
        learnt_from=learnt.messages,
        learnt_complaints=learnt.complaints,
    )
    return kept, learnt, found


def _scored(first: date, last: date, phrases: list[Weighed]) -> Iterator[tuple[int, bool]]:
    """The weight of each message of the days, and whether it was a complaint; rows are read in chunks."""
    entry = Complaint.objects.counted().filter(contact=OuterRef("contact"))
    rows = (
        Message.objects.filter(direction=Direction.INBOUND, written_at__date__gte=first, written_at__date__lte=last)
        .annotate(is_registered=Exists(entry), is_it=Exists(entry.filter(received_on=OuterRef("written_at__date"))))
        .filter(Q(is_registered=False) | Q(is_it=True))
        .values_list("contact__subject", "text", "is_it")
        .order_by("pk")
    )
    for subject, text, is_it in rows.iterator(chunk_size=CHUNK):
        yield read_words(f"{subject}\n{text}", phrases).score, is_it
