"""The conversations the supervisor regulates, and what people think of us."""

from .addition import AddedFile, ComplaintAddition
from .complaint import Complaint, ComplaintEvent, RegisterYear, Suspension
from .feedback import Feedback
from .letter import ComplaintLetter

__all__ = [
    "AddedFile",
    "Complaint",
    "ComplaintAddition",
    "ComplaintEvent",
    "ComplaintLetter",
    "Feedback",
    "RegisterYear",
    "Suspension",
]
