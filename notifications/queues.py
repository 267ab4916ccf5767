"""The queues of the workers: what each is for, and which a worker of its own takes from (docs/operations.md).

A worker without `-Q` takes from all of them, which suffices for a small installation. What is slow or much stands behind
nothing that is urgent, because it stands in another queue.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

URGENT = "urgent"  # codes, claims, answers: one person waits for each
BULK = "bulk"  # alerts about a whole portfolio
PROMOTIONS = "promotions"
PLANNING = "planning"  # what reads the portfolio to find what is owed
SLOW = "slow"  # channels that take seconds for one message
REST = "celery"  # everything else; Celery's own name for it
MARK = "queue:"  # before the name of a queue, in the table of heartbeats


@dataclass(frozen=True)
class Queue:
    """A queue, and what people read of it."""

    name: str
    label: Any


QUEUES = (
    Queue(URGENT, _("codes, claims and answers")),
    Queue(BULK, _("alerts to many")),
    Queue(PROMOTIONS, _("promotions")),
    Queue(PLANNING, _("planning of the alerts")),
    Queue(SLOW, _("channels that are slow")),
    Queue(REST, _("everything else")),
)
# Of tasks that one queue always takes; a task that is not named here is of the rest, or says where it goes.
ROUTES = {
    "promotions.tasks.*": {"queue": PROMOTIONS},
    "notifications.tasks.send_deadline_alerts": {"queue": PLANNING},
    "notifications.tasks.climb_ladders": {"queue": PLANNING},
    "notifications.tasks.count_sendings": {"queue": PLANNING},
    "notifications.tasks.fetch_returns": {"queue": SLOW},
    "notifications.tasks.sweep_notices": {"queue": URGENT},
}
