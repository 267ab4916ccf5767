"""The timetable: every periodic task in one place, with the reason for its hour.

A periodic task asks what is owed and not yet done, so a missed run is caught up by the next. Times are those of
CELERY_TIMEZONE.
"""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    # Days whose calls or contacts changed since their counts were made: the managers' page is at most a minute behind.
    "refresh-figures": {"task": "contact_center.tasks.refresh_figures", "schedule": 60.0, "options": {"expires": 60}},
    # Says that beat, the broker and a worker are all alive: what /readyz and the back office call the last beat.
    "pulse": {"task": "vittoria_care.tasks.pulse", "schedule": 30.0, "options": {"expires": 60}},
    # Answers kept for writes with an Idempotency-Key are good for a day.
    "forget-kept-answers": {
        "task": "customers.tasks.forget_kept_answers",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}
