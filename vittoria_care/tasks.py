"""The periodic tasks of the project itself."""

from celery import shared_task


@shared_task
def pulse() -> None:
    """Do nothing: its run is recorded, as that of every periodic task (heartbeat.py)."""
