"""The timetable: every periodic task in one place, with the reason for its hour.

A periodic task asks what is owed and not yet done, so a missed run is caught up by the next. Times are those of
CELERY_TIMEZONE.
"""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    # Days whose calls or contacts changed since their counts were made: the managers' page is at most a minute behind.
    "refresh-figures": {"task": "contact_center.tasks.refresh_figures", "schedule": 60.0, "options": {"expires": 60}},
    # Shows that beat, the broker and a worker are all alive: /readyz and the back office call it the last beat.
    "pulse": {"task": "vittoria_care.tasks.pulse", "schedule": 30.0, "options": {"expires": 60}},
    # Answers kept for writes with an Idempotency-Key are good for a day.
    "forget-kept-answers": {
        "task": "foundation.tasks.forget_kept_answers",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    # Attempts to sign in that no limit counts any more. Hourly, to stay small.
    "forget-attempts": {"task": "foundation.tasks.forget_attempts", "schedule": 3600.0, "options": {"expires": 3600}},
    # Terms of complaints: a clock that stood still for 15 days goes on by itself; then handlers are reminded of terms that
    # come near. Each hour of the working day, so that a late registration or a lost beat is noticed the same day.
    "keep-complaint-terms": {"task": "complaints.tasks.keep_terms", "schedule": crontab(minute=10, hour="6-20")},
    # Answer letters that were sent, or did not arrive. What was refused is reported at once; this finds what that lost.
    "follow-complaint-letters": {
        "task": "complaints.tasks.follow_letters",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
    # Notices that no worker knows of (a lost wake-up, a retry whose time has come), and those whose worker died while
    # it was sending. Every minute: the longest that a lost wake-up delays a notice.
    "sweep-notices": {"task": "notifications.tasks.sweep_notices", "schedule": 60.0, "options": {"expires": 60}},
    # Alerts about expiries, instalments and claims. After the files of the night are in, before the lines open; ten past
    # five exists, once, on both days on which the clock changes. The alerts leave at eight (notifications/deadlines.py).
    "send-deadline-alerts": {
        "task": "notifications.tasks.send_deadline_alerts",
        "schedule": crontab(hour=5, minute=10),
        "options": {"expires": 12 * 3600},
    },
    # Payments begun some minutes ago whose confirmation has not come, for the first two hours; and what was kept of a
    # confirmation by a process that ended before it had booked it.
    "poll-payments": {
        "task": "notifications.tasks.poll_payments",
        "schedule": 180.0,
        "options": {"expires": 180},
    },
    # Everything that the provider of payments has of the last days against what we have. After midnight's payments, and
    # before the alerts: what was paid must not be reminded of. Twenty past four exists, once, on both days on which the clock
    # changes.
    "reconcile-payments": {
        "task": "notifications.tasks.reconcile_payments",
        "schedule": crontab(hour=4, minute=20),
        "options": {"expires": 12 * 3600},
    },
    # Enrolments that came to nothing, and what was written to addresses that are nobody's, after 30 days, as the privacy
    # notice says. In the night, when few ask; twenty to four exists, once, on both days on which
    # the clock changes.
    "forget-strangers": {
        "task": "notifications.tasks.forget_strangers",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 12 * 3600},
    },
    # Documents of claims that did not come by their day: one reminder for each. In the morning, when somebody can look
    # for them; after the files of the night, which may have closed the claim.
    "remind-of-documents": {
        "task": "contact_center.tasks.remind_of_documents",
        "schedule": crontab(hour=8, minute=20),
        "options": {"expires": 12 * 3600},
    },
    # Drafts of claim reports that nobody touched for CLAIM_DRAFT_DAYS days, with their photographs. In the night.
    "forget-claim-drafts": {
        "task": "contact_center.tasks.forget_claim_drafts",
        "schedule": crontab(hour=3, minute=50),
        "options": {"expires": 12 * 3600},
    },
    # Calls that have been open for hours (CALL_OPEN_HOURS): their end was lost, and the figures would wait for ever.
    "close-lost-calls": {
        "task": "contact_center.tasks.close_lost_calls",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
    # Events of calls older than CALL_EVENT_DAYS: none comes that late, and each names a caller. Hourly, to stay small.
    "purge-call-events": {
        "task": "contact_center.tasks.purge_call_events",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}
