"""The project: settings, addresses, schedule and the pages that are made of every app's parts."""

from .celery import app as celery_app
from .embedded import servers as embedded  # before Celery, so that its work at exit comes after Celery's

__all__ = ["celery_app", "embedded"]
