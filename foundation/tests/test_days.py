"""A day as files write it: in any format, in any time zone, and as a spreadsheet stores it."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from foundation.dates import ROME
from foundation.files.moments import day

TOKYO, NEW_YORK = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "formats", "zone", "found"),
    [
        ("9/12/2016", ("%m/%d/%Y",), ROME, date(2016, 9, 12)),
        ("12.9.16", ("%d.%m.%y",), ROME, date(2016, 9, 12)),
        ("12 settembre 2016", ("%d %B %Y",), ROME, date(2016, 9, 12)),
        ("12-Sep-2016", ("%d-%b-%Y",), ROME, date(2016, 9, 12)),
        ("12-set-2016", ("%d-%b-%Y",), ROME, date(2016, 9, 12)),
        ("42625", ("%d/%m/%Y", "serial"), ROME, date(2016, 9, 12)),
        ("2016-09-12", ("iso",), TOKYO, date(2016, 9, 12)),  # a day without an hour is the same day everywhere
        ("2016-09-12T23:30:00-04:00", ("iso",), ROME, date(2016, 9, 13)),
        ("12/09/2016 20:00", ("%d/%m/%Y %H:%M",), NEW_YORK, date(2016, 9, 13)),
        ("12/09/2016 06:59", ("%d/%m/%Y %H:%M",), TOKYO, date(2016, 9, 11)),
        ("1473631200", ("epoch",), ROME, date(2016, 9, 12)),
    ],
)
def test_a_day_is_read_in_the_stated_format_and_zone_as_a_day_in_italy(text, formats, zone, found):
    assert day(text, formats, zone) == found


@pytest.mark.parametrize(
    ("text", "formats"),
    [("31/02/2016", ("%d/%m/%Y",)), ("13/25/2016", ("%d/%m/%Y", "serial")), ("ieri", ("iso",)), ("", ("iso",))],
)
def test_what_is_no_day_of_the_formats_is_refused(text, formats):
    with pytest.raises(ValidationError, match=r"is not a date as|non è una data"):
        day(text, formats, ROME)
