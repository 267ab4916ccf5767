"""What the overview says of a period that is frozen: by whom and when, and first level as it was and as it is."""

from typing import Any

from contact_center.figures.definitions import BY_KEY, value_of
from contact_center.figures.freezing import as_frozen
from contact_center.figures.query import FiguresReport
from foundation.addresses import address
from insights.figures_page import Numbers


def frozen_line(report: FiguresReport) -> dict[str, Any] | None:
    """The words of the line; None where the period is not frozen as a whole."""
    found = as_frozen(report)
    if found is None:
        return None
    numbers, figure, words = Numbers(), BY_KEY["first_level_coded"], found.frozen.words
    then, now = (value_of(figure, one.totals, one.parameters.formula) for one in (found.report, report))
    return {
        "url": address("frozen_period", found.frozen.pk),
        "by": words["by"],
        "when": words["when"],
        "then": numbers.value(figure, then),
        "now": numbers.value(figure, now),
        "is_same": found.report.totals == report.totals,
    }
