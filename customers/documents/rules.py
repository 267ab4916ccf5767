"""Rules about documents: plain values in and out, no clock, no database."""

from datetime import date, timedelta

YEAR = timedelta(days=365)  # a leap day more or less decides nothing here


def certificate_serves(*, ends_on: date, dated_on: date, valid_to: date | None) -> bool:
    """Whether a risk certificate is the one owed for the insurance year that ends on `ends_on`.

    It is owed afresh for every expiry (art. 7 IVASS Reg. 9/2015): that of the year before does not count, however long
    it may still be used.
    """
    return dated_on > ends_on - YEAR and (valid_to is None or valid_to >= ends_on)
