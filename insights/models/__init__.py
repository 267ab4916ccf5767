"""What managers keep of their own: a module for each subject."""

from .watching import AlertNote, FigureTarget, WatchAlert, WatchRound, WatchSubscription

__all__ = ["AlertNote", "FigureTarget", "WatchAlert", "WatchRound", "WatchSubscription"]
