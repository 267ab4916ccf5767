"""The commands of a contact: opened by somebody, worked on by agents, ended by a wrap-up code."""

from .calls import close_lost_calls, hear_events, purge_events, record_calls
from .complaints import record_complaint
from .customer_side import Added, add_customer_message, may_reopen
from .desk import code_call, confirm_person, pass_on
from .opening import Opened, open_request, tracking_secret
from .satisfaction import answer_survey, ask_satisfaction
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
    "Added",
    "Opened",
    "add_customer_message",
    "add_note",
    "agent_of",
    "answer_survey",
    "ask_satisfaction",
    "assign",
    "can_be_answered",
    "close_lost_calls",
    "code_call",
    "confirm_person",
    "escalate",
    "hear_events",
    "link_customer",
    "may_reopen",
    "open_request",
    "pass_on",
    "purge_events",
    "record_calls",
    "record_complaint",
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
