"""The commands of a contact: opened by somebody, worked on by agents, ended by a wrap-up code."""

from .opening import Opened, open_request, tracking_secret
from .working import (
    add_note,
    agent_of,
    assign,
    can_be_answered,
    escalate,
    link_customer,
    release,
    reopen,
    reply,
    resume,
    take,
    take_next,
    wait,
    wrap_up,
)

__all__ = [
    "Opened",
    "add_note",
    "agent_of",
    "assign",
    "can_be_answered",
    "escalate",
    "link_customer",
    "open_request",
    "release",
    "reopen",
    "reply",
    "resume",
    "take",
    "take_next",
    "tracking_secret",
    "wait",
    "wrap_up",
]
