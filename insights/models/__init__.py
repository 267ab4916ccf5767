"""What managers keep of their own: a module for each subject."""

from .measure import Measure, MeasureGroup
from .watching import AlertNote, FigureTarget, WatchAlert, WatchRound, WatchSubscription

__all__ = ["AlertNote", "FigureTarget", "Measure", "MeasureGroup", "WatchAlert", "WatchRound", "WatchSubscription"]
