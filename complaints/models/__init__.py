"""The conversations the supervisor regulates, and what people think of us."""

from .complaint import Complaint, ComplaintEvent, RegisterYear, Suspension
from .feedback import Feedback

__all__ = ["Complaint", "ComplaintEvent", "Feedback", "RegisterYear", "Suspension"]
