"""How the system logs: one line per event, for people in development and as JSON in production.

Every line carries what is bound at that moment: the request's id and user within a request, the task's id within a
task, so that one search finds all that belongs together. Standard library loggers come out the same way.

No line is about a person: addresses are logged without their queries (request_log.py), tracebacks without the values of
variables, and what still looks like an e-mail address, a telephone number, a tax code or a row's values is struck out.
"""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import Processor

SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.StackInfoRenderer(),
]

# The values of a row that the database refuses; then addresses, tax codes, telephone numbers.
STRUCK_OUT = [
    (re.compile(r"(Key \([^)]*\)=)\(.*?\)(?= |$|\\n|\n)"), r"\1(…)"),
    (re.compile(r"(Failing row contains )\(.*?\)\."), r"\1(…)."),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "<e-mail>"),
    (
        re.compile(r"\b[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]\b", re.IGNORECASE),
        "<tax code>",
    ),
    (re.compile(r"\+\d{8,15}\b"), "<phone>"),
]


def strike_out(logger: Any, name: str, line: Any) -> str:
    """The finished line (a str: structlog has no type for a step after the renderer) without what may be about a person."""
    for pattern, instead in STRUCK_OUT:
        line = pattern.sub(instead, line)
    return line


def configuration(*, as_json: bool, level: str) -> dict[str, Any]:
    """Set structlog up and return the matching LOGGING setting; `level` is the lowest that is written ("INFO")."""
    if as_json:
        clock = structlog.processors.TimeStamper(fmt="iso", utc=True)
        tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        final: list[Processor] = [
            structlog.processors.ExceptionRenderer(tracebacks),
            structlog.processors.JSONRenderer(ensure_ascii=False),
            strike_out,
        ]
    else:
        clock = structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)
        console = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            pad_event_to=0,
            pad_level=False,
            exception_formatter=structlog.dev.plain_traceback,
        )
        final = [console, strike_out]
    shared: list[Processor] = [clock, *SHARED]
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
            # django_structlog logs every request too, with its id
            "django.request": {"level": "CRITICAL"},
            # django_structlog logs every task too, with its id and without its arguments
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "flufl.bounce": {"level": "WARNING"},  # names each detector that it tries, for each message that came back
            "environ": {"level": "WARNING"},  # logs at each start whether there is a .env
            "gunicorn.error": {"handlers": [], "level": level, "propagate": True},
            "gunicorn.access": {"handlers": [], "level": "CRITICAL"},
        },
    }


class RoutineLeftOut(logging.Filter):
    """Leaves out what a healthy system repeats all day: the start of each request, the files of pages, probes and desks.

    A request is reported once, when it has been answered; a page's thirty files would bury what a person looks for.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the line is written."""
        event = record.msg if isinstance(record.msg, dict) else {}
        if record.levelno >= logging.WARNING:
            return True
        if event.get("event") in ("request_started", "streaming_started", "streaming_finished"):
            return False
        request = str(event.get("request", ""))
        routine = request.endswith(("/healthz", "/readyz", "/metrics", "/scrivania/stato/")) or " /static/" in request
        return not (routine and event.get("event") == "request_finished")
