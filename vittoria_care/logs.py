"""How the system speaks: one line per event, for people in development and as JSON in production.

Every line carries what is bound at that moment: the request's id and user within a request, the task's id within a
task, so that one search finds all that belongs together. Standard library loggers come out the same way.
"""

import logging
import sys
from typing import Any

import structlog

SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.StackInfoRenderer(),
]


def configuration(*, as_json: bool, level: str) -> dict[str, Any]:
    """Set structlog up and return the matching LOGGING setting; `level` is the least that is written ("INFO")."""
    if as_json:
        clock = structlog.processors.TimeStamper(fmt="iso", utc=True)
        final = [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        clock = structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)
        final = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0, pad_level=False)]
    shared = [clock, *SHARED]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"quiet": {"()": f"{__name__}.RoutineLeftOut"}},
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["quiet"]}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # django_structlog says the same of every request, with its id
            "django.request": {"level": "CRITICAL"},
            "celery.app.trace": {"level": "WARNING"},  # django_structlog says the same of every task, with its id
            "environ": {"level": "WARNING"},  # says at each start whether there is a .env
            "gunicorn.error": {"handlers": [], "level": level, "propagate": True},
            "gunicorn.access": {"handlers": [], "level": "CRITICAL"},
        },
    }


class RoutineLeftOut(logging.Filter):
    """Leaves out what a healthy system repeats for ever: the start of each request, and the load balancer's questions.

    A request is told once, when it has been answered.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the line is written."""
        event = record.msg if isinstance(record.msg, dict) else {}
        if event.get("event") == "request_started":
            return False
        routine = str(event.get("request", "")).endswith(("/healthz", "/readyz", "/metrics"))
        return not (routine and event.get("event") == "request_finished" and record.levelno < logging.WARNING)
