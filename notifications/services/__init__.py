"""Commands about notices: owe one, wake the worker, decide what a worker could not, forget what is nobody's."""

from .arrivals import record_came_back, report_delivery
from .decisions import (
    confirm_sent,
    lift_suppression,
    lift_suppressions,
    mark_read,
    record_sent_by_hand,
    refused_at,
    send_again,
    suppress_address,
    try_again,
    withhold,
)
from .queueing import email_of, is_enrolled, is_own_address, mobile_of, queue_notice, tell_customer
from .waking import wake_the_worker

__all__ = [
    "confirm_sent",
    "email_of",
    "is_enrolled",
    "is_own_address",
    "lift_suppression",
    "lift_suppressions",
    "mark_read",
    "mobile_of",
    "queue_notice",
    "record_came_back",
    "record_sent_by_hand",
    "refused_at",
    "report_delivery",
    "send_again",
    "suppress_address",
    "tell_customer",
    "try_again",
    "wake_the_worker",
    "withhold",
]
