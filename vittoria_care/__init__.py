"""The project: settings, addresses, schedule and the pages that are made of every app's parts."""

from .embedded import servers  # noqa: I001 - before Celery, so that its work at exit comes after Celery's
from .celery import app as celery_app

__all__ = ["celery_app", "servers"]
