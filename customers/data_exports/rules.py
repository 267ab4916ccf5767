"""Rules about copies of a customer's data: plain values in and out, no clock, no database."""

from datetime import timedelta

TRY_AGAIN = (timedelta(minutes=2), timedelta(minutes=15), timedelta(hours=1))  # the last for as long as it takes
FRESH = timedelta(hours=24)  # a copy younger than this is given again instead of another
GIVEN_UP_BY_WORKER = timedelta(minutes=10)  # without a sign of the worker: it was ended in the middle


def next_try_in(tries: int) -> timedelta:
    """How long to wait after so many tries that came to nothing."""
    return TRY_AGAIN[min(max(tries, 1), len(TRY_AGAIN)) - 1]
