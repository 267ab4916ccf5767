"""What can be done to a complaint. Each command locks its row, writes its event, and owes its notices in one transaction."""

from .additions import add_to_complaint
from .alerts import tell_rungs
from .answering import answer_complaint, draft_letter, withdraw
from .clock import resume_clock, resume_lapsed, suspend_clock
from .correcting import correct_receipt
from .handling import assign, classify, forward_to_intermediary, note
from .registering import Statement, is_written, register_complaint, register_from_contact, statement_from, text_of

__all__ = [
    "Statement",
    "add_to_complaint",
    "answer_complaint",
    "assign",
    "classify",
    "correct_receipt",
    "draft_letter",
    "forward_to_intermediary",
    "is_written",
    "note",
    "register_complaint",
    "register_from_contact",
    "resume_clock",
    "resume_lapsed",
    "statement_from",
    "suspend_clock",
    "tell_rungs",
    "text_of",
    "withdraw",
]
