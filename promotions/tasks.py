"""Work of promotions that runs by itself, on a queue of its own. Each task may run twice."""

from celery import shared_task

from promotions.results.counting import count_outcomes as count
from promotions.sending.commands import send_promotions as send

SECONDS = 58  # of the minute after which beat asks again


@shared_task
def send_promotions() -> None:
    """Begin what is due, and send what is being sent."""
    send(seconds=SECONDS)


@shared_task
def count_outcomes() -> None:
    """Count what people did after the promotions whose days are over."""
    count()
