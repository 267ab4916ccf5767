"""Figures about the system itself for Prometheus: requests and tasks as they happen, gauges when they are asked for.

Requests are counted by the name of their view, never by their address. Where several processes answer (gunicorn.conf.py,
the worker's start in celery.py), each writes to a file of its own (metric_files.py), and the one that is asked adds them up.
"""

import os
import time
from collections import Counter as Counts
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from contact_center.models import Call, Contact, StaleDay
from customers.models import ErasureRequest
from foundation.models import FileToRemove, RetentionRun
from notifications import rates, resting
from notifications.channels import AUTOMATIC
from notifications.models import Notice
from notifications.sendings.workers import deaf_queues

from . import metric_files
from .health import Remembered, bounded, oldest_owed_seconds
from .heartbeat import beat_age

log = structlog.get_logger(__name__)

CONTENT_TYPE = CONTENT_TYPE_LATEST
MOST = 10_000  # counted no further: a scrape must not cost more on a bad day
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Counter("care_http_requests", "Requests answered.", ["view", "method", "status"])
REQUEST_SECONDS = Histogram("care_http_request_seconds", "Time to answer a request.", ["view"], buckets=SECONDS)


# --- As they happen -----------------------------------------------------------------------------------------------
class Measured:
    """Middleware that counts and times every answer except those of the probes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        match = getattr(request, "resolver_match", None)
        view = (match.view_name or "unnamed") if match else "none"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(view, method, f"{response.status_code // 100}xx").inc()
        REQUEST_SECONDS.labels(view).observe(time.perf_counter() - begun)
        return response


# --- When asked ---------------------------------------------------------------------------------------------------
def exposition() -> bytes:
    """Everything, in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(Gauges())
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY) + generate_latest(registry)
    registry.register(Files())
    return generate_latest(registry)


class Files:
    """Adds up the counts of every process of the web server and the worker on this machine."""

    def collect(self) -> Iterable[Metric]:
        return MultiProcessCollector.merge([str(path) for path in metric_files.all_files()])

    def describe(self) -> Iterable[Metric]:
        return []


class Gauges:
    """Gauges of what waits, read from the database at most every few seconds."""

    def collect(self) -> Iterable[Metric]:
        for name, text, value in standing():
            if isinstance(value, dict):
                family = GaugeMetricFamily(name, text, labels=["state"])
                for state, count in value.items():
                    family.add_metric([state], count)
                yield family
            else:
                yield GaugeMetricFamily(name, text, value=value)

    def describe(self) -> Iterable[Metric]:
        return []


def _stand() -> list[tuple[str, str, Any]]:
    """Name, text and value of each gauge. When the database does not answer, that is the only one."""
    up = "care_database_up", "Whether the database answered within two seconds."
    try:
        return [(*up, 1), *bounded(_from_the_database)]
    except (DatabaseError, InterfaceError) as error:
        log.warning("metrics_without_database", error=type(error).__name__)
        return [(*up, 0)]


def _from_the_database() -> list[tuple[str, str, Any]]:
    now = timezone.now()
    State = Notice.State
    # Those that a partial index counts; what was sent is the whole table.
    states = (State.QUEUED, State.SENDING, State.REFUSED, State.IN_DOUBT)
    age = beat_age()
    found: list[tuple[str, str, Any]] = [
        (
            "care_notices",
            f"Notices not yet sent, by state; counted up to {MOST}.",
            {state.value: _up_to_most(Notice.objects.filter(state=state)) for state in states},
        ),
        ("care_oldest_owed_notice_seconds", "How late the oldest notice is.", oldest_owed_seconds(now)),
        ("care_open_contacts", f"Contacts open; counted up to {MOST}.", _up_to_most(Contact.objects.open())),
        (
            "care_overdue_contacts",
            f"Contacts open past their time; counted up to {MOST}.",
            _up_to_most(Contact.objects.overdue(now)),
        ),
        (
            "care_open_calls",
            f"Calls without an end; counted up to {MOST}.",
            _up_to_most(Call.objects.filter(disposition="open")),
        ),
        (
            "care_stale_days",
            f"Days to be counted again; up to {MOST}.",
            _up_to_most(StaleDay.objects.values("day").distinct()),
        ),
    ]
    found += _of_personal_data(now)
    found += _of_sending(now)
    if age is not None:
        found.append(("care_last_beat_age_seconds", "Since a periodic task last ran.", age))
    return found


def _of_sending(now: datetime) -> list[tuple[str, str, Any]]:
    """Channels that rest, limits that are reached, notices that one holds back, queues that nobody takes from."""
    away = resting.resting(now)
    return [
        ("care_channels_resting", "Whether a channel rests.", {each.value: int(each in away) for each in AUTOMATIC}),
        ("care_notice_limits_reached", "Limits that hold notices back now.", len(rates.reached())),
        (
            "care_notices_held",
            f"Notices that a limit for one person or address holds back; counted up to {MOST}.",
            _up_to_most(Notice.objects.held_back()),
        ),
        ("care_queues_deaf", "Queues that nobody takes from.", len(deaf_queues(now))),
    ]


def _of_personal_data(now: datetime) -> list[tuple[str, str, Any]]:
    """Erasures that somebody has to decide, files that could not be deleted, and how the last nightly retention went."""
    today, State = timezone.localdate(now), ErasureRequest.State
    waiting = ErasureRequest.objects.filter(state__in=[State.ASKED, State.GRANTED]).order_by()
    kinds = Counts(_erasure_waits_for(each, due, today) for each, due in waiting.values_list("state", "due_on")[:MOST])
    found: list[tuple[str, str, Any]] = [
        (
            "care_erasures",
            f"Requests for erasure, by what they wait for; counted up to {MOST}.",
            {name: kinds[name] for name in ("undecided", "overdue", "granted")},
        ),
        (
            "care_files_to_remove",
            f"Files whose rows are gone; counted up to {MOST}.",
            _up_to_most(FileToRemove.objects.all()),
        ),
    ]
    last = RetentionRun.objects.filter(ended_at__isnull=False).first()
    if last is not None:
        gone = sum(each.get("gone", 0) for each in last.numbers.values())
        held = sum(each.get("held", 0) for each in last.numbers.values())
        found += [
            ("care_retention_rows", "Rows of the last retention.", {"gone": gone, "held": held}),
            (
                "care_last_retention_age_seconds",
                "Since a retention last ended.",
                (now - last.began_at).total_seconds(),
            ),
        ]
    return found


def _erasure_waits_for(state: str, due_on: date, today: date) -> str:
    if state == ErasureRequest.State.GRANTED:
        return "granted"
    return "overdue" if due_on < today else "undecided"


def _up_to_most(queryset: Any) -> int:
    return queryset.order_by()[:MOST].count()


standing = Remembered(_stand)
