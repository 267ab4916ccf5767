"""Italian dates as people write them: "1 gennaio 2026". What is not said here is Django's own."""

DATE_FORMAT = "j F Y"
MONTH_DAY_FORMAT = "j F"
DATETIME_FORMAT = "d/m/Y H:i"  # in lists and cards, where room is short
SHORT_DATE_FORMAT = "d/m/Y"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
