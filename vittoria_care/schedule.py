"""The timetable: every periodic task in one place, with the reason for its hour.

A periodic task asks what is owed and not yet done, so a missed run is caught up by the next. Times are those of
CELERY_TIMEZONE.
"""

from typing import Any

from celery.schedules import crontab

from notifications.queues import BULK, PLANNING, PROMOTIONS, SLOW, URGENT

SCHEDULE: dict[str, dict[str, Any]] = {
    # Days whose calls or contacts changed since their counts were made: the managers' page is at most a minute behind.
    "refresh-figures": {"task": "contact_center.tasks.refresh_figures", "schedule": 60.0, "options": {"expires": 60}},
    # Control limits of the figures of yesterday and of last week. Each hour of the morning: the first round judges what is over, the
    # others find what it left because days were being counted, and otherwise do nothing.
    "watch-figures": {
        "task": "insights.tasks.watch_figures",
        "schedule": crontab(minute=20, hour="6-12"),
        "options": {"expires": 3600},
    },
    # The calls of the coming weeks, for the page of staffing: after midnight's counts. Ten to five exists, once, on both days on
    # which the clock changes; a lost night is made up for by the next.
    "make-forecasts": {
        "task": "insights.tasks.make_forecasts",
        "schedule": crontab(hour=4, minute=50),
        "options": {"expires": 12 * 3600},
    },
    # Shows that beat, the broker and a worker are all alive: /readyz and the back office call it the last beat.
    "pulse": {"task": "vittoria_care.tasks.pulse", "schedule": 30.0, "options": {"expires": 60}},
    # The same into the queues of notices: whether somebody takes from each (vittoria_care/running/heartbeat.py).
    **{
        f"pulse-{queue}": {
            "task": "vittoria_care.tasks.pulse",
            "schedule": 30.0,
            "options": {"queue": queue, "expires": 300},
        }
        for queue in (URGENT, BULK, PROMOTIONS, PLANNING, SLOW)
    },
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
    # Positions that intermediaries owe on complaints: once before their day, once after it. In working hours, as above.
    "remind-intermediaries": {
        "task": "complaints.tasks.remind_intermediaries",
        "schedule": crontab(minute=25, hour="6-20"),
    },
    # Answer letters that were sent, or did not arrive. What was refused is reported at once; this finds what that lost.
    "follow-complaint-letters": {
        "task": "complaints.tasks.follow_letters",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
    # Messages that may be complaints are marked, with the words that make it likely: an agent sees it within minutes.
    "mark-likely-complaints": {
        "task": "complaints.tasks.mark_likely_complaints",
        "schedule": 120.0,
        "options": {"expires": 120},
    },
    # Notices that no worker knows of (a lost wake-up, a retry whose time has come), and those whose worker died while
    # it was sending. Every minute: the longest that a lost wake-up delays a notice.
    "sweep-notices": {"task": "notifications.tasks.sweep_notices", "schedule": 60.0, "options": {"expires": 60}},
    # Promotions that begin, and the next of those that are being sent: each round works for most of the minute. On a queue of
    # its own, so that nothing else waits for it.
    "send-promotions": {
        "task": "promotions.tasks.send_promotions",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    # What people did after a promotion, once its sixty days are over, for the pooled results. In the night; four exists, once, on
    # both days on which the clock changes.
    "count-outcomes": {
        "task": "promotions.tasks.count_outcomes",
        "schedule": crontab(hour=4, minute=0),
        "options": {"expires": 12 * 3600},
    },
    # Alerts about expiries, instalments and claims. After the files of the night are in, before the lines open; ten past
    # five exists, once, on both days on which the clock changes. The alerts leave at eight (notifications/deadlines.py).
    "send-deadline-alerts": {
        "task": "notifications.tasks.send_deadline_alerts",
        "schedule": crontab(hour=5, minute=10),
        "options": {"expires": 12 * 3600},
    },
    # Bounces, complaints, answers and receipts of certified e-mail, where their mailboxes are set up: before the hourly round,
    # and before the alerts of the night.
    "fetch-returns": {
        "task": "notifications.tasks.fetch_returns",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    # What became of the notices of each day, for the page of sending: those of yesterday and today each quarter of an hour, all to
    # which reports still come in the night. A quarter past four exists, once, on both days on which the clock changes.
    "count-sendings": {
        "task": "notifications.tasks.count_sendings",
        "schedule": 900.0,
        "kwargs": {"days": 2},
        "options": {"expires": 900},
    },
    "count-sendings-again": {
        "task": "notifications.tasks.count_sendings",
        "schedule": crontab(hour=4, minute=15),
        "kwargs": {"days": 45},
        "options": {"expires": 12 * 3600},
    },
    # What was refused or came back since, sent another way; letters whose customer has an address now. Each hour of the day.
    "climb-ladders": {
        "task": "notifications.tasks.climb_ladders",
        "schedule": crontab(minute=25, hour="7-20"),
        "options": {"expires": 3600},
    },
    # Those who act for another by a document, a month before its last day: the access itself ends without any task. At six,
    # which exists, once, on both days on which the clock changes.
    "remind-of-ends": {
        "task": "notifications.tasks.remind_of_ends",
        "schedule": crontab(hour=6, minute=0),
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
    # What is past its period, as the privacy notice says, and what an erasure left because something kept it. In the night,
    # when few ask; twenty to four exists, once, on both days on which the clock changes.
    "apply-retention": {
        "task": "vittoria_care.tasks.apply_retention",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 12 * 3600},
    },
    # Sessions that are over, and devices that nobody signed in on for half a year. In the night, when few are signed in; half
    # past three exists, once, on both days on which the clock changes.
    "forget-ended-sessions": {
        "task": "vittoria_care.tasks.forget_ended_sessions",
        "schedule": crontab(hour=3, minute=30),
        "options": {"expires": 12 * 3600},
    },
    # What was opened in an unusual way the day before, for the data protection officer to look at in the morning. Five to four
    # exists, once, on both days on which the clock changes.
    "find-unusual-accesses": {
        "task": "customers.tasks.find_unusual_accesses",
        "schedule": crontab(hour=3, minute=55),
        "options": {"expires": 12 * 3600},
    },
    # Files that are likely to be of one person, for people to compare. After the files of the night are in; twenty past four
    # exists, once, on both days on which the clock changes.
    "find-likely-duplicates": {
        "task": "customers.tasks.find_likely_duplicates",
        "schedule": crontab(hour=4, minute=20),
        "options": {"expires": 12 * 3600},
    },
    # Granted erasures: a decision wakes the worker, and this finds what waited for its letter to leave, or for a worker.
    "carry-out-erasures": {
        "task": "vittoria_care.tasks.carry_out_erasures",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    # Drafts of claim reports that nobody touched for CLAIM_DRAFT_DAYS days, with their photographs. In the night.
    "forget-claim-drafts": {
        "task": "contact_center.tasks.forget_claim_drafts",
        "schedule": crontab(hour=3, minute=50),
        "options": {"expires": 12 * 3600},
    },
    # Drafts of replies that nobody went on with for REPLY_DRAFT_DAYS days, with their files. In the night.
    "forget-reply-drafts": {
        "task": "contact_center.tasks.forget_reply_drafts",
        "schedule": crontab(hour=3, minute=52),
        "options": {"expires": 12 * 3600},
    },
    # Files that were sent ahead of a message more than a day ago. Hourly, to stay small.
    "forget-uploads": {
        "task": "contact_center.tasks.forget_uploads",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    # Calls that have been open for hours (CALL_OPEN_HOURS): their end was lost, and the figures would wait for ever.
    "close-lost-calls": {
        "task": "contact_center.tasks.close_lost_calls",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
    # Mass events that are past their end, and answers to many whose worker ended in the middle.
    "follow-mass-events": {
        "task": "contact_center.tasks.follow_mass_events",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    # Agents whose session ran out are off duty, and states whose call ended in a file end too: nothing else would notice.
    "sweep-agent-states": {
        "task": "contact_center.tasks.sweep_states",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    # The sample of the week that is over, to be scored; on each day of the week, so that a lost Monday is caught up.
    "draw-quality-sample": {
        "task": "contact_center.tasks.draw_quality_sample",
        "schedule": crontab(minute=20, hour=5),
    },
    # Call-backs whose hour has come are announced to agents; what an agent has not begun in time goes to the team. Every 15
    # seconds: the longest that an agent learns of an hour after it has come. What is not due costs two short questions.
    "ring-call-backs": {
        "task": "contact_center.tasks.ring_call_backs",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    # Callers who gave up waiting are promised a call-back, where their line does so; who has reached us since is not called.
    "follow-those-who-gave-up": {
        "task": "contact_center.tasks.follow_those_who_gave_up",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    # A long wait and the near term of a claim come about by themselves: nobody gives a command then.
    "sweep-priorities": {
        "task": "contact_center.tasks.sweep_priorities",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    # Terms of contacts that come near or are past: whom each rung of alert names gets one message for all of a round. What a
    # round missed is found by the next, which warns of the last rung alone.
    "raise-rungs": {
        "task": "contact_center.tasks.raise_rungs",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    # Each change of a contact adds a row to the tallies of the queue: put together, they are quickly summed.
    "add-up-tallies": {
        "task": "contact_center.tasks.add_up_tallies",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    # The tallies are compared with the contacts in the night; a difference is a fault, logged and corrected.
    "correct-tallies": {
        "task": "contact_center.tasks.correct_tallies",
        "schedule": crontab(hour=4, minute=10),
        "options": {"expires": 3600},
    },
    # Events of calls older than CALL_EVENT_DAYS: none comes that late, and each names a caller. Hourly, to stay small.
    "purge-call-events": {
        "task": "contact_center.tasks.purge_call_events",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    # Copies of customers' data that wait to be made, and those whose worker ended in the middle: a person who asked waits
    # half a minute at most before somebody begins.
    "make-data-exports": {
        "task": "vittoria_care.tasks.make_data_exports",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    # Copies whose time is over are deleted. Hourly: nobody can open one that is past its end meanwhile.
    "end-data-exports": {
        "task": "vittoria_care.tasks.end_data_exports",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}
