"""The Celery application. Tasks are found in each app's `tasks.py`; the timetable is `schedule.py`."""

import os
from logging.config import dictConfig
from typing import Any

from celery import Celery, signals
from django.conf import settings
from django.db import close_old_connections
from django_structlog.celery.steps import DjangoStructLogInitStep

from .embedded import servers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vittoria_care.settings")

app = Celery("vittoria_care")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)  # binds each task's id to its log lines


@signals.setup_logging.connect
def use_our_logging(**kwargs: Any) -> None:
    """Keep Celery from using its own format for log lines."""

    dictConfig(settings.LOGGING)


@signals.worker_init.connect
@signals.beat_init.connect
def hold_servers(**kwargs: Any) -> None:
    """Start the private servers where no address is set, and keep them while this process lives."""
    try:
        servers.ensure_running()
    except servers.CannotStart as error:
        raise SystemExit(str(error)) from error


@signals.task_prerun.connect
def drop_dead_connections(**kwargs: Any) -> None:
    """Start each task with a connection that works: Celery keeps one for a thousand tasks, even a broken one."""

    close_old_connections()


@signals.worker_init.connect
def count_tasks(**kwargs: Any) -> None:
    """Count and time the tasks of this worker, where the web server finds the counts."""
    from .running import metric_files  # noqa: PLC0415 - only a worker needs it

    metric_files.share("worker")
    from .running import task_metrics  # noqa: F401, PLC0415 - made only now that the place is known
