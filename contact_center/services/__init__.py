"""The commands of a contact: opened by somebody, worked on by agents, ended by a wrap-up code."""

from .customer_side import Added, add_customer_message, may_reopen
from .opening import Opened, open_request, tracking_secret
from .satisfaction import answer_survey, ask_satisfaction
from .working import add_note, agent_of, assign, escalate, release, reopen, reply, take, take_next, wait, wrap_up

__all__ = [
    "Added",
    "Opened",
    "add_customer_message",
    "add_note",
    "agent_of",
    "answer_survey",
    "ask_satisfaction",
    "assign",
    "escalate",
    "may_reopen",
    "open_request",
    "release",
    "reopen",
    "reply",
    "take",
    "take_next",
    "tracking_secret",
    "wait",
    "wrap_up",
]
