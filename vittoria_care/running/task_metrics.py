"""Figures about tasks for Prometheus, kept in the worker: how many ended how, and how long they took."""

import time
from typing import Any

from celery import signals
from prometheus_client import Counter, Histogram

from .metrics import SECONDS

TASKS = Counter("care_tasks", "Tasks run.", ["task", "outcome"])
TASK_SECONDS = Histogram("care_task_seconds", "Time of a task.", ["task"], buckets=(*SECONDS, 60, 300, 900))


@signals.task_prerun.connect
def _began(task: Any = None, **kwargs: Any) -> None:
    task.request.began_counter = time.perf_counter()


@signals.task_postrun.connect
def _ended(task: Any = None, state: str | None = None, **kwargs: Any) -> None:
    TASKS.labels(task.name, (state or "unknown").lower()).inc()
    if (began := getattr(task.request, "began_counter", None)) is not None:
        TASK_SECONDS.labels(task.name).observe(time.perf_counter() - began)
