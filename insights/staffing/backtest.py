"""Rule: how well the forecast would have done. Each of the last weeks is forecast from what was known before it, and compared.

Beside it, on the same half hours: the same weekday a week before (the naive one), the mean of four, and one flat mean of all half
hours. The floor is what a perfect forecast would still err by, because calls come by chance (Poisson); the skill is how much of the
way from the naive one to the floor is gone. Errors are WAPE: all absolute errors over all calls.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .forecast import Counted, Past, Spread, coverage, fit, least_error, monday_of, spread_of

MOST_TESTED = 12  # weeks
LEAST_TRAINING = 6  # weeks before the first that is tested


@dataclass(frozen=True, slots=True)
class Score:
    """The errors (WAPE) on the weeks tested, and the share of their half hours between the two numbers; None where nothing was tested."""

    half_hours: int
    calls: int
    first: date | None
    last: date | None
    model: float | None
    naive: float | None
    four_weeks: float | None
    flat: float | None
    floor: float | None
    covered: float | None

    @property
    def skill(self) -> float | None:
        """How much of what is possible is reached: 0 as the naive one, 1 as a perfect forecast; None where nothing was tested."""
        if self.model is None or self.naive is None or self.floor is None or self.naive <= self.floor:
            return None
        return (self.naive - self.model) / (self.naive - self.floor)


NOTHING = Score(0, 0, None, None, None, None, None, None, None, None)


def backtest(history: Sequence[Counted], *, most: int = MOST_TESTED) -> tuple[Score, Spread]:
    """The score of the last weeks, and how far calls stray, by which the coming weeks get their two numbers.

    The first half of the weeks tested says how far calls stray; the second half, whether nine of ten then lay between.
    """
    by_week: dict[date, list[Counted]] = {}
    for each in sorted(history):
        by_week.setdefault(monday_of(each.slot.day), []).append(each)
    weeks = sorted(by_week)
    tested = weeks[LEAST_TRAINING:][-most:]
    if not tested:
        return NOTHING, Spread()
    known = [each for week in weeks if week < tested[0] for each in by_week[week]]
    pairs_of: list[list[tuple[float, int]]] = []
    errors = {"model": 0.0, "naive": 0.0, "four_weeks": 0.0, "flat": 0.0, "floor": 0.0}
    half_hours = calls = 0
    for week in tested:
        model, past = fit(known), Past.of(known)
        pairs = []
        for slot, number in by_week[week]:
            if slot.is_holiday:
                continue
            expected = model.expected(slot)
            pairs.append((expected, number))
            errors["model"] += abs(number - expected)
            errors["naive"] += abs(number - past.mean_of(slot, weeks=1, before=week))
            errors["four_weeks"] += abs(number - past.mean_of(slot, weeks=4, before=week))
            errors["flat"] += abs(number - past.flat)
            errors["floor"] += least_error(expected)
            half_hours, calls = half_hours + 1, calls + number
        pairs_of.append(pairs)
        known = known + by_week[week]
    all_pairs = [pair for pairs in pairs_of for pair in pairs]
    if not calls:
        return NOTHING, spread_of(all_pairs)
    middle = len(pairs_of) // 2
    earlier = [pair for pairs in pairs_of[:middle] for pair in pairs]
    later = [pair for pairs in pairs_of[middle:] for pair in pairs]
    return (
        Score(
            half_hours,
            calls,
            tested[0],
            tested[-1] + timedelta(days=6),
            **{name: error / calls for name, error in errors.items()},
            covered=coverage(later, spread_of(earlier)),
        ),
        spread_of(all_pairs),
    )
