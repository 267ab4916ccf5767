"""Rule: shifts that cover the people needed, half hour by half hour.

A heuristic: good, not proven the best. From the first half hour on: where people are missing, a shift begins; a long one where its second
half is needed at least half of the time, else a short one; one that would end after the service closes begins earlier instead.
Then every shift whose people are not missed is taken away again, the last first. It always covers; it may not be the cheapest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LONG, SHORT = 16, 8  # half hours: eight hours and four


@dataclass(frozen=True, slots=True)
class Shift:
    """From a half hour up to, not including, another, by their places in the day's list."""

    first: int
    end: int


def shifts_for(needed: Sequence[int], *, long: int = LONG, short: int = SHORT) -> list[Shift]:
    """Shifts that cover the people needed in the half hours of a day, in order; none where nobody is needed."""
    missing = list(needed)
    last = max((place for place, people in enumerate(needed) if people), default=-1) + 1
    found: list[Shift] = []
    for place in range(last):
        while missing[place] > 0:
            later = missing[place + short : place + long]
            length = long if later and 2 * sum(people > 0 for people in later) >= len(later) else short
            first = max(0, min(place, last - length))
            shift = Shift(first, min(first + length, last))
            found.append(shift)
            for covered in range(shift.first, shift.end):
                missing[covered] -= 1
    for shift in reversed(list(found)):
        if all(missing[place] < 0 for place in range(shift.first, shift.end)):
            found.remove(shift)
            for place in range(shift.first, shift.end):
                missing[place] += 1
    return sorted(found, key=lambda shift: (shift.first, shift.end))


def people_on(shifts: Sequence[Shift], half_hours: int) -> list[int]:
    """How many people the shifts put into each half hour."""
    return [sum(shift.first <= place < shift.end for shift in shifts) for place in range(half_hours)]
