"""The conversations the supervisor regulates, and what people think of us."""

from .complaint import Complaint, ComplaintEvent, RegisterYear, Suspension
from .feedback import Feedback
from .letter import ComplaintLetter

__all__ = ["Complaint", "ComplaintEvent", "ComplaintLetter", "Feedback", "RegisterYear", "Suspension"]
