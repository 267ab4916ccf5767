"""Query: what a past register came to, and how long its answers took by our clock."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Func, IntegerField, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Least, TruncDate
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from complaints.models import Complaint, PastEntry
from complaints.models.code import CodeList, label_of
from foundation.dates import ROME

State = Complaint.State


@dataclass(frozen=True)
class PastFigures:
    """Counts of the entries of a past register. Days are from the earlier receipt to the answer, where the file has its day.

    `mean_days`, `median_days` and `slow_days` (which nine of ten did not exceed) are None where no day is known: unknown is not zero.
    `late` are the answers that came after the 45 days.
    """

    entries: int
    states: dict[str, int]
    outcomes: dict[str, int]
    in_words: dict[str, int] = field(default_factory=dict)
    channels: dict[str, int] = field(default_factory=dict)
    disputed: int = 0
    disputes_known: int = 0
    with_days: int = 0
    late: int = 0
    mean_days: float | None = None
    median_days: float | None = None
    slow_days: float | None = None

    @property
    def closed(self) -> int:
        """Entries that were answered, with or without the day of it."""
        return self.states.get(State.ANSWERED, 0)


class _DaysTo(Func):
    """Whole days between two dates."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


def figures_of(source: str, *, outcome_column: str = "") -> PastFigures:
    """The figures of a past register as it stands now; by `outcome_column` also the outcomes in the words of the file."""
    rows = PastEntry.objects.filter(source=source)
    complaints = Complaint.objects.filter(past__source=source)
    days = complaints.filter(state=State.ANSWERED, answered_at__isnull=False).annotate(
        answered_on=TruncDate("answered_at", tzinfo=ROME)
    )
    days = days.annotate(days=_DaysTo(F("answered_on"), Least("received_on", "received_by_intermediary_on")))
    known = list(days.values_list("days", "answered_on", "due_on"))
    spans = sorted(span for span, _answered_on, _due_on in known)
    disputed = rows.aggregate(
        yes=Count("pk", filter=Q(disputed=True)), known=Count("pk", filter=Q(disputed__isnull=False))
    )
    return PastFigures(
        entries=rows.count(),
        states=_counts(complaints, "state"),
        outcomes=_counts(complaints.filter(state=State.ANSWERED), "outcome"),
        in_words=_counts(rows.annotate(words=KeyTextTransform(outcome_column, "stated")), "words")
        if outcome_column
        else {},
        channels=_counts(complaints, "received_by"),
        disputed=disputed["yes"],
        disputes_known=disputed["known"],
        with_days=len(spans),
        late=sum(answered_on > due_on for _span, answered_on, due_on in known),
        mean_days=sum(spans) / len(spans) if spans else None,
        median_days=_share(spans, 0.5),
        slow_days=_share(spans, 0.9),
    )


def _share(spans: list[int], share: float) -> float | None:
    """The value below which the share lies, between neighbours in proportion; None of no values."""
    if not spans:
        return None
    place = share * (len(spans) - 1)
    below = int(place)
    above = min(below + 1, len(spans) - 1)
    return spans[below] + (spans[above] - spans[below]) * (place - below)


def _counts(rows: Any, column: str) -> dict[str, int]:
    """How many rows have each value, the most frequent first."""
    found = rows.order_by().values_list(column).annotate(count=Count("pk")).order_by("-count", column)
    return {value or "": count for value, count in found}


def sentences_about(source: str, *, outcome_column: str = "") -> list[str]:
    """The figures of a past register in sentences, for the end of an import."""
    figures = figures_of(source, outcome_column=outcome_column)
    open_entries = figures.entries - figures.closed - figures.states.get(State.WITHDRAWN, 0)
    words = _listed({text or _("no words"): count for text, count in figures.in_words.items()})
    lines = [
        _(
            "The register “%(source)s” now has %(count)d entries: %(closed)d closed, %(open)d open, %(withdrawn)d withdrawn."
        )
        % {
            "source": source,
            "count": figures.entries,
            "closed": figures.closed,
            "open": open_entries,
            "withdrawn": figures.states.get(State.WITHDRAWN, 0),
        },
        _("Received by: %(list)s.")
        % {"list": _listed({label_of(CodeList.CHANNEL, word): n for word, n in figures.channels.items()})},
        _("Outcomes: %(list)s.")
        % {
            "list": _listed(
                {label_of(CodeList.OUTCOME, word) or _("not in the file"): n for word, n in figures.outcomes.items()}
            )
        },
    ]
    if words:
        lines.append(_("In the words of the file: %(list)s.") % {"list": words})
    if figures.disputes_known:
        lines.append(
            _("Disputed: %(count)d of the %(known)d of which the file states it.")
            % {"count": figures.disputed, "known": figures.disputes_known}
        )
    if figures.mean_days is None or figures.median_days is None or figures.slow_days is None:
        lines.append(_("Days to the answer: not known of any of the %(count)d closed.") % {"count": figures.closed})
    else:
        lines.append(
            _(
                "Days to the answer, of the %(known)d of %(count)d closed whose day is known: mean %(mean)s, median %(median)s, "
                "nine of ten within %(slow)s; %(late)d after the 45 days."
            )
            % {
                "known": figures.with_days,
                "count": figures.closed,
                "mean": _written(figures.mean_days),
                "median": _written(figures.median_days),
                "slow": _written(figures.slow_days),
                "late": figures.late,
            }
        )
    return lines


def _written(days: float) -> str:
    """With one decimal; rounded first, for `number_format` cuts the others off."""
    return number_format(round(days, 1), 1)


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "–"
