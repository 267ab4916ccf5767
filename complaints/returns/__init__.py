"""The half-year return of complaints to the supervisor (ISVAP Regulation 24/2008, art. 9): frozen once, corrected beside it."""
