"""What managers keep of their own: a module for each subject."""

from .measure import Measure, MeasureGroup

__all__ = ["Measure", "MeasureGroup"]
