"""What can be done to a complaint. Each command locks its row, writes its event, and owes its notices in one transaction."""

from .additions import add_to_complaint
from .alerts import warn_of_terms
from .answering import answer_complaint, draft_letter, withdraw
from .cancelling import cancel, reinstate
from .clock import resume_clock, resume_lapsed
from .correcting import correct_receipt
from .handling import assign, check_classification, classify, handled_the_matter, note
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
    addressee_of,
    correct_particulars,
    follow_letters,
    follow_notice,
    is_on_its_way,
    record_posting,
    send_letter_again,
    ways_for,
)

__all__ = [
    "Statement",
    "add_to_complaint",
    "addressee_of",
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
    "handled_the_matter",
    "is_on_its_way",
    "is_written",
    "note",
    "record_posting",
    "register_complaint",
    "register_from_contact",
    "reinstate",
    "resume_clock",
    "resume_lapsed",
    "send_letter_again",
    "statement_from",
    "warn_of_terms",
    "ways_for",
    "withdraw",
]
