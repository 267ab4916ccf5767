"""Rule: when a notice that could not be sent is tried again. Plain values in and out, no clock, no chance of its own."""

from datetime import timedelta

# After the first attempt, the second, and so on: minutes at first, then twice a day, about three days in all.
DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    *[timedelta(hours=12)] * 6,
)
SPREAD = 0.2  # of the delay, so that what failed together does not come back together


def delay_after(attempts: int, *, chance: float) -> timedelta | None:
    """How long to wait after so many attempts; None when it is time to give up.

    `chance` is from 0 to 1 and lengthens the delay by up to a fifth.
    """
    if not 1 <= attempts <= len(DELAYS):
        return None
    return DELAYS[attempts - 1] * (1 + SPREAD * chance)
