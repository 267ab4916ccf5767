"""Italian dates as people write them: "1 gennaio 2026". The other formats are Django's own."""

DATE_FORMAT = "j F Y"
MONTH_DAY_FORMAT = "j F"
DATETIME_FORMAT = "d/m/Y H:i"  # in lists and cards, where room is short
SHORT_DATE_FORMAT = "d/m/Y"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
