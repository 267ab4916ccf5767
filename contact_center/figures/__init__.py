"""The contact centre's figures: what each means, the counts kept per day, and the one computation behind every door."""

from .daily import mark_days, rebuild, refresh
from .query import figures

__all__ = ["figures", "mark_days", "rebuild", "refresh"]
