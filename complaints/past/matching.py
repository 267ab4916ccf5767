"""Rule: which stored entry a row of a past register is.

Old registers used numbers twice, so number and day of receipt may belong to several entries, which `place` counts in the order of
the file. Without a key of its own a row is known by what it states: first comes the entry that states the same, then the one at
the row's place, then the first that no row of this file has claimed. Whatever the order of a file, what is stored in the end
is what the file states.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A row as far as matching goes: its digest, its place in the file, and whether that place is certain.

    A corrected row of a file of refused rows has the place that it had in its first file (`fixed`); one that could not even be keyed
    there has none (0), and is nobody else's.
    """

    digest: str
    place: int
    fixed: bool = False


def match(rows: Collection[Row], stored: Mapping[int, str], claimed: Collection[int]) -> list[int]:
    """The place of each row among the entries that have number and day in common, old or new; each place once.

    `stored` are the digests of the stored entries by place, `claimed` the places that earlier rows of the file have taken.
    """
    free = {place: digest for place, digest in sorted(stored.items()) if place not in claimed}
    taken = {*stored, *claimed}
    places: dict[int, int] = {}
    ordered = list(enumerate(rows))
    for number, row in ordered:
        same = next((place for place, digest in free.items() if digest == row.digest), None)
        if same is not None:
            places[number] = same
            del free[same]
    for number, row in ordered:
        if number in places:
            continue
        if row.place in free:
            place = row.place
        elif row.place and not row.fixed and free:
            place = min(free)
        elif row.place and row.place not in taken:
            place = row.place
        else:
            place = max(taken, default=0) + 1
        free.pop(place, None)
        taken.add(place)
        places[number] = place
    return [places[number] for number, _row in ordered]
