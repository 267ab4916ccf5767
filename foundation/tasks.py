"""Housekeeping that runs by itself. Each task may run twice."""

from celery import shared_task
from django.utils import timezone

from foundation.api.idempotency import purge
from foundation.models import Attempt


@shared_task
def forget_kept_answers() -> int:
    """Forget the answers to writes with an `Idempotency-Key` that are more than a day old; returns how many."""
    return purge(timezone.now())


@shared_task
def forget_attempts() -> int:
    """Forget the attempts to sign in that no limit counts any more; returns how many."""
    return Attempt.objects.filter(expires_at__lt=timezone.now()).delete()[0]
