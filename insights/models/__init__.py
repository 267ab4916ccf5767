"""What managers keep of their own: a module for each subject."""

from .forecast import ExpectedHalfHour, Forecast, LineForecast, Replayed
from .measure import Measure, MeasureGroup
from .watching import AlertNote, FigureTarget, WatchAlert, WatchRound, WatchSubscription

__all__ = [
    "AlertNote",
    "ExpectedHalfHour",
    "FigureTarget",
    "Forecast",
    "LineForecast",
    "Measure",
    "MeasureGroup",
    "Replayed",
    "WatchAlert",
    "WatchRound",
    "WatchSubscription",
]
