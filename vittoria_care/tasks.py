"""What the project itself does by the clock."""

from celery import shared_task


@shared_task
def pulse() -> None:
    """Do nothing: that it ran is written down as with every periodic task (heartbeat.py)."""
