"""Queries: what is wanted of a figure on a day."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import F

from contact_center.models import LineTarget, TollFreeLine
from foundation.written_once import WrittenOnce
from insights.models import FigureTarget

SERVICE_LEVEL = "service_level"
Key = tuple[str, int | None]  # a figure and a line's id; None: all lines together


_TARGETS = WrittenOnce(
    lambda: FigureTarget.objects.order_by("-valid_from", "-pk").values_list("figure", "line_id", "valid_from", "value")
)
_OF_LINES = WrittenOnce(
    lambda: (
        LineTarget.objects.filter(line__is_active=True)
        .order_by(F("valid_from").desc(nulls_last=True), "pk")
        .values_list("line_id", "share", "valid_from", "valid_to")
    )
)


class Targets:
    """All targets, read in two queries: what each figure of each line was wanted to be on any day."""

    def __init__(self) -> None:
        self._rows: dict[Key, list[tuple[date, Decimal | None]]] = {}
        for figure, line, begins, value in _TARGETS.rows():
            self._rows.setdefault((figure, line), []).append((begins, value))
        self._of_lines: dict[int, list[tuple[date, date, Decimal]]] = {}
        for line, share, first, last in _OF_LINES.rows():
            self._of_lines.setdefault(line, []).append((first or date.min, last or date.max, Decimal(share)))

    def on(self, figure: str, line: int | None, day: date) -> Decimal | None:
        """Percent or seconds; None where nothing is wanted.

        The service level's are those of the lines; of all together it is known where all lines want the same.
        """
        if figure == SERVICE_LEVEL:
            return self._service_level(line, day)
        for begins, value in self._rows.get((figure, line), ()):
            if begins <= day:
                return value
        return None

    def _service_level(self, line: int | None, day: date) -> Decimal | None:
        if line is not None:
            return _held(self._of_lines.get(line, ()), day)
        wanted = {_held(windows, day) for windows in self._of_lines.values()}
        return wanted.pop() if len(wanted) == 1 else None


def _held(windows: Sequence[tuple[date, date, Decimal]], day: date) -> Decimal | None:
    return next((share for first, last, share in windows if first <= day <= last), None)


def target_of(figure: str, line: TollFreeLine | None, day: date) -> Decimal | None:
    """What is wanted of a figure (its key in the catalogue) of a line, or of all together, on a day: percent or seconds; or None."""
    return Targets().on(figure, line.pk if line else None, day)
