"""The periodic tasks of the project itself."""

from celery import shared_task
from django.utils import timezone

from customers.data_exports import commands as data_exports
from customers.sessions import forget_ended

from .privacy import erasure, making, retention


@shared_task
def pulse() -> None:
    """Do nothing: its run is recorded, as that of every periodic task (heartbeat.py)."""


@shared_task
def forget_ended_sessions() -> None:
    """Delete sessions that are over, and devices that nobody used for long."""
    forget_ended()


@shared_task
def carry_out_erasures() -> int:
    """Erase what was granted and nothing keeps waiting; returns for how many people something went."""
    return erasure.carry_out_all(timezone.now())


@shared_task
def apply_retention() -> None:
    """Let go what is past its period."""
    retention.run_retention()


@shared_task
def make_data_exports() -> int:
    """Make the copies of customers' data that were asked for; returns how many."""
    return making.make_data_exports()


@shared_task
def end_data_exports() -> int:
    """Delete the copies of customers' data whose time is over; returns how many."""
    return data_exports.end_data_exports(timezone.now())
