"""The commands of a contact: opened by somebody, worked on by agents, ended by a wrap-up code."""

from .calls import close_lost_calls, hear_events, purge_events, record_calls
from .complaints import record_complaint
from .correspondence import choices_for, is_only_stated, recipient_of
from .customer_side import Added, add_customer_message, may_reopen
from .desk import code_call, confirm_person, pass_on
from .opening import Opened, open_request, tracking_secret
from .reopening import close_as_thanks, reopen, reopening_of
from .satisfaction import answer_survey, ask_satisfaction
from .working import (
    add_note,
    agent_of,
    assign,
    can_be_answered,
    correct_code,
    escalate,
    link_customer,
    may_correct_code,
    release,
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
    "choices_for",
    "close_as_thanks",
    "close_lost_calls",
    "code_call",
    "confirm_person",
    "correct_code",
    "escalate",
    "hear_events",
    "is_only_stated",
    "link_customer",
    "may_correct_code",
    "may_reopen",
    "open_request",
    "pass_on",
    "purge_events",
    "recipient_of",
    "record_calls",
    "record_complaint",
    "release",
    "reopen",
    "reopening_of",
    "reply",
    "resume",
    "take",
    "take_next",
    "tracking_secret",
    "wait",
    "wrap_up",
]
