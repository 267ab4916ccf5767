"""The timetable: every periodic task in one place, with the reason for its hour.

A periodic task asks what is owed and not yet done, so a missed run is caught up by the next. Times are those of
CELERY_TIMEZONE.
"""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    # Days whose calls or contacts changed since their counts were made: the managers' page is at most a minute behind.
    "refresh-figures": {"task": "contact_center.tasks.refresh_figures", "schedule": 60.0, "options": {"expires": 60}},
    # Terms of complaints: a clock that stood still for 15 days goes on by itself, then whose term comes near is told. Each
    # hour of the working day, so that a complaint registered late or a beat that was away is seen to the same day.
    "keep-complaint-terms": {"task": "complaints.tasks.keep_terms", "schedule": crontab(minute=10, hour="6-20")},
}
