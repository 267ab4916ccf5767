"""The conversations that the supervisor regulates, and people's feedback."""

from .addition import AddedFile, ComplaintAddition
from .complaint import Complaint, ComplaintEvent, RegisterYear, Suspension, term_on
from .feedback import Feedback
from .letter import ComplaintLetter, LetterSending, answers_not_out

__all__ = [
    "AddedFile",
    "Complaint",
    "ComplaintAddition",
    "ComplaintEvent",
    "ComplaintLetter",
    "Feedback",
    "LetterSending",
    "RegisterYear",
    "Suspension",
    "answers_not_out",
    "term_on",
]
