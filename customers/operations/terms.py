"""Rules: by when a contract can be left. Dates and days in, dates out, no clock.

How many days a contract gives is the contract's; the days of the settings hold where it has no other term.
"""

from datetime import date, timedelta


def withdrawal_ends_on(starts_on: date, *, days: int) -> date:
    """The last day on which a policyholder may withdraw from a contract that began on `starts_on`, which is not counted."""
    return starts_on + timedelta(days=days)


def cancellation_due_on(ends_on: date, *, days: int) -> date:
    """The last day on which the notice that a contract is not to be renewed on `ends_on` comes in time."""
    return ends_on - timedelta(days=days)
