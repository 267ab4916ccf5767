"""What can be done to a complaint. Each command locks its row, writes its event, and owes its notices in one transaction."""

from .additions import add_to_complaint
from .alerts import warn_of_terms
from .answering import answer_complaint, cancel, draft_letter, reinstate, withdraw
from .clock import resume_clock, resume_lapsed, suspend_clock
from .correcting import correct_receipt
from .feedback import handle_feedback, send_feedback
from .handling import assign, check_classification, classify, forward_to_intermediary, note
from .registering import (
    Statement,
    conversation_text,
    days_written,
    is_written,
    register_complaint,
    register_from_contact,
    statement_from,
)
from .sending import (
    correct_particulars,
    follow_letters,
    follow_notice,
    is_on_its_way,
    record_posting,
    send_letter_again,
)

__all__ = [
    "Statement",
    "add_to_complaint",
    "answer_complaint",
    "assign",
    "cancel",
    "check_classification",
    "classify",
    "conversation_text",
    "correct_particulars",
    "correct_receipt",
    "days_written",
    "draft_letter",
    "follow_letters",
    "follow_notice",
    "forward_to_intermediary",
    "handle_feedback",
    "is_on_its_way",
    "is_written",
    "note",
    "record_posting",
    "register_complaint",
    "register_from_contact",
    "reinstate",
    "resume_clock",
    "resume_lapsed",
    "send_feedback",
    "send_letter_again",
    "statement_from",
    "suspend_clock",
    "warn_of_terms",
    "withdraw",
]
