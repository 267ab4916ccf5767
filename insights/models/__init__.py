"""What the managers' pages keep: forecasts of calls."""

from .forecast import ExpectedHalfHour, Forecast, LineForecast, Replayed

__all__ = ["ExpectedHalfHour", "Forecast", "LineForecast", "Replayed"]
