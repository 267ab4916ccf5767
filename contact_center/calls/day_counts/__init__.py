"""Counters of whole days, from another system whose single calls are not to be had (docs/formats/daily-counts.md)."""
